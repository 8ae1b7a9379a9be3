from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from analyzers.evidence import Justification
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import Run, context, run
from fakes.searching.units import RefutingStride
from resolver.context import Context
from resolver.pipeline import Pipeline
from resolver.predictors.latest import Latest
from resolver.recommendation import Recommendation
from resolver.search.resolver import Resolver
from resolver.states.projects import Project
from resolver.states.stack import Stack
from resolver.states.versions import bit
from resolver.units.verbs import Stride
from resolver.units.verdicts import Refutation

HALVED = Recommendation(
    name="halved", predictor="latest", weights={"fixed": 500}, transitive_weight=100, strides=True
)
PLAIN: Mapping[str, Sequence[str]] = {"1": [], "2": [], "3": []}


class FixedStep:
    """Scores what it is told, by version."""

    name = "fixed"

    def __init__(self, scores: Mapping[str, int]) -> None:
        self._scores = scores

    def applies(self, context: Context) -> bool:
        return True

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        score = self._scores.get(project.version(position))
        return None if score is None else Justification(unit=self.name, message="told so", score=score)


class StrideAgainstOthers:
    """Refutes a release that is not in the stack it is shown."""

    name = "against-others"

    def applies(self, context: Context) -> bool:
        return True

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        return [Refutation({"a": bit(0)}, Justification(unit=self.name, message="mistaken"))]


def index(projects: Mapping[str, Mapping[str, Sequence[str]]]) -> FakeIndex:
    made = FakeIndex()
    for name, releases in projects.items():
        for version, requires in releases.items():
            made.add(name, version, requires=requires)
    return made


def resolver(
    projects: Mapping[str, Mapping[str, Sequence[str]]],
    asked: Sequence[str],
    scores: Mapping[str, int],
    strides: Sequence[Stride] = (),
) -> Resolver:
    pipeline = Pipeline(steps=(FixedStep(scores),), strides=tuple(strides))
    made = context(asked, recommendation=HALVED)
    return Resolver(made, MemoryKnowledge(index(projects)), pipeline, Latest())


def test_scores_are_weighed_by_step_and_by_who_asks() -> None:
    solution = resolver({"a": {"3": ["b"]}, "b": {"3": []}}, ["a"], {"3": -1000}).solve()
    assert solution.score == -500 - 50
    assert solution.bound == solution.score
    assert solution.is_optimal


def test_the_bound_takes_the_best_release_that_is_left_whatever_the_order() -> None:
    solution = resolver({"a": PLAIN}, ["a<3"], {"1": -4, "2": -1000}).solve()
    assert (str(solution.stack), solution.score, solution.bound) == ("a==2", -500, -2)
    solution = resolver({"a": PLAIN}, ["a<3"], {"1": -1000, "2": -4}).solve()
    assert (str(solution.stack), solution.score, solution.bound) == ("a==2", -2, -2)


def test_a_project_that_a_stack_may_do_without_does_not_lower_the_bound() -> None:
    projects = {"a": {"1": [], "2": ["c"]}, "c": {"1": ["missing"], "2": ["missing"]}}
    solution = resolver(projects, ["a"], {"1": -10, "2": -20}).solve()
    assert (str(solution.stack), solution.score, solution.bound) == ("a==1", -5, -5)


@pytest.mark.parametrize("score", [1, -1_000_001])
def test_a_step_that_scores_out_of_bounds_is_a_bug(score: int) -> None:
    with pytest.raises(ValueError, match="fixed"):
        resolver({"a": PLAIN}, ["a"], {"3": score}).solve()


def test_a_stride_that_refutes_another_stack_is_a_bug() -> None:
    with pytest.raises(ValueError, match="against-others"):
        resolver({"a": PLAIN}, ["a"], {}, [StrideAgainstOthers()]).solve()


def test_each_refuted_stack_is_examined_once() -> None:
    def refuses(pins: tuple[tuple[str, str], ...]) -> bool:
        return pins[0][1] != "1"

    found: Run = run(index({"a": PLAIN}), context(["a"]), strides=[RefutingStride(refuses, 1)])
    assert found.pins == {"a": "1"}
    assert found.resolver.stacks_examined == 3
