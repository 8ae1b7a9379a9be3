"""Comments by which a line asks that findings about it be left out.

``# stackwright: ignore`` stands for every finding, ``# stackwright: ignore[unused-dependency]`` for those
that are named. The same comments for other tools count, too, with the codes that mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

Place = tuple[str, int | None]
"""A file by its path, and the cell of a notebook."""

_COMMENT = re.compile(r"#\s*(stackwright|deptry)\s*:\s*ignore\b(?:\s*\[([^\]\n]*)\])?")
_CODES: Mapping[str, Mapping[str, str]] = {
    "deptry": {
        "DEP001": "undeclared-dependency",
        "DEP002": "unused-dependency",
        "DEP003": "transitive-dependency",
        "DEP004": "misplaced-dev-dependency",
        "DEP005": "standard-library-dependency",
    }
}
_LIMIT = 10_000


class Suppression(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What one line asks for.

    Attributes:
        ids: of findings; empty for every one.
    """

    line: int
    ids: tuple[str, ...] = ()

    def covers(self, finding_id: str) -> bool:
        """Whether a finding of that kind on this line is left out."""
        return not self.ids or finding_id in self.ids


def read_suppressions(text: str) -> tuple[Suppression, ...]:
    """The suppressions in a file, source or manifest, by line from 1."""
    if "ignore" not in text or ("stackwright" not in text and "deptry" not in text):
        return ()
    found: list[Suppression] = []
    line, counted_to = 1, 0
    for comment in _COMMENT.finditer(text):
        line += text.count("\n", counted_to, comment.start())
        counted_to = comment.start()
        if comment[2] is None:
            found.append(Suppression(line))
        elif ids := _ids(comment[1], comment[2]):
            found.append(Suppression(line, ids))
        if len(found) >= _LIMIT:
            break
    return tuple(found)


def _ids(tool: str, written: str) -> tuple[str, ...]:
    """The ids in brackets; a code that is not known here stands for no finding."""
    codes = [code.strip() for code in written.split(",") if code.strip()]
    if tool in _CODES:
        return tuple(_CODES[tool][code] for code in codes if code in _CODES[tool])
    return tuple(codes)


Suppressions = Mapping[Place, Sequence[Suppression]]
"""Of each file, or each cell of a notebook; lines count from its start."""


class Suppressed:
    """Which places ask that findings about them be left out.

    Args:
        suppressions: that files hold.
    """

    def __init__(self, suppressions: Suppressions | None = None) -> None:
        self._by_line = {
            place: {one.line: one for one in each} for place, each in (suppressions or {}).items() if each
        }

    def covers(self, finding_id: str, place: Place, line: int | None, end_line: int | None = None) -> bool:
        """Whether one of the lines, first to last, asks for it."""
        lines = self._by_line.get(place)
        if lines is None or line is None:
            return False
        return any(
            number in lines and lines[number].covers(finding_id)
            for number in range(line, min(end_line or line, line + _LIMIT) + 1)
        )
