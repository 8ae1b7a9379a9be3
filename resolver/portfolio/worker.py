"""One process of a portfolio: it searches in a frozen instance, round by round, as it is told.

It reads and writes lines of JSON and nothing else: no file, no network. It ends when its input does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import msgspec

from resolver.landscapes.instance import InstanceLandscape
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.portfolio.messages import Answer, Beginning, Order, Terms, terms
from resolver.predictors.choosing import predictor_named

MOST_FOUND = 3
"""Stacks that are told of one round: where the best does not stand, the next may."""


class Worker:
    """A search that is told what others found, and which of its own stacks do not stand."""

    def __init__(self, beginning: Beginning) -> None:
        self._beginning = beginning
        self._refutations: list[Mapping[int, int]] = [dict(one) for one in beginning.instance.refuted]
        self._landscape = InstanceLandscape(beginning.instance)
        self._landscape.refutations = self._refutations
        self._refused: set[Terms] = set()
        self._found: list[Terms] = []
        walk = Walk(self._landscape, dict(beginning.first))
        self._search = Search(
            walk, seed=beginning.seed, judge=self._stands, limit=beginning.limit, keep=beginning.keep
        )
        self._steps: Iterator[None] = predictor_named(beginning.predictor).steps(self._search)

    def answer(self, order: Order) -> Answer:
        """Make the moves of one round."""
        self._obey(order)
        search, is_over = self._search, False
        begun = search.moves
        while search.moves - begun < order.moves and not is_over:
            is_over = next(self._steps, self) is self
        found, self._found = self._found[::-1][:MOST_FOUND], []
        kept = [terms(stack) for _, stack in search.runners_up()] if self._beginning.keep else []
        return Answer(search.moves - begun, tuple(found), tuple(kept), is_over)

    def _obey(self, order: Order) -> None:
        """Take over what others found; begin anew where what was found here does not stand."""
        search = self._search
        self._refused.update(order.refused)
        if order.refuted or order.refused:
            self._refutations.extend(map(dict, order.refuted))
            self._begin_at(dict(order.best))
        elif order.best != terms(search.best):
            walk = search.walk
            mark = walk.mark()
            walk.go(dict(order.best))
            search.adopt(walk.stack(), walk.score)
            walk.undo(mark)

    def _begin_at(self, stack: Mapping[int, int]) -> None:
        before, beginning = self._search, self._beginning
        walk = Walk(self._landscape, stack)
        search = Search(
            walk, seed=beginning.seed, judge=self._stands, limit=beginning.limit, keep=beginning.keep
        )
        search.chance, search.moves = before.chance, before.moves
        self._search = search
        self._steps = predictor_named(beginning.predictor).steps(search)

    def _stands(self, stack: Mapping[int, int]) -> bool:
        found = terms(stack)
        if found in self._refused:
            return False
        self._found.append(found)
        return True


def serve(orders: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line until there are no more."""
    worker = Worker(msgspec.json.decode(orders.readline(), type=Beginning))
    decode = msgspec.json.Decoder(Order).decode
    for line in orders:
        answers.write(msgspec.json.encode(worker.answer(decode(line))) + b"\n")
        answers.flush()


def main() -> None:
    """Serve whoever started this process."""
    serve(sys.stdin.buffer, sys.stdout.buffer)
