"""Puts a pipeline together: the units that ship, changed as the user's settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from resolver.errors import InputError
from resolver.pipeline import AnyUnit, Pipeline
from resolver.recommendation import Recommendation
from resolver.units.kinds import by_kind, singular
from resolver.units.settings import Setting, UnitSettings
from resolver.units.verbs import Unit

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_SCORING = ("steps", "pair_steps")


def assembled(
    shipped: Pipeline, settings: UnitSettings, extensions: Callable[[], Mapping[str, EntryPoint]]
) -> Pipeline:
    """The pipeline that settings ask for.

    Args:
        shipped: every unit that ships.
        settings: may name units of other distributions; those take part where they are named.
        extensions: the units of other distributions, not loaded; called where a name is not that of a unit
            that ships.

    Raises:
        InputError: settings name a unit or a parameter that does not exist, or a value does not fit.
    """
    everything = _extended(shipped, settings, extensions)
    kinds = {unit.name: kind for kind, units in by_kind(everything) for unit in units}
    for name in settings.weights:
        if kinds[name] not in _SCORING:
            raise InputError(
                f"{settings.places[name]}: only a step has a weight, and this is a {singular(kinds[name])}"
            )
    rank = {name: number for number, name in enumerate(settings.order)}

    def chosen(units: Iterable[AnyUnit]) -> tuple[AnyUnit, ...]:
        return tuple(
            parametrised(unit, settings.parameters.get(unit.name, {}))
            for unit in sorted(units, key=lambda unit: rank.get(unit.name, len(rank)))
            if settings.enabled.get(unit.name, True)
        )

    return Pipeline(
        boots=chosen(everything.boots),
        pseudonyms=chosen(everything.pseudonyms),
        sieves=chosen(everything.sieves),
        steps=chosen(everything.steps),
        pair_steps=chosen(everything.pair_steps),
        strides=chosen(everything.strides),
        wraps=chosen(everything.wraps),
    )


def weighed(recommendation: Recommendation, settings: UnitSettings) -> Recommendation:
    """A type of recommendation with the user's weights."""
    if not settings.weights:
        return recommendation
    return msgspec.structs.replace(recommendation, weights={**recommendation.weights, **settings.weights})


def parameters(unit: Unit) -> dict[str, object]:
    """The parameters of a unit with their values."""
    return {name: getattr(unit, name) for name in getattr(unit, "__struct_fields__", ())}


def parametrised(unit: AnyUnit, stated: Mapping[str, Setting]) -> AnyUnit:
    """A unit with other parameters.

    Raises:
        InputError: it has no such parameter, or the value does not fit.
    """
    known = parameters(unit)
    for name, setting in stated.items():
        if name not in known:
            raise InputError(
                f"{setting.place}: {unit.name} has no parameter of this name", _near(name, known)
            )
        try:
            unit = msgspec.convert({**parameters(unit), name: setting.value}, type(unit))
        except msgspec.ValidationError as error:
            reason = str(error).partition(" - at ")[0]
            raise InputError(f"{setting.place}: {reason[:1].lower()}{reason[1:]}") from error
    return unit


def _extended(
    shipped: Pipeline, settings: UnitSettings, extensions: Callable[[], Mapping[str, EntryPoint]]
) -> Pipeline:
    """The units that ship, and those of other distributions that the settings name."""
    known = {unit.name for _, units in by_kind(shipped) for unit in units}
    unknown = [name for name in settings.places if name not in known]
    if not unknown:
        return shipped
    found = extensions()
    for name in unknown:
        if name not in found:
            place = settings.places[name]
            raise InputError(f"{place}: there is no unit named {name}", _near(name, known | found.keys()))
        from resolver.units.extensions import load

        extension = load(found[name])
        units = (*getattr(shipped, extension.kind), extension.unit)
        shipped = msgspec.structs.replace(shipped, **{extension.kind: units})
    return shipped


def _near(name: str, known: Iterable[str]) -> str:
    import difflib

    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"did you mean: {', '.join(near)}"
    return f"known: {', '.join(names)}" if names else "it has none"
