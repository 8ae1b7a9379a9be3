"""Good inputs of every kind that a command reads, to be made bad; each with the commands that read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from fakes.archives import tar_of, zip_of
from fakes.elves import elf
from fakes.image_files import write_docker_archive, write_oci_archive
from fakes.image_reports import DEBIAN, PYTHON, distribution, image_report, interpreter
from fakes.rpm_databases import ndb_database, package_blob
from fakes.sdists import build_sdist
from fakes.web_images import web_image
from fakes.wheels import build_wheel

FILE = "{file}"
"""Stands for the path of the input in a command."""
SUFFIX = ".seed"
FOLDER = Path(__file__).parents[1] / "torture" / "seeds"
"""Inputs that are text: by their paths in the folder where the command runs, with `SUFFIX`."""

_LOADER = "/lib64/ld-linux-x86-64.so.2"
_FOUND = ["advise", "pack", "--no-index", "--find-links", "."]
_COMMANDS: Mapping[str, Sequence[Sequence[str]]] = {
    "manifest": [
        ["advise", "-r", FILE, "--offline"],
        ["advise", "flask", "--prefer", FILE, "--offline"],
        ["scan", "manifest", "--format", "sarif"],
    ],
    "root": [["inspect", "dir:root", "--format", "json"], ["check", "dir:root"]],
    "rules": [["rules", "check", "rules"], ["advise", "flask", "--rules", "rules", "--offline"]],
    "settings": [["scan", "settings"], ["advise", "--source", "settings", "--offline"]],
    "app.py": [["scan", FILE], ["fix", FILE]],
    "benchmark.yaml": [["measure", "flask", "--releases", "0.1", "--benchmark", FILE, "--offline"]],
    "codemods.toml": [["fix", "script.py", "--rules", FILE]],
    "image.json": [["advise", "flask", "--image", FILE], ["compare", FILE, FILE]],
    "osv.json": [["knowledge", "import-osv", FILE]],
    "overrides.txt": [["advise", "flask", "--override", FILE]],
    "pack-1.0-py3-none-any.whl": [["scan", FILE], _FOUND],
    "pack-1.0.tar.gz": [["scan", FILE], _FOUND],
    "pipeline.toml": [["advise", "flask", "--pipeline", FILE]],
    "tree.tar": [["scan", FILE]],
    "tree.zip": [["scan", FILE]],
}
"""By the first part of a path."""


def inputs() -> dict[str, tuple[tuple[bytes, ...], Sequence[Sequence[str]]]]:
    """Path of an input to good contents, and the commands that read it; see `FILE`."""
    seeds = {**_texts(), **_binaries()}
    return {name: ((seeds[name],), _COMMANDS[name.partition("/")[0]]) for name in sorted(seeds)}


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
        "pack-1.0.tar.gz": build_sdist("pack", "1.0", ["click"]),
        "root/usr/bin/python3.11": elf(kind=2, interpreter=_LOADER, needed=["libc.so.6"]),
        "root/usr/lib/libx.so.1": elf(soname="libx.so.1", requires={"libc.so.6": ["GLIBC_2.34"]}),
        "root/usr/lib/python3.11/os.py": b"",
        "root/var/lib/rpm/Packages.db": ndb_database([package_blob("bash"), package_blob("glibc", "2.34")]),
        "tree.tar": tar_of({"a/b.py": code["pack/__init__.py"], "a/c.txt": b"x"}, "w:"),
        "tree.zip": zip_of({"a/b.py": code["pack/__init__.py"], "a/c.txt": b"x"}),
    }
