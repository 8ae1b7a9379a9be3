"""What earlier runs left behind, made bad: stores, and the directories of Dependency Monkey."""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from analyzers.reports import Tool
from fakes.commands import Commands
from fakes.hostile.mutations import mutated
from fakes.hostile.seeds import FILE, inputs
from fakes.hostile.surviving import limited_memory, survive, time_limit
from fakes.indexes.server import IndexServer
from fakes.postgresql import PostgresqlServer, find_postgresql
from fakes.probing.monkey_runs import COUNT, monkey_index
from fakes.probing.observed import MOMENT
from knowledge.stores.seals import SEAL_BYTES, Payload, sealed
from resolver.commands.monkey.writing import write_learned
from resolver.errors import InputError
from resolver.monkey.executor import Assignment, Done, not_known
from resolver.monkey.journal import Journal
from resolver.monkey.report import monkey_report
from resolver.monkey.running import Run
from resolver.outputs.texts.monkey_text import monkey_text


class Nobody:
    """Implements `resolver.monkey.executor.Executor`: from a plan that is bad nothing is installed."""

    def run(self, assignments: Iterable[Assignment]) -> Iterator[Done]:
        for one in assignments:
            yield Done(id=one.id, result=not_known("nobody", "nobody probes here"), wall_s=0.0)


def worked(folder: Path) -> None:
    """What ``monkey --resume`` does beside probing."""
    options = argparse.Namespace(limit_memory=4.0, no_keep=True, store=None)
    tool = Tool(name="stackwright", version="1")
    with Journal(folder, resumes=True) as journal:
        run = Run(journal, journal.terrain(), Nobody(), lambda: MOMENT, lambda done, count, latest: None)
        run.work()
        blame = run.blame()
        report = monkey_report(
            run.plan,
            run.results,
            journal.terrain(),
            tool=tool,
            created_at=MOMENT,
            stopped_by=None,
            blame=blame,
        )
        monkey_text(report, 80)
        write_learned(options, folder, run, blame, msgspec.json.encode(report))


@pytest.fixture
def monkey(tmp_path: Path) -> Iterator[Commands]:
    with IndexServer(monkey_index()) as server:
        commands = Commands(tmp_path, server.url)
        done = commands.run("monkey", "app", "--count", str(COUNT), "-o", "good", "-q")
        assert done.code == 0, done.err
        yield commands


def test_the_directory_of_a_monkey(monkey: Commands, seconds: float) -> None:
    good = monkey.path("good")

    def prepare(chance: random.Random) -> None:
        shutil.rmtree(monkey.path("m"), ignore_errors=True)
        shutil.copytree(good, monkey.path("m"))
        for _ in range(chance.choice((1, 1, 2, 9))):
            path = chance.choice(sorted(monkey.path("m").rglob("*.json*")))
            path.write_bytes(mutated(chance, (path.read_bytes(),)))

        with time_limit(), limited_memory(), contextlib.suppress(InputError):
            worked(monkey.path("m"))

    commands = [
        ["monkey", "--resume", "m", "--dry-run"],
        ["monkey", "--resume", "m", "--dry-run", "--format", "json", "--count", str(COUNT)],
    ]
    assert survive(monkey, "m", prepare, commands, 3 * seconds) > 0


