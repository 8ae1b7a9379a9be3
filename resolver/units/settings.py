"""What a user changes about units: which take part, in which order, with which parameters and weights.

A table has an entry for each unit that is changed, and ``order``; it stands in a project's ``pyproject.toml``
or in a file of its own. Values are checked here, names where the units are known: `resolver.units.assembly`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import msgspec

from resolver.errors import InputError

TABLE = "[tool.stackwright.units]"
LARGEST_FILE_BYTES = 1 << 20
_ORDER, _ENABLED, _WEIGHT = "order", "enabled", "weight"
_HEAVIEST = 1000


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A value with the place where it was stated."""

    value: object
    place: str


class UnitSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is changed about the units.

    Attributes:
        enabled: name to whether a unit takes part where it applies.
        weights: name of a step to what its scores are multiplied with, in thousandths.
        parameters: name to parameters by name.
        order: names of units that come first among those of their kind.
        places: name of every unit that is mentioned to where that is.
    """

    enabled: Mapping[str, bool] = msgspec.field(default_factory=dict)
    weights: Mapping[str, int] = msgspec.field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Setting]] = msgspec.field(default_factory=dict)
    order: tuple[str, ...] = ()
    places: Mapping[str, str] = msgspec.field(default_factory=dict)

    def overridden_by(self, other: UnitSettings) -> UnitSettings:
        """These, but for what the other ones state, value by value; an order replaces the other."""
        names = self.parameters.keys() | other.parameters.keys()
        return UnitSettings(
            enabled={**self.enabled, **other.enabled},
            weights={**self.weights, **other.weights},
            parameters={n: {**self.parameters.get(n, {}), **other.parameters.get(n, {})} for n in names},
            order=other.order or self.order,
            places={**self.places, **other.places},
        )


def read_file(path: Path) -> UnitSettings:
    """The settings of a file of ``--pipeline``: TOML, or JSON where its name ends in ``.json``.

    Raises:
        InputError: it cannot be read or understood.
    """
    place = f"--pipeline {path}"
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{place}: {error.strerror}", "name a TOML or JSON file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: it is not UTF-8 text (byte {error.start})") from error
    if len(content) > LARGEST_FILE_BYTES:
        raise InputError(f"{place}: it is larger than {LARGEST_FILE_BYTES} bytes")
    try:
        if path.suffix == ".json":
            import json

            return read_table(json.loads(text), place)
        import tomllib

        return read_table(tomllib.loads(text), place)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: {error}") from error


def read_table(table: object, place: str) -> UnitSettings:
    """The settings that a decoded table states.

    Raises:
        InputError: a value is of the wrong kind.
    """
    if not isinstance(table, dict):
        raise InputError(f"{place}: it is no table of units", "write: [freshness] weight = 2.0")
    enabled: dict[str, bool] = {}
    weights: dict[str, int] = {}
    parameters: dict[str, dict[str, Setting]] = {}
    order = _order(table.get(_ORDER, []), place)
    places = dict.fromkeys(order, f"{place}: {_ORDER}")
    for name, entry in table.items():
        if name == _ORDER:
            continue
        here = places[name] = f"{place}: {name}"
        if not isinstance(entry, dict):
            raise InputError(f"{here} is no table", f"write: [{name}] {_ENABLED} = false")
        for key, value in entry.items():
            if key == _ENABLED:
                enabled[name] = _switch(value, f"{here}.{key}")
            elif key == _WEIGHT:
                weights[name] = _weight(value, f"{here}.{key}")
            else:
                parameters.setdefault(name, {})[key] = Setting(value=value, place=f"{here}.{key}")
    return UnitSettings(enabled=enabled, weights=weights, parameters=parameters, order=order, places=places)


def _order(value: object, place: str) -> tuple[str, ...]:
    names = tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else None
    if names is None or not isinstance(value, list) or len(names) != len(value):
        raise InputError(f"{place}: {_ORDER} is no list of names", f'write: {_ORDER} = ["yanked", "tags"]')
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{place}: {_ORDER} names {twice} twice")
    return names


def _switch(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{place} is neither true nor false")
    return value


def _weight(value: object, place: str) -> int:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not 0 <= number <= _HEAVIEST:
        raise InputError(f"{place} is no number from 0 to {_HEAVIEST}")
    return round(number * 1000)
