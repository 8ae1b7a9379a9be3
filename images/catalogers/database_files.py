"""Package databases in a root file system: found through links, read once, what cannot be read an unknown."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from analyzers.files import FileMissingError, FileReaderError, read_file
from analyzers.reports import Unknown
from images.roots.links import resolved, shown_path
from images.roots.root_files import RootFiles


class DatabaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """A database that was read.

    Attributes:
        path: it, reached through no link.
    """

    path: bytes
    content: bytes

    @property
    def where(self) -> str:
        """The path as reports show it."""
        return shown_path(self.path)


def read_databases(
    files: RootFiles, paths: Iterable[bytes], what: str, limit_bytes: int
) -> tuple[tuple[DatabaseFile, ...], tuple[Unknown, ...]]:
    """The files at those paths that exist, each once however many links lead to it.

    Args:
        what: for unknowns, such as ``dpkg database``.
    """
    found: dict[bytes, DatabaseFile] = {}
    unknowns = []
    for path in paths:
        try:
            target = resolved(files, path)
            if target not in found:
                found[target] = DatabaseFile(path=target, content=read_file(files, target, limit_bytes))
        except FileMissingError:
            continue
        except FileReaderError as error:
            unknowns.append(Unknown(what=what, where=shown_path(path), reason=error.reason))
    return tuple(found.values()), tuple(unknowns)


def children(files: RootFiles, directory: bytes) -> tuple[bytes, ...]:
    """Names in a directory; none where it is not there or no directory."""
    try:
        return tuple(entry.name for entry in files.list(resolved(files, directory)))
    except FileReaderError:
        return ()
