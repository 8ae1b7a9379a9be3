"""Roots with Python in them: real prefixes and their tools, trees in memory, what catalogers say of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from packaging.utils import canonicalize_name

from analyzers.directories import DirectoryReader
from analyzers.files import FileEntry, FileStat
from fakes.images.roots import MemoryRoot
from images.catalogers import default_python, distributions, environments, interpreters
from images.catalogers.catalog import Catalog
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig, RunConfig
from images.reports.records import Interpreter
from images.roots.links import shown_path
from images.roots.root_files import RootFiles

PROGRAM = ElfFile(machine="x86_64", bits=64)
_SAID_BY_METADATA = """
import json, sys
from importlib.metadata import distributions
print(json.dumps([(d.metadata["Name"], d.version, str(d._path.parent)) for d in distributions()
                  if d.metadata["Name"]]))
"""


class RootFilesOfDirectory(DirectoryReader):
    """A directory of this machine as a root."""

    def layer(self, path: bytes) -> int | None:
        return None

    def elf(self, path: bytes) -> ElfFile | None:
        with self.open(path) as stream:
            return PROGRAM if stream.read(4) == b"\x7fELF" else None

    def elf_paths(self) -> Iterator[bytes]:
        return iter(())

    def sha256(self, path: bytes) -> bytes | None:
        return None


class RootOfDirectory(RootFilesOfDirectory):
    """A root of which only what lies at and below one directory of this machine can be seen.

    Its paths are those of this machine, so that absolute links lead where the tools that made them meant.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(Path("/"))
        self._shown = os.fsencode(directory.resolve()).lstrip(b"/")

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        children = super().list(directory)
        if f"{os.fsdecode(directory)}/".startswith(f"{os.fsdecode(self._shown)}/"):
            return children
        inside = directory + b"/" if directory else b""
        following = self._shown[len(inside) :].partition(b"/")[0] if self._shown.startswith(inside) else b""
        return tuple(child for child in children if child.name == following)


def run_config(
    *environ: str,
    entrypoint: Iterable[str] = (),
    command: Iterable[str] = (),
    user: str | None = None,
    directory: str | None = None,
) -> ImageConfig:
    """A configuration with what decides which Python runs."""
    run = RunConfig(
        user=user, env=environ, entrypoint=tuple(entrypoint), cmd=tuple(command), working_dir=directory
    )
    return ImageConfig(config=run, architecture="amd64", os="linux")


def cataloged(files: RootFiles, config: ImageConfig | None = None, known: Catalog | None = None) -> Catalog:
    """What the catalogers of Python find one after the other, together with what was known before."""
    found = known or Catalog()
    for cataloger in (interpreters, environments, distributions, default_python):
        added = cataloger.catalog(files, config or run_config(), found)
        found = Catalog(
            facts={**found.facts, **added.facts},
            interpreters=found.interpreters + added.interpreters,
            distributions=found.distributions + added.distributions,
            packages=found.packages + added.packages,
            libraries=found.libraries + added.libraries,
            findings=found.findings + added.findings,
            unknowns=found.unknowns + added.unknowns,
        )
    return found


def python_files(
    prefix: str, version: str, *, headers: bool = True, abi: str | None = None
) -> dict[bytes, bytes]:
    """The files of an interpreter that tell of it, its executable apart."""
    series = ".".join(version.split(".")[:2])
    tag = abi or f"cpython-{series.replace('.', '')}"
    threads = "t" if tag.endswith("t") else ""
    library = f"{prefix}/lib/python{series}{threads}"
    files = {
        f"{library}/os.py": b"",
        f"{library}/site.py": b"# site-packages",
        f"{library}/lib-dynload/_x.{tag}-x86_64-linux-gnu.so": b"",
        f"{library}/site-packages/README.txt": b"",
    }
    if headers:
        include = f"{prefix}/include/python{series}{threads}"
        files[f"{include}/Python.h"] = b""
        files[f"{include}/patchlevel.h"] = b'#define PY_VERSION  \t"%s"\n' % version.encode()
    return {path.encode(): content for path, content in files.items()}


def distribution_files(
    site: str, name: str, version: str, more: Mapping[str, bytes] | None = None, *, head: str = ""
) -> dict[bytes, bytes]:
    """The METADATA of a distribution, and further files of its ``*.dist-info``."""
    info = f"{site}/{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{head}"
    files = {"METADATA": metadata.encode(), **(more or {})}
    return {f"{info}/{file}".encode(): content for file, content in files.items()}


class ExecutableRoot(MemoryRoot):
    """A `MemoryRoot` whose files may all be executed."""

    def stat(self, path: bytes) -> FileStat:
        return msgspec.structs.replace(super().stat(path), mode=0o755)


def python_root(
    files: Mapping[bytes, bytes],
    programs: Iterable[str] = (),
    links: Mapping[str, str] | None = None,
    layers: Mapping[str, int] | None = None,
) -> MemoryRoot:
    """A root in memory whose programs are executables."""
    return ExecutableRoot(
        files,
        {path.encode(): target.encode() for path, target in (links or {}).items()},
        layers={path.encode(): layer for path, layer in (layers or {}).items()},
        elves={program.encode(): PROGRAM for program in programs},
    )


def listed(known: Catalog, interpreter: Interpreter) -> set[tuple[str, str | None, str]]:
    """Name, version and place of what an interpreter finds."""
    return {
        (one.name, one.version, one.location)
        for one in known.distributions
        if one.location in interpreter.search_path
    }


def listed_by_metadata(program: Path, environ: Mapping[str, str]) -> set[tuple[str, str | None, str]]:
    """The same as ``importlib.metadata`` says, run there."""
    text = _said(program, ["-c", _SAID_BY_METADATA], environ)
    return {
        (canonicalize_name(name), version, shown_path(os.fsencode(os.path.realpath(place)).lstrip(b"/")))
        for name, version, place in json.loads(text)
    }


def listed_by_pip(program: Path, environ: Mapping[str, str]) -> set[tuple[str, str]]:
    """Name and version as ``pip list`` says, run there."""
    text = _said(program, ["-m", "pip", "list", "--format=json", "--disable-pip-version-check"], environ)
    return {(canonicalize_name(one["name"]), one["version"]) for one in json.loads(text)}


def _said(program: Path, arguments: list[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        [str(program), *arguments],
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **environ},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def copied_prefix(place: Path) -> Path:
    """A copy of this interpreter's prefix without what is installed in it; gives its executable.

    The test is skipped where the interpreter is that of the distribution, whose prefix is the whole system.
    """
    base = Path(sys.base_prefix)
    if base == Path("/usr"):
        pytest.skip("the tests run on the distribution's Python, which cannot be copied")

    def left_out(folder: str, names: list[str]) -> list[str]:
        if Path(folder).name in ("site-packages", "dist-packages"):
            return names
        return [name for name in names if name in ("test", "idlelib", "__pycache__", "share")]

    shutil.copytree(base, place, symlinks=True, ignore=left_out)
    return place / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
