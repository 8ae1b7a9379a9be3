"""Benchmarks as data: what ships is sound, and every fault has its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import BenchmarkError
from knowledge.measuring.benchmarks import read_benchmarks, shipped_benchmarks
from knowledge.measuring.symbols import matches

GOOD = """\
benchmarks:
  - id: lib-work
    project: lib
    stands_for: [lib.work]
    size: little
    setup: |
      import lib
    statement: lib.work()
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def test_what_ships_is_read_and_each_has_a_name_of_its_own() -> None:
    found = list(shipped_benchmarks())
    assert len({one.id for one in found}) == len(found) > 30
    assert {"numpy", "pandas", "polars", "orjson"} <= {one.project for one in found}
    assert all(one.size and one.setup for one in found)


def test_json_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(
        '{"benchmarks": [{"id": "a", "project": "lib", "stands_for": ["lib.x"], "statement": "1 + 1"}]}'
    )
    assert [one.statement for one in read_benchmarks(path)] == ["1 + 1"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("statement: lib.work()", "statement: 'lib.work('", ":8:16: benchmark lib-work: statement is no"),
        ("id: lib-work", "id: Lib Work", ":2:9: benchmark Lib Work: its id is not made of"),
        ("project: lib", "project: My_Lib", ":3:14: benchmark lib-work: the name of its project is"),
        ("[lib.work]", "[]", ":4:17: benchmark lib-work: it stands for no symbol"),
        ("[lib.work]", "['lib work']", ":4:17: benchmark lib-work: 'lib work' is no symbol"),
        ("    size: little\n", "    weight: 3\n", "field"),
        ("    statement: lib.work()\n", "", ":2:9: benchmark lib-work: it needs a statement or a script"),
        ("lib.work()", "lib.work()\n    script: print()", ":2:9: benchmark lib-work: it needs a"),
        ("    size: little\n", "    size: little\n    size: much\n", ":6:5: size is stated twice"),
        ("size: little", "size: *other", "mine.yaml:5"),
        ("stands_for: [lib.work]", "stands_for: lib.work", ":4:17: stands_for: expected `array`"),
        ("size: little", "size: \tlittle: x: [", "mine.yaml:5"),
        ("benchmarks:", "marks:", ":1:1: object contains unknown field `marks`"),
        (GOOD, "", "expected `object`"),
        (GOOD, "a: " + "[" * 100, "mine.yaml"),
    ],
)  # fmt: skip
def test_faults_have_their_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(BenchmarkError) as caught:
        read_benchmarks(written(tmp_path, GOOD.replace(old, new)))
    assert told in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "mine.yaml"))
    assert caught.value.__notes__


def test_two_of_one_name_are_told(tmp_path: Path) -> None:
    twice = GOOD + GOOD.partition("\n")[2]
    with pytest.raises(BenchmarkError, match=":9:5: two benchmarks are named lib-work"):
        read_benchmarks(written(tmp_path, twice))


def test_a_file_that_is_no_text_or_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    with pytest.raises(BenchmarkError, match="No such file"):
        read_benchmarks(path)
    path.write_bytes(b"\xff\xfe\x00" * 10)
    with pytest.raises(BenchmarkError):
        read_benchmarks(path)
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(BenchmarkError, match="larger"):
        read_benchmarks(path)


@pytest.mark.parametrize(
    ("symbol", "pattern", "expected"),
    [
        ("numpy.unique", "numpy.unique", True),
        ("numpy.unique_all", "numpy.unique", False),
        ("numpy.random.rand().sort", "numpy.*.sort", True),
        ("numpy.sort", "numpy.*.sort", False),
        ("pandas.DataFrame[].str.contains", "pandas.*.str.contains", True),
        ("pandas.DataFrame[].a", "pandas.DataFrame[].a", True),
    ],
)
def test_symbols_match_as_scans_name_them(symbol: str, pattern: str, expected: bool) -> None:
    assert matches(symbol, (pattern,)) is expected
