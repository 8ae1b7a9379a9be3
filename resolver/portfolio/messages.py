"""What the run and the processes of a portfolio tell each other: one line of JSON each."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from resolver.landscapes.instance import Instance

Terms = tuple[tuple[int, int], ...]
"""Positions or masks by project, ascending."""


def terms(of: Mapping[int, int]) -> Terms:
    """A stack or a refutation as messages have it."""
    return tuple(sorted(of.items()))


class Beginning(msgspec.Struct, frozen=True):
    """The first line to a process.

    Attributes:
        first: the stack to begin with.
        predictor: its name.
        limit: moves that it will probably make.
        keep: how many stacks beside the best are asked for.
    """

    instance: Instance
    first: Terms
    predictor: str
    seed: int
    limit: int
    keep: int


class Order(msgspec.Struct, frozen=True):
    """Every further line: one round.

    Attributes:
        moves: to make.
        best: the best stack that stands.
        refused: stacks of this process that do not stand.
        refuted: refutations that are new.
    """

    moves: int
    best: Terms
    refused: tuple[Terms, ...] = ()
    refuted: tuple[Terms, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """What came of a round.

    Attributes:
        moves: that were made.
        found: the stacks that were the best so far when they were found, the best first.
        kept: the best ones beside, as far as they are asked for.
        is_over: whether the predictor has nothing left to try.
    """

    moves: int
    found: tuple[Terms, ...]
    kept: tuple[Terms, ...] = ()
    is_over: bool = False
