"""Payloads with a check sum behind them: what a disk or a memory changed is not believed, and asked again.

It is against accidents alone: whoever can write a store can write the sum as well.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from knowledge.stores.store import (
    AdvisoryRow,
    DerivedRow,
    ListingRow,
    MetadataRow,
    ObservationRow,
    StoredObservation,
)

SEAL_BYTES = 4


class Payload(NamedTuple):
    """A payload, and what it was asked for by."""

    key: str
    payload: bytes


_Row = TypeVar(
    "_Row", ListingRow, MetadataRow, DerivedRow, AdvisoryRow, ObservationRow, StoredObservation, Payload
)


def sealed(row: _Row) -> _Row:
    """The row with the sum of its payload, as it is written."""
    content = row.payload
    return row if content is None else row._replace(payload=content + _sum(content))


def unsealed(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Rows as they were before; those whose payload is no longer what was written are left out."""
    for row in rows:
        content = row.payload
        if content is None:
            yield row
        elif content[-SEAL_BYTES:] == _sum(content[:-SEAL_BYTES]):
            yield row._replace(payload=content[:-SEAL_BYTES])


def _sum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(SEAL_BYTES, "big")
