"""What a SQLite file answers, as records: any column may hold anything, and what does not fit is damage."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar, get_args, get_type_hints

from knowledge.errors import StoreDamagedError
from knowledge.stores.store import Contents, ListingRow, MetadataRow, PackRow, StoredObservation


class Name(NamedTuple):
    """A name alone."""

    name: str


class Payload(NamedTuple):
    """A payload, and what it was asked for by."""

    key: str
    payload: bytes


class Count(NamedTuple):
    """How many rows there are of an origin and a kind."""

    origin: str
    kind: str
    rows: int


_Row = TypeVar("_Row", ListingRow, MetadataRow, StoredObservation, PackRow, Contents, Name, Payload, Count)


def typed(location: str, kind: type[_Row], rows: Iterable[tuple[object, ...]]) -> Iterator[_Row]:
    """Rows as records.

    Args:
        location: of the store, for messages.

    Raises:
        StoreDamagedError: a value is not of its type.
    """
    make: Callable[..., _Row] = kind
    allowed = _types_of(make)
    for row in rows:
        if tuple(map(type, row)) not in allowed:
            raise damaged(location, f"a value of {kind.__name__} has another type")
        yield make(*row)


def damaged(location: str, reason: str) -> StoreDamagedError:
    """The error of a store that holds what it cannot have been given."""
    error = StoreDamagedError(location, reason)
    error.add_note(
        "move the file away, and keep it if you observed or imported something: the rest is fetched again"
    )
    return error


@functools.cache
def _types_of(kind: Callable[..., object]) -> frozenset[tuple[type, ...]]:
    """The types that the values of a row may have, in all combinations."""
    each = [get_args(hint) or (hint,) for hint in get_type_hints(kind).values()]
    return frozenset(itertools.product(*each))
