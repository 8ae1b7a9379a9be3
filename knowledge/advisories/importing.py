"""Advisories from files: documents, directories of them, and archives as OSV publishes them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from analyzers.reports import Unknown
from knowledge.advisories.osv import read_osv
from knowledge.advisories.records import Advisory
from knowledge.errors import AdvisoriesError
from knowledge.stores.store import AdvisoryRow, Store

SOURCE = "osv"
_LARGEST_DOCUMENT = 8 << 20
_MOST_DOCUMENTS = 2_000_000
_ROWS_AT_ONCE = 5_000
_MOST_TOLD = 20


class Imported(msgspec.Struct, kw_only=True):
    """What was imported.

    Attributes:
        documents: that were read.
        advisories: about projects of the Python index.
        projects: normalised names.
        withdrawn: how many no longer hold.
        unknowns: documents that could not be read; the first ones of them.
        unread: how many those were.
    """

    documents: int = 0
    advisories: int = 0
    withdrawn: int = 0
    unread: int = 0
    projects: set[str] = msgspec.field(default_factory=set)
    unknowns: list[Unknown] = msgspec.field(default_factory=list)


def import_advisories(paths: Iterable[Path], store: Store, progress: Callable[[str], None]) -> Imported:
    """Keep what files say; of an advisory that is known already the later version stays.

    Args:
        paths: documents, directories that hold some, or zip archives.
        store: where it is kept.
        progress: is told how far it is.

    Raises:
        AdvisoriesError: a path is none of these.
        StoreError: the store cannot be written.
    """
    imported = Imported()
    rows: list[AdvisoryRow] = []
    for where, content in _documents(list(paths)):
        imported.documents += 1
        if imported.documents % 1000 == 0:
            progress(f"{imported.documents:,} documents read")
        try:
            advisories = read_osv(content)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            imported.unread += 1
            if len(imported.unknowns) < _MOST_TOLD:
                imported.unknowns.append(Unknown(what="advisory", where=where, reason=str(error)[:200]))
            continue
        for advisory in advisories:
            imported.advisories += 1
            imported.withdrawn += advisory.withdrawn
            imported.projects.add(advisory.project)
            rows.append(_row(advisory))
        if len(rows) >= _ROWS_AT_ONCE:
            store.keep_advisories(rows)
            rows = []
    store.keep_advisories(rows)
    return imported


def _row(advisory: Advisory) -> AdvisoryRow:
    payload = msgspec.msgpack.encode(advisory)
    return AdvisoryRow(SOURCE, advisory.project, advisory.id, _moment(advisory.modified), payload)


def _moment(text: str) -> int:
    import datetime

    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int(moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp())


def _documents(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.json")):
                if file.is_file():
                    yield str(file), _read(file)
        elif zipfile.is_zipfile(path):
            yield from _of_archive(path)
        else:
            yield str(path), _read(path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_DOCUMENT + 1)
    except OSError as error:
        remedy = "name a document in the OSV format, a directory of them, or a zip archive"
        raise AdvisoriesError(path, error.strerror or str(error), remedy) from error
    return _capped(content)


def _of_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_DOCUMENTS:
                raise AdvisoriesError(path, f"it has {len(members):,} members", "import it in parts")
            for member in sorted(members, key=lambda each: each.filename):
                if member.filename.endswith(".json") and not member.is_dir():
                    with archive.open(member) as file:
                        yield f"{path}: {member.filename}", _capped(file.read(_LARGEST_DOCUMENT + 1))
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError) as error:
        raise AdvisoriesError(path, f"the archive is damaged: {error}", "fetch it again") from error


def _capped(content: bytes) -> bytes:
    """A document that is larger than any real one is read as none."""
    return content if len(content) <= _LARGEST_DOCUMENT else b""
