"""Which variants of a release fit a target, and in which order.

A variant fits when for each of its features the target has one of the values. Fitting ones are compared by
their features, the most important first: by namespace, feature, and best value; where one list ends, the
longer one wins. So the null variant, which has no features, comes last.

Source: PEP 825, "Variant ordering".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from images.variants.provider import Fit
from knowledge.variants.priorities import NO_PRIORITIES, Priorities
from knowledge.variants.records import Properties, Variant

_END = (math.inf, math.inf, math.inf)


class Features(Protocol):
    """What a target has."""

    def fit(self, namespace: str, feature: str, values: Sequence[str]) -> Fit:
        """Which of some values it has, best first."""

    def feature_order(self, namespace: str, features: Iterable[str]) -> Sequence[str]:
        """Features in the order of preference."""


def ordered_variants(
    variants: Mapping[str, Properties],
    namespaces: Iterable[str],
    features: Features,
    priorities: Priorities = NO_PRIORITIES,
) -> list[Variant]:
    """The variants that fit, best first, then the others by label.

    Args:
        variants: by label.
        namespaces: in the order of the release's default priorities; holds all that variants use.
        features: of the target.
        priorities: of the user.
    """
    scale = _Scale(variants.values(), namespaces, features, priorities)
    judged = [(scale.judged(label, stated), scale.key(stated)) for label, stated in variants.items()]
    fitting = sorted((pair for pair in judged if pair[0].fits), key=lambda pair: (pair[1], pair[0].label))
    others = sorted((variant for variant, _ in judged if not variant.fits), key=lambda one: one.label)
    return [*(variant for variant, _ in fitting), *others]


class _Scale:
    """Where the properties that some variants use stand in the order of preference on a target."""

    def __init__(
        self,
        variants: Iterable[Properties],
        namespaces: Iterable[str],
        features: Features,
        priorities: Priorities,
    ) -> None:
        used: dict[str, dict[str, set[str]]] = {}
        for stated in variants:
            for namespace, of_namespace in stated.items():
                for feature, values in of_namespace.items():
                    used.setdefault(namespace, {}).setdefault(feature, set()).update(values)
        self._fits: dict[tuple[str, str], Fit] = {}
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self._values: dict[tuple[str, str], dict[str, int]] = {}
        for place, namespace in enumerate(priorities.namespaces(namespaces)):
            found = used.get(namespace, {})
            order = priorities.features(namespace, features.feature_order(namespace, found))
            for inner, feature in enumerate(order):
                key = (namespace, feature)
                fit = self._fits[key] = features.fit(namespace, feature, sorted(found[feature]))
                self._places[key] = (place, inner)
                best_first = priorities.values(namespace, feature, fit.values)
                self._values[key] = {value: number for number, value in enumerate(best_first)}

    def judged(self, label: str, stated: Properties) -> Variant:
        fitting: list[str] = []
        refused: list[str] = []
        missing: dict[str, None] = {}
        for key, values in self._features(stated):
            fit, places = self._fits[key], self._values[key]
            had = sorted((value for value in values if value in places), key=places.__getitem__)
            fitting += [" :: ".join((*key, value)) for value in had]
            if had:
                continue
            wanted = f"{' :: '.join(key)} :: {_told(values)}"
            if fit.missing is None:
                refused.append(f"{wanted}, and {fit.known}")
            else:
                missing[fit.missing] = None
        return Variant(label=label, properties=tuple(fitting), refused=tuple(refused), missing=tuple(missing))

    def key(self, stated: Properties) -> list[tuple[float, float, float]]:
        """Sorts variants that fit; of others it means nothing."""
        places = []
        for key, values in self._features(stated):
            of_values = self._values[key]
            places.append((*self._places[key], min(of_values.get(v, math.inf) for v in values)))
        return [*places, _END]

    def _features(self, stated: Properties) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
        found = [
            ((namespace, feature), values)
            for namespace, of_namespace in stated.items()
            for feature, values in of_namespace.items()
        ]
        return iter(sorted(found, key=lambda entry: self._places[entry[0]]))


_MOST_TOLD = 6


def _told(values: Sequence[str]) -> str:
    more = len(values) - _MOST_TOLD
    return " or ".join(values[:_MOST_TOLD]) + (f" or {more} more" if more > 0 else "")
