"""Which predictor a run has: the one that is named, or what its type and what was measured say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from resolver.errors import InputError
from resolver.predictors.latest import Latest
from resolver.predictors.protocol import Predictor
from resolver.recommendation import Recommendation

if TYPE_CHECKING:  # all predictors are dear, and a run has one: they are imported where they are asked for
    from resolver.units.descriptions import UnitDescription

AUTO = "auto"


def names() -> tuple[str, ...]:
    """Every name that a predictor which ships can be asked for by."""
    from resolver.predictors.registry import PREDICTORS

    return (AUTO, *PREDICTORS)


def checked(name: str, place: str) -> str:
    """The name of a predictor, that of another distribution included; naming such a one runs its code.

    Raises:
        InputError: there is none of this name, or it cannot be loaded.
    """
    if name in names():
        return name
    from resolver.predictors.extensions import installed, load

    found = installed()
    if name not in found:
        known = ", ".join((*names(), *found))
        raise InputError(f"{place}: there is no predictor named {name[:100]}", f"known: {known}")
    load(found[name])
    return name


def with_predictor(recommendation: Recommendation, name: str | None, place: str) -> Recommendation:
    """A recommendation with the predictor a user names; `auto` leaves a type that never climbs alone.

    Raises:
        InputError: there is none of this name.
    """
    if name is None or (checked(name, place) == AUTO and recommendation.predictor == Latest.name):
        return recommendation
    return msgspec.structs.replace(recommendation, predictor=name)


def predictor_named(name: str) -> Predictor:
    """A predictor, ready for one run."""
    return Latest() if name == Latest.name else _made(name)()


def _made(name: str) -> Callable[[], Predictor]:
    from resolver.predictors.registry import PREDICTORS

    if name in PREDICTORS:
        return PREDICTORS[name]
    if name != AUTO:
        from resolver.predictors.extensions import installed, load

        return load(installed()[name])
    from resolver.predictors.auto import Auto

    return lambda: Auto(PREDICTORS)


def predictor_descriptions(chosen: str) -> Iterator[UnitDescription]:
    """Every predictor, those of other distributions included, described as units are."""
    from resolver.predictors.auto import Auto
    from resolver.predictors.extensions import installed, load
    from resolver.predictors.registry import PREDICTORS
    from resolver.units.descriptions import UnitDescription, first_sentence
    from resolver.units.extensions import made_by

    shipped = {AUTO: Auto, **PREDICTORS}
    others = {name: point for name, point in installed().items() if name not in shipped}
    for name in (*shipped, *others):
        yield UnitDescription(
            kind="predictor",
            name=name,
            does=first_sentence((load(others[name]) if name in others else shipped[name]).__doc__),
            enabled=True,
            applies=name == chosen,
            when=f"--predictor {name}",
            weight=None,
            parameters={},
            distribution=made_by(others[name]) if name in others else None,
        )
