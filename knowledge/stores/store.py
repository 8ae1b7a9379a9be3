"""What is kept between runs: rows by key, behind one small protocol, in SQLite, PostgreSQL or memory.

A store knows nothing of what its payloads mean; `knowledge.stores.locations` opens one.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from knowledge.errors import StoreDamagedError, StoreNewerError

SCHEMA_NUMBER = 5
MEMORY = ":memory:"
WORKING = ("build", "install", "import", "test")
"""Kinds of observations that say whether releases work."""


class ListingRow(NamedTuple):
    """A listing as stored; `payload` is None where the index said that it has no such project."""

    index_url: str
    project: str
    fetched_at: int
    format: int
    etag: str | None
    payload: bytes | None


class MetadataRow(NamedTuple):
    """Metadata as stored; `artifact` is ``sha256:…``, or ``url:…`` where the index gives no hash.

    Rows of one index never answer for another: a range of a wheel proves no hash, so an index could lie about
    a hash that another one lists.
    """

    index_url: str
    artifact: str
    fetched_at: int
    format: int
    payload: bytes


class DerivedRow(NamedTuple):
    """Facts that were worked out from the content of a file, and can be again.

    Attributes:
        instrument: what worked them out, with the number of its format: rows of another one do not answer.
        content: what identifies the content, such as a SHA-256 in hexadecimal.
        made_at: seconds since the epoch.
    """

    instrument: str
    content: str
    made_at: int
    payload: bytes


class AdvisoryRow(NamedTuple):
    """What one advisory says about one project; nothing here makes it anew, so it is no cache.

    Attributes:
        source: of the advisory, such as ``osv``.
        modified_at: seconds since the epoch.
    """

    source: str
    project: str
    id: str
    modified_at: int
    payload: bytes


class ObservationRow(NamedTuple):
    """Something that was seen, under one of the projects that it is about.

    What several projects share, all but `project` and `is_blamed`, is kept once.

    Attributes:
        kind: what was done, as in `knowledge.observations.record.ObservationKind`, or ``verdict``.
        project: normalised name of a project that it is about.
        id: what makes a later one of the same origin take its place.
        observed_at: seconds since the epoch.
        origin: the pack that it came with; empty where this store's own user saw it.
        is_blamed: whether a failure was traced to the project.
    """

    kind: str
    project: str
    id: str
    observed_at: int
    payload: bytes
    origin: str = ""
    is_blamed: bool = False


class StoredObservation(NamedTuple):
    """One observation, whatever projects it is about; see `ObservationRow`."""

    kind: str
    id: str
    origin: str
    payload: bytes


class PackRow(NamedTuple):
    """Where observations of others came from.

    Attributes:
        origin: how they are called here.
        digest: of the pack that was imported last under that name.
        trust: how much they count, in thousandths.
        imported_at: seconds since the epoch.
    """

    origin: str
    digest: str
    trust: int
    imported_at: int


class Kind(enum.StrEnum):
    """What a row holds; also the name of its table."""

    LISTINGS = "listings"
    METADATA = "metadata"
    DERIVED = "derived"
    ADVISORIES = "advisories"
    OBSERVATIONS = "observations"


BESIDE: Mapping[Kind, tuple[str, ...]] = {Kind.OBSERVATIONS: ("observed_projects", "packs")}
"""Tables that go with that of a kind."""


class Contents(NamedTuple):
    """What is stored of one kind and one origin.

    Attributes:
        origin: address of the index; for what was derived, the instrument; for advisories, their source; for
            observations, what was done.
        size_bytes: of the payloads.
        oldest: seconds since the epoch when the first row was fetched or made; `newest` likewise.
    """

    kind: Kind
    origin: str
    rows: int
    size_bytes: int
    oldest: int
    newest: int


class Store(Protocol):
    """Rows by key. For one thread; any number of processes may use one store at once.

    Every method may raise `StoreError`.
    """

    def listings(self, index_url: str, projects: Iterable[str]) -> dict[str, ListingRow]:
        """The rows that exist, by project."""

    def metadata(self, index_url: str, artifacts: Iterable[str]) -> dict[str, MetadataRow]:
        """The rows that exist, by artifact."""

    def metadata_after(self, index_url: str, artifact: str, limit: int) -> list[MetadataRow]:
        """The first rows behind an artifact, in the order that the store has; none at the end."""

    def projects(self, index_url: str) -> list[str]:
        """Names of projects that the index has, as far as listings are stored; in no order."""

    def bulk_load(self, listings: Iterable[ListingRow], metadata: Iterable[MetadataRow]) -> None:
        """Writes rows in one transaction; of two rows with one key the later fetched one stays."""

    def derived(self, instrument: str, contents: Iterable[str]) -> dict[str, bytes]:
        """The payloads that exist, by content."""

    def keep_derived(self, rows: Iterable[DerivedRow]) -> None:
        """Writes rows in one transaction; of two rows with one key the later stays."""

    def advisories(self, projects: Iterable[str]) -> dict[str, list[bytes]]:
        """The payloads that exist, by project, in the order of the advisories."""

    def keep_advisories(self, rows: Iterable[AdvisoryRow]) -> None:
        """Writes rows in one transaction; of two rows with one key the later modified one stays."""

    def observations(
        self, projects: Iterable[str], kinds: Collection[str], *, blamed: bool = False
    ) -> dict[str, list[bytes]]:
        """The payloads that exist, by project, in the order of their kinds, ids and origins.

        Args:
            projects: normalised names.
            kinds: those that are wanted.
            blamed: whether only those are wanted that blame the project.
        """

    def has_observations(self, kinds: Collection[str]) -> bool:
        """Whether there is any of these kinds; the cost does not depend on how many there are."""

    def observations_after(self, after: tuple[str, str, str], limit: int) -> list[StoredObservation]:
        """The first behind a kind, an id and an origin, in the order of these; none at the end."""

    def observation_counts(self) -> dict[tuple[str, str], int]:
        """How many there are, by origin and kind."""

    def keep_observations(self, rows: Iterable[ObservationRow]) -> None:
        """Writes rows in one transaction; of two rows with one key the later observed one stays."""

    def packs(self) -> list[PackRow]:
        """Those that were imported, by origin."""

    def keep_pack(self, row: PackRow) -> None:
        """Writes a row in the place of that of the same origin."""

    def forget(self, origin: str) -> int:
        """Removes a pack and what came with it; returns the number of its observations."""

    def contents(self) -> list[Contents]:
        """What is stored, by kind and origin."""

    def clear(self, kind: Kind) -> int:
        """Removes every row of a kind and gives their space back; returns their number."""

    def close(self) -> None:
        """Ends every connection."""


def checked_number(location: str, stored: str) -> int:
    """The schema number that a store states.

    Raises:
        StoreNewerError: it is larger than `SCHEMA_NUMBER`.
        StoreDamagedError: it is no number.
    """
    if not (stored.isascii() and stored.isdigit()):
        raise StoreDamagedError(location, f"it states the schema number {stored[:40]!r}")
    number = int(stored)
    if number > SCHEMA_NUMBER:
        newer = StoreNewerError(location, f"it has schema {number}, this program knows {SCHEMA_NUMBER}")
        newer.add_note("upgrade stackwright, or name another place with --store")
        raise newer
    return number
