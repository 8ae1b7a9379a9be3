"""Units of other distributions, by entry points of the group ``stackwright.units``.

An entry point is named like its unit and leads to a class that can be called without arguments. Looking
through what is installed takes some 10 ms, and loading runs code of others: so both happen only where
settings name a unit that does not ship, or where all units are listed.
"""

from __future__ import annotations

import traceback
from importlib.metadata import EntryPoint, entry_points

import msgspec

from resolver.errors import InputError
from resolver.units.kinds import VERBS, kind_of
from resolver.units.verbs import Unit

GROUP = "stackwright.units"


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of another distribution.

    Attributes:
        kind: field of `resolver.pipeline.Pipeline`.
        distribution: name and version of what it came with.
    """

    unit: Unit
    kind: str
    distribution: str


def installed() -> dict[str, EntryPoint]:
    """The entry points, by the name of their unit. Nothing is loaded."""
    return points_of(GROUP)


def points_of(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name, the same one at every run where several have it."""
    return {point.name: point for point in sorted(entry_points(group=group), key=lambda p: (p.name, p.value))}


def load(point: EntryPoint) -> Extension:
    """The unit that an entry point leads to.

    Raises:
        InputError: it cannot be loaded, or what was loaded is no unit.
    """
    distribution = made_by(point)
    where = f"unit {point.name} of {distribution} ({point.value})"
    remedy = f"upgrade or uninstall {distribution}"
    try:
        unit: Unit = point.load()()
        kind, name = kind_of(unit), repr(getattr(unit, "name", None))
        is_whole = callable(getattr(unit, "applies", None))
    except (Exception, SystemExit) as error:  # whatever other people's code does wrong
        raise InputError(f"{where} cannot be loaded: {words(error)}", remedy) from error
    if kind is None or not is_whole:
        raise InputError(f"{where} needs applies and one of {', '.join(VERBS.values())}", remedy)
    if name != repr(point.name):
        raise InputError(f"{where} calls itself {name}", remedy)
    return Extension(unit=unit, kind=kind, distribution=distribution)


def words(error: BaseException) -> str:
    """What an error of other people's code says, which may itself not work."""
    return "".join(traceback.format_exception_only(error)).strip()


def made_by(point: EntryPoint) -> str:
    """Name and version of the distribution that has an entry point."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unnamed distribution"
