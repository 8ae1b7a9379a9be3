"""What was observed of releases, as the store has it: kept once, and found by every project it is about."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.observations.checked import UnfitObservationError, checked
from knowledge.observations.record import Observation, ObservationKind, ReleaseIdentity
from knowledge.observations.verdicts import VERDICT, VerdictCheck, checked_verdict
from knowledge.read_once import ReadOnce
from knowledge.stores.store import WORKING, ObservationRow, Store, StoredObservation

_ROWS_AT_ONCE = 1_000
_encode = msgspec.msgpack.Encoder().encode
Record = Observation | VerdictCheck


class KnownObservations:
    """Implements `resolver.source.ReleaseObservations`. One object per run.

    Args:
        store: of the run.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._all = ReadOnce(lambda projects: self._read(projects, blamed=False))
        self._failures = ReadOnce(lambda projects: self._read(projects, blamed=True))
        self._trust: dict[str, float] | None = None
        self._decoded: dict[bytes, Observation] = {}

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        """Whatever says whether a release of each project (normalised name) works, alone or with others.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._all.of(projects)

    def failures(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        """Those of them that failed because of a release of the project; nearly always none.

        Raises:
            StoreError: the store cannot be read.
        """
        return self._failures.of(projects)

    def trust(self, origin: str | None) -> float:
        """How much what came from there counts, from 0 to 1; all of what this user saw.

        Raises:
            StoreError: the store cannot be read.
        """
        if origin is None:
            return 1.0
        if self._trust is None:
            self._trust = {row.origin: row.trust / 1000 for row in self._store.packs()}
        return self._trust.get(origin, 0.0)

    def _read(self, projects: Sequence[str], *, blamed: bool) -> Mapping[str, Sequence[Observation]]:
        found = self._store.observations(projects, WORKING, blamed=blamed)
        return {project: self._told_once(self._each(payloads)) for project, payloads in found.items()}

    def _each(self, payloads: Iterable[bytes]) -> Iterator[Observation]:
        """Decoded once, however many projects a stack has."""
        for payload in payloads:
            if payload not in self._decoded:
                try:
                    self._decoded[payload] = msgspec.msgpack.decode(payload, type=Observation)
                except UNDECODABLE:  # of another release of this program
                    continue
            yield self._decoded[payload]

    def _told_once(self, observations: Iterable[Observation]) -> Sequence[Observation]:
        """Without what several have told: one's own stays, else what is trusted most."""
        every = list(observations)
        if all(one.origin is None for one in every):
            return every
        every.sort(key=lambda one: (one.origin is not None, -self.trust(one.origin), one.origin or ""))
        return list({identifier(one): one for one in reversed(every)}.values())


def keep_observations(observations: Iterable[Observation], store: Store) -> int:
    """Keep what was seen here; the same observation twice is kept once. Returns how many those are.

    Each is found under every project that it is about, whatever it says: a stack that works speaks for every
    pair in it. So it is one record and a short row for each project.

    Raises:
        UnfitObservationError: one can say nothing; then none is kept.
        StoreError: the store cannot be written.
    """
    kept = [msgspec.structs.replace(checked(one), origin=None) for one in observations]
    store.keep_observations(row for one in kept for row in rows(one))
    return len(kept)


def keep_verdicts(checks: Iterable[VerdictCheck], store: Store) -> int:
    """Keep which verdicts running confirmed or refuted; returns how many those are.

    Raises:
        UnfitObservationError: one can say nothing; then none is kept.
        StoreError: the store cannot be written.
    """
    kept = [msgspec.structs.replace(checked_verdict(one), origin=None) for one in checks]
    store.keep_observations(row for one in kept for row in rows(one))
    return len(kept)


def rows(record: Record) -> Iterator[ObservationRow]:
    """A checked record as the store keeps it."""
    about: tuple[ReleaseIdentity, ...]
    if isinstance(record, VerdictCheck):
        kind, about, blame = VERDICT, (record.dependent, record.dependency), frozenset[str]()
    else:
        kind, about = record.kind.value, record.subject
        blame = frozenset(release.project for release in record.blame)
        if record.kind is ObservationKind.BENCHMARK:
            about = about[:1]  # what was installed with it was not measured
    moment = int(datetime.datetime.fromisoformat(record.created_at).timestamp())
    key, payload = identifier(record), _encode(record)
    for project in sorted({release.project for release in about}):
        yield ObservationRow(kind, project, key, moment, payload, record.origin or "", project in blame)


def identifier(record: Record) -> str:
    """What tells a record from others, wherever it came from: a digest of its content."""
    content = msgspec.json.encode(msgspec.structs.replace(record, origin=None), order="deterministic")
    return hashlib.sha256(content).hexdigest()[:32]


def every_record(store: Store) -> Iterator[Record]:
    """All that is stored, of whatever kind and origin.

    Raises:
        StoreError: the store cannot be read.
    """
    after = ("", "", "")
    while found := store.observations_after(after, _ROWS_AT_ONCE):
        for row in found:
            after = (row.kind, row.id, row.origin)
            try:
                yield _record(row)
            except (UnfitObservationError, *UNDECODABLE):  # of another release of this program, or damaged
                continue


def _record(row: StoredObservation) -> Record:
    if row.kind == VERDICT:
        return checked_verdict(msgspec.msgpack.decode(row.payload, type=VerdictCheck))
    return checked(msgspec.msgpack.decode(row.payload, type=Observation))
