"""Digests of files that were read before and did not change since: `KnownDigests`, after git's index.

A file is taken for unchanged when its size, its times, and where it lies are as they were. One that changed
so shortly before it was read that a later change could bear the same time is read again.

Source: https://git-scm.com/docs/racy-git
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from analyzers.files import FileReader, FileReaderError, Fingerprint, Fingerprinted
from analyzers.undecodable import UNDECODABLE

_RACY_NS = 2_000_000_000
"""The coarsest clock of a file system that is in use (FAT)."""


class _Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    fingerprint: Fingerprint
    sha256: str


_decode = msgspec.msgpack.Decoder(dict[bytes, _Entry]).decode


class KnownDigests:
    """The digests of one tree.

    Args:
        reader: whether anything can be known depends on it; see `analyzers.files.Fingerprinted`.
        kept: what `encoded` gave in an earlier run; None where there was none.
        now_ns: nanoseconds since the epoch.
    """

    def __init__(self, reader: FileReader, kept: bytes | None, now_ns: Callable[[], int]) -> None:
        self._reader = reader if isinstance(reader, Fingerprinted) else None
        self._now_ns = now_ns
        self._before: dict[bytes, _Entry] = {}
        self._seen: dict[bytes, Fingerprint] = {}
        self._entries: dict[bytes, _Entry] = {}
        self._is_racy: set[bytes] = set()
        self._settled: bytes | None = None
        if kept is not None and self._reader is not None:
            try:
                self._before = _decode(kept)
            except UNDECODABLE:
                self._before = {}

    def known(self, path: bytes) -> tuple[str, int] | None:
        """SHA-256 and size of a file without reading it; None means that it has to be read."""
        if self._reader is None:
            return None
        try:
            found = self._reader.fingerprint(path)
        except FileReaderError:
            return None
        self._seen[path] = found
        entry = self._before.get(path)
        if entry is None or entry.fingerprint != found:
            if max(found.changed_ns, found.modified_ns) + _RACY_NS >= self._now_ns():
                self._is_racy.add(path)
            return None
        self._entries[path] = entry
        return entry.sha256, found.size_bytes

    def tell(self, path: bytes, sha256: str) -> None:
        """Remember what was read of a file after `known` was asked about it."""
        found = self._seen.get(path)
        if found is not None and path not in self._is_racy:
            self._entries[path] = _Entry(found, sha256)

    def settle(self) -> None:
        """Nothing is asked or told any more: hold only what there is to keep, in short."""
        self._settled = self.encoded()
        self._before, self._seen, self._entries = {}, {}, {}

    def encoded(self) -> bytes | None:
        """What to keep; None where nothing is new."""
        if self._entries == self._before:
            return self._settled
        return msgspec.msgpack.encode(self._entries)
