"""Versions of C libraries, read from what the libraries say of themselves."""

from __future__ import annotations

import re

_GLIBC = re.compile(r"glibc ([0-9]{1,3}\.[0-9]{1,3})")
_MUSL = re.compile(rb"(?<![0-9.])(1\.[0-9]{1,2}\.[0-9]{1,3})\0")

LARGEST_LOADER_BYTES = 4 * 1024 * 1024
"""How much of a musl loader is worth reading; real ones have 0.4 to 0.9 MB."""


def glibc_version(confstr: str) -> str | None:
    """Major and minor version in the text ``CS_GNU_LIBC_VERSION``; None for another library's text.

    What follows the minor version is a distributor's and says nothing about symbols.
    """
    match = _GLIBC.match(confstr)
    return match[1] if match else None


def musl_version(loader: bytes) -> str | None:
    """The version that a musl loader (``ld-musl-<arch>.so.1``) holds as a constant; None where it has none.

    Running the loader would print it, but what is read must not be run: it may be another machine's.

    Source: musl's ``src/internal/version.c`` (a zero-terminated string among the read-only data).
    """
    versions = set(_MUSL.findall(loader, 0, LARGEST_LOADER_BYTES))
    return versions.pop().decode() if len(versions) == 1 else None
