"""The native modules of an image's Python distributions, and the programs that load them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath

import msgspec

from images.catalogers.catalog import Catalog
from images.catalogers.loaders import program
from images.catalogers.providers import Providers
from images.native.elf_file import ElfFile
from images.native.loading import run_path_directories
from images.reports.records import PythonDistribution
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles

_LIMIT_INTERPRETERS = 64
_EXTENSION_MODULE = re.compile(rb"\.(?:cpython-[0-9]+[^./]*|abi3|abi3t|pypy[0-9]+[^./]*)\.so$")
_PLAIN_MODULE = re.compile(rb"/(?!lib)[A-Za-z_][A-Za-z0-9_]*\.so$")
_STANDARD = b"/lib-dynload/"
_PLACES = (b"/site-packages/", b"/dist-packages/", _STANDARD)

Program = tuple[bytes, ElfFile]


class NativeModule(msgspec.Struct, frozen=True, kw_only=True):
    """A shared library below a directory that a Python searches.

    Attributes:
        distribution: that it belongs to, as far as its place tells.
        programs: interpreters that search the directory.
        is_extension: whether its name is that of an extension module for one Python.
        is_importable: whether Python would import it by its name; a plain ``.so`` may be something else.
        home: the directory, or file, of the top-level module that it is part of.
    """

    path: bytes
    elf: ElfFile
    distribution: PythonDistribution | None
    programs: tuple[Program, ...]
    is_extension: bool
    is_importable: bool
    home: bytes

    @property
    def is_standard(self) -> bool:
        """Whether it is of the standard library."""
        return _STANDARD in self.path

    @property
    def owner(self) -> str:
        """The distribution with its version, or where it stands if none is known."""
        if self.distribution is None:
            return shown_path(self.home)
        return f"{self.distribution.name} {self.distribution.version or ''}".rstrip()


def native_modules(files: RootFiles, known: Catalog) -> Iterator[NativeModule]:
    """Shared libraries in directories of Python distributions, by path."""
    providers = Providers(known)
    searched = _searched(files, known)
    for path in files.elf_paths():
        root = _root(path, searched)
        is_extension = _EXTENSION_MODULE.search(path) is not None
        # A project that is installed in place may hold anything, down to other root file systems.
        if not any(place in path for place in _PLACES) and (root is None or not is_extension):
            continue
        elf = files.elf(path)
        if elf is None or elf.interpreter is not None or b".so" not in path.rpartition(b"/")[2]:
            continue
        yield NativeModule(
            path=path,
            elf=elf,
            distribution=_distribution(providers, path, elf),
            programs=searched.get(root, ()) if root is not None else (),
            is_extension=is_extension,
            is_importable=is_extension or _PLAIN_MODULE.search(path) is not None,
            home=path if root is None else root + path[len(root) :].partition(b"/")[0],
        )


def _distribution(providers: Providers, path: bytes, elf: ElfFile) -> PythonDistribution | None:
    """By its place, else by the libraries of its wheel, which auditwheel names after the distribution."""
    found = providers.distribution(shown_path(path))
    if found is not None:
        return found
    for directory in run_path_directories(path, elf):
        if directory.endswith(b".libs"):
            return providers.distribution(shown_path(normpath(directory).lstrip(b"/") + b"/library"))
    return None


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
