"""What a search ends with."""

from __future__ import annotations

import msgspec

from resolver.landscapes.history import History
from resolver.probes.records import Probes
from resolver.search.budget import StoppedBy
from resolver.states.stack import Stack


class Solution(msgspec.Struct, frozen=True):
    """An accepted stack.

    Attributes:
        score: in millionths, at most 0.
        bound: no stack scores better.
        stopped_by: what ended the search for better ones.
        moves: how many were made in it.
        history: how it went; None where there was none to tell.
        probes: what came of trying stacks; None where none was to be tried.
        others: the next best stacks that were asked for, with their scores, best first.
    """

    stack: Stack
    score: int
    bound: int
    stopped_by: StoppedBy
    others: tuple[tuple[Stack, int], ...] = ()
    moves: int = 0
    history: History | None = None
    probes: Probes | None = None

    @property
    def is_optimal(self) -> bool:
        """Whether it is proven that no stack is better."""
        return self.score == self.bound
