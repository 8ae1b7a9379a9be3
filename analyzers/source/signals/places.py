"""Places of uses by number, in little memory: a scan of a large project has hundreds of thousands."""

from __future__ import annotations

from array import array

Place = tuple[str, int, int, int]
"""File, cell (-1 for none), line and column: sorted as sites are."""


class Places:
    """Gives places numbers, from 0; the same place may have several."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._numbers: dict[str, int] = {}
        # Four machine integers for each: as tuples they would take five times the memory.
        self._places = array("i")

    def add(self, file: str, cell: int | None, line: int, column: int) -> int:
        """The number of a place."""
        number = self._numbers.get(file)
        if number is None:
            number = self._numbers[file] = len(self._files)
            self._files.append(file)
        self._places.extend((number, -1 if cell is None else cell, line, column))
        return len(self._places) // 4 - 1

    def at(self, number: int) -> Place:
        """The place that has a number."""
        file, cell, line, column = self._places[4 * number : 4 * number + 4]
        return self._files[file], cell, line, column
