"""How likely releases are drawn: as a file says, or the likelier the nearer in time they were uploaded.

A file is a JSON or TOML object: project to a weight, or to an object of specifiers to weights, of which the
first that admits a release counts. What it does not name weighs 1; what weighs 0 is never drawn.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from resolver.errors import InputError
from resolver.monkey.terrain import Terrain

HALF_LIFE_DAYS = 365.0
"""A release that is so much farther in time weighs half as much."""
LARGEST_BYTES = 4 << 20


class Weights(Protocol):
    """Says how likely releases are drawn."""

    def begin(self, chance: random.Random) -> None:
        """A further stack is going to be drawn."""

    def of(self, project: int, positions: Sequence[int]) -> Sequence[float]:
        """Of each of these releases; relative to each other."""


class EvenWeights:
    """Every release is as likely as any other."""

    def begin(self, chance: random.Random) -> None:
        """Nothing changes."""

    def of(self, project: int, positions: Sequence[int]) -> Sequence[float]:
        """All alike."""
        return [1.0] * len(positions)


class TemporalWeights:
    """Each stack gets a moment, drawn from the uploads of what is required; releases near it are likelier.

    What people install together was mostly current together; such stacks are what others run.
    """

    def __init__(self, terrain: Terrain) -> None:
        self._days = [
            {one.position: day for one in known if (day := _day(one.uploaded_at)) is not None}
            for known in terrain.releases
        ]
        self._anchors = [day for project in terrain.direct for day in self._days[project].values()]
        self._anchor: float | None = None

    def begin(self, chance: random.Random) -> None:
        """Draw the moment."""
        self._anchor = chance.choice(self._anchors) if self._anchors else None

    def of(self, project: int, positions: Sequence[int]) -> Sequence[float]:
        """By distance from the moment; a release of unknown age is as likely as one of the moment."""
        if self._anchor is None:
            return [1.0] * len(positions)
        days, anchor = self._days[project], self._anchor
        return [0.5 ** (abs(days.get(at, anchor) - anchor) / HALF_LIFE_DAYS) for at in positions]


class StatedWeights:
    """Those of a file."""

    def __init__(self, terrain: Terrain, stated: Mapping[str, Mapping[str, float]]) -> None:
        self._weights: list[dict[int, float]] = []
        for number, project in enumerate(terrain.instance.projects):
            rows = [(SpecifierSet(text), weight) for text, weight in stated.get(project.name, {}).items()]
            found: dict[int, float] = {}
            for one in terrain.releases[number]:
                version = one.file.version
                fitting = (weight for admits, weight in rows if admits.contains(version, prereleases=True))
                found[one.position] = next(fitting, 1.0)
            self._weights.append(found)

    def begin(self, chance: random.Random) -> None:
        """Nothing changes."""

    def of(self, project: int, positions: Sequence[int]) -> Sequence[float]:
        """As stated."""
        return [self._weights[project].get(at, 1.0) for at in positions]


def read_weights(path: Path) -> dict[str, dict[str, float]]:
    """Normalised project name to specifiers and weights.

    Raises:
        InputError: it is no such file.
    """
    import json
    import tomllib

    with path.open("rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    try:
        if len(data) > LARGEST_BYTES:
            raise ValueError(f"it is larger than {LARGEST_BYTES} bytes")
        text = data.decode()
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        if not isinstance(document, dict):
            raise ValueError("it is no object")
        return {str(canonicalize_name(name)): _rows(name, stated) for name, stated in document.items()}
    except (ValueError, RecursionError, InvalidSpecifier) as error:
        remedy = 'write, as TOML: [flask] then ">=3" = 2.0, or flask = 0.5'
        raise InputError(f"{path}: {error}"[:300], remedy) from error


def _rows(name: str, stated: object) -> dict[str, float]:
    rows = stated if isinstance(stated, dict) else {"": stated}
    found: dict[str, float] = {}
    for text, weight in rows.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < 1e9:
            raise ValueError(f"the weight of {name} {text} is no number from 0")
        SpecifierSet(text)
        found[text] = float(weight)
    return found


def _day(uploaded_at: str | None) -> float | None:
    try:
        return datetime.datetime.fromisoformat(uploaded_at or "").timestamp() / 86_400
    except ValueError:
        return None
