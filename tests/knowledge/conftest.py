"""The store in every implementation that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.postgresql import PostgresqlServer, find_postgresql
from knowledge.stores.locations import open_store
from knowledge.stores.sql_store import SqlStore
from knowledge.stores.store import Store

Opener = Callable[[], Store]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgresqlServer]:
    found = find_postgresql()
    if isinstance(found, str):
        pytest.skip(f"PostgreSQL: {found}")
    with PostgresqlServer(found) as server:
        yield server


@pytest.fixture(
    params=[
        "standard library",
        "sqlalchemy",
        "memory",
        pytest.param("postgresql", marks=pytest.mark.system),
    ]
)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    path = tmp_path / "deep" / "store.sqlite3"
    match request.param:
        case "standard library":
            return lambda: open_store(str(path))
        case "sqlalchemy":
            path.parent.mkdir()
            return lambda: SqlStore(f"sqlite:///{path}")
        case "memory":
            store = open_store(":memory:")
            request.addfinalizer(store.close)
            return lambda: store
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.new_database()
    return lambda: open_store(url)


@pytest.fixture
def store(opener: Opener) -> Iterator[Store]:
    opened = opener()
    yield opened
    opened.close()
