"""What a user names as a tree of files: a directory, one file, a wheel, an sdist; nothing is unpacked."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from analyzers.archives.tar_trees import TarReader
from analyzers.archives.tars import TarLimits
from analyzers.directories import DirectoryReader, HeldDirectoryReader
from analyzers.files import FileKind, FileReader, FileReaderError
from analyzers.manifests.discovery import manifest_format
from analyzers.ranges import StreamRanges
from analyzers.reports import Unknown
from analyzers.single_files import SingleFileReader
from analyzers.source.reading.ignoring import NO_RULES, IgnoreRules, rules_above
from analyzers.source.reading.walking import may_be_source, path_text
from analyzers.trees import SubtreeReader
from analyzers.wheels import WheelReader

_ZIPS = (".whl", ".zip", ".egg", ".pyz")
_TARS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
_SOURCE_LIMIT_BYTES = 1 << 30
_TAR_LIMITS = TarLimits(compressed_bytes=512 << 20, content_bytes=2 << 30)
_PACKAGE = b"__init__.py"
_SHIPPED = b"PKG-INFO"
_GIT = ".git"
_CHUNK_BYTES = 1 << 20
_EVIDENCE = frozenset(
    {b"pyvenv.cfg", b"PKG-INFO", b"METADATA", b"RECORD", b"entry_points.txt", b"top_level.txt"}
)


class OpenError(Exception):
    """What the user named cannot be read at all."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A tree that is open for reading.

    Attributes:
        named: the one file that the user named, for `WalkOptions.named`; empty for trees.
        is_shipped: a distribution, in which everything is meant to be there: what ``.gitignore`` says of it
            was said of the repository that it was built from.
        rules: what a repository that the directory is a part of ignores, for `source_files`.
        unknowns: what an archive holds, or a file above the root, that cannot be read.
    """

    reader: FileReader
    named: frozenset[bytes] = frozenset()
    is_shipped: bool = False
    rules: IgnoreRules = NO_RULES
    unknowns: tuple[Unknown, ...] = ()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The tree that a path names; a link is followed here, since it is the user who names it.

    An archive with a single folder at its root, as sdists are, is rooted in that folder.

    Raises:
        OpenError: it is missing, of another kind, or an archive whose directory cannot be trusted.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise OpenError(path, error.strerror or str(error)) from error
    name = path.name.lower()
    if stat.S_ISDIR(mode):
        with HeldDirectoryReader(path) as reader:
            rules, unknowns = ignored_above(path)
            yield Opened(reader=reader, is_shipped=_is_unpacked_sdist(reader), rules=rules, unknowns=unknowns)
    elif not stat.S_ISREG(mode):
        raise OpenError(path, "is neither a file nor a directory")
    elif name.endswith(_ZIPS):
        with _readable(path) as stream:
            yield _zipped(path, stream)
    elif name.endswith(_TARS):
        yield _tarred(path)
    else:
        single = SingleFileReader(path)
        yield Opened(reader=single, named=frozenset({single.name}))


def ignored_above(path: Path) -> tuple[IgnoreRules, tuple[Unknown, ...]]:
    """What the nearest repository around a directory ignores in it."""
    unknowns: list[Unknown] = []

    def failed(error: FileReaderError) -> None:
        unknowns.append(Unknown(what="source", where=f"above: {path_text(error.path)}", reason=error.reason))

    try:
        root = path.resolve()
        above = () if (root / _GIT).exists() else root.parents
        repository = next((folder for folder in above if (folder / _GIT).exists()), None)
    except OSError:
        return NO_RULES, ()
    if repository is None:
        return NO_RULES, ()
    part = os.fsencode(root.relative_to(repository))
    return rules_above(DirectoryReader(repository), part, failed), tuple(unknowns)


def _zipped(path: Path, stream: BinaryIO) -> Opened:
    try:
        reader = WheelReader(StreamRanges(stream))
        members = reader.archive.members.items()
        source_bytes = sum(one.size_bytes for name, one in members if may_be_source(name.rpartition(b"/")[2]))
        if source_bytes > _SOURCE_LIMIT_BYTES:
            raise OpenError(
                path, f"claims {source_bytes:,} bytes of source, more than {_SOURCE_LIMIT_BYTES:,}"
            )
        return Opened(reader=_rooted(reader), is_shipped=True)
    except FileReaderError as error:
        raise OpenError(path, str(error) if error.path else error.reason) from error


def _tarred(path: Path) -> Opened:
    with _readable(path) as stream:
        chunks = iter(lambda: stream.read(_CHUNK_BYTES), b"")
        reader = TarReader(chunks, path.name, _is_wanted, _TAR_LIMITS)
    refused = tuple(
        Unknown(what="archive", where=path_text(error.path), reason=error.reason) for error in reader.refused
    )
    if refused and not reader.list(b""):
        raise OpenError(path, refused[0].reason)
    return Opened(reader=_rooted(reader), is_shipped=True, unknowns=refused)


def _readable(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise OpenError(path, error.strerror or str(error)) from error


def _is_unpacked_sdist(reader: FileReader) -> bool:
    try:
        names = {child.name for child in reader.list(b"")}
    except FileReaderError:
        return False
    return _SHIPPED in names and b".git" not in names


def _is_wanted(path: bytes) -> bool:
    """Whether a scan may ask for a file: source, manifests, and what tells how a folder came about."""
    name = path.rpartition(b"/")[2]
    return (
        may_be_source(name)
        or name in _EVIDENCE
        or name == b".gitignore"
        or manifest_format(path.decode("utf-8", "backslashreplace")) is not None
    )


def _rooted(reader: FileReader) -> FileReader:
    children = reader.list(b"")
    if len(children) != 1 or children[0].kind is not FileKind.DIRECTORY:
        return reader
    below = children[0].name
    is_package = any(child.name == _PACKAGE for child in reader.list(below))
    return reader if is_package else SubtreeReader(reader, below)
