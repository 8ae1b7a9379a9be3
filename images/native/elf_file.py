"""What an ELF file says of itself that decides where it runs: `ElfFile`."""

from __future__ import annotations

import msgspec


class ElfFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The dynamic section and the symbol versions of one executable or shared library.

    Attributes:
        machine: architecture as in the fact ``arch``, such as ``x86_64``.
        bits: 32 or 64.
        soname: None for an executable.
        interpreter: path of the loader it names.
        needed: sonames of the libraries that it loads, in order.
        requires: per soname the symbol versions it needs, such as ``{"libc.so.6": ("GLIBC_2.34",)}``.
        provides: symbol versions that it defines, the name of the file itself left out.
        run_path: RPATH and RUNPATH as written.
        isa_level: micro-architecture level of x86-64 that it states to need (GNU property note), 1 to 4.
    """

    machine: str
    bits: int
    soname: str | None = None
    interpreter: str | None = None
    needed: tuple[str, ...] = ()
    requires: dict[str, tuple[str, ...]] = {}
    provides: tuple[str, ...] = ()
    run_path: tuple[str, ...] = ()
    isa_level: int | None = None
