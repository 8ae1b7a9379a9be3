"""Whole scans, kept for a run in which nothing changed: `KeptScans`, one row each for what a run may ask.

A row belongs to a place and to wishes and is replaced when either the tree or this program changes. It states
the key under which it was made and answers for no other.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping

import msgspec

from analyzers.files import FileReader
from analyzers.source.caching.file_records import FORMAT
from analyzers.source.caching.known_digests import KnownDigests
from analyzers.source.caching.record_caches import RecordCache
from analyzers.source.documents import LISTS
from analyzers.source.totals import SourceSummary
from analyzers.undecodable import UNDECODABLE

INSTRUMENT = "scans/3"
"""Under which whole scans are kept; to be raised when a report says something else of the same records, or is
kept in another way."""


class KeptSummary(msgspec.Struct, frozen=True, array_like=True):
    """A summary, and what else was read for it.

    Attributes:
        read: SHA-256 of files besides source by path; empty for those that could not be read.
    """

    key: str
    read: dict[str, str]
    summary: SourceSummary


_encode = msgspec.msgpack.Encoder().encode
_summary = msgspec.msgpack.Decoder(KeptSummary).decode
_HEAD = struct.Struct(">64sI")
"""Before each list: the key, and the checksum of the list."""


class KeptScans:
    """What is kept of one place under one set of wishes.

    Args:
        cache: of `INSTRUMENT`.
        place: identifies the tree between runs, such as its resolved path.
        wishes: what is wanted of it.
        circumstances: whatever else a report depends on, but the tree itself and what records say.
        now_ns: nanoseconds since the epoch.
    """

    def __init__(
        self,
        cache: RecordCache,
        place: bytes,
        wishes: bytes,
        circumstances: bytes,
        now_ns: Callable[[], int],
    ) -> None:
        self._cache, self._now_ns = cache, now_ns
        told = (INSTRUMENT.encode(), FORMAT.to_bytes(4, "big"), wishes, circumstances)
        self._circumstances = b"".join(hashlib.sha256(one).digest() for one in told)
        tree, whole = hashlib.sha256(place).hexdigest(), hashlib.sha256(place + b"\0" + wishes).hexdigest()
        self._names = {
            "digests": f"{tree}/digests",
            **{name: f"{whole}/{name}" for name in ("summary", *LISTS)},
        }

    def key(self, tree: bytes) -> str:
        """Of a tree, by whatever tells its content."""
        return hashlib.sha256(self._circumstances + tree).hexdigest()

    def digests(self, reader: FileReader) -> KnownDigests:
        """Those of the place's files, whatever the wishes were."""
        return KnownDigests(reader, self._known("digests"), self._now_ns)

    def keep_digests(self, digests: KnownDigests) -> None:
        """Keep them for the next run, if anything is new."""
        if (encoded := digests.encoded()) is not None:
            self._cache.keep({self._names["digests"]: encoded})

    def summary(self, key: str) -> KeptSummary | None:
        """The summary that was kept under a key."""
        data = self._known("summary")
        try:
            found = None if data is None else _summary(data)
        except UNDECODABLE:
            return None
        return found if found is not None and found.key == key else None

    def lists(self, key: str) -> Mapping[str, bytes] | None:
        """The lists that were kept under a key."""
        found = {name: self._list(key, name) for name in LISTS}
        whole = {name: data for name, data in found.items() if data is not None}
        return whole if len(whole) == len(found) else None

    def keep(self, summary: KeptSummary, lists: Mapping[str, bytes] | None) -> None:
        """Keep a scan; without lists those that were kept stay, and answer as long as their key does."""
        self._cache.keep({self._names["summary"]: _encode(summary)})
        if lists is not None:
            for name, data in lists.items():  # one by one, for they are large
                head = _HEAD.pack(summary.key.encode(), zlib.crc32(data))
                self._cache.keep({self._names[name]: head + data})

    def _list(self, key: str, name: str) -> bytes | None:
        row = self._known(name)
        if row is None or len(row) < _HEAD.size:
            return None
        data = row[_HEAD.size :]
        return data if _HEAD.unpack_from(row) == (key.encode(), zlib.crc32(data)) else None

    def _known(self, what: str) -> bytes | None:
        name = self._names[what]
        return self._cache.known([name]).get(name)