@pytest.fixture
def filled(stackwright: Commands) -> Commands:
    """A store with something of every kind that small commands leave there."""
    fill(stackwright)
    with contextlib.closing(sqlite3.connect(stackwright.store)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        store.execute("PRAGMA journal_mode = DELETE").fetchall()
    return stackwright


def fill(stackwright: Commands) -> None:
    for name in ("osv.json", "seen.pack", "build.log", "pack-1.0-py3-none-any.whl"):
        stackwright.write(name, inputs()[name].seeds[0])
    stackwright.write(
        "code/app.py", "import flask\nimport numpy as np\nflask.Flask(__name__)\nnp.product([1])\n"
    )
    for command in (
        ["advise", "flask", "--source", "code"],
        ["scan", "code", "--look-up"],
        ["surface", "flask==3.0.0"],
        ["knowledge", "import-osv", "osv.json"],
        ["knowledge", "import", "seen.pack"],
        ["analyze-log", "build.log", "--keep"],
        ["topics", "classify", "flask", "--small"],
    ):
        done = stackwright.main(*command)
        assert done.code in (0, 1), (command, done.err)


READERS = [
    ["advise", "flask", "--source", "code"],
    ["advise", "flask", "a", "--offline"],
    ["scan", "code", "--look-up"],
    ["surface", "flask==3.0.0"],
    ["cache", "info"],
    ["cache", "info", "--derived"],
    ["knowledge", "packs"],
    ["knowledge", "verdicts"],
    ["knowledge", "export", "x.pack"],
    ["topics", "classify", "flask", "--small"],
    ["knowledge", "import", FILE],
]


def test_a_store_with_bad_bytes(filled: Commands, seconds: float) -> None:
    good = filled.store.read_bytes()

    def prepare(chance: random.Random) -> None:
        _remove(filled.store)
        bad = bytearray(good)
        for _ in range(chance.choice((1, 4, 32, 256))):
            at = chance.randrange(len(bad))
            bad[at : at + 1] = bytes([chance.choice((0, 0xFF, bad[at] ^ 1 << chance.randrange(8)))])
        if chance.random() < 0.1:
            del bad[chance.randrange(len(bad)) :]
        filled.store.write_bytes(bytes(bad))

    assert survive(filled, "seen.pack", prepare, READERS, 4 * seconds) > 0


def test_a_store_with_bad_values(filled: Commands, seconds: float) -> None:
    """SQLite holds them for good, and they are anything but what was kept."""
    good = filled.store.read_bytes()
    with contextlib.closing(sqlite3.connect(filled.store)) as store:
        cells = [
            (table, column[1])
            for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for column in store.execute(f"PRAGMA table_info({table})").fetchall()
        ]

    def prepare(chance: random.Random) -> None:
        _remove(filled.store)
        filled.store.write_bytes(good)
        with contextlib.closing(sqlite3.connect(filled.store)) as store:
            for _ in range(chance.choice((1, 2, 8))):
                table, column = chance.choice(cells)
                rows = store.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
                for number, value in chance.sample(rows, min(len(rows), 3)):
                    bad = _bad_value(chance, value)
                    with contextlib.suppress(sqlite3.Error):
                        store.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bad, number))
            store.commit()

    assert survive(filled, "seen.pack", prepare, READERS, 4 * seconds) > 0


@pytest.mark.system
def test_rows_of_a_server_with_bad_values(stackwright: Commands, seconds: float) -> None:
    """Its columns have types; what is in them is anything."""
    programs = find_postgresql()
    if isinstance(programs, str):
        pytest.skip(programs)
    sa = pytest.importorskip("sqlalchemy")
    pytest.importorskip("psycopg")
    with PostgresqlServer(programs) as server:
        url = server.new_database()
        stackwright.environ["STACKWRIGHT_STORE"] = url
        fill(stackwright)
        engine = sa.create_engine(url)
        tables = sa.MetaData()
        tables.reflect(engine)
        ours = [table for table in tables.sorted_tables if table.name != "alembic_version"]
        with engine.connect() as connection:
            good = {table: [row._asdict() for row in connection.execute(sa.select(table))] for table in ours}

        def prepare(chance: random.Random) -> None:
            with engine.begin() as connection:
                for table in ours:
                    connection.execute(sa.delete(table))
                    if good[table]:
                        connection.execute(sa.insert(table), good[table])
            for _ in range(chance.choice((1, 2, 8))):
                table = chance.choice([table for table in ours if good[table]])
                column = chance.choice(list(table.columns))
                for row in chance.sample(good[table], min(len(good[table]), 3)):
                    here = sa.and_(*(key == row[key.name] for key in table.primary_key))
                    bad = {column.name: _bad_value(chance, row[column.name])}
                    with contextlib.suppress(sa.exc.SQLAlchemyError, TypeError), engine.begin() as connection:
                        connection.execute(sa.update(table).where(here).values(bad))

        try:
            assert survive(stackwright, "seen.pack", prepare, READERS, 2 * seconds) > 0
        finally:
            engine.dispose()


def _bad_value(chance: random.Random, value: object) -> object:
    match value:
        case bytes() if chance.random() < 0.9:
            return resealed(mutated(chance, (value[:-SEAL_BYTES],)))
        case str() if chance.random() < 0.9:
            return mutated(chance, (value.encode(),)).decode("utf-8", "replace")
        case int() | float() if chance.random() < 0.5:
            return chance.choice((-value, 0, 1 << 62, 1e300, float("inf")))
    return chance.choice((None, "", b"", "x", b"\xff", -1, 1e9))


def resealed(payload: bytes) -> bytes:
    """As it is written, so that its sum keeps nobody from reading it."""
    return sealed(Payload("", payload)).payload


def _remove(store: Path) -> None:
    for path in store.parent.glob(f"{store.name}*"):
        path.unlink()
