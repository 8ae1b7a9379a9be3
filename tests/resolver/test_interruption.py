"""Who wishes the end of a search gets the best so far, wherever that comes; who wishes it twice, the end."""

from __future__ import annotations

import inspect
import signal
from collections.abc import Callable, Generator, Iterator

import pytest
from msgspec.structs import replace

from analyzers.evidence import Justification
from fakes.indexes.endless import NAME, add_endless
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from resolver.commands.runs.signals import heard
from resolver.context import Context
from resolver.landscapes.search import Search
from resolver.predictors.hill_climbing import HillClimbing
from resolver.search.budget import Budget, SearchStoppedError, StoppedBy
from resolver.search.interruption import Interruption, SearchInterruptedError
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution
from resolver.states.projects import Project
from resolver.states.stack import Stack
from resolver.units.registry import UNITS
from resolver.units.verbs import Step, Stride
from resolver.units.verdicts import Refutation


def trade() -> FakeIndex:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    index.add("app", "2.0", requires=["lib<1.1"])
    for number in range(31):
        index.add("lib", f"1.{number}")
    add_endless(index)
    return index


def solver(
    interruption: Interruption,
    *,
    steps: tuple[Step, ...] = (),
    strides: tuple[Stride, ...] = (),
    predictor: HillClimbing | None = None,
    budget: Budget | None = None,
    memory_bytes: Callable[[], int] = lambda: 0,
) -> Resolver:
    asked = context(["app", "lib", NAME])
    shipped = replace(UNITS.applying(asked), boots=(), wraps=())
    pipeline = replace(shipped, steps=(*shipped.steps, *steps), strides=strides)
    seconds = iter(range(1_000_000))
    return Resolver(
        asked, MemoryKnowledge(trade()), pipeline, predictor or HillClimbing(), budget=budget,
        interruption=interruption, memory_bytes=memory_bytes, elapsed_s=lambda: float(next(seconds)),
    )  # fmt: skip


def versions(solution: Solution) -> dict[str, str]:
    return {name: solution.stack.members[name].version for name in FIRST}


FIRST = {"app": "2.0", "lib": "1.0"}
BEST = {"app": "1.0", "lib": "1.30"}


class SignallingStep:
    """Scores nothing; a signal comes when it first sees an old release of a project."""

    name = "signalling"

    def __init__(self, number: signal.Signals, project: str) -> None:
        self._number: signal.Signals | None = number
        self._project = project

    def applies(self, context: Context) -> bool:
        return True

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        if project.name == self._project and position == 0 and self._number is not None:
            number, self._number = self._number, None
            assert "tighten" in [frame.function for frame in inspect.stack(0)]
            signal.raise_signal(number)
        return None


class SignallingStride:
    """Accepts everything; a signal comes with the n-th stack."""

    name = "signalling"

    def __init__(self, number: signal.Signals, at: int) -> None:
        self._number, self._left = number, at

    def applies(self, context: Context) -> bool:
        return True

    def examine(self, stack: Stack, context: Context) -> tuple[Refutation, ...]:
        self._left -= 1
        if not self._left:
            signal.raise_signal(self._number)
            raise AssertionError("what can be broken off was not")
        return ()


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    """One that hears signals; who had them before raises what Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    made = Interruption()
    try:
        with heard(made):
            yield made
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("number", "reason"),
    [(signal.SIGINT, StoppedBy.INTERRUPTED), (signal.SIGTERM, StoppedBy.TERMINATED)],
)
def test_a_signal_while_a_stack_is_examined_breaks_that_off(
    interruption: Interruption, number: signal.Signals, reason: StoppedBy
) -> None:
    solution = solver(interruption, strides=(SignallingStride(number, at=2),)).solve()
    assert (solution.stopped_by, versions(solution)) == (reason, FIRST)
    assert solution.score < solution.bound


def test_a_signal_in_the_bound_ends_the_search_with_the_first_stack(interruption: Interruption) -> None:
    solution = solver(interruption, steps=(SignallingStep(signal.SIGTERM, "app"),)).solve()
    assert (solution.stopped_by, versions(solution)) == (StoppedBy.TERMINATED, FIRST)
    assert solution.bound >= solver(Interruption()).solve().bound


def test_the_stack_that_was_found_until_then_is_told(interruption: Interruption) -> None:
    class Patient(HillClimbing):
        def steps(self, search: Search) -> Generator[None, None, None]:
            for _ in super().steps(search):
                signal.raise_signal(signal.SIGINT)
                yield

    solution = solver(interruption, predictor=Patient(), budget=Budget(count=2)).solve()
    assert versions(solution) == BEST
    assert solution.history is not None
    assert solution.history.told().best[-1] == solution.score


def test_a_second_signal_ends_at_once(interruption: Interruption) -> None:
    class Impatient(HillClimbing):
        def steps(self, search: Search) -> Generator[None, None, None]:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            yield from super().steps(search)

    with pytest.raises(KeyboardInterrupt) as raised:
        solver(interruption, predictor=Impatient()).solve()
    assert not isinstance(raised.value, SearchInterruptedError)


def test_a_signal_before_the_first_stack_is_not_held_back(interruption: Interruption) -> None:
    with pytest.raises(KeyboardInterrupt) as raised:
        solver(interruption, strides=(SignallingStride(signal.SIGINT, at=1),)).solve()
    assert not isinstance(raised.value, SearchInterruptedError)
    assert interruption.reason is None


def test_handlers_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with heard(Interruption()):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_the_memory_limit_ends_the_search_with_the_best_so_far() -> None:
    limit, run = Budget(memory_limit_bytes=1000), Interruption()
    solution = solver(run, budget=limit, memory_bytes=lambda: 1000 if run.is_held else 999).solve()
    assert (solution.stopped_by, versions(solution)) == (StoppedBy.MEMORY, FIRST)
    with pytest.raises(SearchStoppedError) as raised:
        solver(Interruption(), budget=limit, memory_bytes=lambda: 1000).solve()
    assert raised.value.reason is StoppedBy.MEMORY


def test_where_memory_really_ends_the_best_so_far_is_not_lost() -> None:
    class Greedy(HillClimbing):
        def steps(self, search: Search) -> Generator[None, None, None]:
            for _ in super().steps(search):
                bytearray(1 << 62)
                yield

    solution = solver(Interruption(), predictor=Greedy()).solve()
    assert (solution.stopped_by, versions(solution)) == (StoppedBy.MEMORY, BEST)


def test_while_the_result_is_written_signals_are_passed_over() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = Interruption()
    try:
        with heard(made):
            made.hold()
            signal.raise_signal(signal.SIGINT)
            made.close()
            signal.raise_signal(signal.SIGINT)
        assert made.reason is StoppedBy.INTERRUPTED
        signal.raise_signal(signal.SIGINT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
