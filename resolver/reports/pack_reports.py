"""What ``knowledge`` tells of packs."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class ExportedPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that was written.

    Attributes:
        digest: ``sha256:…`` by which it can be demanded.
        verdicts: how many that were checked.
    """

    file: str
    digest: str
    observations: int
    verdicts: int
    size_bytes: int


class ListedPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that was imported.

    Attributes:
        digest: of the last one of its origin.
        trust: from 0 to 1.
        imported_at: RFC 3339, UTC.
        counts: what it holds, by kind.
    """

    origin: str
    digest: str
    trust: float
    imported_at: str
    counts: Mapping[str, int]


class ForgottenPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that was removed, with so many records."""

    origin: str
    records: int
