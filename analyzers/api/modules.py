"""The files of modules in one or several trees, such as ``site-packages`` or a wheel, by dotted name."""

from __future__ import annotations

import contextlib
import io
import re
import tokenize
import zlib
from collections.abc import Iterator, MutableMapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from analyzers.api.conditions import ANY_TARGET, Target
from analyzers.api.surface import ApiSurface, ModuleKey, ModuleSurface
from analyzers.files import FileKind, FileReader, FileReaderError, TooManyFilesError, joined, read_file

_LIMIT_BYTES = 8 << 20
_LIMIT_FILES = 100_000
_LIMIT_LINE_BYTES = 1 << 20
"""Nobody writes such a line; a parser may take long over it."""
_EXTENSION = re.compile(r"([^\W\d]\w*)(?:\.[\w-]+)*\.(?:so|pyd)", re.ASCII)
_ATTRIBUTE_SET = re.compile(
    r"(?<![\w.])(?!self\b|cls\b)[A-Za-z_][\w.]*\.(\w+)[ \t]*=(?!=)|\bsetattr\(\s*[\w.]+,\s*[\"'](\w+)[\"']"
)
_COMPUTED_SET = re.compile(r"\bsetattr\(\s*[\w.]+,\s*(?![\"'\s])|\b__dict__\b|\bvars\(\s*\w")
_STUBS = b"-stubs"
_TESTS = frozenset({"tests", "test", "__pycache__"})
_TEST_SUPPORT = b"conftest.py"
_CYTHON = b".pyx"


@runtime_checkable
class StatesContent(Protocol):
    """A reader over an archive whose directory tells what its files hold."""

    def stated(self, path: bytes) -> tuple[int, int] | None:
        """CRC-32 and size of a file's content."""


class Root(NamedTuple):
    """A directory whose children are top-level modules."""

    reader: FileReader
    directory: bytes = b""


class Module(NamedTuple):
    """What is known of a module.

    Attributes:
        source: what its ``.py`` says; None where there is none.
        stub: what its ``.pyi`` says.
        is_extension: it is compiled; the source beside it is what it was compiled from.
        is_package: it has, or may have, submodules.
        is_foreign_stub: the stub is of another distribution, and no proof that a name exists.
        unread: why a file of it could not be read.
    """

    name: str
    source: ModuleSurface | None = None
    stub: ModuleSurface | None = None
    is_extension: bool = False
    is_package: bool = False
    is_foreign_stub: bool = False
    unread: str | None = None

    @property
    def is_namespace(self) -> bool:
        """A directory without a file that makes it a package; other distributions may add to it."""
        return self.is_package and not (self.source or self.stub or self.is_extension or self.unread)

    @property
    def surfaces(self) -> tuple[ModuleSurface, ...]:
        """Source, then stub."""
        return tuple(surface for surface in (self.source, self.stub) if surface is not None)


