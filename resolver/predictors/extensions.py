"""Predictors of other distributions, by entry points of the group ``stackwright.predictors``.

As with units, nothing is looked for or loaded before a predictor that does not ship is named, or all are
listed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from resolver.errors import InputError
from resolver.predictors.protocol import Predictor
from resolver.units.extensions import made_by

GROUP = "stackwright.predictors"


def installed() -> dict[str, EntryPoint]:
    """The entry points, by the name of their predictor. Nothing is loaded."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value))}


def load(point: EntryPoint) -> Callable[[], Predictor]:
    """What makes the predictor that an entry point leads to.

    Raises:
        InputError: it cannot be loaded, or what was loaded makes no predictor.
    """
    distribution = made_by(point)
    where = f"predictor {point.name} of {distribution} ({point.value})"
    remedy = f"upgrade or uninstall {distribution}"
    try:
        make: Callable[[], Predictor] = point.load()
        predictor = make()
    except Exception as error:  # whatever other people's code does wrong
        raise InputError(f"{where} cannot be loaded: {type(error).__name__}: {error}", remedy) from error
    if not callable(getattr(predictor, "steps", None)) or not hasattr(predictor, "improves"):
        raise InputError(f"{where} needs name, improves and steps", remedy)
    if getattr(predictor, "name", None) != point.name:
        raise InputError(f"{where} calls itself {getattr(predictor, 'name', None)!r}", remedy)
    return make
