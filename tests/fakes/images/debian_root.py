"""`DebianRoot`: a real Debian root file system from the archive, and what its own tools say is in it.

It is built once and kept in pytest's cache; nothing in it is changed by those who use it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path

import msgspec
import pytest

_PACKAGES = ("python3", "python3-venv", "python3-pip", "ca-certificates")
_FIELDS = (
    *("Package", "Version", "Architecture", "db:Status-Want", "db:Status-Status", "db:Status-Eflag"),
    *("source:Package", "source:Version"),
)


class DebianPackage(msgspec.Struct, frozen=True):
    """What ``dpkg-query`` says of one package; fields as it names them."""

    name: str
    version: str
    arch: str
    want: str
    status: str
    flag: str
    source: str
    source_version: str


class DebianRoot:
    """A root file system.

    Attributes:
        directory: it, without device nodes; owners are those of the root where the tests run as root.
        layer: the same as an uncompressed tar archive, device nodes and all; fit for an image's layer.
    """

    def __init__(self, place: Path) -> None:
        self.directory, self.layer = place / "root", place / "root.tar"

    @cached_property
    def packages(self) -> tuple[DebianPackage, ...]:
        """Everything that the root's dpkg database knows, installed or not."""
        return dpkg_listing(self.directory / "var/lib/dpkg")

    def run(self, *command: str) -> str:
        """What a program of the root prints; the root is not changed by Python in it.

        The test is skipped where that takes rights that it does not have.
        """
        if os.geteuid() != 0:
            pytest.skip("chroot: the tests do not run as root")
        environ = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            ["chroot", str(self.directory), *command],
            env={**environ, "LC_ALL": "C.UTF-8", "HOME": "/tmp"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def dpkg_listing(database: Path) -> tuple[DebianPackage, ...]:
    """What ``dpkg-query`` of this machine says of a database directory."""
    form = "\\t".join(f"${{{field}}}" for field in _FIELDS) + "\\n"
    done = subprocess.run(
        ["dpkg-query", f"--admindir={database}", "--show", f"--showformat={form}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(DebianPackage(*line.split("\t")) for line in done.stdout.splitlines())


def built_root(cache: Path, suite: str = "bookworm", packages: tuple[str, ...] = _PACKAGES) -> DebianRoot:
    """The root of a suite with some packages, from `cache` or built anew, which takes half a minute.

    The test is skipped where ``mmdebstrap`` is not installed.

    Raises:
        RuntimeError: the archive cannot be reached, or the packages do not install.
    """
    for program in ("mmdebstrap", "dpkg-query"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    key = hashlib.sha256("\n".join((suite, *packages)).encode()).hexdigest()[:12]
    place = cache / f"{suite}-{key}"
    with (cache / f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of one run ask at the same time
        if not place.exists():
            _build(place, suite, packages)
    return DebianRoot(place)


def _build(place: Path, suite: str, packages: tuple[str, ...]) -> None:
    partial = place.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "root").mkdir(parents=True)
    _run("mmdebstrap", "--variant=minbase", f"--include={','.join(packages)}", suite, f"{partial}/root.tar")
    _run("tar", "-xf", f"{partial}/root.tar", "-C", f"{partial}/root", "--exclude=./dev/*")
    partial.rename(place)


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-1000:]}")
