"""Searches as pictures, pages and tables, also those of which there is little to show."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from resolver.errors import InputError
from resolver.landscapes.history import SearchHistory
from resolver.outputs.histories import SUFFIXES, as_csv, comparison, write_history

HOSTILE = "</svg><script>alert(1)</script>"


def history(
    predictor: str = "annealing", moves: int = 3_000, signals: Mapping[str, float] | None = None
) -> SearchHistory:
    """A search that gets better by one at every hundredth move."""
    made = tuple(range(0, moves + 1, 100))
    best = tuple(-1_000_000 + move for move in made)
    shown = signals or {}
    return SearchHistory(
        predictor=predictor, every=100, moves=made, score=tuple(b - 500 for b in best), best=best,
        bound=(0,) * len(made),
        signals={name: (None, *(value / (m + 1) for m in made[1:])) for name, value in shown.items()},
    )  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "told",
    [
        history(signals={"temperature": 1e6}),
        history(moves=0),
        history(moves=0, signals={"temperature": 1.0}),
        history(moves=100, signals={"reward": -1.0}),
        history(predictor=HOSTILE, signals={"temperature": 1.0, HOSTILE: 2.0, "$": 3.0}),
    ],
    ids=["long", "first stack", "no signal yet", "short", "hostile"],
)
def test_whatever_happened_can_be_drawn(tmp_path: Path, suffix: str, told: SearchHistory) -> None:
    one, several = tmp_path / f"one{suffix}", tmp_path / f"several{suffix}"
    write_history(told, one)
    comparison({"a": [told, told], HOSTILE: [told]}, several, "of one instance")
    for path in (one, several):
        data = path.read_bytes()
        assert data
        if suffix in (".svg", ".html"):
            assert b"<script" not in data
        if suffix == ".svg":
            assert ElementTree.fromstring(data).tag.endswith("svg")


def test_a_table_has_what_was_kept() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(history(moves=200, signals={"temperature": 10.0})))))
    assert [row["moves"] for row in rows] == ["0", "100", "200"]
    assert rows[0]["temperature"] == ""
    assert rows[1] == {
        "moves": "100", "score": "-1000400", "best": "-999900", "bound": "0",
        "temperature": str(10.0 / 101),
    }  # fmt: skip


def test_a_comparison_shows_every_label_and_the_tightest_bound(tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    comparison({"one": [history(), history(moves=2_000)], "other": [history(moves=500)]}, page)
    text = page.read_text()
    assert re.search(r"one \(median of 2, shaded: worst to best\)", text)
    assert text.count("<tr>") == 4
    assert text.count('class="band') == 2  # in both sizes


def test_a_page_needs_nothing_else_and_follows_the_reader(tmp_path: Path) -> None:
    page = tmp_path / "one.html"
    write_history(history(signals={"temperature": 5.0}), page)
    text = page.read_text()
    assert "default-src 'none'" in text and "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text and "max-width: 600px" in text
    assert not re.search(r"https?:|url\((?!#)|@import", text)
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) == 4


def test_a_comparison_into_a_file_of_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--plot .*c\.gif: the name does not say a format"):
        comparison({"one": [history()]}, tmp_path / "c.gif")
