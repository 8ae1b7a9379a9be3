"""The native files of wheels, read by ranges from a loopback index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.images.elves import elf
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer
from images.native.elf_file import ElfFile
from knowledge.catalog import Knowledge
from knowledge.releases import File, FileKind
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.wheels import natives as wheel_natives
from knowledge.wheels.natives import WheelNatives

EXTENSION = elf(
    needed=["libm.so.6", "libstdc++.so.6"],
    requires={"libstdc++.so.6": ["GLIBCXX_3.4.29", "CXXABI_1.3.9"]},
)
BUNDLED = elf(soname="libfast-1a2b.so.1")
READ = {
    "lib/_native.so": ElfFile(
        machine="x86_64",
        bits=64,
        needed=("libm.so.6", "libstdc++.so.6"),
        requires={"libstdc++.so.6": ("GLIBCXX_3.4.29", "CXXABI_1.3.9")},
    ),
    "lib.libs/libfast-1a2b.so.1": ElfFile(machine="x86_64", bits=64, soname="libfast-1a2b.so.1"),
}


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    contents = {
        "lib/_native.so": EXTENSION,
        "lib.libs/libfast-1a2b.so.1": BUNDLED,
        "lib/text.so": b"no ELF file",
        "lib/code.py": b"import lib._native",
    }
    index.add("lib", "1.0", contents=contents, padding_bytes=9 << 20)
    index.add("lib", "2.0", wheel=False, sdist=True)
    index.add("lib", "3.0", contents={"lib/_native.so": EXTENSION[:150]})
    index.add_file("lib", "lib-4.0-py3-none-any.whl", b"no wheel")
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def knowledge(server: IndexServer, tmp_path: Path) -> Iterator[Knowledge]:
    with Knowledge(server.url, SqliteStore(str(tmp_path / "store")), lambda: 1.0) as opened:
        yield opened


def file(knowledge: Knowledge, version: str) -> File:
    listing = knowledge.listing("lib")
    assert listing is not None
    return listing.files(listing.versions.index(version))[0]


def test_what_the_native_files_say_is_read_by_ranges_and_kept(
    knowledge: Knowledge, server: IndexServer
) -> None:
    natives = WheelNatives(knowledge, lambda: 2.0)
    assert natives.files(file(knowledge, "1.0")) == READ
    sent = sum(request.body_bytes for request in server.requests if request.kind is not RequestKind.LISTING)
    assert sent < 2 << 20
    asked = len(server.requests)
    again = WheelNatives(knowledge, lambda: 3.0)
    assert again.files(file(knowledge, "1.0")) == READ
    assert len(server.requests) == asked


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_cannot_be_read_is_doubted(knowledge: Knowledge, version: str) -> None:
    natives = WheelNatives(knowledge, lambda: 2.0)
    wheel = file(knowledge, version)
    assert natives.files(wheel) is None
    assert [unknown.where for unknown in knowledge.unknowns] == [wheel.filename]


def test_a_source_distribution_has_none(knowledge: Knowledge) -> None:
    wheel = file(knowledge, "2.0")
    assert wheel.kind is FileKind.SDIST
    assert WheelNatives(knowledge, lambda: 2.0).files(wheel) is None
    assert list(knowledge.unknowns) == []


def test_more_than_the_budget_is_not_read(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel_natives, "LIMIT_WHEEL_BYTES", 100)
    assert WheelNatives(knowledge, lambda: 2.0).files(file(knowledge, "1.0")) is None
    (unknown,) = knowledge.unknowns
    assert unknown.reason.endswith("too many to look at")
