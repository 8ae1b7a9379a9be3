"""The kinds of units, told apart by their verb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from resolver.pipeline import Pipeline
from resolver.units.verbs import Unit

VERBS: Mapping[str, str] = {
    "boots": "prepare",
    "pseudonyms": "alternatives",
    "sieves": "refuse",
    "steps": "score",
    "pair_steps": "score_pair",
    "strides": "examine",
    "wraps": "explain",
}
"""Field of `Pipeline` to the verb of its units, in the order in which they are asked."""


def kind_of(unit: object) -> str | None:
    """The kind whose verb an object has; None where it has none or several."""
    kinds = [kind for kind, verb in VERBS.items() if callable(getattr(unit, verb, None))]
    return kinds[0] if len(kinds) == 1 else None


def by_kind(pipeline: Pipeline) -> Iterator[tuple[str, Sequence[Unit]]]:
    """Every kind with its units."""
    for kind in VERBS:
        yield kind, getattr(pipeline, kind)


def singular(kind: str) -> str:
    """Such as ``pair step`` for ``pair_steps``."""
    return kind.removesuffix("s").replace("_", " ")
