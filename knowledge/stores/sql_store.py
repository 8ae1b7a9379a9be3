"""The store through SQLAlchemy: PostgreSQL, and every migration; the rows of `knowledge.stores.sqlite_store`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from knowledge.errors import ConfigurationError, StoreError
from knowledge.stores.schema import (
    ADVISORIES,
    DERIVED,
    LISTINGS,
    METADATA,
    OBSERVATIONS,
    OBSERVED_PROJECTS,
    PACKS,
    TABLES,
)
from knowledge.stores.store import (
    BESIDE,
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

_MIGRATION_LOCK = 0x57AC_3217  # any number that other users of the database do not lock
_ROWS_AT_ONCE = 1000
_TABLES = {
    Kind.LISTINGS: LISTINGS,
    Kind.METADATA: METADATA,
    Kind.DERIVED: DERIVED,
    Kind.ADVISORIES: ADVISORIES,
    Kind.OBSERVATIONS: OBSERVATIONS,
}
_ABOUT = ("project", "kind", "id", "is_blamed")
_MOMENTS = {"derived": "made_at", "advisories": "modified_at", "observations": "observed_at"}
"""Column that says when a row was made, where that is not ``fetched_at``."""


class SqlStore:
    """Implements `knowledge.stores.store.Store` on what SQLAlchemy reaches.

    Args:
        url: an SQLAlchemy URL of PostgreSQL, or of SQLite, where it serves to prove that both ways agree.
    """

    def __init__(self, url: str | URL) -> None:
        try:
            parsed = make_url(url)
            self.location = parsed.render_as_string(hide_password=True)
            self._engine = sa.create_engine(parsed, pool_pre_ping=True)
        except (ArgumentError, ImportError) as error:
            failure = ConfigurationError("--store", "command line", str(error))
            failure.add_note("PostgreSQL needs the extra: pip install 'stackwright[postgresql]'")
            raise failure from None  # the cause's text may hold the password
        with self._errors():
            _prepare(self._engine, self.location)

    def listings(self, index_url: str, projects: Iterable[str]) -> dict[str, ListingRow]:
        """See `Store.listings`."""
        wanted = sa.select(LISTINGS).where(LISTINGS.c.index_url == index_url)
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(wanted.where(LISTINGS.c.project.in_(list(projects)))).fetchall()
        return {row.project: ListingRow(*row) for row in rows}

    def metadata(self, index_url: str, artifacts: Iterable[str]) -> dict[str, MetadataRow]:
        """See `Store.metadata`."""
        wanted = sa.select(METADATA).where(METADATA.c.index_url == index_url)
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(wanted.where(METADATA.c.artifact.in_(list(artifacts)))).fetchall()
        return {row.artifact: MetadataRow(*row) for row in rows}

    def metadata_after(self, index_url: str, artifact: str, limit: int) -> list[MetadataRow]:
        """See `Store.metadata_after`."""
        wanted = sa.select(METADATA).where(METADATA.c.index_url == index_url, METADATA.c.artifact > artifact)
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(METADATA.c.artifact).limit(limit)).fetchall()
        return [MetadataRow(*row) for row in rows]

    def projects(self, index_url: str) -> list[str]:
        """See `Store.projects`."""
        stored = sa.select(LISTINGS.c.project).where(LISTINGS.c.index_url == index_url)
        with self._errors(), self._engine.connect() as connection:
            return list(connection.execute(stored.where(LISTINGS.c.payload.is_not(None))).scalars())

    def bulk_load(self, listings: Iterable[ListingRow], metadata: Iterable[MetadataRow]) -> None:
        """See `Store.bulk_load`. Rows go in the order of their keys: so two writers cannot deadlock."""
        with self._errors(), self._engine.begin() as connection:
            _upsert(
                connection, LISTINGS, [row._asdict() for row in sorted(listings, key=lambda row: row[:2])]
            )
            _upsert(
                connection, METADATA, [row._asdict() for row in sorted(metadata, key=lambda row: row[:2])]
            )

    def derived(self, instrument: str, contents: Iterable[str]) -> dict[str, bytes]:
        """See `Store.derived`."""
        wanted = sa.select(DERIVED.c.content, DERIVED.c.payload).where(DERIVED.c.instrument == instrument)
        found: dict[str, bytes] = {}
        keys = list(contents)
        with self._errors(), self._engine.connect() as connection:
            for start in range(0, len(keys), _ROWS_AT_ONCE):
                part = keys[start : start + _ROWS_AT_ONCE]
                rows = connection.execute(wanted.where(DERIVED.c.content.in_(part))).fetchall()
                found.update((row.content, row.payload) for row in rows)
        return found

    def keep_derived(self, rows: Iterable[DerivedRow]) -> None:
        """See `Store.keep_derived`."""
        with self._errors(), self._engine.begin() as connection:
            _upsert(connection, DERIVED, [row._asdict() for row in sorted(rows)])

    def advisories(self, projects: Iterable[str]) -> dict[str, list[bytes]]:
        """See `Store.advisories`."""
        return self._payloads(ADVISORIES, projects)

    def keep_advisories(self, rows: Iterable[AdvisoryRow]) -> None:
        """See `Store.keep_advisories`."""
        with self._errors(), self._engine.begin() as connection:
            _upsert(connection, ADVISORIES, [row._asdict() for row in sorted(rows)])

    def observations(
        self, projects: Iterable[str], kinds: Collection[str], *, blamed: bool = False
    ) -> dict[str, list[bytes]]:
        """See `Store.observations`."""
        one, about = OBSERVATIONS.c, OBSERVED_PROJECTS.c
        joined = OBSERVED_PROJECTS.join(OBSERVATIONS, (one.kind == about.kind) & (one.id == about.id))
        wanted = sa.select(about.project, one.payload).select_from(joined)
        wanted = wanted.where(about.kind.in_(sorted(kinds))).order_by(one.kind, one.id, one.origin)
        if blamed:
            wanted = wanted.where(about.is_blamed == 1)
        return self._by_project(wanted, about.project, projects)

    def has_observations(self, kinds: Collection[str]) -> bool:
        """See `Store.has_observations`."""
        asked = sa.select(OBSERVATIONS.c.id).where(OBSERVATIONS.c.kind.in_(sorted(kinds))).limit(1)
        with self._errors(), self._engine.connect() as connection:
            return connection.execute(asked).first() is not None

    def observations_after(self, after: tuple[str, str, str], limit: int) -> list[StoredObservation]:
        """See `Store.observations_after`."""
        one = OBSERVATIONS.c
        key = (one.kind, one.id, one.origin)
        asked = sa.select(*key, one.payload).where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(*key).limit(limit)).fetchall()
        return [StoredObservation(*row) for row in rows]

    def observation_counts(self) -> dict[tuple[str, str], int]:
        """See `Store.observation_counts`."""
        key = (OBSERVATIONS.c.origin, OBSERVATIONS.c.kind)
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(*key, sa.func.count()).group_by(*key)).fetchall()
        return {(row[0], row[1]): row[2] for row in rows}

    def keep_observations(self, rows: Iterable[ObservationRow]) -> None:
        """See `Store.keep_observations`."""
        shared: dict[tuple[str, str, str], dict[str, object]] = {}
        about: dict[tuple[str, str, str], dict[str, object]] = {}
        for row in sorted(rows, key=lambda row: row.observed_at):
            key = (row.kind, row.id, row.origin)
            told = row._asdict()
            shared[key] = {name: told[name] for name in OBSERVATIONS.columns.keys()}  # noqa: SIM118
            named = (row.project, row.kind, row.id)
            about[named] = dict(zip(_ABOUT, (*named, int(row.is_blamed)), strict=True))
        with self._errors(), self._engine.begin() as connection:
            _upsert(connection, OBSERVATIONS, [shared[key] for key in sorted(shared)])
            _add(connection, OBSERVED_PROJECTS, [about[key] for key in sorted(about)])

    def packs(self) -> list[PackRow]:
        """See `Store.packs`."""
        with self._errors(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(PACKS).order_by(PACKS.c.origin)).fetchall()
        return [PackRow(*row) for row in rows]

    def keep_pack(self, row: PackRow) -> None:
        """See `Store.keep_pack`."""
        with self._errors(), self._engine.begin() as connection:
            connection.execute(sa.delete(PACKS).where(PACKS.c.origin == row.origin))
            connection.execute(sa.insert(PACKS), [row._asdict()])

    def forget(self, origin: str) -> int:
        """See `Store.forget`."""
        one, about = OBSERVATIONS.c, OBSERVED_PROJECTS.c
        left = sa.select(one.id).where(one.kind == about.kind, one.id == about.id).exists()
        with self._errors(), self._engine.begin() as connection:
            removed = connection.execute(sa.delete(OBSERVATIONS).where(one.origin == origin)).rowcount
            connection.execute(sa.delete(OBSERVED_PROJECTS).where(~left))
            connection.execute(sa.delete(PACKS).where(PACKS.c.origin == origin))
        return removed

    def _payloads(self, table: sa.Table, projects: Iterable[str]) -> dict[str, list[bytes]]:
        """What a table has of projects, in the order of its key."""
        wanted = sa.select(table.c.project, table.c.payload).order_by(*table.primary_key)
        return self._by_project(wanted, table.c.project, projects)

    def _by_project(
        self, wanted: sa.Select[tuple[str, bytes]], column: sa.Column[str], projects: Iterable[str]
    ) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        names = list(projects)
        with self._errors(), self._engine.connect() as connection:
            for start in range(0, len(names), _ROWS_AT_ONCE):
                part = names[start : start + _ROWS_AT_ONCE]
                for row in connection.execute(wanted.where(column.in_(part))):
                    found.setdefault(row.project, []).append(row.payload)
        return found

    def contents(self) -> list[Contents]:
        """See `Store.contents`."""
        found = []
        with self._errors(), self._engine.connect() as connection:
            for kind, table in _TABLES.items():
                origin, moment = next(iter(table.primary_key)), _moment(table)
                asked = sa.select(
                    origin,
                    sa.func.count(),
                    sa.func.coalesce(sa.func.sum(sa.func.length(table.c.payload)), 0),
                    sa.func.min(moment),
                    sa.func.max(moment),
                ).group_by(origin)
                rows = connection.execute(asked.order_by(origin)).fetchall()
                found += [Contents(kind, row[0], *map(int, row[1:])) for row in rows]
        return found

    def clear(self, kind: Kind) -> int:
        """See `Store.clear`; the server gives space back in its own time."""
        with self._errors(), self._engine.begin() as connection:
            removed = connection.execute(sa.delete(_TABLES[kind])).rowcount
            for table in BESIDE.get(kind, ()):
                connection.execute(sa.delete(TABLES.tables[table]))
        return removed

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()
            failure = StoreError(self.location, reason[0] if reason else type(error).__name__)
            if isinstance(error, OperationalError):
                failure.add_note("check that the database runs and lets this user in")
            raise failure from error


def _upsert(connection: Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in table.columns.keys() if name not in keys},  # noqa: SIM118
        where=statement.excluded[_moment(table).name] >= _moment(table),
    )
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        connection.execute(statement, rows[start : start + _ROWS_AT_ONCE])


def _add(connection: Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    """Insert rows whose key is not there yet."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        connection.execute(statement, rows[start : start + _ROWS_AT_ONCE])


def _moment(table: sa.Table) -> sa.Column[int]:
    """When a row was fetched or made."""
    return table.c[_MOMENTS.get(table.name, "fetched_at")]


def _prepare(engine: Engine, location: str) -> None:
    with engine.connect() as connection:
        if _schema_number(connection, location) == SCHEMA_NUMBER:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        if _schema_number(connection, location) != SCHEMA_NUMBER:
            _upgrade(connection)


def _schema_number(connection: Connection, location: str) -> int:
    if not sa.inspect(connection).has_table("alembic_version"):
        return 0
    stored = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return 0 if stored is None else checked_number(location, str(stored))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def upgrade_sqlite(path: str) -> None:
    """Brings a SQLite file to the present schema.

    Raises:
        StoreError: it cannot be upgraded.
    """
    SqlStore(URL.create("sqlite", database=path)).close()
