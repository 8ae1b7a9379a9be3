"""What values still cost once what every stack loses is taken off: the ledger of a lower bound.

Each variable has a cost per value, never below 0. Where every stack takes one of several sets of values, the
least that any of them costs is lost in every stack: it is taken off all of them, and a count of how many are
taken stands in for what is left, so that costs and the amount taken off stay equal to what a stack loses.
Source: cost shifting (Cooper et al., "Soft arc consistency revisited", 2010); counts as in OLL (Morgado,
Dodaro and Marques-Silva, "Core-guided MaxSAT with soft cardinality constraints", 2014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resolver.states.incompatibilities import Incompatibility, Missing
from resolver.states.propagation import Propagation

MOST_COUNTED = 16
"""How far one count goes; what is above costs no more: the bound holds all the same, if less sharply."""

_COUNTED = Missing("")


class Residuals:
    """The costs that are left, by variable and amount.

    Attributes:
        lost: what every stack loses, in millionths.
        costs: of each variable that has any: amount above 0 to the mask of the values that cost it.
    """

    def __init__(self, propagation: Propagation) -> None:
        self.lost = 0
        self.costs: dict[int, dict[int, int]] = {}
        self._propagation = propagation
        self._waiting: list[tuple[Sequence[tuple[int, int]], int]] = []

    def enter(self, variable: int, costs: Mapping[int, int]) -> None:
        """Take up a variable, with its cost by position of the bit."""
        grouped: dict[int, int] = {}
        for bit, cost in costs.items():
            grouped[cost] = grouped.get(cost, 0) | 1 << bit
        self.costs[variable] = dict(sorted(grouped.items()))

    def allowed(self, variable: int, limit: int) -> int:
        """The values that cost less than a limit."""
        mask = self._propagation.everything[variable]
        for cost, values in self.costs[variable].items():
            if cost >= limit:
                mask &= ~values
        return mask

    def least(self, variable: int, values: int) -> int:
        """The least that any of some values costs."""
        found = None
        for cost, mask in self.costs.get(variable, {}).items():
            if values & mask:
                found = cost if found is None else min(found, cost)
                values &= ~mask
        return 0 if values or found is None else found

    def most(self) -> int:
        """The highest cost of any value that is still possible."""
        domains = self._propagation.domains
        return max(
            (c for v, costs in self.costs.items() for c, m in costs.items() if m & domains[v]), default=0
        )

    def most_below(self, limit: int) -> int:
        """The highest cost of any value below a limit; 1 where there is none."""
        return max((cost for costs in self.costs.values() for cost in costs if cost < limit), default=1)

    def settle(self) -> None:
        """Take off what each variable loses whatever its value; there must be no decision."""
        for variable, costs in list(self.costs.items()):
            if costs:
                domain = self._propagation.domains[variable]
                least = self.least(variable, domain)
                if least:
                    self.lost += least
                    self._shift(variable, domain, least)

    def take(self, parts: Sequence[tuple[int, int]]) -> int:
        """Take off what is lost because every stack has one of several variables in its mask; returns it.

        `count` says later how many of them are.
        """
        amount = min(self.least(variable, values) for variable, values in parts)
        if not amount:
            return 0
        self.lost += amount
        for variable, values in parts:
            self._shift(variable, values, amount)
        if len(parts) > 1:
            self._waiting.append((parts, amount))
        return amount

    @property
    def is_waiting(self) -> bool:
        """Whether there is anything to count."""
        return bool(self._waiting)

    def count(self) -> None:
        """Add what is lost where more than one part of what was taken holds; there must be no decision."""
        for parts, amount in self._waiting:
            self._count(parts, amount)
        self._waiting.clear()

    def _shift(self, variable: int, values: int, amount: int) -> None:
        shifted: dict[int, int] = {}
        for cost, mask in self.costs[variable].items():
            if mask & ~values:
                shifted[cost] = shifted.get(cost, 0) | mask & ~values
            if mask & values and cost > amount:
                shifted[cost - amount] = shifted.get(cost - amount, 0) | mask & values
        self.costs[variable] = dict(sorted(shifted.items()))

    def _count(self, parts: Sequence[tuple[int, int]], amount: int) -> None:
        """Counts in a row: each variable holds how many of the parts up to its own hold at least."""
        propagation = self._propagation
        variable, values = parts[0]
        reached = [(variable, values)]  # terms: at least 1, 2, ... so far
        for number, part in enumerate(parts[1:], 2):
            most = min(number, MOST_COUNTED)
            count = propagation.variable((1 << (most + 1)) - 1)
            for least in range(1, most + 1):
                below = (1 << least) - 1
                if least <= len(reached):
                    self._state([reached[least - 1], (count, below)])
                if least == 1:
                    self._state([part, (count, below)])
                elif least - 2 < len(reached):
                    self._state([reached[least - 2], part, (count, below)])
            everything = propagation.everything[count]
            reached = [(count, everything & ~((1 << least) - 1)) for least in range(1, most + 1)]
            variable = count
        most = min(len(parts), MOST_COUNTED)
        self.enter(variable, {number: amount * (number - 1) for number in range(2, most + 1)})

    def _state(self, terms: Sequence[tuple[int, int]]) -> None:
        self._propagation.add(Incompatibility(dict(terms), _COUNTED))
