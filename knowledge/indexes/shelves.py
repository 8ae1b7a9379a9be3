"""What one index has said, as records over the rows of a store: reads what is fresh, collects what is new."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import msgspec

from analyzers.reports import Unknown
from analyzers.undecodable import UNDECODABLE
from knowledge.errors import ArtifactError, InvalidMetadataError, MetadataUnavailableError, StoreError
from knowledge.indexes.filenames import split_label
from knowledge.releases import File, Listing, Metadata
from knowledge.stores.store import ListingRow, MetadataRow, Store
from knowledge.transport.urls import displayed

T = TypeVar("T")
LISTING_FORMAT = 2
METADATA_FORMAT = 3
FAILURE_FORMAT = 1001
BATCH = 500
_WORTH_BYTES = 2 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_decode_listing = msgspec.msgpack.Decoder(Listing).decode
_decode_metadata = msgspec.msgpack.Decoder(Metadata).decode
_encode = msgspec.msgpack.Encoder().encode


class StoredListing(NamedTuple):
    """A listing from the store; None is a project that the index does not have."""

    listing: Listing | None
    etag: str | None
    fresh: bool


class _Failure(msgspec.Struct, frozen=True, array_like=True):
    """Why a file has no metadata; `invalid` where it has some that cannot be used."""

    invalid: bool
    reason: str


_decode_failure = msgspec.msgpack.Decoder(_Failure).decode


class Shelf:
    """The rows of one index in a store. Records of an unknown format or damaged ones count as not stored.

    Args:
        index_url: what the rows are filed under.
        store: where they are.
        now: seconds since the epoch.
        ttl_s: how old a listing may be to count as fresh, and metadata of a file without a hash.
    """

    def __init__(self, index_url: str, store: Store, now: Callable[[], float], ttl_s: float) -> None:
        self.index_url = index_url
        self.unknowns: list[Unknown] = []
        self._store = store
        self._now = now
        self._ttl_s = ttl_s
        self._new_listings: dict[str, ListingRow] = {}
        self._new_metadata: dict[str, MetadataRow] = {}
        self._new_bytes = 0

    def listings(self, projects: Iterable[str]) -> dict[str, StoredListing]:
        """What is stored of projects, read at once.

        Raises:
            StoreError: one of its kinds.
        """
        found = {}
        for project, row in self._store.listings(self.index_url, projects).items():
            if row.format != LISTING_FORMAT:
                continue
            try:
                listing = None if row.payload is None else _decode_listing(row.payload)
            except UNDECODABLE:
                continue
            if listing is not None and not listing.is_whole:
                continue
            etag = None if listing is not None and _lacks_variants(listing) else row.etag
            found[project] = StoredListing(listing, etag, self._is_fresh(row.fetched_at))
        return found

    def metadata(self, project: str, file: File, *, however_old: bool) -> Metadata | None:
        """What is stored of a file; that of a file without a hash counts only while it is fresh.

        Raises:
            StoreError: one of its kinds.
        """
        lasts = however_old or artifact_key(file).startswith("sha256:")
        metadata = self._of_file(file, METADATA_FORMAT, _decode_metadata, however_old=lasts)
        return metadata if metadata is not None and metadata.name == project else None

    def failure(self, file: File, *, however_old: bool) -> ArtifactError | None:
        """Why the metadata of a file could not be had when it was last asked for, while that is fresh.

        Raises:
            StoreError: one of its kinds.
        """
        failure = self._of_file(file, FAILURE_FORMAT, _decode_failure, however_old=however_old)
        if failure is None:
            return None
        kind = InvalidMetadataError if failure.invalid else MetadataUnavailableError
        return kind(file.filename, displayed(file.url), failure.reason)

    def _of_file(
        self, file: File, row_format: int, decode: Callable[[bytes], T], *, however_old: bool
    ) -> T | None:
        """The record of one format that is stored of a file, where it counts and can be read."""
        key = artifact_key(file)
        row = self._store.metadata(self.index_url, [key]).get(key)
        if row is None or row.format != row_format:
            return None
        if not (however_old or self._is_fresh(row.fetched_at)):
            return None
        try:
            return decode(row.payload)
        except UNDECODABLE:
            return None

    def keep_failure(self, file: File, error: ArtifactError) -> None:
        """Collects why a file has no metadata; what is stored of that and fresh stays as old as it is."""
        if self.failure(file, however_old=False) is not None:
            return
        key = artifact_key(file)
        payload = _encode(_Failure(isinstance(error, InvalidMetadataError), error.reason))
        self._new_metadata[key] = MetadataRow(self.index_url, key, int(self._now()), FAILURE_FORMAT, payload)

    def keep_listing(self, project: str, listing: Listing | None, etag: str | None) -> None:
        """Collects what the index said just now; `flush` writes it."""
        payload = None if listing is None else _encode(listing)
        row = ListingRow(self.index_url, project, int(self._now()), LISTING_FORMAT, etag, payload)
        self._new_listings[project] = row
        self._new_bytes += len(payload or b"")

    def keep_metadata(self, file: File, metadata: Metadata) -> None:
        """Collects what a file said; `flush` writes it."""
        key = artifact_key(file)
        row = MetadataRow(self.index_url, key, int(self._now()), METADATA_FORMAT, _encode(metadata))
        self._new_metadata[key] = row

    @property
    def is_full(self) -> bool:
        """Whether enough was collected to write it now."""
        return len(self._new_listings) + len(self._new_metadata) >= BATCH

    @property
    def is_worth_writing(self) -> bool:
        """Whether so much was collected that a moment of leisure is well spent on writing it."""
        return self._new_bytes >= _WORTH_BYTES

    def flush(self) -> None:
        """Writes what was collected; where the store cannot be written, that becomes an unknown."""
        listings, self._new_listings = self._new_listings, {}
        metadata, self._new_metadata = self._new_metadata, {}
        self._new_bytes = 0
        if not listings and not metadata:
            return
        try:
            self._store.bulk_load(listings.values(), metadata.values())
        except StoreError as error:
            what = f"{len(listings) + len(metadata)} facts for later runs"
            self.unknowns.append(Unknown(what=what, where=error.location, reason=error.reason))

    def _is_fresh(self, fetched_at: int) -> bool:
        """A time that lies ahead was stated by a clock that was set back since: not fresh."""
        return 0 <= self._now() - fetched_at < self._ttl_s


def _lacks_variants(listing: Listing) -> bool:
    """Whether an earlier version of this program stored it, which kept no more of variants than names."""
    return not listing.labelled and any(split_label(name)[1] for name in listing.unparsed)


def artifact_key(file: File) -> str:
    """What a file's metadata is stored under: its SHA-256, or its address where the index gives none."""
    digest = file.hashes.get("sha256", "").lower()
    return f"sha256:{digest}" if _SHA256.fullmatch(digest) else f"url:{file.url}"
