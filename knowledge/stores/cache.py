"""What a store holds, as a report, and its removal. A place where no store is yet stays without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from knowledge.stores.locations import open_store
from knowledge.stores.store import Contents, Kind


class StoredKind(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of one kind and one origin.

    Attributes:
        origin: address of the index; for what was derived from files, the instrument.
        size_bytes: of the records.
        oldest_s: age in seconds of the first record; `newest_s` likewise.
    """

    kind: str
    origin: str
    records: int
    size_bytes: int
    oldest_s: int
    newest_s: int


class CacheReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds.

    Attributes:
        location: without credentials.
        size_bytes: of its files; None where there are none, or a server keeps them.
    """

    location: str
    exists: bool
    size_bytes: int | None
    stored: tuple[StoredKind, ...]


def cache_report(location: str, now: float) -> CacheReport:
    """What is stored at a location.

    Args:
        location: see `knowledge.stores.locations.open_store`.
        now: seconds since the epoch.

    Raises:
        ConfigurationError: the location is of an unknown kind.
        StoreError: it cannot be read.
    """
    files = _files(location)
    if files is not None and not files[0].exists():
        return CacheReport(location=location, exists=False, size_bytes=None, stored=())
    store = open_store(location)
    try:
        stored = tuple(_told(contents, now) for contents in store.contents())
    finally:
        store.close()
    size_bytes = None if files is None else sum(file.stat().st_size for file in files if file.exists())
    return CacheReport(location=_shown(location), exists=True, size_bytes=size_bytes, stored=stored)


def clear_cache(location: str, kinds: Iterable[Kind]) -> Mapping[Kind, int]:
    """Remove what is stored of some kinds; returns how many records of each were removed.

    Raises:
        ConfigurationError: the location is of an unknown kind.
        StoreError: it cannot be written.
    """
    files = _files(location)
    if files is not None and not files[0].exists():
        return dict.fromkeys(kinds, 0)
    store = open_store(location)
    try:
        return {kind: store.clear(kind) for kind in kinds}
    finally:
        store.close()


def _files(location: str) -> list[Path] | None:
    """The files of a store in SQLite, the database first; None for one on a server."""
    scheme, separator, rest = location.partition("://")
    if separator and scheme != "sqlite":
        return None
    path = Path(rest.removeprefix("/") if separator else location).expanduser()
    return [path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))]


def _shown(location: str) -> str:
    from knowledge.transport.urls import split_credentials

    return split_credentials(location)[0] if "://" in location else location


def _told(contents: Contents, now: float) -> StoredKind:
    return StoredKind(
        kind=contents.kind.value,
        origin=contents.origin,
        records=contents.rows,
        size_bytes=contents.size_bytes,
        oldest_s=max(0, int(now) - contents.oldest),
        newest_s=max(0, int(now) - contents.newest),
    )
