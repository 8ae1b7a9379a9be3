"""Good inputs of every kind that a command reads, to be made bad; each with the commands that read it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import zstandard

from analyzers.evidence import Confidence
from fakes.images.elves import elf
from fakes.images.image_files import write_docker_archive, write_oci_archive
from fakes.images.image_reports import DEBIAN, PYTHON, distribution, image_report, interpreter
from fakes.images.rpm_databases import ndb_database, package_blob
from fakes.images.web_images import web_image
from fakes.indexes.archives import tar_of, zip_of
from fakes.indexes.sdists import SdistKind, build_sdist
from fakes.indexes.wheels import build_wheel
from fakes.probing.observed import MOMENT, TOOL, failed, passed, release
from fakes.probing.packs import write_pack
from knowledge.observations.verdicts import VerdictCheck
from knowledge.packs.writing import packed

FILE = "{file}"
"""Stands for the path of the input in a command."""
SUFFIX = ".seed"
FOLDER = Path(__file__).parents[2] / "torture" / "seeds"
"""Inputs that are text: by their paths in the folder where the command runs, with `SUFFIX`."""

_LOADER = "/lib64/ld-linux-x86-64.so.2"
_INDEX = ["--no-index", "--find-links", "."]
_FOUND = ["advise", "pack", *_INDEX]
_STATIC = ["--offline", "--evidence", "stored"]
_LOCKS = ("lock", "pylock.toml", "requirements.txt", "conda-lock.yml")
_COMMANDS: Mapping[str, Sequence[Sequence[str]]] = {
    "manifest": [
        ["advise", "-r", FILE, "--offline"],
        ["advise", "flask", "--prefer", FILE, "--offline"],
        ["scan", "manifest", "--format", "sarif"],
    ],
    "root": [["inspect", "dir:root", "--format", "json"], ["check", "dir:root"]],
    "rules": [["rules", "check", "rules"], ["advise", "flask", "--rules", "rules", "--offline"]],
    "settings": [
        ["scan", "settings"],
        ["advise", "--source", "settings", "--offline"],
        ["advise", "flask", "--source", "settings", "--environment", "here", "--offline"],
    ],
    "home": [["advise", "flask"], ["inspect", "registry:127.0.0.1:9/x", "--insecure"]],
    ".thoth.yaml": [["advise", "flask", "--environment", "here", "--offline"]],
    "app.py": [["scan", FILE], ["scan", FILE, "--format", "html"], ["fix", FILE]],
    "benchmark.yaml": [["measure", "flask", "--releases", "0.1", "--benchmark", FILE, "--offline"]],
    "build.log": [["analyze-log", FILE, "--format", "json", "--keep"], ["analyze-log", FILE]],
    "codemods.toml": [["fix", "script.py", "--rules", FILE]],
    "documents.jsonl": [["topics", "classify", FILE, "--small"], ["topics", "similar", "--documents", FILE]],
    "image.json": [
        ["advise", "flask", "--image", FILE],
        ["compare", FILE, FILE],
        ["advise", "flask", "--image", FILE, "--format", "html", "--offline"],
        ["check", FILE, "--offline"],
    ],
    "old-1.0.tar.gz": [["scan", FILE], ["advise", "old", *_INDEX]],
    "osv.json": [["knowledge", "import-osv", FILE]],
    "overrides.txt": [["advise", "flask", "--override", FILE]],
    "pack-1.0-py3-none-any.whl": [
        ["scan", FILE], _FOUND, ["surface", "pack==1.0", *_INDEX], ["topics", "classify", FILE, "--small"],
    ],
    "pack-1.0.tar.gz": [["scan", FILE], _FOUND],
    "pip.conf": [["advise", "flask", "--offline"], ["doctor", "--offline"]],
    "pipeline.toml": [["advise", "flask", "--pipeline", FILE]],
    "seen.pack": [["knowledge", "import", FILE]],
    "tree.tar": [["scan", FILE]],
    "tree.zip": [["scan", FILE]],
    "uv.toml": [["advise", "flask", "--offline"], ["doctor", "--offline"]],
    "weights.toml": [["monkey", "flask", "--dry-run", "--count", "2", "--weights", FILE]],
}  # fmt: skip
"""By the first part of a path."""
_ENVIRON: Mapping[str, Mapping[str, str]] = {
    "home": {"HOME": "home", "NETRC": "home/.netrc", "DOCKER_CONFIG": "home/.docker"},
    "pip.conf": {"PIP_CONFIG_FILE": "pip.conf"},
}


class Case(NamedTuple):
    """Good contents of one input, the commands that read it, and what they have in their environment."""

    seeds: tuple[bytes, ...]
    commands: Sequence[Sequence[str]]
    environ: Mapping[str, str]


def inputs() -> dict[str, Case]:
    """Path of an input to what is tried with it; see `FILE`."""
    seeds = {**_texts(), **_binaries()}
    return {name: _case(name, seeds[name]) for name in sorted(seeds)}


def _case(name: str, seed: bytes) -> Case:
    first = name.partition("/")[0]
    commands = list(_COMMANDS[first])
    if first == "manifest" and name.endswith(_LOCKS):
        commands += [["compare", FILE, "base.txt", *_STATIC], ["compare", "base.txt", FILE, *_STATIC]]
        commands += [["check", FILE, *_STATIC]]
    return Case((seed,), commands, _ENVIRON.get(first, {}))


def write_root(folder: Path) -> None:
    """A root file system that is all right, in ``root``."""
    for name, content in {**_texts(), **_binaries()}.items():
        if name.startswith("root/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o755)


def image_archives(folder: Path) -> tuple[bytes, ...]:
    """Archives of a small image in several forms."""
    docker = write_docker_archive(folder / "docker.tar", web_image())
    oci = write_oci_archive(folder / "oci.tar", web_image())
    return docker.read_bytes(), oci.read_bytes()


def pack_lines() -> list[bytes]:
    """The records of a pack, as JSON."""
    check = VerdictCheck(
        dependent=release("a==1"),
        dependency=release("b==2"),
        instrument="imports",
        confidence=Confidence.LIKELY,
        confirmed=True,
        created_at=MOMENT,
        tool=TOOL,
    )
    whole = packed([failed("a==1 b==2", "a==1 b==2"), passed("a==1 b==1"), check], TOOL).content
    return zstandard.ZstdDecompressor().decompressobj().decompress(whole).splitlines()[1:-1]


def _pack() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pack")
        write_pack(path, pack_lines(), {"observations": 2, "verdicts": 1})
        return path.read_bytes()


def _texts() -> dict[str, bytes]:
    return {
        str(path.relative_to(FOLDER)).removesuffix(SUFFIX): path.read_bytes()
        for path in FOLDER.rglob(f"*{SUFFIX}")
    }


def _binaries() -> dict[str, bytes]:
    code = {"pack/__init__.py": (FOLDER / f"app.py{SUFFIX}").read_bytes(), "pack/x.so": elf()}
    report = image_report(
        [distribution("shop", "1.0", "werkzeug<3.0.6"), distribution("werkzeug", "2.3.8")],
        facts={**DEBIAN, **PYTHON},
        interpreters=[interpreter()],
    )
    return {
        "image.json": msgspec.json.encode(report),
        "pack-1.0-py3-none-any.whl": build_wheel("pack", "1.0", ["click"], files=code),
        "old-1.0.tar.gz": build_sdist("old", "1.0", ["click"], {"x": ["six"]}, kind=SdistKind.EGG_INFO),
        "pack-1.0.tar.gz": build_sdist("pack", "1.0", ["click"]),
        "root/usr/bin/python3.11": elf(kind=2, interpreter=_LOADER, needed=["libc.so.6"]),
        "root/usr/lib/libx.so.1": elf(soname="libx.so.1", requires={"libc.so.6": ["GLIBC_2.34"]}),
        "root/usr/lib/python3.11/os.py": b"",
        "root/var/lib/rpm/Packages.db": ndb_database([package_blob("bash"), package_blob("glibc", "2.34")]),
        "seen.pack": _pack(),
        "tree.tar": tar_of({"a/b.py": code["pack/__init__.py"], "a/c.txt": b"x"}, "w:"),
        "tree.zip": zip_of({"a/b.py": code["pack/__init__.py"], "a/c.txt": b"x"}),
    }
