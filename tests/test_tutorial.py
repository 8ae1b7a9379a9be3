"""The tutorial and the README, typed from their beginning to their end, show what they say they do."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.forecast import copied, forecast_image, forecast_index
from fakes.images.image_files import write_docker_archive
from fakes.indexes.server import IndexServer
from fakes.searching.landscapes import drawn, faults, stacks, total
from fakes.transcripts import BLOCK, is_shown, transcript
from resolver.landscapes.instance import InstanceLandscape
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk

ROOT = Path(__file__).parents[1]
COLUMNS = 80
BLOCK_OR_FILE = re.compile(
    rf"{BLOCK.pattern}|`([\w/-]+\.(?:py|toml|yaml))`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(forecast_index()) as running:
        yield running


def typed(document: Path, stackwright: Commands, server: IndexServer) -> Iterator[tuple[str, str]]:
    """Each block of a document, beside what a terminal of 80 columns shows."""
    copied(stackwright.folder)
    write_docker_archive(stackwright.path("forecast.tar"), forecast_image())
    stackwright.environ["PYTHONPATH"] = str(stackwright.home)
    for block, name, content in BLOCK_OR_FILE.findall(document.read_text()):
        if name:
            stackwright.write(name, content)
        else:
            run = stackwright.run if "extending" in document.name else None
            shown = transcript(block, stackwright, COLUMNS, run)
            yield block, shown.replace(server.origin, "https://index.example")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md", "docs/extending.md"])
def test_a_reader_sees_what_is_told(name: str, stackwright: Commands, server: IndexServer) -> None:
    count = 0
    for told, shown in typed(ROOT / name, stackwright, server):
        assert is_shown(told, shown), f"it shows:\n{shown}"
        count += 1
    assert count


def test_the_predictor_that_readers_write_moves_and_finds_better_stacks() -> None:
    text = (ROOT / "docs" / "extending.md").read_text()
    written = {name: content for _, name, content in BLOCK_OR_FILE.findall(text)}
    house: dict[str, object] = {}
    exec(written["house/house.py"], house)
    sweep = house["Sweep"]
    assert isinstance(sweep, type)
    gained = moved = 0
    for seed in range(30):
        instance = drawn(random.Random(seed), 6)
        first = next(stacks(instance), None)
        if first is None:
            continue
        search = Search(Walk(InstanceLandscape(instance), first), seed=seed, limit=500, keep=1)
        for _ in sweep().steps(search):
            assert not faults(instance, search.walk.stack())
        assert search.best_score >= total(instance, first)
        gained += search.best_score > total(instance, first)
        moved += search.moves > 0
    assert (gained > 0, moved > 0) == (True, True)


@pytest.mark.parametrize(
    ("told", "is_right"),
    [
        ("$ a\none\n…\nfour\n", True),
        ("$ a\none\ntwo\n…\n", True),
        ("$ a\none\n  …\ntwo\n…\nfour\n", True),
        ("$ a\none\nfour\n", False),
        ("$ a\n…\nfive\n", False),
        ("$ a\none\ntwo\nthree\n", False),
    ],
)
def test_only_lines_that_are_said_to_be_left_out_may_be_missing(told: str, is_right: bool) -> None:
    assert is_shown(told, "$ a\none\ntwo\nthree\nfour\n") is is_right
