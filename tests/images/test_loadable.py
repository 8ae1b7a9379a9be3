from __future__ import annotations

import pytest

from images.facts.environment import ABSENT, Fact, RuntimeEnvironment
from images.native.elf_file import ElfFile
from images.native.loadable import unmet

FACTS = {
    "arch": "x86_64",
    "python.version": "3.11.2",
    "python.implementation": "cpython",
    "libc.name": "glibc",
    "libc.version": "2.36",
    "libstdcxx.glibcxx": "3.4.28",
    "libstdcxx.cxxabi": "1.3.12",
}
CXX = "libstdc++.so.6"


def needs(files: dict[str, ElfFile], **facts: str) -> dict[str, str]:
    """Path to what it needs and has not."""
    known = {**FACTS, **{name.replace("_", "."): value for name, value in facts.items()}}
    environment = RuntimeEnvironment(
        facts={name: Fact(value=value, source="/lib/x") for name, value in known.items()}
    )
    return {found.path: f"{found.needs}: {found.has}" for found in unmet(files, environment)}


def elf(*needed: str, machine: str = "x86_64", soname: str | None = None, **requires: str) -> ElfFile:
    """Keywords: ``cxx`` and ``libc`` for the versions needed of those libraries."""
    libraries = {"cxx": CXX, "libc": "libc.so.6"}
    versions = {libraries[name]: tuple(text.split()) for name, text in requires.items()}
    return ElfFile(machine=machine, bits=64, soname=soname, needed=(*needed, *versions), requires=versions)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (elf(cxx="GLIBCXX_3.4 GLIBCXX_3.4.28 CXXABI_1.3.9"), None),
        (
            elf(cxx="GLIBCXX_3.4 GLIBCXX_3.4.29"),
            f"GLIBCXX_3.4.29 of {CXX}: libstdcxx.glibcxx 3.4.28 (/lib/x)",
        ),
        (elf(cxx="CXXABI_1.3.13"), f"CXXABI_1.3.13 of {CXX}: libstdcxx.cxxabi 1.3.12 (/lib/x)"),
        (elf(cxx="CXXABI_FLOAT128 GLIBCXX_LDBL_3.4"), None),
        (elf(libc="GLIBC_2.36 GLIBC_PRIVATE"), None),
        (elf(libc="GLIBC_2.38"), "GLIBC_2.38 of libc.so.6: libc.version 2.36 (/lib/x)"),
        (elf("libc.musl-x86_64.so.1"), "musl: libc.name glibc (/lib/x)"),
        (elf(libc="GLIBC_2.38", machine="aarch64"), None),
    ],
)
def test_what_a_file_needs_and_the_target_has_not(file: ElfFile, told: str | None) -> None:
    assert needs({"a/_x.so": file}) == ({} if told is None else {"a/_x.so": told})


def test_no_cxx_library_at_all() -> None:
    lacking = {"libstdcxx_glibcxx": ABSENT}
    assert needs({"a/_x.so": elf(CXX)}, **lacking) == {"a/_x.so": f"{CXX}: /lib/x"}
    bundled = {"a/_x.so": elf(cxx="GLIBCXX_3.4.29"), f"a.libs/{CXX}": elf(soname=CXX)}
    assert needs(bundled, **lacking) == {}
    assert needs({"a/_x.so": elf("libm.so.6")}, **lacking) == {}


def test_musl() -> None:
    musl = {"libc_name": "musl", "libc_version": "1.2.5"}
    assert needs({"a/_x.so": elf("libc.so.6")}, **musl) == {"a/_x.so": "glibc: libc.name musl (/lib/x)"}
    assert needs({"a/_x.so": elf("libc.musl-x86_64.so.1")}, **musl) == {}


@pytest.mark.parametrize(
    ("name", "is_loaded"),
    [
        ("_x.so", True),
        ("_x.abi3.so", True),
        ("_x.cpython-311-x86_64-linux-gnu.so", True),
        ("_x.cpython-39-x86_64-linux-gnu.so", False),
        ("_x.cpython-311t-x86_64-linux-gnu.so", True),
        ("_x.pypy310-pp73-x86_64-linux-gnu.so", False),
    ],
)
def test_only_what_this_python_loads_counts(name: str, is_loaded: bool) -> None:
    assert bool(needs({f"a/{name}": elf(libc="GLIBC_2.38")})) is is_loaded
