"""The wheel that comes nearest to a target that can install none: what a refusal should name."""

from __future__ import annotations

import re

from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.targets.target import Target

_MOST_TAGS = 200
_LONGEST_TAGS = 120
_PYTHON = re.compile(r"(py|cp|pp|graalpy)([0-9])([0-9]{0,3})", re.ASCII)


def nearest_wheel(project: Project, releases: int, target: Target) -> str | None:
    """Such as ``1.0 has cp311-cp311-win_amd64``: of the releases in a mask, the nearest and then newest.

    A wheel for the target's platform and another Python is nearer than one for another platform.
    """
    listing = project.listing
    if listing is None:
        return None
    likeness = _Likeness(target)
    newest = {shape: at for at, shape in enumerate(listing.shape_of) if releases & bit(at)}
    found: list[tuple[tuple[float, float], int, str]] = []
    for shape, position in newest.items():
        tags = (one.tags for one in listing.shapes[shape][:_MOST_TAGS])
        whole = (text for text in tags if text.count("-") == 2 and len(text) <= _LONGEST_TAGS)
        found.extend((likeness.of(text), position, text) for text in whole)
    if not found:
        return None
    _, position, text = max(found)
    return f"{project.version(position)} has {text}"


class _Likeness:
    """How much wheels resemble those of one target; every tag is looked at once."""

    def __init__(self, target: Target) -> None:
        self._python = target.python
        self._interpreters = {tag.partition("-")[0] for tag in target.tags}
        self._platforms = {tag.rpartition("-")[2] for tag in target.tags}
        self._known: dict[str, float] = {}

    def of(self, tags: str) -> tuple[float, float]:
        """Of the platform, 1 at the most, and then of the Python, 0 at the most."""
        interpreters, _, platforms = (part.split(".") for part in tags.lower().split("-"))
        return max(map(self._of_platform, platforms)), max(map(self._of_interpreter, interpreters))

    def _of_platform(self, platform: str) -> float:
        if platform in self._platforms:
            return 1.0
        if platform not in self._known:
            from difflib import SequenceMatcher

            ratios = (SequenceMatcher(None, platform, other).ratio() for other in self._platforms)
            self._known[platform] = min(round(max(ratios), 3), 0.999)
        return self._known[platform]

    def _of_interpreter(self, interpreter: str) -> float:
        """Minus the number of minor versions of Python that lie between."""
        if interpreter in self._interpreters:
            return 0.0
        match = _PYTHON.fullmatch(interpreter)
        if match is None or int(match[2]) != self._python.major:
            return -100.0
        return -abs(int(match[3] or 0) - self._python.minor) - 0.5
