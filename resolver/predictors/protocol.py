"""What a predictor is: it chooses the moves among complete stacks, and learns from what comes of them."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from resolver.landscapes.search import Search


class Predictor(Protocol):
    """Chooses where to move; states, scores and budgets belong to others.

    A predictor begins with the first stack, which the search has found by its decisions, and every stack that
    it comes to is valid: however bad its choices, the answer is no worse than the first stack.
    """

    @property
    def name(self) -> str:
        """How the predictor is called in configuration and reports."""

    @property
    def improves(self) -> bool:
        """Whether better stacks than the first are looked for."""

    def steps(self, search: Search) -> Generator[None, None, None]:
        """Search until nothing is left to try, or nobody asks for a further step.

        After each step the walk stands at a valid stack that `Search.stands` has let stand, and whoever asks
        may stop, or have the search take note of a better stack. A step makes a few moves at most. Whoever
        has seen enough closes the generator.
        """
