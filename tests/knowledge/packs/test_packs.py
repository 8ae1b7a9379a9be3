"""Packs: what one store wrote, another one has; and what no honest store would write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.evidence import Confidence
from fakes.probing.observed import MOMENT, TOOL, failed, passed, release
from fakes.probing.packs import write_lines, write_pack
from knowledge.errors import PackError
from knowledge.observations.known import (
    KnownObservations,
    Record,
    every_record,
    identifier,
    keep_observations,
    keep_verdicts,
)
from knowledge.observations.verdicts import VerdictCheck
from knowledge.packs.importing import ImportedPack, import_pack
from knowledge.packs.reading import LARGEST_FILE_BYTES, Unfit, read_pack
from knowledge.packs.writing import packed
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY, Store

NOW = 1_800_000_000.0
FAILED = failed("a==1 b==2 c==3", "a==1 b==2")
PASSED = passed("a==1 b==1 c==3")
CHECK = VerdictCheck(
    dependent=release("a==1"),
    dependency=release("b==2"),
    instrument="imports",
    confidence=Confidence.LIKELY,
    confirmed=True,
    created_at=MOMENT,
    tool=TOOL,
)
EVERYTHING: Sequence[Record] = (FAILED, PASSED, CHECK)


@pytest.fixture(params=["memory", pytest.param("postgresql", marks=pytest.mark.system)])
def new_store(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def make() -> Store:
        where = MEMORY
        if request.param == "postgresql":
            where = request.getfixturevalue("postgresql").new_database()
        opened.append(open_store(where))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def pack(folder: Path, records: Sequence[Record], name: str = "pack") -> Path:
    path = folder / name
    path.write_bytes(packed(records, TOOL).content)
    return path


def brought(store: Store, path: Path, **how: Any) -> ImportedPack:
    return import_pack(read_pack(path), store, NOW, **how)


def told(store: Store) -> set[tuple[str, str | None]]:
    """What a store says: records by content, and who told them."""
    return {(identifier(record), record.origin) for record in every_record(store)}


def test_what_one_store_wrote_another_one_has(tmp_path: Path, new_store: Callable[[], Store]) -> None:
    mine, yours = new_store(), new_store()
    keep_observations([FAILED, PASSED], mine)
    keep_verdicts([CHECK], mine)
    path = pack(tmp_path, list(every_record(mine)))
    found = brought(yours, path)
    assert (found.observations, found.verdicts, found.fresh, found.unfit) == (2, 1, 3, 0)
    assert found.origin == found.digest[:19]
    assert (found.trust, [row.origin for row in yours.packs()]) == (0.5, [found.origin])
    known = KnownObservations(yours)
    assert [replace(one, origin=None) for one in known.failures("a")["a"]] == [FAILED]
    assert {one.origin for one in known.of("c")["c"]} == {found.origin}
    again = brought(yours, path)
    assert (again.observations, again.fresh) == (2, 0)
    assert len(told(yours)) == 3
    assert packed(every_record(yours), TOOL) == packed(every_record(mine), TOOL)
    assert yours.forget(found.origin) == 3
    assert told(yours) == set()


def test_of_several_packs_each_thing_is_written_once(tmp_path: Path, new_store: Callable[[], Store]) -> None:
    store = new_store()
    keep_observations([PASSED], store)
    brought(store, pack(tmp_path, [FAILED, PASSED], "a"), origin="a")
    brought(store, pack(tmp_path, [FAILED, CHECK], "b"), origin="b")
    assert len(told(store)) == 5
    again = packed(every_record(store), TOOL)
    assert (again.observations, again.verdicts) == (2, 1)
    assert again == packed([CHECK, PASSED, FAILED], TOOL)


def test_what_others_say_never_takes_the_place_of_what_was_seen(
    tmp_path: Path, new_store: Callable[[], Store]
) -> None:
    store = new_store()
    keep_observations([FAILED], store)
    brought(store, pack(tmp_path, [FAILED]), origin="them")
    assert [one.origin for one in KnownObservations(store).of("a")["a"]] == [None]
    store.forget("them")
    assert told(store) == {(identifier(FAILED), None)}


def test_trust_stays_until_another_one_is_given(tmp_path: Path, new_store: Callable[[], Store]) -> None:
    store, path = new_store(), pack(tmp_path, [FAILED])
    assert brought(store, path, origin="them", trust=0.125).trust == 0.125
    assert brought(store, path, origin="them").trust == 0.125
    assert KnownObservations(store).trust("them") == 0.125
    assert brought(store, path, origin="them", trust=0.0).trust == 0.0
    for name in ("", "a b", "-x", "x" * 100, "é"):
        with pytest.raises(PackError, match="cannot be called"):
            brought(store, path, origin=name)


def test_a_pack_is_the_same_whatever_the_order(tmp_path: Path) -> None:
    made = packed(EVERYTHING, TOOL)
    assert packed(reversed(EVERYTHING), TOOL) == made
    assert packed([*EVERYTHING, *(replace(each, origin="x") for each in EVERYTHING)], TOOL) == made
    path = pack(tmp_path, EVERYTHING)
    assert read_pack(path, made.digest).digest == made.digest
    with pytest.raises(PackError, match=made.digest):
        read_pack(path, "sha256:" + "0" * 64)


RECORDS = st.lists(
    st.one_of(
        st.builds(failed, st.just("a==1 b==2"), st.sampled_from(["a==1", "a==1 b==2"]), message=st.text()),
        st.builds(passed, st.sampled_from(["a==1", "A==1.0 b==2", "b==2", "c==3"])),
        st.builds(replace, st.just(CHECK), confirmed=st.booleans()),
    ),
    max_size=4,
)


@given(st.lists(st.tuples(st.sampled_from("xy"), RECORDS), max_size=3), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_importing_is_uniting_sets(
    tmp_path_factory: pytest.TempPathFactory, packs: list[tuple[str, list[Record]]], random: Any
) -> None:
    """Commutative, associative, idempotent: only which packs came matters."""
    folder = tmp_path_factory.mktemp("packs")
    paths = [(origin, pack(folder, records, str(number))) for number, (origin, records) in enumerate(packs)]
    others = [*paths, *random.sample(paths, len(paths) // 2)]
    random.shuffle(others)
    stores = []
    for order in (paths, others):
        store = open_store(MEMORY)
        for origin, path in order:
            brought(store, path, origin=origin)
        stores.append(store)
    assert told(stores[0]) == told(stores[1])
    everything = packed(every_record(stores[0]), TOOL)
    assert everything == packed(every_record(stores[1]), TOOL)
    for store in stores:
        store.close()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_pack_or_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("packs") / "pack"
    path.write_bytes(data)
    with pytest.raises(PackError):
        read_pack(path)
    write_lines(path, data)
    with pytest.raises(PackError):
        read_pack(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
WHOLE = json.loads(msgspec.json.encode(FAILED))


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """An observation in which something is something else."""
    found: dict[str, Any] = json.loads(json.dumps(WHOLE))
    place: Any = found
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], (dict, list)) or not place[key] or draw(st.booleans()):
            place[key] = draw(JSON)
            return found
        place = place[key]


@given(st.lists(changed() | JSON, max_size=3))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_records_are_fit_or_told(tmp_path_factory: pytest.TempPathFactory, records: list[Any]) -> None:
    path = tmp_path_factory.mktemp("packs") / "pack"
    write_pack(path, [{"observation": record} for record in records])
    store = open_store(MEMORY)
    found = brought(store, path)
    assert found.observations + found.unfit == len(records)
    kept = {key for key, _ in told(store)}
    assert len(kept) <= found.observations
    again = brought(store, pack(path.parent, list(every_record(store)), "again"), origin="again")
    assert (again.unfit, again.observations, again.fresh) == (0, len(kept), len(kept))
    store.close()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "truncated"),
        (b"{}", "no record of a known kind"),
        (b'{"observation":null}', "no record of a known kind"),
        (b"[" * 100_000, "."),
        (b'{"observation":' * 10_000, "."),
        (b'{"future":1}', "no record of a known kind"),
        (b"\xff\xfe", "."),
        (
            msgspec.json.encode({"observation": replace(FAILED, created_at="2100-01-01")}),
            "not come",
        ),
        (msgspec.json.encode({"observation": replace(FAILED, subject=(release("x==y"),))}), "no version"),
        (msgspec.json.encode({"verdict": replace(CHECK, instrument="")}), "no instrument"),
        (msgspec.json.encode({"verdict": replace(CHECK, created_at="2100-01-01")}), "not come"),
    ],
)
def test_an_unfit_record_is_left_out_and_the_rest_is_kept(tmp_path: Path, line: bytes, why: str) -> None:
    path = tmp_path / "pack"
    write_pack(path, [line, msgspec.json.encode({"observation": PASSED})])
    store = open_store(MEMORY)
    found = brought(store, path)
    assert (found.observations, found.unfit) == (1, 1)
    (unknown,) = found.unknowns
    assert unknown.where == f"{path}: line 2"
    assert msgspec.json.encode(unknown)
    assert re.search(why, unknown.reason)
    store.close()


def lines_of(data: bytes) -> list[bytes]:
    return zstandard.ZstdDecompressor().decompress(data).splitlines(keepends=True)


def test_what_was_changed_is_refused_whole(tmp_path: Path) -> None:
    path = pack(tmp_path, EVERYTHING)
    data = path.read_bytes()
    lines = lines_of(data)
    for number, other in [
        (0, lines[0].replace(b'"observations":2', b'"observations":3')),
        (1, lines[1].replace(b"2026", b"2025")),
        (1, b""),
        (1, lines[1] * 2),
        (len(lines) - 1, b""),
        (len(lines) - 1, lines[-1].rstrip()),
        (len(lines) - 1, lines[-1] + b"\n"),
        (len(lines) - 1, lines[-1] * 2),
        (len(lines) - 1, b'{"digest":"sha256:0"}\n'),
        (0, lines[0].replace(b"pack/1", b"pack/2")),
    ]:
        write_lines(path, b"".join([*lines[:number], other, *lines[number + 1 :]]))
        with pytest.raises(PackError):
            read_pack(path)
    for end in range(0, len(data), 7):
        path.write_bytes(data[:end])
        with pytest.raises(PackError):
            read_pack(path)
    path.write_bytes(data)
    assert sum(not isinstance(each, Unfit) for each in read_pack(path).records(NOW)) == 3


@pytest.mark.parametrize(
    "text",
    [b"\n" * 50_000_000, b"a" * 5_000_000, b'{"a":1}\n' * 600_000],
    ids=["empty lines", "one long line", "many lines"],
)
def test_what_is_larger_than_any_honest_one_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "pack"
    write_lines(path, text)
    with pytest.raises(PackError, match=r"larger than any honest one|it is no pack"):
        read_pack(path)


def test_a_bomb_is_not_expanded(tmp_path: Path) -> None:
    """A head, then spaces within the limit of a line, again and again."""
    path = tmp_path / "pack"
    head = msgspec.json.encode({"pack": "stackwright-pack/1", "tool": {"name": "x", "version": "1"},
                                "observations": 10**6, "verdicts": 0})  # fmt: skip
    write_lines(path, head + b"\n" + (b" " * 1_000_000 + b"\n") * 300)
    assert path.stat().st_size < 100_000
    with pytest.raises(PackError, match="larger than any honest one"):
        read_pack(path)
    with path.open("r+b") as file:
        file.truncate(LARGEST_FILE_BYTES + 1)
    with pytest.raises(PackError, match="MiB"):
        read_pack(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="No such file"):
        read_pack(tmp_path / "gone")
    with pytest.raises(PackError, match="directory"):
        read_pack(tmp_path)
