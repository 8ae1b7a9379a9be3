"""What releases lack of what code demands, read from wheels on a loopback index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzers.api.conditions import Target
from analyzers.evidence import Level
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.releases import File, FileKind
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.wheels.surfaces import WheelSurfaces

SITE = DemandSite(file="app.py", line=3, column=5)
LINUX = Target(python=(3, 11), platform="linux")


def demand(*symbols: str) -> ApiDemand:
    wanted = tuple(SymbolDemand(symbol=symbol, kind=UseKind.ATTRIBUTE, sites=(SITE,)) for symbol in symbols)
    return ApiDemand(distribution="lib", required=wanted)


@pytest.fixture
def index() -> FakeIndex:
    made = FakeIndex()
    made.add("lib", "1.0", contents={"lib/__init__.py": b"from lib.deep import f\n", "lib/deep.py": CODE})
    made.add("lib", "2.0", wheel=False, sdist=True)
    made.add("lib", "3.0", contents={"lib/__init__.py": CONDITIONAL})
    made.add_file("lib", "lib-4.0-py3-none-any.whl", b"no wheel")
    made.add(
        "lib", "5.0", contents={"lib/__init__.py": CODE, "lib/data.bin": b"\0" * 100}, padding_bytes=9 << 20
    )
    return made


CODE = b"def f(x):\n    return x\n"
CONDITIONAL = b"import sys\n\nif sys.platform == 'win32':\n    def f(x):\n        return x\n"


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def knowledge(server: IndexServer, tmp_path: Path) -> Iterator[Knowledge]:
    with Knowledge(server.url, SqliteStore(str(tmp_path / "store")), lambda: 1.0) as opened:
        yield opened


def file(knowledge: Knowledge, version: str, kind: FileKind = FileKind.WHEEL) -> File:
    listing = knowledge.listing("lib")
    assert listing is not None
    position = listing.versions.index(version)
    (found,) = (each for each in listing.files(position) if each.kind is kind)
    return found


def lacks(knowledge: Knowledge, version: str, symbol: str, target: Target = LINUX) -> list[Level] | None:
    surfaces = WheelSurfaces(knowledge, target, lambda: 1.0)
    found = surfaces.missing(demand(symbol), file(knowledge, version), f"lib {version}")
    return None if found is None else [each.level for each in found]


def test_what_is_offered_is_not_missing(knowledge: Knowledge) -> None:
    assert lacks(knowledge, "1.0", "lib.f") == []
    assert lacks(knowledge, "1.0", "lib.deep.f") == []
    assert lacks(knowledge, "1.0", "lib.g") == [Level.ERROR]
    assert knowledge.unknowns == []


def test_modules_are_read_for_the_target(knowledge: Knowledge) -> None:
    assert lacks(knowledge, "3.0", "lib.f") == [Level.ERROR]
    assert lacks(knowledge, "3.0", "lib.f", Target(python=(3, 11), platform="win32")) == []


def test_what_cannot_be_read_is_doubted(knowledge: Knowledge) -> None:
    assert lacks(knowledge, "4.0", "lib.f") is None
    surfaces = WheelSurfaces(knowledge, LINUX, lambda: 1.0)
    sdist = file(knowledge, "2.0", FileKind.SDIST)
    assert surfaces.missing(demand("lib.f"), sdist, "lib 2.0") is None
    assert [unknown.where for unknown in knowledge.unknowns] == ["lib 4.0", "lib 2.0"]
    assert knowledge.unknowns[1].reason == "it has no wheel for the target"


def test_a_large_wheel_is_not_fetched_whole(knowledge: Knowledge, server: IndexServer) -> None:
    wheel = file(knowledge, "5.0")
    server.requests.clear()
    surfaces = WheelSurfaces(knowledge, LINUX, lambda: 1.0)
    assert surfaces.missing(demand("lib.f"), wheel, "lib 5.0") == ()
    assert 0 < sum(request.body_bytes for request in server.requests) < 2 << 20
    assert all(request.status == 206 for request in server.requests)


def test_answers_are_kept_by_content_demand_and_target(knowledge: Knowledge, server: IndexServer) -> None:
    assert lacks(knowledge, "1.0", "lib.g") == [Level.ERROR]
    server.requests.clear()
    assert lacks(knowledge, "1.0", "lib.g") == [Level.ERROR]
    assert server.requests == []
    assert lacks(knowledge, "1.0", "lib.f") == []
    assert server.requests != []
