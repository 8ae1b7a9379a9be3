"""A run of Dependency Monkey over tiny wheels, of which some fail together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fakes.indexes.index import FakeIndex

COUNT = 9
_OF_THE_RUN = ("created_at", "input", "seconds", "slow", "confinement")


def monkey_index() -> FakeIndex:
    """An app whose old release needs something of lib that its newest release no longer has."""
    index = FakeIndex()
    for version, text in (
        ("1.0", "from lib import gone\n"),
        ("2.0", "import lib\n"),
        ("3.0", "import lib\n"),
    ):
        index.add("app", version, requires=["lib"], contents={"app/__init__.py": text.encode()})
    for version, text in (("1.0", "gone = 1\n"), ("2.0", "gone = 1\n"), ("3.0", "")):
        index.add("lib", version, contents={"lib/__init__.py": text.encode()})
    return index


def told(folder: Path) -> Any:
    """What the report of a run says, without what differs between any two runs."""
    report = json.loads((folder / "report.json").read_text())
    return {key: value for key, value in report.items() if key not in _OF_THE_RUN}
