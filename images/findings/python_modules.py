"""The native modules of an image's Python distributions, and the programs that load them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from images.catalogers.catalog import Catalog
from images.catalogers.loaders import program
from images.catalogers.providers import Providers
from images.elf_file import ElfFile
from images.links import led_to, shown_path
from images.records import PythonDistribution
from images.root_files import RootFiles

_LIMIT_INTERPRETERS = 64
_EXTENSION_MODULE = re.compile(rb"\.(?:cpython-[0-9]+[^./]*|abi3|abi3t|pypy[0-9]+[^./]*)\.so$")
_PLACES = (b"/site-packages/", b"/dist-packages/", b"/lib-dynload/")

Program = tuple[bytes, ElfFile]


class NativeModule(msgspec.Struct, frozen=True, kw_only=True):
    """A shared library below a directory that a Python searches.

    Attributes:
        distribution: that it belongs to, as far as its place tells.
        programs: interpreters that search the directory.
        is_extension: whether Python imports it by its own name, so that it is loaded as it is.
    """

    path: bytes
    elf: ElfFile
    distribution: PythonDistribution | None
    programs: tuple[Program, ...]
    is_extension: bool

    @property
    def owner(self) -> str:
        """The distribution with its version, or the path where none is known."""
        if self.distribution is None:
            return shown_path(self.path)
        return f"{self.distribution.name} {self.distribution.version or ''}".rstrip()


def native_modules(files: RootFiles, known: Catalog) -> Iterator[NativeModule]:
    """Shared libraries in directories of Python distributions, by path."""
    providers = Providers(known)
    searched = _searched(files, known)
    for path in files.elf_paths():
        root = _root(path, searched)
        if root is None and not any(place in path for place in _PLACES):
            continue
        elf = files.elf(path)
        if elf is None or elf.interpreter is not None or b".so" not in path.rpartition(b"/")[2]:
            continue
        yield NativeModule(
            path=path,
            elf=elf,
            distribution=providers.distribution(shown_path(path)),
            programs=searched.get(root, ()) if root is not None else (),
            is_extension=_EXTENSION_MODULE.search(path) is not None,
        )


def _root(path: bytes, searched: Mapping[bytes, object]) -> bytes | None:
    """The innermost of the searched directories that a path is below."""
    end = path.rfind(b"/")
    while end > 0:
        if path[: end + 1] in searched:
            return path[: end + 1]
        end = path.rfind(b"/", 0, end)
    return None


def _searched(files: RootFiles, known: Catalog) -> dict[bytes, tuple[Program, ...]]:
    found: dict[bytes, list[Program]] = {}
    for interpreter in known.interpreters[:_LIMIT_INTERPRETERS]:
        executable = program(files, interpreter.path)
        for directory in interpreter.search_path:
            real = led_to(files, directory.encode("utf-8", "surrogateescape"))
            if real:
                found.setdefault(real + b"/", []).extend([executable] if executable else [])
    return {directory: tuple(programs) for directory, programs in found.items()}
