"""Every unit in words: what it does, whether it takes part in a run, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from resolver.context import Context
from resolver.pipeline import Pipeline
from resolver.units.assembly import assembled, parameters
from resolver.units.extensions import made_by
from resolver.units.kinds import by_kind, singular
from resolver.units.settings import UnitSettings
from resolver.units.verbs import Unit

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

STEPS = ("steps", "pair_steps")


class UnitDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One unit.

    Attributes:
        kind: such as ``sieve``.
        does: one sentence.
        enabled: whether settings let it take part where it applies.
        applies: whether it takes part in the run that is described.
        when: on what that depends, in words.
        weight: what a step's scores are multiplied with, in thousandths; None where it has no weight.
        parameters: name to value.
        distribution: what it came with; None for a unit that ships.
    """

    kind: str
    name: str
    does: str
    enabled: bool
    applies: bool
    when: str
    weight: int | None
    parameters: Mapping[str, object]
    distribution: str | None


def descriptions(
    shipped: Pipeline,
    settings: UnitSettings,
    extensions: Callable[[], Mapping[str, EntryPoint]],
    context: Context,
) -> Iterator[UnitDescription]:
    """Every unit by kind and in order; those of other distributions even where no setting names them.

    Raises:
        InputError: see `resolver.units.assembly.assembled`; or a unit cannot be loaded.
    """
    ships = {unit.name for _, units in by_kind(shipped) for unit in units}
    found = {name: point for name, point in extensions().items() if name not in ships}
    mentioned = {**dict.fromkeys(found, "what is installed"), **settings.places}
    everything = msgspec.structs.replace(settings, enabled={}, places=mentioned)
    for kind, units in by_kind(assembled(shipped, everything, lambda: found)):
        for unit in units:
            name = unit.name
            enabled = settings.enabled.get(name, name in ships or name in settings.places)
            yield UnitDescription(
                kind=singular(kind),
                name=name,
                does=first_sentence(type(unit).__doc__),
                enabled=enabled,
                applies=enabled and _takes_part(unit, kind, context),
                when=first_sentence(type(unit).applies.__doc__),
                weight=context.recommendation.weights.get(name) if kind in STEPS else None,
                parameters=parameters(unit),
                distribution=None if name in ships else made_by(found[name]),
            )


def _takes_part(unit: Unit, kind: str, context: Context) -> bool:
    return unit.applies(context) and (kind != "strides" or context.recommendation.strides)


def first_sentence(docstring: str | None) -> str:
    """What a docstring begins with, without its full stop."""
    text = " ".join((docstring or "").partition("\n\n")[0].split())
    return text.partition(". ")[0].removesuffix(".")
