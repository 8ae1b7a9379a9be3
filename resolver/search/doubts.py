"""Verifies the hypotheses of a proof by reading what was skipped, or doubts the proof."""

from __future__ import annotations

from resolver.search.galloping import Hypothesis
from resolver.states.propagation import UnsatisfiableError
from resolver.states.universe import Universe
from resolver.states.versions import positions

MOST_READ = 60
"""So many skipped releases are read to verify proofs; a proof that needs more is not proven."""


class NotProvenError(UnsatisfiableError):
    """There is probably no solution, but the proof rests on releases that were not read.

    Attributes:
        hypotheses: what was assumed of them.
    """

    def __init__(self, error: UnsatisfiableError, hypotheses: list[Hypothesis]) -> None:
        super().__init__(error.proof)
        self.hypotheses = hypotheses


class Doubts:
    """Verifies hypotheses; one object per search."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._verified = 0
        self._read = 0

    def open_assumptions(self) -> int:
        """Bits of all hypotheses that were not verified."""
        made = self._universe.assumptions
        hypotheses = [key for key in made.keys(-1) if isinstance(key, Hypothesis)]
        return sum(made.bit(hypothesis) for hypothesis in hypotheses) & ~self._verified

    def resolve(self, error: UnsatisfiableError) -> None:
        """Replace the hypotheses of a proof by what the releases say, and start the search anew.

        Raises:
            UnsatisfiableError: the proof holds.
            NotProvenError: too many releases would have to be read.
        """
        universe, made = self._universe, self._universe.assumptions
        hypotheses = [key for key in made.keys(error.proof.assumptions) if isinstance(key, Hypothesis)]
        if not hypotheses:
            raise error
        skipped = [(universe.projects[h.project], at) for h in hypotheses for at in positions(h.releases)]
        self._read += len(skipped)
        if self._read > MOST_READ:
            raise NotProvenError(error, hypotheses)
        self._verified |= sum(made.bit(hypothesis) for hypothesis in hypotheses)
        universe.suspend(self._verified)
        for project, position in skipped:
            for file in project.files(position, universe.context.target)[:1]:
                universe.source.prefetch_metadata(project.name, file)
        for project, position in skipped:
            universe.expand(project, position)
