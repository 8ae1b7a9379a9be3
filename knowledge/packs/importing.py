"""A pack into a store: beside what is one's own, under the name of its origin, as often as one likes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from analyzers.reports import Unknown
from knowledge.errors import PackError
from knowledge.observations.known import Record, rows
from knowledge.observations.verdicts import VerdictCheck
from knowledge.packs.reading import Pack, Unfit
from knowledge.stores.store import PackRow, Store

USUAL_TRUST = 0.5
_ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._:+-]{0,79}")
_RECORDS_AT_ONCE = 1_000
_MOST_TOLD = 20
_DIGITS = 12


class ImportedPack(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import.

    Attributes:
        origin: how what came with it is called from now on.
        trust: how much it counts, from 0 to 1.
        observations: that the pack has and that can be kept; `verdicts` likewise.
        fresh: how many of both the store did not have from this origin.
        unfit: how many could not be kept.
        unknowns: the first ones of these.
    """

    digest: str
    origin: str
    trust: float
    observations: int
    verdicts: int
    fresh: int
    unfit: int
    unknowns: tuple[Unknown, ...] = ()


def import_pack(
    pack: Pack, store: Store, now: float, origin: str | None = None, trust: float | None = None
) -> ImportedPack:
    """Keep what a pack says; what is one's own is never touched.

    Args:
        pack: that was read.
        store: that takes it.
        now: seconds since the epoch.
        origin: what to call it; None for the beginning of its digest.
        trust: how much it counts, from 0 to 1; None for what an earlier one of the origin has, else half.

    Raises:
        PackError: an origin cannot be called that.
        StoreError: the store cannot be written.
    """
    name = pack.digest[: len("sha256:") + _DIGITS] if origin is None else origin
    if not _ORIGIN.fullmatch(name):
        raise PackError(
            pack.path, f"its origin cannot be called {name[:80]!r}", "use letters, digits and ._-"
        )
    known = {row.origin: row.trust / 1000 for row in store.packs()}
    believed = known.get(name, USUAL_TRUST) if trust is None else trust
    before = _count(store, name)
    store.keep_pack(PackRow(name, pack.digest, round(1000 * believed), int(now)))
    counts = {"observations": 0, "verdicts": 0}
    unfit: list[Unfit] = []
    found = _fit(pack, now, name, unfit)
    while part := list(islice(found, _RECORDS_AT_ONCE)):
        store.keep_observations(row for record in part for row in rows(record))
        verdicts = sum(isinstance(record, VerdictCheck) for record in part)
        counts["verdicts"] += verdicts
        counts["observations"] += len(part) - verdicts
    return ImportedPack(
        digest=pack.digest,
        origin=name,
        trust=believed,
        fresh=_count(store, name) - before,
        unfit=len(unfit),
        unknowns=tuple(
            Unknown(what="a record", where=f"{pack.path}: line {one.line}", reason=one.reason)
            for one in unfit[:_MOST_TOLD]
        ),
        **counts,
    )


def _fit(pack: Pack, now: float, origin: str, unfit: list[Unfit]) -> Iterator[Record]:
    """The records that can be kept, as of an origin; the others are noted."""
    for record in pack.records(now):
        if isinstance(record, Unfit):
            unfit.append(record)
        else:
            yield msgspec.structs.replace(record, origin=origin)


def _count(store: Store, origin: str) -> int:
    return sum(count for (of, _), count in store.observation_counts().items() if of == origin)
