"""An index of packages: who is similar to whom, why, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from packaging.utils import canonicalize_name

from topics.similar.facts import Filters, PackageFacts
from topics.similar.ranking import Parts, best, closeness

_REASONS = 5
_EXAMINED = 1_000
"""So many of the closest are asked whether they pass the filters, before more are."""


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A package that is similar to another.

    Attributes:
        closeness: about 0 to 1.9; to be compared within one answer only.
        shares: terms that both have, those that count most first.
        popularity: rank by downloads, from 1; shown, never ranked by.
    """

    name: str
    closeness: float
    shares: tuple[str, ...]
    summary: str = ""
    popularity: int | None = None
    month: str = ""
    license: str = ""


class SimilarIndex:
    """Answers from memory; exact, without an approximation.

    Args:
        parts: what documents are compared by.
        terms: in the order of their numbers.
        facts: in the order of the documents.
    """

    def __init__(self, parts: Parts, terms: Sequence[str], facts: Sequence[PackageFacts]) -> None:
        self.parts, self.terms, self.facts = parts, terms, facts
        self._numbers: dict[str, int] = {}
        for number, fact in enumerate(facts):
            self._numbers.setdefault(_key(fact.name), number)

    def __len__(self) -> int:
        """How many packages there are."""
        return len(self.facts)

    def number(self, name: str) -> int | None:
        """The number of a package; None where the index has none of that name."""
        return self._numbers.get(_key(name))

    @property
    def newest_month(self) -> str:
        """Of any upload, ``YYYY-MM``: what is alive is told by it, not by a clock."""
        return max((fact.month for fact in self.facts), default="")

    def similar(self, number: int, count: int = 10, filters: Filters | None = None) -> list[Similar]:
        """The packages closest to one, closest first; fewer where no more share anything with it."""
        scores = closeness(self.parts, number)
        filters = filters or Filters()
        examined = _EXAMINED
        while True:
            chosen = [
                other for other in best(scores, examined).tolist()
                if scores[other] > 0 and other != number and filters.admit(self.facts[other])
            ]  # fmt: skip
            if len(chosen) >= count or examined >= len(self):
                return [self._told(number, other, float(scores[other])) for other in chosen[:count]]
            examined *= 10

    def shares(self, number: int, other: int, count: int = _REASONS) -> tuple[str, ...]:
        """The terms that two packages share, those that count most first."""
        terms, weights = self.parts.postings.documents.row(number)
        shared, _ = self.parts.postings.shared(terms, weights, other)
        return tuple(self.terms[term] for term in shared[:count].tolist())

    def _told(self, number: int, other: int, score: float) -> Similar:
        facts = self.facts[other]
        return Similar(
            name=facts.name,
            closeness=float(np.round(score, 4)),
            shares=self.shares(number, other),
            summary=facts.summary,
            popularity=facts.rank,
            month=facts.month,
            license=facts.license,
        )


def _key(name: str) -> str:
    return canonicalize_name(name)
