"""The tutorial and the README, typed from their beginning to their end, show what they say they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.forecast import copied, forecast_image, forecast_index
from fakes.image_files import write_docker_archive
from fakes.server import IndexServer
from fakes.transcripts import BLOCK, is_shown, transcript

ROOT = Path(__file__).parents[1]
COLUMNS = 80
BLOCK_OR_SCRIPT = re.compile(
    rf"{BLOCK.pattern}|in `(\w+\.py)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(forecast_index()) as running:
        yield running


def typed(document: Path, stackwright: Commands, server: IndexServer) -> Iterator[tuple[str, str]]:
    """Each block of a document, beside what a terminal of 80 columns shows."""
    copied(stackwright.folder)
    write_docker_archive(stackwright.path("forecast.tar"), forecast_image())
    for block, name, script in BLOCK_OR_SCRIPT.findall(document.read_text()):
        if name:
            stackwright.write(name, script)
        else:
            yield (
                block,
                transcript(block, stackwright, COLUMNS).replace(server.origin, "https://index.example"),
            )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md"])
def test_a_reader_sees_what_is_told(name: str, stackwright: Commands, server: IndexServer) -> None:
    count = 0
    for told, shown in typed(ROOT / name, stackwright, server):
        assert is_shown(told, shown), f"it shows:\n{shown}"
        count += 1
    assert count
