"""Units and predictors of other distributions that raise wherever they are touched."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

import cli
from fakes.commands import Commands

GOOD: Mapping[str, str] = {
    "module": "",
    "call": "",
    "name": "name = 'greedy'",
    "improves": "improves = True",
    "steps": "def steps(self, search):\n        yield",
    "applies": "def applies(self, context): return True",
    "verb": "def refuses(self, release, context): return None",
}
RAISES = (
    "raise ValueError('bad')",
    "raise SystemExit(7)",
    "raise KeyError",
    "raise RecursionError",
    "raise BaseException('worse')",
    "raise Odd",
    "return 1 / 0",
    "return object()",
    "return None",
)
_IN_A_RUN = ("steps", "applies", "verb")
"""Once it is loaded, code of others ends the process if it wants to."""
ODD = "class Odd(Exception):\n    def __str__(self): raise RuntimeError('no words')\n"


def code(place: str, line: str) -> str:
    """The module of a plug-in in which one place is bad."""
    if place == "module":
        return ODD + (f"{line}\n" if line.startswith("raise") else "")
    parts = dict(GOOD)
    bad = {
        "call": f"def __init__(self):\n        {line}",
        "name": f"@property\n    def name(self):\n        {line}",
        "improves": f"@property\n    def improves(self):\n        {line}",
        "steps": f"def steps(self, search):\n        {line}",
        "applies": f"def applies(self, context):\n        {line}",
        "verb": f"def refuses(self, *_):\n        {line}",
    }
    parts[place] = bad[place]
    return ODD + "class Greedy:\n    " + "\n    ".join(part for part in parts.values() if part) + "\n"


@pytest.mark.parametrize("place", GOOD)
@pytest.mark.parametrize("group", ["predictors", "units"])
def test_a_bad_plugin_is_told_and_named(
    stackwright: Commands, group: str, place: str, seconds: float
) -> None:
    """In two lines, or by its own lines in the trace of a bug."""
    site = stackwright.path("site")
    about = "Metadata-Version: 2.1\nName: greedy\nVersion: 1.0\n"
    stackwright.write("site/greedy-1.0.dist-info/METADATA", about)
    points = f"[stackwright.{group}]\ngreedy = greedy_moves:Greedy\n"
    stackwright.write("site/greedy-1.0.dist-info/entry_points.txt", points)
    stackwright.write("pipeline.toml", "[greedy]\nenabled = true\n")
    asked = ["--predictor", "greedy"] if group == "predictors" else ["--pipeline", "pipeline.toml"]
    end = time.monotonic() + seconds
    for line in RAISES:
        if "SystemExit" in line and place in _IN_A_RUN:
            continue
        stackwright.write("site/greedy_moves.py", code(place, line))
        for command in (["units", "list"], ["advise", "flask", *asked]):
            ran = stackwright.run(*command, PYTHONPATH=str(site))
            if ran.code not in {cli.DONE, cli.NO_SOLUTION}:
                assert "greedy" in ran.err, (line, ran.code, ran.err)
                assert ran.code == cli.BAD_INPUT or "greedy_moves.py" in ran.err, (line, ran.code, ran.err)
        if time.monotonic() > end:
            break
