"""What the store knows of packages, as documents: of each project the newest release with metadata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from packaging.version import InvalidVersion, Version

from analyzers.undecodable import UNDECODABLE
from knowledge.indexes.shelves import METADATA_FORMAT
from knowledge.releases import Metadata
from knowledge.stores.locations import open_store
from knowledge.stores.store import Kind, MetadataRow, Store
from topics.documents import Document
from topics.errors import DocumentsError

_ROWS_AT_ONCE = 500
_decode = msgspec.msgpack.Decoder(Metadata).decode
_Rank = tuple[bool, Version, bool]


def stored_documents(location: str) -> Iterator[Document]:
    """The documents of a store, in the order of their projects; final releases go before others.

    Every record is read to see which release is the newest, and those are then read once more, so that only
    names, versions and keys are held.

    Raises:
        DocumentsError: there is no store yet, or it holds no metadata.
        ConfigurationError: `location` is of an unknown kind.
        StoreError: it cannot be read.
    """
    remedy = "fill it with stackwright advise, or name another one: --store PLACE"
    if "://" not in location and not Path(location).expanduser().exists():
        raise DocumentsError(location, "there is no store", remedy)
    store = open_store(location)
    try:
        newest = _newest(store)
        if not newest:
            raise DocumentsError("the store", "has no metadata of releases", remedy)
        keys = [newest[project][1:] for project in sorted(newest)]
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            yield from _documents(store, keys[start : start + _ROWS_AT_ONCE])
    finally:
        store.close()


def _newest(store: Store) -> dict[str, tuple[_Rank, str, str]]:
    """By project: the rank of its newest release, and the index and the key of its record."""
    found: dict[str, tuple[_Rank, str, str]] = {}
    for origin in [each.origin for each in store.contents() if each.kind is Kind.METADATA]:
        after = ""
        while rows := store.metadata_after(origin, after, _ROWS_AT_ONCE):
            after = rows[-1].artifact
            for row in rows:
                metadata = _metadata(row)
                rank = _rank(metadata) if metadata else None
                if metadata is None or rank is None:
                    continue
                before = found.get(metadata.name)
                if before is None or before[0] < rank:
                    found[metadata.name] = (rank, origin, row.artifact)
    return found


def _documents(store: Store, keys: list[tuple[str, str]]) -> Iterator[Document]:
    rows: dict[tuple[str, str], MetadataRow] = {}
    for origin in sorted({origin for origin, _ in keys}):
        found = store.metadata(origin, [artifact for index, artifact in keys if index == origin])
        rows |= {(origin, artifact): row for artifact, row in found.items()}
    for key in keys:
        metadata = _metadata(rows[key]) if key in rows else None  # another process may have cleared it
        if metadata is not None:
            yield Document(
                name=metadata.name,
                version=metadata.version,
                summary=metadata.summary,
                classifiers=metadata.classifiers,
                requires=metadata.requires_dist,
            )


def _metadata(row: MetadataRow) -> Metadata | None:
    """The record of a row; None for one of another format, or damaged, which counts as not stored."""
    if row.format != METADATA_FORMAT:
        return None
    try:
        return _decode(row.payload)
    except UNDECODABLE:
        return None


def _rank(metadata: Metadata) -> _Rank | None:
    try:
        version = Version(metadata.version)
    except InvalidVersion:
        return None
    return not version.is_prerelease, version, bool(metadata.summary)
