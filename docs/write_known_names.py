"""Write which top-level modules the wheels of well-known projects hold, and which names are anyone's.

    python docs/write_known_names.py PIGAR.sqlite3 DOWNLOADS.csv

The first is the database that the wheel of pigar ships (BSD-3-Clause): top-level modules of every project on
the index. The second is a list of the most downloaded projects, ``download_count,project`` a line, as
top-pypi-packages publishes it. A module goes to a project only where no other claims it with like right.
"""

from __future__ import annotations

import csv
import re
import sqlite3
import sys
import textwrap
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parent.parent / "analyzers/source/names/known_names.txt"
_POPULAR_RANK = 1500
"""A project downloaded that often keeps its name, however many others hold a copy of it."""
_ANYONES_CLAIMANTS = 25
_ANYONES_ANYWAY = 100
_MOST_CLAIMANTS = 15
_LEAST_LETTERS = 3
_AFFIXES = ("python-*", "*-python", "py*", "django-*", "flask-*")
_HEADER = """\
# Top-level modules that wheels of the 15,000 most downloaded projects hold; read by known_names.py.
# "module: project" where the names differ; "module" alone for a project of that name; "! module" for what so
# many projects hold that it is nobody's: in code without such a file it is a module that was left behind;
# "pattern = module ..." for modules that one project of the whole index holds, whose name the pattern makes.
# Facts from the module database of pigar 2.2.0 (BSD-3-Clause); downloads: top-pypi-packages.
# Written by docs/write_known_names.py.
"""


def main(database: str, downloads: str) -> None:
    """Write the table."""
    ranks = _ranks(Path(downloads))
    identical: list[str] = []
    different: list[str] = []
    anyones: list[str] = []
    affixed: dict[str, list[str]] = defaultdict(list)
    for module, claimants in sorted(_claims(database).items()):
        best = min(claimants, key=lambda name: (ranks.get(name, len(ranks)), name))
        own = _normalized(module)
        rank = ranks.get(own, len(ranks)) if own in claimants else len(ranks)
        is_nobodys = len(claimants) >= _ANYONES_CLAIMANTS and rank == len(ranks)
        if (is_nobodys or len(claimants) >= _ANYONES_ANYWAY) and rank > _POPULAR_RANK:
            anyones.append(f"! {module}")
        elif rank < len(ranks):
            identical.append(module)
        elif len(claimants) == 1 and (affix := _affix(module, best)):
            affixed[affix].append(module)
        elif best in ranks and _belongs(module, best, len(claimants), ranks[best]):
            different.append(f"{module}: {best}")
    lines = [*_wrapped(identical), *different, *anyones]
    lines += [f"{affix} = {line}" for affix in sorted(affixed) for line in _wrapped(affixed[affix])]
    TARGET.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def _wrapped(names: list[str]) -> list[str]:
    return textwrap.wrap(" ".join(names), 110, break_long_words=False, break_on_hyphens=False)


def _affix(module: str, project: str) -> str | None:
    """The pattern of a name that a module is the rest of, as ``python-*``; None where it is not."""
    name = _normalized(module)
    return next((affix for affix in _AFFIXES if affix.replace("*", name) == project), None)


def _belongs(module: str, project: str, claimants: int, rank: int) -> bool:
    """Whether a project of another name may be taken for the one that is meant."""
    if module.startswith("_") or len(module) < _LEAST_LETTERS:
        return False
    here, there = module.replace("_", "").lower(), project.replace("-", "")
    is_alike = here in there or there in here
    return claimants == 1 or (claimants <= _MOST_CLAIMANTS and (is_alike or rank < _POPULAR_RANK))


def _ranks(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8", newline="") as file:
        names = [row["project"] for row in csv.DictReader(file)]
    return {_normalized(name): rank for rank, name in enumerate(names)}


def _claims(database: str) -> dict[str, set[str]]:
    """Module to the projects that hold it."""
    found: dict[str, set[str]] = defaultdict(set)
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT d.name, t.name FROM top_level_module_names t "
            "JOIN distributions d ON d.id = t.distribution_id"
        )
        for project, module in rows:
            if module.isidentifier() and module.isascii() and module not in sys.stdlib_module_names:
                found[module].add(_normalized(project))
    return found


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main(*sys.argv[1:])
