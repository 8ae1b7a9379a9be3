"""The files of a stack: which module is which file of which distribution."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analyzers.files import FileKind, FileReader, FileReaderError, joined, read_file
from analyzers.importing.outlines import Outline, Outlines

LIMIT_SOURCE_BYTES = 8 << 20
LIMIT_EXTENSION_BYTES = 64 << 20
_NOT_IN_NAMES = frozenset("/\\\0")
_LIMIT_DIRECTORIES = 5_000
_EXTENSION = re.compile(rb"(.+?)(?:\.[\w-]+)*\.(?:so|pyd)", re.ASCII)


class Part(NamedTuple):
    """One tree of the stack: a wheel, a ``site-packages``, the user's code.

    Attributes:
        distribution: that its files belong to; None where `owners` or nothing says.
        owners: distribution by path, for a tree that holds several.
    """

    reader: FileReader
    directory: bytes = b""
    distribution: str | None = None
    owners: Mapping[bytes, str] = {}


class ModuleFile(NamedTuple):
    """The file or directory that a module is.

    Attributes:
        path: of the file that Python would load; of the directory for a namespace package.
        source: of the ``.py`` to execute, also of one beside an extension; None where there is none.
        is_package: it may have submodules.
        directories: where these are, as (number of the part, path).
    """

    name: str
    part: int
    path: bytes
    source: bytes | None
    is_package: bool
    is_extension: bool
    distribution: str | None
    directories: tuple[tuple[int, bytes], ...] = ()

    @property
    def is_namespace(self) -> bool:
        """A directory without a file that makes it a package."""
        return self.is_package and self.source is None and not self.is_extension


class StackFiles:
    """Finds modules in the parts of a stack, the first part that has one first.

    Args:
        parts: the trees.
        versions: of the distributions of the stack, by normalised name.
        outlines: of modules, where other stacks have the same.
    """

    def __init__(
        self, parts: Iterable[Part], versions: Mapping[str, str], outlines: Outlines | None = None
    ) -> None:
        self._outlines = outlines or Outlines(0)
        self._parts = tuple(parts)
        self.versions = dict(versions)
        self._listings: dict[tuple[int, bytes], dict[bytes, FileKind]] = {}
        self._extension_names: dict[tuple[int, bytes], dict[bytes, list[bytes]]] = {}
        self._found: dict[str, ModuleFile | None] = {}
        self._stems: dict[str, frozenset[bytes]] = {}

    def find(self, name: str) -> ModuleFile | None:
        """The file of a module by its dotted name, which has the parents that its name says."""
        if name not in self._found:
            above, _, last = name.rpartition(".")
            if above:
                parent = self.find(above)
                places = parent.directories if parent is not None else ()
            else:
                places = tuple((number, part.directory) for number, part in enumerate(self._parts))
            self._found[name] = (
                self._in(name, last.encode(), places) if _NOT_IN_NAMES.isdisjoint(last) else None
            )
        return self._found[name]

    def _in(self, name: str, last: bytes, places: Iterable[tuple[int, bytes]]) -> ModuleFile | None:
        namespaces: list[tuple[int, bytes]] = []
        for number, directory in places:
            children = self._listing(number, directory)
            if children.get(last) is FileKind.DIRECTORY:
                inner = joined(directory, last)
                below = self._listing(number, inner)
                found = self._file(name, number, inner, b"__init__", below)
                if found is not None:
                    return found._replace(is_package=True, directories=((number, inner),))
                namespaces.append((number, inner))
            found = self._file(name, number, directory, last, children)
            if found is not None:
                return found
        if not namespaces:
            return None
        first = namespaces[0]
        return ModuleFile(name, first[0], first[1], None, True, False, self._owner(*first), tuple(namespaces))

    def _file(
        self, name: str, number: int, directory: bytes, stem: bytes, children: Mapping[bytes, FileKind]
    ) -> ModuleFile | None:
        source = stem + b".py" if children.get(stem + b".py") is FileKind.FILE else None
        extension = None
        for candidate in self._extensions(number, directory).get(stem, ()):
            extension = candidate
            break
        loaded = extension or source
        if loaded is None:
            return None
        path = joined(directory, loaded)
        return ModuleFile(
            name,
            number,
            path,
            joined(directory, source) if source else None,
            False,
            extension is not None,
            self._owner(number, path),
        )

    def _extensions(self, number: int, directory: bytes) -> Mapping[bytes, list[bytes]]:
        key = (number, directory)
        if key not in self._extension_names:
            found: dict[bytes, list[bytes]] = {}
            for child, kind in self._listing(number, directory).items():
                if kind is FileKind.FILE and child.endswith((b".so", b".pyd")):
                    match = _EXTENSION.fullmatch(child)
                    if match:
                        found.setdefault(match[1], []).append(child)
            self._extension_names[key] = found
        return self._extension_names[key]

    def _listing(self, number: int, directory: bytes) -> dict[bytes, FileKind]:
        key = (number, directory)
        if key not in self._listings:
            try:
                children = self._parts[number].reader.list(directory)
            except FileReaderError:
                children = ()
            self._listings[key] = {child.name: child.kind for child in children}
        return self._listings[key]

    def _owner(self, number: int, path: bytes) -> str | None:
        part = self._parts[number]
        return part.owners.get(path, part.distribution)

    def stems_below(self, file: ModuleFile) -> frozenset[bytes]:
        """Names that modules may have which lie anywhere below a package."""
        if file.name not in self._stems:
            found: set[bytes] = set()
            pending = list(file.directories)
            for number, directory in pending:
                for name, kind in self._listing(number, directory).items():
                    found.add(name.partition(b".")[0])
                    if kind is FileKind.DIRECTORY and len(pending) < _LIMIT_DIRECTORIES:
                        pending.append((number, joined(directory, name)))
            self._stems[file.name] = frozenset(found)
        return self._stems[file.name]

    def read(self, file: ModuleFile, path: bytes, limit_bytes: int) -> bytes:
        """The content of a file of a module.

        Raises:
            FileReaderError: it cannot be read, or is larger than `limit_bytes`.
        """
        return read_file(self._parts[file.part].reader, path, limit_bytes)

    def outline(self, text: str) -> Outline:
        """The outline of a module's text.

        Raises:
            SyntaxError, ValueError, RecursionError, MemoryError: see `Outline`.
        """
        return self._outlines.of(text)

    @functools.cached_property
    def runs_at_start(self) -> bool:
        """Whether a part has path files, whose import lines run whenever Python starts (see `site`)."""
        return any(
            name.endswith(b".pth")
            for number, part in enumerate(self._parts)
            for name in self._listing(number, part.directory)
        )
