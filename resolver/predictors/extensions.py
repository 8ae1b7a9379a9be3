"""Predictors of other distributions, by entry points of the group ``stackwright.predictors``.

As with units, nothing is looked for or loaded before a predictor that does not ship is named, or all are
listed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint

from resolver.errors import InputError
from resolver.predictors.protocol import Predictor
from resolver.units.extensions import made_by, points_of, words

GROUP = "stackwright.predictors"


def installed() -> dict[str, EntryPoint]:
    """The entry points, by the name of their predictor. Nothing is loaded."""
    return points_of(GROUP)


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
        is_whole = callable(getattr(predictor, "steps", None)) and hasattr(predictor, "improves")
        name = repr(getattr(predictor, "name", None))
    except (Exception, SystemExit) as error:  # whatever other people's code does wrong
        raise InputError(f"{where} cannot be loaded: {words(error)}", remedy) from error
    if not is_whole:
        raise InputError(f"{where} needs name, improves and steps", remedy)
    if name != repr(point.name):
        raise InputError(f"{where} calls itself {name}", remedy)
    return make
