"""A portfolio of predictors: several processes search, and what one of them finds is told to all.

Algorithm: the first moves are made here, by the first predictor; that is when releases are read. Then what is
known is frozen, and every process begins with this snapshot and with the best stack, each with a predictor
and a seed of its own. A round is a fixed number of moves of each. What they found is judged here, the best
first; the best stack that stands, and what refutes others, goes out with the next round. Answers are merged
in the order of the processes, whichever came first, so that the same seed and number of processes give the
same result. Parameters: the constants below. Cost: per process the snapshot once and a fresh interpreter; per
round one message each way. Source: algorithm portfolios (Huberman, Lukose and Hogg, 1997; Gomes and Selman,
2001).
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Generator, Iterator, Sequence

from resolver.landscapes.freezing import frozen
from resolver.landscapes.search import Search
from resolver.portfolio.child import Child
from resolver.portfolio.messages import Answer, Beginning, Order, Terms, terms
from resolver.predictors.auto import Auto, best_names
from resolver.predictors.protocol import Predictor

FIRST = 500
"""Moves before there are processes."""
ROUND = 1_000
"""Moves of one process between two exchanges."""
WAIT_S = 0.1
"""So often whoever asks for steps gets a word while processes are waited for."""

Starter = Callable[[str, Beginning], Child]


class Portfolio:
    """A predictor that has others search.

    Args:
        predictor: makes the first moves, and goes on alone where every process has died.
        jobs: how many processes.
        told: of every process that ended before it was meant to, with the reason.
        start: of a process, by its name for messages and what it begins with.
    """

    improves = True

    def __init__(
        self,
        predictor: Predictor,
        jobs: int,
        told: Callable[[str, str], None] = lambda name, reason: None,
        start: Starter = Child,
    ) -> None:
        self.name = predictor.name
        self._predictor, self._jobs, self._told, self._start = predictor, jobs, told, start

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`; processes end with the generator."""
        begun = search.moves
        for _ in self._predictor.steps(search):
            yield
            if search.moves - begun >= FIRST:
                break
        else:
            return
        rounds = _Rounds(search)
        died: list[tuple[str, str]] = []
        try:
            for name, beginning in self._beginnings(search):
                try:
                    rounds.children.append(self._start(name, beginning))
                except OSError as error:
                    died.append((name, str(error)))
            yield from rounds.made()
        finally:
            rounds.end()
            died += [(child.name, child.reason) for child in rounds.gone if child.reason is not None]
            for name, reason in died:
                self._told(name, reason)
        if len(died) == self._jobs:
            yield from self._predictor.steps(search)

    def _beginnings(self, search: Search) -> Iterator[tuple[str, Beginning]]:
        """What every process begins with, and its name for messages."""
        instance, first = frozen(search.walk.landscape), terms(search.best)
        limit = max(1, (search.limit - search.moves) // self._jobs)
        for number, name in enumerate(self._names(search), 1):
            beginning = Beginning(instance, first, name, search.seed + number, limit, search.keep)
            yield f"process {number} of {self._jobs} ({name})", beginning

    def _names(self, search: Search) -> Sequence[str]:
        names: Sequence[str] = [self.name]
        if self.name == Auto.name:
            names = best_names(len(search.walk.members), search.limit)
        return [names[number % len(names)] for number in range(self._jobs)]


class _Rounds:
    def __init__(self, search: Search) -> None:
        self.children: list[Child] = []
        self.gone: list[Child] = []
        self._search = search
        self._refuted = len(search.walk.landscape.refutations)
        self._refused: dict[Child, list[Terms]] = {}
        self._kept: dict[Child, frozenset[Terms]] = {}

    def made(self) -> Iterator[None]:
        """Round after round, while there are processes that have something to try."""
        self._search.walk.settle()
        while self.children:
            asked = list(self._ordered())
            answers: dict[Child, Answer] = {}
            yield from self._awaited(asked, answers)
            for child in asked:
                if child in answers:
                    self._take(child, answers[child])
            self._judge([(child, answers[child]) for child in asked if child in answers])
            yield

    def end(self) -> None:
        """End what is still there."""
        for child in list(self.children):
            self._leave(child)

    def _ordered(self) -> Iterator[Child]:
        """Share out the moves of a round."""
        search, children = self._search, list(self.children)
        left = search.limit - search.moves
        if left <= 0:
            left = ROUND * len(children)
        each = min(ROUND, -(-left // len(children)))
        best = terms(search.best)
        refutations = search.walk.landscape.refutations
        refuted = tuple(map(terms, refutations[self._refuted :]))
        self._refuted = len(refutations)
        for child in children:
            moves = min(each, left)
            left -= moves
            child.order(Order(moves, best, tuple(self._refused.pop(child, ())), refuted))
            yield child

    def _awaited(self, asked: Sequence[Child], answers: dict[Child, Answer]) -> Iterator[None]:
        """Have the answers of all processes that are there."""
        with selectors.DefaultSelector() as selector:
            for child in asked:
                if child.reason is None:
                    selector.register(child, selectors.EVENT_READ, child)
            while selector.get_map():
                ready = selector.select(WAIT_S)
                for key, _ in ready:
                    answer = key.data.receive()
                    if answer is not None:
                        answers[key.data] = answer
                    if answer is not None or key.data.reason is not None:
                        selector.unregister(key.data)
                if not ready:
                    yield
        for child in asked:
            if child.reason is not None:
                self._leave(child)

    def _take(self, child: Child, answer: Answer) -> None:
        """Count the moves, and take note of what was found beside the best."""
        search, walk = self._search, self._search.walk
        search.moves += answer.moves
        before, now = self._kept.get(child, frozenset()), frozenset(answer.kept)
        self._kept[child] = now
        for stack in sorted(now - before):
            mark = walk.mark()
            walk.go(dict(stack))
            search.note()
            walk.undo(mark)
        if answer.is_over:
            self._leave(child)

    def _judge(self, answers: Sequence[tuple[Child, Answer]]) -> None:
        """Stand at the best that stands, of earlier processes first among equals."""
        search, walk = self._search, self._search.walk
        found: list[tuple[int, Child, Terms]] = []
        for child, answer in answers:
            for stack in answer.found:
                mark = walk.mark()
                walk.go(dict(stack))
                found.append((walk.score, child, stack))
                walk.undo(mark)
        for score, child, stack in sorted(found, key=lambda one: -one[0]):
            if score <= search.best_score:
                break
            walk.settle()
            walk.go(dict(stack))
            if search.stands():
                break
            walk.undo()
            self._refused.setdefault(child, []).append(stack)
        walk.settle()

    def _leave(self, child: Child) -> None:
        self.children.remove(child)
        self.gone.append(child)
        child.end()
