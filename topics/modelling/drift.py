"""How topics changed between two models: which are the same, which shifted, which came and went."""

from __future__ import annotations

import msgspec
import numpy as np

from topics.modelling.model import Topic, TopicModel

_SAME = 0.5
"""A divergence from which on two topics have nothing to do with each other; 1 is none in common."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of both models.

    Attributes:
        divergence: Jensen-Shannon, base 2, over the terms of both models: 0 same, 1 nothing in common.
        came: terms among its most frequent ones that were not.
        went: the other way round.
    """

    before: str
    after: str
    divergence: float
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between an older and a newer model; shifts start with the greatest."""

    shifts: tuple[Shift, ...]
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]


def drift(before: TopicModel, after: TopicModel) -> Drift:
    """Compare models, also of different vocabularies; each topic is matched once, closest pairs first."""
    terms = sorted({*before.terms, *after.terms})
    divergences = divergence(_over(before, terms), _over(after, terms))
    old, new = before.topics(), after.topics()
    order = sorted(np.ndindex(divergences.shape), key=lambda pair: (divergences[pair], pair))
    shifts: list[Shift] = []
    matched: tuple[set[int], set[int]] = (set(), set())
    for ours, theirs in order:
        if divergences[ours, theirs] >= _SAME:
            break
        if ours in matched[0] or theirs in matched[1]:
            continue
        matched[0].add(ours)
        matched[1].add(theirs)
        shifts.append(_shift(old[ours], new[theirs], float(divergences[ours, theirs])))
    return Drift(
        shifts=tuple(sorted(shifts, key=lambda shift: (-shift.divergence, shift.before))),
        appeared=tuple(topic.name for topic in new if topic.number not in matched[1]),
        vanished=tuple(topic.name for topic in old if topic.number not in matched[0]),
    )


def divergence(
    ours: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    theirs: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Jensen-Shannon divergence, base 2, of each row of one with each of another; 0 to 1.

    Source: Lin, Divergence Measures Based on the Shannon Entropy, 1991.
    """
    found = np.empty((len(ours), len(theirs)))
    for number, row in enumerate(ours):
        middle = (row + theirs) / 2
        found[number] = _entropy(middle) - (_entropy(row[None, :]) + _entropy(theirs)) / 2
    return found.clip(0.0, 1.0)


def _entropy(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    logs = np.log2(rows, out=np.zeros_like(rows), where=rows > 0)
    total: np.ndarray[tuple[int], np.dtype[np.float64]] = -(rows * logs).sum(axis=1)
    return total


def _over(model: TopicModel, terms: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The distributions of a model over more terms."""
    places = {term: place for place, term in enumerate(terms)}
    found = np.zeros((len(model), len(terms)))
    found[:, [places[term] for term in model.terms]] = model.distributions
    return found


def _shift(before: Topic, after: Topic, distance: float) -> Shift:
    return Shift(
        before=before.name,
        after=after.name,
        divergence=round(distance, 4),
        came=tuple(term for term in after.terms if term not in before.terms),
        went=tuple(term for term in before.terms if term not in after.terms),
    )
