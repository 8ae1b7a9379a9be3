"""Where to read about a release, from what it states itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel

METADATA = """\
Metadata-Version: 2.1
Name: linked
Version: 1.0
Home-page: https://home.example/
Project-URL: Release Notes, https://notes.example/
Project-URL: Source Code, https://code.example/
Project-URL: Documentation, https://docs.example/
Project-URL: Funding, javascript:alert(1)
"""


@pytest.fixture
def stackwright(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    index = FakeIndex()
    name = "linked-1.0-py3-none-any.whl"
    content = build_wheel("linked", "1.0", metadata=METADATA.encode())
    index.add_file("linked", name, content, metadata=METADATA.encode())
    index.add("plain", "1.0")
    with IndexServer(index) as server:
        yield Commands(tmp_path_factory.mktemp("links"), server.url)


def test_what_changed_comes_first_and_then_the_source(stackwright: Commands) -> None:
    pins = stackwright.main("advise", "linked", "plain", "--format", "json", "-q").json["pins"]
    told = {
        pin["name"]: [(reason["message"], reason["link"]) for reason in pin["reasons"] if "link" in reason]
        for pin in pins
    }
    assert told == {
        "linked": [
            ("changes: https://notes.example/", "https://notes.example/"),
            ("source: https://code.example/", "https://code.example/"),
        ],
        "plain": [],
    }


def test_links_are_kept_for_later_runs(stackwright: Commands) -> None:
    first = stackwright.main("advise", "linked", "--format", "json", "-q").json
    again = stackwright.main("advise", "linked", "--format", "json", "-q", "--offline").json
    assert [pin["reasons"] for pin in again["pins"]] == [pin["reasons"] for pin in first["pins"]]
