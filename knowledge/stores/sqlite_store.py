"""The store in a SQLite file, through the standard library alone: SQLAlchemy would double a warm run's time.

A new file gets its tables from `schema.sql`, which a test proves equal to what the migrations make; only an
older file imports Alembic.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import StoreError
from knowledge.stores.sqlite_rows import Count, Name, Payload, damaged, typed
from knowledge.stores.store import (
    BESIDE,
    MEMORY,
    SCHEMA_NUMBER,
    AdvisoryRow,
    Contents,
    DerivedRow,
    Kind,
    ListingRow,
    MetadataRow,
    ObservationRow,
    PackRow,
    StoredObservation,
    checked_number,
)

_BUSY_S = 30.0
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_KEYS_AT_ONCE = 500  # SQLite before 3.32 allows 999 variables
_UPSERT_LISTING = (
    "INSERT INTO listings (index_url, project, fetched_at, format, etag, payload) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (index_url, project) DO UPDATE SET fetched_at = excluded.fetched_at, "
    "format = excluded.format, etag = excluded.etag, payload = excluded.payload "
    "WHERE excluded.fetched_at >= listings.fetched_at"
)
_UPSERT_METADATA = (
    "INSERT INTO metadata (index_url, artifact, fetched_at, format, payload) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (index_url, artifact) DO UPDATE SET fetched_at = excluded.fetched_at, "
    "format = excluded.format, payload = excluded.payload WHERE excluded.fetched_at >= metadata.fetched_at"
)

_UPSERT_ADVISORY = (
    "INSERT INTO advisories (source, project, id, modified_at, payload) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (source, project, id) DO UPDATE SET modified_at = excluded.modified_at, "
    "payload = excluded.payload WHERE excluded.modified_at >= advisories.modified_at"
)

_UPSERT_OBSERVATION = (
    "INSERT INTO observations (kind, id, origin, observed_at, payload) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (kind, id, origin) DO UPDATE SET observed_at = excluded.observed_at, "
    "payload = excluded.payload WHERE excluded.observed_at >= observations.observed_at"
)
_INSERT_OBSERVED_PROJECT = (
    "INSERT OR IGNORE INTO observed_projects (project, kind, id, is_blamed) VALUES (?, ?, ?, ?)"
)
_FORGET_PROJECTS = (
    "DELETE FROM observed_projects WHERE NOT EXISTS (SELECT 1 FROM observations AS one"
    " WHERE one.kind = observed_projects.kind AND one.id = observed_projects.id)"
)

_ORIGINS = {
    Kind.LISTINGS: ("index_url", "fetched_at"),
    Kind.METADATA: ("index_url", "fetched_at"),
    Kind.DERIVED: ("instrument", "made_at"),
    Kind.ADVISORIES: ("source", "modified_at"),
    Kind.OBSERVATIONS: ("kind", "observed_at"),
}


def schema_statements() -> list[str]:
    """The statements that make an empty SQLite database one of this schema number."""
    text = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    return [statement.strip() for statement in text.split(";\n") if statement.strip()]


class SqliteStore:
    """Implements `knowledge.stores.store.Store`. A file that cannot be written is opened for reading alone."""

    def __init__(self, location: str) -> None:
        self.location = location
        with self._errors():
            self._connection = self._connect()
            try:
                self._prepare()
            except sqlite3.OperationalError as error:
                self._connection.close()
                if error.sqlite_errorcode & 0xFF not in _NOT_WRITABLE or not Path(location).exists():
                    raise
                # Without a writable directory SQLite cannot share the log of writes: to us nothing changes.
                where = f"{Path(location).absolute().as_uri()}?immutable=1"
                self._connection = sqlite3.connect(where, isolation_level=None, uri=True)
                self._require_schema()
            except BaseException:
                self._connection.close()
                raise

    def listings(self, index_url: str, projects: Iterable[str]) -> dict[str, ListingRow]:
        """See `Store.listings`."""
        found: dict[str, ListingRow] = {}
        for part in _parts(projects):
            query = (
                "SELECT index_url, project, fetched_at, format, etag, payload FROM listings"
                f" WHERE index_url = ? AND project IN ({_marks(part)})"
            )
            with self._errors():
                rows = self._connection.execute(query, (index_url, *part)).fetchall()
            found.update((row.project, row) for row in typed(self.location, ListingRow, rows))
        return found

    def metadata(self, index_url: str, artifacts: Iterable[str]) -> dict[str, MetadataRow]:
        """See `Store.metadata`."""
        found: dict[str, MetadataRow] = {}
        for part in _parts(artifacts):
            query = (
                "SELECT index_url, artifact, fetched_at, format, payload FROM metadata"
                f" WHERE index_url = ? AND artifact IN ({_marks(part)})"
            )
            with self._errors():
                rows = self._connection.execute(query, (index_url, *part)).fetchall()
            found.update((row.artifact, row) for row in typed(self.location, MetadataRow, rows))
        return found

    def metadata_after(self, index_url: str, artifact: str, limit: int) -> list[MetadataRow]:
        """See `Store.metadata_after`."""
        query = (
            "SELECT index_url, artifact, fetched_at, format, payload FROM metadata"
            " WHERE index_url = ? AND artifact > ? ORDER BY artifact LIMIT ?"
        )
        with self._errors():
            rows = self._connection.execute(query, (index_url, artifact, limit)).fetchall()
        return list(typed(self.location, MetadataRow, rows))

    def projects(self, index_url: str) -> list[str]:
        """See `Store.projects`."""
        query = "SELECT project FROM listings WHERE index_url = ? AND payload IS NOT NULL"
        with self._errors():
            rows = self._connection.execute(query, (index_url,)).fetchall()
        return [row.name for row in typed(self.location, Name, rows)]

    def bulk_load(self, listings: Iterable[ListingRow], metadata: Iterable[MetadataRow]) -> None:
        """See `Store.bulk_load`."""
        with self._errors():
            self._connection.execute("PRAGMA synchronous = NORMAL")  # a crash may lose rows, never the file
        with self._errors(), self._transaction():
            self._connection.executemany(_UPSERT_LISTING, listings)
            self._connection.executemany(_UPSERT_METADATA, metadata)

    def derived(self, instrument: str, contents: Iterable[str]) -> dict[str, bytes]:
        """See `Store.derived`."""
        found: dict[str, bytes] = {}
        for part in _parts(contents):
            query = (
                f"SELECT content, payload FROM derived WHERE instrument = ? AND content IN ({_marks(part)})"
            )
            with self._errors():
                rows = self._connection.execute(query, (instrument, *part)).fetchall()
            found.update((row.key, row.payload) for row in typed(self.location, Payload, rows))
        return found

    def keep_derived(self, rows: Iterable[DerivedRow]) -> None:
        """See `Store.keep_derived`."""
        with self._errors():
            self._connection.execute("PRAGMA synchronous = NORMAL")
        with self._errors(), self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO derived VALUES (?, ?, ?, ?)", rows)

    def advisories(self, projects: Iterable[str]) -> dict[str, list[bytes]]:
        """See `Store.advisories`."""
        return self._payloads("advisories", "source", projects)

    def keep_advisories(self, rows: Iterable[AdvisoryRow]) -> None:
        """See `Store.keep_advisories`."""
        with self._errors(), self._transaction():
            self._connection.executemany(_UPSERT_ADVISORY, rows)

    def observations(
        self, projects: Iterable[str], kinds: Collection[str], *, blamed: bool = False
    ) -> dict[str, list[bytes]]:
        """See `Store.observations`."""
        found: dict[str, list[bytes]] = {}
        wanted = sorted(kinds)
        for part in _parts(projects):
            query = (
                "SELECT about.project, one.payload FROM observed_projects AS about"
                " JOIN observations AS one ON one.kind = about.kind AND one.id = about.id"
                f" WHERE about.project IN ({_marks(part)}) AND about.kind IN ({_marks(wanted)})"
                f"{' AND about.is_blamed = 1' if blamed else ''} ORDER BY one.kind, one.id, one.origin"
            )
            with self._errors():
                rows = self._connection.execute(query, (*part, *wanted)).fetchall()
            for row in typed(self.location, Payload, rows):
                found.setdefault(row.key, []).append(row.payload)
        return found

    def has_observations(self, kinds: Collection[str]) -> bool:
        """See `Store.has_observations`."""
        query = "SELECT EXISTS (SELECT 1 FROM observations WHERE kind = ?)"
        with self._errors():
            return any(self._connection.execute(query, (kind,)).fetchone()[0] for kind in kinds)

    def observations_after(self, after: tuple[str, str, str], limit: int) -> list[StoredObservation]:
        """See `Store.observations_after`."""
        query = (
            "SELECT kind, id, origin, payload FROM observations WHERE (kind, id, origin) > (?, ?, ?)"
            " ORDER BY kind, id, origin LIMIT ?"
        )
        with self._errors():
            rows = self._connection.execute(query, (*after, limit)).fetchall()
        return list(typed(self.location, StoredObservation, rows))

    def observation_counts(self) -> dict[tuple[str, str], int]:
        """See `Store.observation_counts`."""
        query = "SELECT origin, kind, COUNT(*) FROM observations GROUP BY origin, kind"
        with self._errors():
            rows = self._connection.execute(query).fetchall()
        return {(row.origin, row.kind): row.rows for row in typed(self.location, Count, rows)}

    def keep_observations(self, rows: Iterable[ObservationRow]) -> None:
        """See `Store.keep_observations`."""
        with self._errors(), self._transaction():
            last = None
            for row in rows:
                shared = (row.kind, row.id, row.origin, row.observed_at, row.payload)
                if shared != last:
                    self._connection.execute(_UPSERT_OBSERVATION, shared)
                    last = shared
                about = (row.project, row.kind, row.id, int(row.is_blamed))
                self._connection.execute(_INSERT_OBSERVED_PROJECT, about)

    def packs(self) -> list[PackRow]:
        """See `Store.packs`."""
        query = "SELECT origin, digest, trust, imported_at FROM packs ORDER BY origin"
        with self._errors():
            rows = self._connection.execute(query).fetchall()
        return list(typed(self.location, PackRow, rows))

    def keep_pack(self, row: PackRow) -> None:
        """See `Store.keep_pack`."""
        with self._errors(), self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO packs VALUES (?, ?, ?, ?)", row)

    def forget(self, origin: str) -> int:
        """See `Store.forget`."""
        with self._errors(), self._transaction():
            removed = self._connection.execute("DELETE FROM observations WHERE origin = ?", (origin,))
            self._connection.execute(_FORGET_PROJECTS)
            self._connection.execute("DELETE FROM packs WHERE origin = ?", (origin,))
        return removed.rowcount

    def _payloads(self, table: str, origin: str, projects: Iterable[str]) -> dict[str, list[bytes]]:
        """What a table has of projects, in the order of its key."""
        found: dict[str, list[bytes]] = {}
        for part in _parts(projects):
            query = (
                f"SELECT project, payload FROM {table} WHERE project IN ({_marks(part)})"
                f" ORDER BY {origin}, project, id"
            )
            with self._errors():
                rows = self._connection.execute(query, part).fetchall()
            for row in typed(self.location, Payload, rows):
                found.setdefault(row.key, []).append(row.payload)
        return found

    def contents(self) -> list[Contents]:
        """See `Store.contents`."""
        found: list[Contents] = []
        for kind in Kind:
            origin, moment = _ORIGINS[kind]
            query = (
                f"SELECT {origin}, COUNT(*), COALESCE(SUM(LENGTH(payload)), 0),"
                f" MIN({moment}), MAX({moment}) FROM {kind.value} GROUP BY {origin} ORDER BY {origin}"
            )
            with self._errors():
                rows = self._connection.execute(query).fetchall()
            found += typed(self.location, Contents, [(kind, *row) for row in rows])
        return found

    def clear(self, kind: Kind) -> int:
        """See `Store.clear`."""
        with self._errors():
            removed = self._connection.execute(f"DELETE FROM {kind.value}").rowcount
            for table in BESIDE.get(kind, ()):
                self._connection.execute(f"DELETE FROM {table}")
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return removed

    def close(self) -> None:
        """See `Store.close`."""
        self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self.location == MEMORY:
            return sqlite3.connect(MEMORY, isolation_level=None)
        path = Path(self.location).absolute()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(self.location, f"its directory cannot be made: {error.strerror}") from error
        return sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)

    def _prepare(self) -> None:
        """Creates or upgrades what is not of this schema."""
        number = self._schema_number()
        if number == SCHEMA_NUMBER:
            return
        self._write_ahead()
        with self._transaction():
            number = self._schema_number()  # another process may have been faster
            if number is None:
                for statement in schema_statements():
                    self._connection.execute(statement)
        if number is not None and number < SCHEMA_NUMBER:
            from knowledge.stores.sql_store import upgrade_sqlite

            self._connection.close()
            upgrade_sqlite(self.location)
            self._connection = self._connect()

    def _require_schema(self) -> None:
        if self._schema_number() != SCHEMA_NUMBER:
            self._connection.close()
            raise StoreError(self.location, "it is of an older schema and cannot be written")

    def _schema_number(self) -> int | None:
        """The schema number; None for an empty database."""
        tables = {
            row[0] for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise StoreError(self.location, "it is a database of another program")
        row = self._connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return checked_number(self.location, "0" if row is None else str(row[0]))

    def _write_ahead(self) -> None:
        deadline = time.monotonic() + _BUSY_S
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:  # this pragma does not wait for another's lock
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError) as error:  # a path with a NUL is a ValueError
            raise _store_error(self.location, error) from error


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(keys)
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        yield wanted[start : start + _KEYS_AT_ONCE]


def _marks(keys: list[str]) -> str:
    return ", ".join("?" * len(keys))


def _store_error(location: str, error: Exception) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(location, str(error))
    failure = StoreError(location, str(error))
    failure.add_note("free or unlock the place, or name another one with --store")
    return failure
