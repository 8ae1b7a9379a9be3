"""Which files of a tree are Python source: `source_files`, in one sorted order whatever holds the tree.

Nothing outside of the tree is looked at, no link is followed (what it leads to inside is seen itself), and of
a file that only may be a script no more than its first bytes are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from analyzers.files import FileEntry, FileKind, FileReader, FileReaderError, joined
from analyzers.manifests.discovery import manifest_format
from analyzers.reports import Unknown
from analyzers.source.reading.generated import environment_folders, is_generated
from analyzers.source.reading.ignoring import (
    GITIGNORE,
    NO_RULES,
    IgnoreRules,
    excluded_by_repository,
    ignore_rules,
    patterns_of,
)
from analyzers.source.records import Language

FILE_LIMIT_BYTES = 10 << 20
NOTEBOOK_LIMIT_BYTES = 64 << 20  # nearly all of a large notebook is output, which is never decoded

_LANGUAGES = {
    b"py": Language.PYTHON,
    b"pyw": Language.PYTHON,
    b"pyi": Language.STUB,
    b"ipynb": Language.NOTEBOOK,
}
_SCRIPT_SUFFIXES = frozenset({b"cgi", b"fcgi", b"wsgi"})
_HEAD_BYTES = 128
_SHEBANG = re.compile(rb"#![^\n]*?\b(?:i?python|pypy)[\d.]*\b|#![^\n]*\b(?:uv|pipx|hatch|pdm)[ \t]+run\b")
_SCRIPT_METADATA = re.compile(rb"^# /// script[ \t\r]*$", re.MULTILINE)


class WalkOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk takes, passes over, and may cost.

    Attributes:
        ignored: take what git ignores.
        hidden: take files and directories whose names start with a dot (version control never).
        generated: take virtual environments, caches and what builds leave behind.
        exclude: patterns in the form of ``.gitignore`` lines, counted from the root.
        named: paths that the user named: source whatever their names and sizes of heads say.
        limit_entries: files and directories that are looked at.
        limit_files: files of source.
        limit_depth: directories below each other.
        limit_heads: files of which the first bytes are read because they may be scripts.
    """

    ignored: bool = False
    hidden: bool = False
    generated: bool = False
    exclude: tuple[str, ...] = ()
    named: frozenset[bytes] = frozenset()
    limit_entries: int = 1_000_000
    limit_files: int = 200_000
    limit_depth: int = 64
    limit_heads: int = 20_000


DEFAULT_OPTIONS = WalkOptions()


class SourceFile(msgspec.Struct, frozen=True, order=True):
    """A file that is, or passes for, Python source.

    Attributes:
        path: as its reader knows it.
        is_script: told by its first line and not by its name.
        is_packaged: an ``__init__.py`` stands beside it.
    """

    path: bytes
    language: Language
    is_script: bool = False
    is_packaged: bool = False


class ManifestFile(msgspec.Struct, frozen=True, order=True):
    """A file that is no source, and whose name tells that it states requirements or pins."""

    path: bytes


def source_files(
    reader: FileReader,
    *,
    options: WalkOptions = DEFAULT_OPTIONS,
    rules: IgnoreRules = NO_RULES,
    unknown: Callable[[Unknown], None],
) -> Iterator[SourceFile]:
    """The files, sorted by the components of their paths, files and directories of one directory together.

    Args:
        reader: the tree.
        options: what counts.
        rules: what is ignored by files above the root, unless `options` takes it all the same.
        unknown: told of everything that could not be read and of every limit that was met.
    """
    found = files(reader, options=options, rules=rules, unknown=unknown)
    return (file for file in found if isinstance(file, SourceFile))


def files(
    reader: FileReader,
    *,
    options: WalkOptions = DEFAULT_OPTIONS,
    rules: IgnoreRules = NO_RULES,
    unknown: Callable[[Unknown], None],
) -> Iterator[SourceFile | ManifestFile]:
    """The files of source and, among them, the manifests; see `source_files`."""
    return _Walk(reader, options, unknown).files(rules)