class Modules:
    """Finds and reads modules on request, each once.

    Args:
        roots: the first one that has a module gives it.
        target: see `export.exported`.
        known: surfaces by the key of their file, read and added to; the caller may keep it for the next
            release, for the same target.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        target: Target = ANY_TARGET,
        known: MutableMapping[ModuleKey, ModuleSurface] | None = None,
    ) -> None:
        self._roots, self._target = tuple(roots), target
        self._known: MutableMapping[ModuleKey, ModuleSurface] = {} if known is None else known
        self._listings: dict[tuple[int, bytes], dict[bytes, FileKind]] = {}
        self._found: dict[str, Module | None] = {}
        self._attributes_set: dict[str, frozenset[str]] = {}
        self._setting: dict[str, tuple[str, ...]] = {}

    def get(self, name: str) -> Module | None:
        """The module of this dotted name; None where no root has it."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Module | None:
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts) or len(parts) > 40:
            return None
        encoded = [part.encode() for part in parts]
        best: Module | None = None
        for number in range(len(self._roots)):
            found = self._in_root(number, name, encoded)
            if found is not None and not found.is_namespace:
                best = found
                break
            best = best or found
        if best is not None and best.stub is None:
            best = self._with_foreign_stub(best, encoded)
        return best

    def _in_root(self, number: int, name: str, parts: list[bytes]) -> Module | None:
        directory = self._roots[number].directory
        for part in parts[:-1]:
            if self._list(number, directory).get(part) is not FileKind.DIRECTORY:
                return None
            directory = joined(directory, part)
        last = parts[-1]
        children = self._list(number, directory)
        if children.get(last) is FileKind.DIRECTORY:
            inner = joined(directory, last)
            within = self._list(number, inner)
            found = self._read(number, name, inner, b"__init__", within)
            if found is not None:
                return found._replace(is_package=True)
            plain = self._read(number, name, directory, last, children)
            return plain or (Module(name, is_package=True) if within else None)
        return self._read(number, name, directory, last, children)

    def _read(
        self, number: int, name: str, directory: bytes, stem: bytes, children: dict[bytes, FileKind]
    ) -> Module | None:
        surfaces: list[ModuleSurface | None] = []
        unread = None
        for suffix in (b".py", b".pyi"):
            if children.get(stem + suffix) is not FileKind.FILE:
                surfaces.append(None)
                continue
            try:
                path = joined(directory, stem + suffix)
                surfaces.append(self.surface(self._roots[number].reader, path)[1])
            except FileReaderError as error:
                surfaces.append(None)
                unread = error.reason
        is_extension = any(
            kind is FileKind.FILE and child.startswith(stem + b".") and is_extension_of(child, stem)
            for child, kind in children.items()
        )
        if surfaces == [None, None] and is_extension and children.get(stem + _CYTHON) is FileKind.FILE:
            with contextlib.suppress(FileReaderError):
                path = joined(directory, stem + _CYTHON)
                surfaces[0] = self.surface(self._roots[number].reader, path)[1]
        if surfaces == [None, None] and not is_extension and unread is None:
            return None
        return Module(name, surfaces[0], surfaces[1], is_extension, unread=unread)

    def _with_foreign_stub(self, module: Module, parts: list[bytes]) -> Module:
        for number, root in enumerate(self._roots):
            if self._list(number, root.directory).get(parts[0] + _STUBS) is FileKind.DIRECTORY:
                found = self._in_root(number, module.name, [parts[0] + _STUBS, *parts[1:]])
                if found is not None and found.stub is not None:
                    return module._replace(stub=found.stub, is_foreign_stub=True)
        return module

    def _list(self, number: int, directory: bytes) -> dict[bytes, FileKind]:
        key = (number, directory)
        if key not in self._listings:
            try:
                children = self._roots[number].reader.list(directory)
                self._listings[key] = {child.name: child.kind for child in children}
            except FileReaderError:
                self._listings[key] = {}
        return self._listings[key]

    def surface(self, reader: FileReader, path: bytes) -> tuple[ModuleKey, ModuleSurface]:
        """What a file says; it is not read where an archive states a checksum that is known.

        Raises:
            FileReaderError: it cannot be read, or is too large.
        """
        from analyzers.api.cython_sources import cython_surface
        from analyzers.api.export import exported

        shown = path.decode("utf-8", "backslashreplace")
        if isinstance(reader, StatesContent) and (content_of := reader.stated(path)) is not None:
            stated = ModuleKey(shown, *content_of)
            if (found := self._known.get(stated)) is not None:
                return stated, found
        content = read_file(reader, path, _LIMIT_BYTES)
        key = ModuleKey(shown, zlib.crc32(content), len(content))
        if (found := self._known.get(key)) is not None:
            return key, found
        if max(map(len, content.split(b"\n"))) > _LIMIT_LINE_BYTES:
            raise FileReaderError(path, f"it has a line of more than {_LIMIT_LINE_BYTES:,} bytes")
        text = source_text(content)
        if path.endswith(_CYTHON):
            made = cython_surface(text)
        else:
            made = exported(text, self._target, is_stub=path.endswith(b".pyi"))
        self._known[key] = made
        return key, made

    def attributes_set(self, package: str) -> frozenset[str]:
        """Names that any module of a top-level package sets as attributes of something but ``self``.

        A module that looks closed may get names from its neighbours; nobody can tell which without reading
        them all, so that this is asked last.
        """
        if package not in self._attributes_set:
            names: set[str] = set()
            setting: list[str] = []
            for number, root in enumerate(self._roots):
                directory = joined(root.directory, package.encode())
                children = self._list(number, root.directory)
                if children.get(package.encode()) is not FileKind.DIRECTORY:
                    continue
                for path, below in module_paths(Root(root.reader, directory), _LIMIT_FILES):
                    if path.endswith(b".py"):
                        try:
                            content = read_file(root.reader, path, _LIMIT_BYTES)
                        except FileReaderError:
                            continue
                        text = source_text(content)
                        names |= {a or b for a, b in _ATTRIBUTE_SET.findall(text)}
                        if _COMPUTED_SET.search(text):
                            setting.append(package if below == "__init__" else f"{package}.{below}")
            self._attributes_set[package] = frozenset(names)
            self._setting[package] = tuple(setting)
        return self._attributes_set[package]

    def setting(self, package: str) -> tuple[str, ...]:
        """Modules of a top-level package that set attributes by names that they compute."""
        self.attributes_set(package)
        return self._setting[package]

    def files(self, of_roots: int | None = None, limit_files: int = _LIMIT_FILES) -> dict[str, str]:
        """Every module in the first so many roots, without tests, by dotted name: the path of its file.

        Sources come before stubs and stubs before what is compiled, the first root before the others.

        Raises:
            TooManyFilesError: there are more than `limit_files` paths.
        """
        found: dict[str, tuple[int, int, str]] = {}
        for number, root in enumerate(self._roots[:of_roots]):
            for path, name in module_paths(root, limit_files):
                rank = number, _rank(path), path.decode("utf-8", "backslashreplace")
                if name not in found or rank < found[name]:
                    found[name] = rank
        return {name: path for name, (_, _, path) in sorted(found.items())}

    def whole(self, limit_files: int = _LIMIT_FILES) -> ApiSurface:
        """Everything in the roots, without tests; the surfaces themselves are in `known` then."""
        keys: dict[str, list[ModuleKey]] = {}
        extensions: dict[str, None] = {}
        unreadable: list[tuple[str, str]] = []
        for root in self._roots:
            for path, name in module_paths(root, limit_files):
                if path.endswith((b".py", b".pyi")):
                    try:
                        key, _ = self.surface(root.reader, path)
                    except FileReaderError as error:
                        unreadable.append((path.decode("utf-8", "backslashreplace"), error.reason))
                    else:
                        keys.setdefault(name, []).append(key)
                else:
                    extensions[name] = None
        modules = {name: tuple(sorted(found)) for name, found in sorted(keys.items())}
        return ApiSurface(modules=modules, extensions=tuple(extensions), unreadable=tuple(unreadable))


