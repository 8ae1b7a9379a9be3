"""The page on signals says what the code says, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from analyzers.source.security import RULES
from analyzers.source.signals.hardware_signals import Accelerator, Strength
from analyzers.source.signals.syntax import MINIMUM

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "scan-signals.md").read_text()


def rows(title: str) -> list[list[str]]:
    section = re.split(rf"^##+ {title}$", PAGE, flags=re.MULTILINE)[1].partition("\n#")[0]
    cells = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip("`") for cell in row] for row in cells]


def test_every_feature_is_documented() -> None:
    expected = [
        [name, f"{first[0]}.{first[1]}" if first else "Python 2 only"] for name, first in MINIMUM.items()
    ]
    assert rows("Features of the syntax") == expected


def test_every_rule_is_documented() -> None:
    assert rows("Security") == [
        [rule.id, rule.severity, rule.confidence, rule.message] for rule in RULES.values()
    ]


def test_every_strength_and_kind_of_hardware_is_documented() -> None:
    assert [row[0] for row in rows("Hardware")] == list(Strength)
    assert all(f"`{kind}`" in PAGE.partition("## Hardware")[2] for kind in Accelerator)