class _Walk:
    """One walk; it counts what it spends."""

    def __init__(self, reader: FileReader, options: WalkOptions, unknown: Callable[[Unknown], None]) -> None:
        self._reader, self._options, self._unknown = reader, options, unknown
        self._excluded = patterns_of(text.encode("utf-8", "surrogateescape") for text in options.exclude)
        self._entries = self._files = self._heads = 0

    def files(self, rules: IgnoreRules) -> Iterator[SourceFile | ManifestFile]:
        options = self._options
        if options.ignored:
            rules = NO_RULES
        else:
            rules = excluded_by_repository(self._reader, self._failed, rules)
        # A stack of iterators instead of recursion: a file sorts among the directories beside it.
        pending = [self._directory(b"", rules)]
        while pending:
            for path, found in pending[-1]:
                if isinstance(found, IgnoreRules):
                    if len(pending) >= options.limit_depth:
                        self._told(path, f"more than {options.limit_depth} directories deep")
                        continue
                    pending.append(self._directory(path, found))
                    break
                self._files += 1
                if self._files > options.limit_files:
                    self._told(
                        b"", f"more than {options.limit_files:,} files of source; the rest is left out"
                    )
                    return
                yield found
            else:
                pending.pop()
            if self._entries > options.limit_entries:
                self._told(b"", f"more than {options.limit_entries:,} entries; the rest is left out")
                return

    def _directory(
        self, path: bytes, rules: IgnoreRules
    ) -> Iterator[tuple[bytes, SourceFile | ManifestFile | IgnoreRules]]:
        """What counts in one directory: files, and directories with the rules above them."""
        try:
            children = self._reader.list(path)
        except FileReaderError as error:
            self._failed(error)
            return
        self._entries += len(children)
        if self._entries > self._options.limit_entries:
            return
        if not self._options.generated:
            if path and is_generated(self._reader, path, children):
                return
            if not path and (passed := environment_folders(children)):
                children = tuple(child for child in children if child.name not in passed)
        if not self._options.ignored and any(child.name == GITIGNORE for child in children):
            rules = ignore_rules(self._reader, path, rules, self._failed)
        is_packaged = any(child.name == b"__init__.py" for child in children)
        for child in children:
            below = joined(path, child.name)
            if below in self._options.named:
                language = _LANGUAGES.get(_suffix(child.name), Language.PYTHON)
                yield below, SourceFile(below, language, is_packaged=is_packaged)
            elif self._passes(below, child, rules):
                if child.kind is FileKind.DIRECTORY:
                    yield below, rules
                elif found := self._source(below, child, is_packaged):
                    yield below, found

    def _passes(self, path: bytes, child: FileEntry, rules: IgnoreRules) -> bool:
        is_directory = child.kind is FileKind.DIRECTORY
        if child.kind is FileKind.SYMLINK or not (
            is_directory or may_be_source(child.name) or _is_manifest(path, child.name)
        ):
            return False
        if child.name.startswith(b".") and not (self._options.hidden and child.name not in _VERSION_CONTROL):
            return False
        return not (
            rules.ignores(path, child.name, is_directory=is_directory)
            or self._excluded.ignores(path, child.name, is_directory=is_directory)
        )

    def _source(self, path: bytes, child: FileEntry, is_packaged: bool) -> SourceFile | ManifestFile | None:
        language = _LANGUAGES.get(_suffix(child.name))
        if child.kind is not FileKind.FILE:
            if language:
                self._told(path, "is neither a file nor a directory")
            return None
        if language:
            return SourceFile(path, language, is_packaged=is_packaged)
        if _is_manifest(path, child.name):
            return ManifestFile(path)
        if not may_be_source(child.name) or not self._is_script(path):
            return None
        return SourceFile(path, Language.PYTHON, is_script=True, is_packaged=is_packaged)

    def _is_script(self, path: bytes) -> bool:
        self._heads += 1
        if self._heads > self._options.limit_heads:
            if self._heads == self._options.limit_heads + 1:
                self._told(path, "so many files without suffix that this and later ones were not looked at")
            return False
        try:
            with self._reader.open(path) as stream:
                head = stream.read(_HEAD_BYTES)
        except FileReaderError as error:
            self._failed(error)
            return False
        return bool(_SHEBANG.match(head) or _SCRIPT_METADATA.search(head))

    def _failed(self, error: FileReaderError) -> None:
        self._told(error.path, error.reason)

    def _told(self, path: bytes, reason: str) -> None:
        self._unknown(Unknown(what="source", where=path_text(path), reason=reason))


_VERSION_CONTROL = frozenset({b".git", b".hg", b".svn", b".bzr", b"CVS", b"_darcs", b".jj"})


def path_text(path: bytes) -> str:
    """A path for records; what is no UTF-8 is escaped. It may still hold line ends and control characters."""
    return path.decode("utf-8", "backslashreplace") or "."


def _is_manifest(path: bytes, name: bytes) -> bool:
    """Whether a file of this name states requirements; of the names that are source themselves none does."""
    return _suffix(name) not in _LANGUAGES and manifest_format(path_text(path)) is not None


def _suffix(name: bytes) -> bytes:
    return name.rpartition(b".")[2].lower() if b"." in name else b""


@lru_cache(1 << 12)
def may_be_source(name: bytes) -> bool:
    """Whether a file of this name is source, or may be once its first bytes are known."""
    suffix = _suffix(name)
    return not suffix or suffix in _LANGUAGES or suffix in _SCRIPT_SUFFIXES
