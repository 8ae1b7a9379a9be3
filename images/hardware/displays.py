"""Whether graphical programs could open a window."""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.evidence import Confidence
from images.facts.environment import Fact

_VARIABLES = ("WAYLAND_DISPLAY", "DISPLAY")


def display_facts(environ: Mapping[str, str]) -> dict[str, Fact]:
    """``display``, by the variables that programs follow; a program may still start a display of its own."""
    for name in _VARIABLES:
        if environ.get(name):
            return {"display": Fact(value=True, source=f"variable {name}", confidence=Confidence.LIKELY)}
    source = f"no variable {' or '.join(_VARIABLES)}"
    return {"display": Fact(value=False, source=source, confidence=Confidence.LIKELY)}
