"""What ELF files of typical images say: programs of glibc and of musl, and the libraries around them."""

from __future__ import annotations

from collections.abc import Sequence

from images.native.elf_file import ElfFile

GLIBC_LOADER = "/lib64/ld-linux-x86-64.so.2"
MUSL_LOADER = "/lib/ld-musl-x86_64.so.1"
MULTIARCH = b"usr/lib/x86_64-linux-gnu"


def shared(
    soname: str | None = None,
    *needed: str,
    machine: str = "x86_64",
    provides: Sequence[str] = (),
    run_path: Sequence[str] = (),
    isa_level: int | None = None,
    **requires: Sequence[str],
) -> ElfFile:
    """A shared library; `requires` has underscores for the dots of a soname: ``libc_so_6``."""
    return ElfFile(
        machine=machine,
        bits=32 if machine in ("i686", "armv7l") else 64,
        soname=soname,
        needed=needed,
        provides=tuple(provides),
        run_path=tuple(run_path),
        isa_level=isa_level,
        requires={name.replace("_", "."): tuple(versions) for name, versions in requires.items()},
    )


def executable(loader: str = GLIBC_LOADER, machine: str = "x86_64", run_path: Sequence[str] = ()) -> ElfFile:
    return ElfFile(
        machine=machine,
        bits=64,
        interpreter=loader,
        needed=("libc.so.6",),
        run_path=tuple(run_path),
    )


def glibc(minor: int = 36) -> ElfFile:
    versions = [f"GLIBC_2.{number}" for number in range(17, minor + 1)]
    return shared("libc.so.6", provides=["GLIBC_2.2.5", *versions, "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR"])


def libstdcxx(patch: int = 30, cxxabi: int = 13) -> ElfFile:
    provides = [f"GLIBCXX_3.4.{number}" for number in range(1, patch + 1)]
    provides += [f"CXXABI_1.3.{number}" for number in range(1, cxxabi + 1)]
    return shared("libstdc++.so.6", "libc.so.6", provides=[*provides, "CXXABI_TM_1", "GLIBCXX_LDBL_3.4"])


def debian() -> tuple[dict[bytes, ElfFile], dict[bytes, bytes]]:
    """ELF files and links of a small Debian 12 with a Python of its own."""
    elves = {
        b"usr/bin/python3.11": executable(),
        b"usr/bin/env": executable(),
        MULTIARCH + b"/ld-linux-x86-64.so.2": shared("ld-linux-x86-64.so.2", provides=["GLIBC_2.2.5"]),
        MULTIARCH + b"/libc.so.6": glibc(),
        MULTIARCH + b"/libstdc++.so.6.0.30": libstdcxx(),
        MULTIARCH + b"/libgcc_s.so.1": shared("libgcc_s.so.1", provides=["GCC_3.0", "GCC_12.0.0"]),
    }
    links = {
        b"lib": b"usr/lib",
        b"lib64": b"usr/lib64",
        b"usr/lib64/ld-linux-x86-64.so.2": b"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
        MULTIARCH + b"/libstdc++.so.6": b"libstdc++.so.6.0.30",
        b"usr/bin/python3": b"python3.11",
    }
    return elves, links
