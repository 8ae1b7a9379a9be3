"""What strides refuted in a run: proofs that rest on it are made certain, or give way to the least bad."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resolver.states.assumed import RefutedReleases, refuted
from resolver.states.propagation import UnsatisfiableError
from resolver.states.stack import Stack
from resolver.states.universe import Universe
from resolver.units.verdicts import Refutation

MOST_NARROWED = 3
"""So many intervals of releases are looked at again, to verify proofs; what is left is believed."""


class RefutedStacks:
    """Remembers refuted stacks; one object per search.

    Args:
        universe: of the search.
    """

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._refutations: dict[RefutedReleases, Refutation] = {}
        self._stacks: list[tuple[Stack, Sequence[Refutation]]] = []
        self._contradicted: set[frozenset[tuple[str, int]]] = set()
        self._narrowed: set[RefutedReleases] = set()

    def remember(self, stack: Stack, refutations: Sequence[Refutation]) -> None:
        """Remember why a stack was not accepted."""
        self._stacks.append((stack, refutations))
        self._refutations |= {refuted(refutation): refutation for refutation in refutations}

    def is_narrowed(self, error: UnsatisfiableError) -> bool:
        """Whether a proof rested on releases between those that were examined; then only these count now."""
        wide = [key for key in self._keys(error) if not key.is_certain and key not in self._narrowed]
        if not wide or len(self._narrowed) + len(wide) > MOST_NARROWED:
            return False
        universe = self._universe
        self._narrowed.update(wide)
        universe.suspend(sum(universe.assumptions.bit(key) for key in wide))
        for key in wide:
            refutation = self._refutations[key]
            narrow = Refutation(dict(key.examined), refutation.reason)
            self._refutations[refuted(narrow)] = narrow
            universe.refute(narrow)
        return True

    def least_bad(self, error: UnsatisfiableError, score: Callable[[Stack], int]) -> Stack | None:
        """The stack with the fewest failures, the best of those; None where a proof rests on other things."""
        if not self._stacks or not self._keys(error):
            return None
        return min(self._stacks, key=lambda one: (len(one[1]), -score(one[0])))[0]

    def best_refuted(self, unit: str, score: Callable[[Stack], int]) -> Stack | None:
        """The best stack that a unit alone refuted, for one reason; None where there is none."""
        found = [
            stack
            for stack, refutations in self._stacks
            if len(refutations) == 1 and refutations[0].reason.unit == unit
        ]
        return max(found, key=score, default=None)

    def contradict(self, stack: Stack) -> None:
        """Let a stack stand that was refuted, and whatever was refuted with it; it was seen to work."""
        universe = self._universe
        for other, refutations in self._stacks:
            if other is stack:
                for refutation in refutations:
                    self._contradicted.add(_pair(refutation, stack))
                    universe.lift(refutation)

    def counts(self, refutation: Refutation, stack: Stack) -> bool:
        """Whether a refutation of a stack is not about releases that were seen to work together."""
        return not self._contradicted or _pair(refutation, stack) not in self._contradicted

    def suspend(self) -> None:
        """Go on as if nothing had been refuted."""
        universe = self._universe
        universe.suspend(sum(universe.assumptions.bit(key) for key in self._refutations))

    def _keys(self, error: UnsatisfiableError) -> list[RefutedReleases]:
        made = self._universe.assumptions
        return [key for key in made.keys(error.proof.assumptions) if isinstance(key, RefutedReleases)]


def _pair(refutation: Refutation, stack: Stack) -> frozenset[tuple[str, int]]:
    return frozenset((name, stack.members[name].position) for name in refutation.releases)
