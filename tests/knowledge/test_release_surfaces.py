"""Surfaces of releases from wheels on a loopback index: what is read and kept, and hostile wheels."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzers.api.conditions import Target
from analyzers.api.offers import OfferKind, ReleaseOffers
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel
from knowledge.catalog import Knowledge
from knowledge.errors import KnowledgeError
from knowledge.files.planned_reader import joined_ranges
from knowledge.releases import File
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.wheels.release_surfaces import ReleaseSurfaces

LINUX = Target(python=(3, 11), platform="linux")
HOSTILE = ("overlapping", "lying", "many", "outside", "members", "deep", "none")
LARGE = b"\n".join(b"def f%d(x, y=%d):\n    return x\n" % (n, n) for n in range(4_000))


@pytest.fixture
def index() -> FakeIndex:
    made = FakeIndex()
    files = {
        "lib/__init__.py": b"from lib.deep import f, C\n__all__ = ['f', 'C', 'x']\nx = 1\n",
        "lib/deep.py": b"class C:\n    def m(self, a):\n        pass\n\ndef f(x, *, y=1):\n    pass\n",
        "lib/fast.cpython-311-x86_64-linux-gnu.so": b"\x7fELF",
        "lib/fast.pyx": b"cimport numpy\ncpdef int quick(int a):\n    return a\ncdef hidden(b):\n    pass\n",
        "lib/tests/test_lib.py": b"def test(): pass\n",
    }
    made.add("lib", "1.0", contents=files, padding_bytes=2 << 20)
    made.add("lib", "1.1", contents={**files, "lib/more.py": b"z = 1\n"}, padding_bytes=2 << 20)
    made.add("other", "1.0", contents={"lib/deep.py": files["lib/deep.py"]})
    return made


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def knowledge(server: IndexServer, tmp_path: Path) -> Iterator[Knowledge]:
    with Knowledge(server.url, SqliteStore(str(tmp_path / "store")), lambda: 1.0) as opened:
        yield opened


def wheel(knowledge: Knowledge, version: str, project: str = "lib") -> File:
    listing = knowledge.listing(project)
    assert listing is not None
    return listing.files(listing.versions.index(version))[0]


def offers(knowledge: Knowledge, version: str, project: str = "lib") -> ReleaseOffers:
    surfaces = ReleaseSurfaces(knowledge, LINUX, lambda: 1.0)
    return surfaces.offers(project, wheel(knowledge, version, project))


def kinds(found: ReleaseOffers) -> dict[str, OfferKind]:
    return {path: offer.kind for _, path, offer in found.paths()}


def test_modules_re_exports_and_compiled_modules_are_told(knowledge: Knowledge) -> None:
    found = offers(knowledge, "1.0")
    assert [module.name for module in found.modules] == ["lib", "lib.deep", "lib.fast"]
    told = kinds(found)
    assert told["lib.C"] is OfferKind.CLASS
    assert told["lib.C.m"] is OfferKind.FUNCTION
    assert told["lib.fast.quick"] is OfferKind.FUNCTION
    assert "lib.fast.hidden" not in told
    (module,) = (each for each in found.modules if each.name == "lib.fast")
    assert module.open == "it is compiled"
    (deep,) = (offer for _, path, offer in found.paths() if path == "lib.deep.f")
    assert deep.told_at == "lib.f"


def test_a_release_is_read_by_ranges_and_the_next_for_what_it_changed(
    knowledge: Knowledge, server: IndexServer
) -> None:
    surfaces = ReleaseSurfaces(knowledge, LINUX, lambda: 1.0)
    files = {version: wheel(knowledge, version) for version in ("1.0", "1.1")}
    server.requests.clear()
    assert surfaces.surfaces("lib", files["1.0"]).read == 3
    assert sum(request.body_bytes for request in server.requests) < 200_000
    reading = surfaces.surfaces("lib", files["1.1"])
    assert (reading.files, reading.read) == (4, 1)
    again = ReleaseSurfaces(knowledge, LINUX, lambda: 1.0)
    server.requests.clear()
    assert again.surfaces("lib", files["1.1"]).read == 0
    assert kinds(again.offers("lib", files["1.1"]))["lib.more.z"] is OfferKind.VALUE
    assert server.requests == []


def test_files_of_one_project_never_answer_for_another(knowledge: Knowledge) -> None:
    surfaces = ReleaseSurfaces(knowledge, LINUX, lambda: 1.0)
    surfaces.surfaces("lib", wheel(knowledge, "1.0"))
    assert surfaces.surfaces("other", wheel(knowledge, "1.0", "other")).read == 1


def test_what_cannot_be_read_is_told_and_opens_its_module(index: FakeIndex, knowledge: Knowledge) -> None:
    contents = {"bad/__init__.py": b"x = 1\n", "bad/broken.py": b"y = 1\n" * 50, "bad/large.py": LARGE}
    good = build_wheel("bad", "1.0", files=contents, compress=False)
    index.add_file("bad", "bad-1.0-py3-none-any.whl", good.replace(b"y = 1\n" * 50, b"z = 2\n" * 50))
    found = offers(knowledge, "1.0", "bad")
    assert [path for path, _ in found.unreadable] == ["bad/broken.py"]
    modules = {module.name: module for module in found.modules}
    assert "CRC-32" in (modules["bad.broken"].open or "")
    assert len(modules["bad.large"].offers) == 4_000


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@functools.cache
def hostile() -> dict[str, bytes]:
    """Wheels that are refused as a whole."""
    plain = zipped({"bad/__init__.py": b"x = 1\n" * 100, "bad/b.py": b"y = 1\n" * 100})
    directory = plain.index(b"PK\1\2")
    second = plain.index(b"PK\1\2", directory + 4)
    overlapping = bytearray(plain)
    overlapping[second + 42 : second + 46] = overlapping[directory + 42 : directory + 46]
    lying = bytearray(plain)
    lying[-6:-2] = struct.pack("<L", 1)
    many = bytearray(plain)
    many[-14:-10] = struct.pack("<2H", 65_000, 65_000)
    return {
        "overlapping": bytes(overlapping),
        "lying": bytes(lying),
        "many": bytes(many),
        "outside": zipped({"bad/../../etc/__init__.py": b"x = 1\n"}),
        "members": zipped({f"bad/m{n}.py": b"" for n in range(100_001)}),
        "deep": zipped({"/".join(["d"] * 70) + "/m.py": b""}),
        "none": b"",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_wheel_is_refused_with_the_reason(
    name: str, index: FakeIndex, knowledge: Knowledge
) -> None:
    index.add_file("bad", "bad-1.0-py3-none-any.whl", hostile()[name])
    with pytest.raises(KnowledgeError) as raised:
        offers(knowledge, "1.0", "bad")
    assert "bad-1.0" in str(raised.value)


def test_a_bomb_is_not_inflated(index: FakeIndex, knowledge: Knowledge) -> None:
    bomb = zipped({"bad/__init__.py": b"x = 1\n", "bad/bomb.py": b"#" * (9 << 20)})
    index.add_file("bad", "bad-1.0-py3-none-any.whl", bomb)
    ((path, reason),) = offers(knowledge, "1.0", "bad").unreadable
    assert (path, "8,388,608" in reason) == ("bad/bomb.py", True)


@pytest.mark.slow
def test_sources_are_read_up_to_a_sum(index: FakeIndex, knowledge: Knowledge) -> None:
    content = (b"#" * 127 + b"\n") * (64 << 10)
    bomb = zipped({f"bad/m{n:02}.py": content for n in range(24)} | {"bad/__init__.py": b"x = 1\n"})
    index.add_file("bad", "bad-1.0-py3-none-any.whl", bomb)
    found = offers(knowledge, "1.0", "bad")
    assert len(found.unreadable) == 24 - 19
    assert kinds(found)["bad.x"] is OfferKind.VALUE


def test_a_line_that_nobody_writes_is_not_parsed(index: FakeIndex, knowledge: Knowledge) -> None:
    line = b"x = " + b"(" * (1 << 20) + b"\n"
    index.add("bad", "1.0", contents={"bad/__init__.py": b"x = 1\n", "bad/line.py": line})
    ((path, reason),) = offers(knowledge, "1.0", "bad").unreadable
    assert (path, "a line of more than" in reason) == ("bad/line.py", True)


def test_deep_nesting_opens_its_module(index: FakeIndex, knowledge: Knowledge) -> None:
    deep = "".join(f"{' ' * depth}class C{depth}:\n" for depth in range(800)) + " " * 800 + "pass\n"
    index.add("bad", "1.0", contents={"bad/__init__.py": b"x = 1\n", "bad/deep.py": deep.encode()})
    modules = {module.name: module for module in offers(knowledge, "1.0", "bad").modules}
    assert modules["bad.deep"].open == "it is nested too deeply"


def test_ranges_that_lie_close_are_joined() -> None:
    assert joined_ranges([(0, 10), (100, 10), (9_000, 10)]) == [(0, 110), (9_000, 10)]
    assert joined_ranges([(5, 10), (0, 100)]) == [(0, 100)]
    assert joined_ranges([(0, 4 << 20), (4 << 20, 10)]) == [(0, 4 << 20), (4 << 20, 10)]
