"""The program of an image whose runtime matters, and the loader that it names."""

from __future__ import annotations

from collections import Counter

from images.catalogers.catalog import Catalog
from images.native.elf_file import ElfFile
from images.roots.links import led_to
from images.roots.root_files import RootFiles

_LIMIT_INTERPRETERS = 256
_PROGRAM_DIRECTORIES = frozenset(
    {b"bin", b"sbin", b"usr/bin", b"usr/sbin", b"usr/local/bin", b"usr/local/sbin"}
)


def interpreter_program(files: RootFiles, known: Catalog) -> tuple[bytes, ElfFile] | None:
    """The executable of the default Python, or of the first that is one; None where there is none."""
    ordered = sorted(known.interpreters, key=lambda interpreter: not interpreter.is_default)
    for interpreter in ordered[:_LIMIT_INTERPRETERS]:
        found = program(files, interpreter.path)
        if found is not None:
            return found
    return None


def program(files: RootFiles, path: str) -> tuple[bytes, ElfFile] | None:
    """The ELF file that a path of a report leads to."""
    real = led_to(files, path.encode("utf-8", "surrogateescape"))
    elf = None if real is None else files.elf(real)
    return None if real is None or elf is None else (real, elf)


def usual_program(files: RootFiles) -> tuple[bytes, ElfFile] | None:
    """A program among the image's own that names the loader that most of them name, the first by path."""
    found = []
    for path in files.elf_paths():
        if path.rpartition(b"/")[0] in _PROGRAM_DIRECTORIES:
            elf = files.elf(path)
            if elf is not None and elf.interpreter is not None:
                found.append((path, elf))
    loaders = Counter(elf.interpreter for _, elf in found)
    if not loaders:
        return None
    usual = max(loaders, key=lambda loader: (loaders[loader], loader or ""))
    return next((path, elf) for path, elf in found if elf.interpreter == usual)
