"""Contents of files that are kept in memory: as they are up to some size, beyond that compressed."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import msgspec

_LEVEL = 1


class KeepLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an archive is kept in memory.

    Attributes:
        file_bytes: of one file.
        plain_bytes: of all files that are kept as they are; the others are compressed.
        kept_bytes: of all files as they are kept.
    """

    file_bytes: int = 64 << 20
    plain_bytes: int = 64 << 20
    kept_bytes: int = 128 << 20


DEFAULT_KEEP = KeepLimits()


class KeptContent(NamedTuple):
    """The content of one file."""

    data: bytes
    is_plain: bool = True

    def content(self) -> bytes:
        """As it was."""
        return self.data if self.is_plain else zlib.decompress(self.data)


class KeepRoom:
    """How much room there still is for contents."""

    def __init__(self, limits: KeepLimits) -> None:
        self._plain_bytes, self._kept_bytes = limits.plain_bytes, limits.kept_bytes

    def kept(self, content: bytes) -> KeptContent | None:
        """A content that takes its room; None where there is none left."""
        is_plain = len(content) <= self._plain_bytes
        held = KeptContent(content if is_plain else zlib.compress(content, _LEVEL), is_plain)
        if len(held.data) > self._kept_bytes:
            return None
        self._kept_bytes -= len(held.data)
        self._plain_bytes -= len(content) if is_plain else 0
        return held

    def release(self, held: KeptContent) -> None:
        """Give room back."""
        self._kept_bytes += len(held.data)
