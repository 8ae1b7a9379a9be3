"""What a loader complains of: a library that lacks a symbol or is not there, and whose it would be."""

from __future__ import annotations

import re

from images.native.elf import ElfError, parse_elf
from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.installed import Installed

_LARGEST_FILE_BYTES = 4 << 30
_SYMBOL = re.compile(r"(/[^:\n]{1,1000}\.so[\w.]*): (?:undefined symbol|symbol lookup error|version)")
_ABSENT = re.compile(r"(?:^|[\s/])([\w.+-]{1,200}\.so[\w.]*): cannot open shared object file")


def linked_provider(text: str, installed: Installed) -> tuple[ReleaseIdentity, ReleaseIdentity] | None:
    """Whose library complains, and whose library it was built against; None where that is not known.

    Args:
        text: what an exception says.
        installed: the stack.
    """
    if matched := _SYMBOL.search(text):
        asks = installed.of_file(matched[1])
        if asks is None:
            return None
        for name in _needed(matched[1], installed):
            owner = installed.of_library(name)
            if owner is not None and owner != asks:
                return asks, owner
    return None


def absent_library_owner(text: str, installed: Installed) -> ReleaseIdentity | None:
    """Who brings another version of a library that is not there."""
    matched = _ABSENT.search(text)
    return None if matched is None else installed.of_library(matched[1], any_version=True)


def _needed(seen: str, installed: Installed) -> tuple[str, ...]:
    """Names of the libraries that a file is linked to."""
    path = installed.site_packages / installed.relative(seen)
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_FILE_BYTES:
            return ()
        with path.open("rb") as file:

            def read(position: int, size: int) -> bytes:
                file.seek(position)
                return file.read(size)

            found = parse_elf(read)
    except (OSError, ElfError):
        return ()
    return () if found is None else found.needed