def _rank(path: bytes) -> int:
    return 0 if path.endswith(b".py") else 1 if path.endswith(b".pyi") else 2


def source_roots(reader: FileReader) -> list[Root]:
    """Where an unpacked sdist, or a checkout, keeps its modules: below ``src``, or beside its metadata.

    The one directory that an sdist consists of is entered.

    Raises:
        FileReaderError: the root cannot be listed.
    """
    directory = b""
    children = reader.list(directory)
    if len(children) == 1 and children[0].kind is FileKind.DIRECTORY:
        directory = children[0].name
        children = reader.list(directory)
    kinds = {child.name: child.kind for child in children}
    if kinds.get(b"src") is FileKind.DIRECTORY:
        return [Root(reader, joined(directory, b"src")), Root(reader, directory)]
    return [Root(reader, directory)]


def is_extension_of(name: bytes, stem: bytes) -> bool:
    """Whether a file name is that of a compiled module: ``stem.cpython-311-x86_64-linux-gnu.so``."""
    found = _EXTENSION.fullmatch(name.decode("utf-8", "replace"))
    return found is not None and found[1].encode() == stem


def is_module_file(path: bytes) -> bool:
    """Whether a path is that of a source, a stub or a compiled module."""
    text = path.rpartition(b"/")[2].decode("utf-8", "replace")
    stem, _, suffix = text.partition(".")
    return stem.isidentifier() and (suffix in ("py", "pyi") or _EXTENSION.fullmatch(text) is not None)


def module_paths(root: Root, limit_files: int) -> Iterator[tuple[bytes, str]]:
    """Files of modules below a root with the dotted names, sources, stubs and compiled ones.

    Directories whose name is no identifier are passed over, and those of tests.

    Raises:
        TooManyFilesError: there are more than `limit_files` paths.
    """
    pending, seen = [(root.directory, "")], 0
    while pending:
        directory, prefix = pending.pop()
        try:
            children = root.reader.list(directory)
        except FileReaderError:
            continue
        seen += len(children)
        if seen > limit_files:
            raise TooManyFilesError(directory, f"more than {limit_files:,} entries in the tree")
        for child in children:
            text = child.name.decode("utf-8", "replace")
            path = joined(directory, child.name)
            if child.kind is FileKind.DIRECTORY:
                name = text.removesuffix("-stubs")
                if name.isidentifier() and name not in _TESTS and len(prefix) < 400:
                    pending.append((path, f"{prefix}{name}."))
                continue
            stem = text.partition(".")[0]
            is_support = child.name == _TEST_SUPPORT
            if child.kind is FileKind.FILE and not is_support and is_module_file(child.name):
                yield path, prefix[:-1] if stem == "__init__" and prefix else prefix + stem


def source_text(content: bytes) -> str:
    """Python source decoded as its first lines say, else as UTF-8, else as Latin-1, which never fails.

    Source: PEP 263.
    """
    if b"coding" in content[:400] or content.startswith(b"\xef\xbb\xbf"):
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content[:1000]).readline)
            return content.decode(encoding)
        except (SyntaxError, UnicodeDecodeError, LookupError, ValueError):
            pass
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")
