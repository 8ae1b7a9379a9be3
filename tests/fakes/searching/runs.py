"""One run of the resolver over an index in memory, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from packaging.requirements import Requirement

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from images.facts.environment import Fact, RuntimeEnvironment
from images.facts.targets import target_environment
from resolver.context import Context, DirectRequirement, PrereleasePolicy
from resolver.pipeline import Pipeline
from resolver.predictors.latest import Latest
from resolver.predictors.protocol import Predictor
from resolver.recommendation import STABLE, Recommendation
from resolver.search.budget import Budget
from resolver.search.deciding import Decisions
from resolver.search.galloping import Galloping
from resolver.search.interruption import Interruption
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution
from resolver.states.dependencies import of_requirement
from resolver.states.propagation import UnsatisfiableError
from resolver.states.universe import Universe
from resolver.targets.cutoff import Cutoff
from resolver.targets.formats import FormatPolicy
from resolver.targets.target import Target
from resolver.units.registry import UNITS
from resolver.units.verbs import PairStep, Pseudonym, Stride

LINUX: Mapping[str, str] = {
    "python.version": "3.11.7",
    "python.implementation": "cpython",
    "python.abi": "cp311",
    "os.kernel": "linux",
    "arch": "x86_64",
    "libc.name": "glibc",
    "libc.version": "2.36",
}


def target(python_version: str | None = None, **facts: str) -> Target:
    """CPython 3.11.7 on Linux, or another Python there; further facts with ``_`` for ``.``."""
    named = {**LINUX, **{name.replace("_", "."): value for name, value in facts.items()}}
    base = RuntimeEnvironment(facts={name: Fact(value=value, source="test") for name, value in named.items()})
    return Target(target_environment(base, python_version=python_version))


def context(
    requirements: Iterable[str],
    *,
    on: Target | None = None,
    prereleases: PrereleasePolicy = PrereleasePolicy.IF_NECESSARY,
    formats: FormatPolicy | None = None,
    recommendation: Recommendation = STABLE,
    cutoff: Cutoff | None = None,
    today: str | None = None,
    offline: bool = False,
) -> Context:
    """Requirements as they stand on a command line; those that are not live on the target are dropped."""
    on = on or target()
    parsed = [Requirement(text) for text in requirements]
    return Context(
        target=on,
        requirements=tuple(
            DirectRequirement(of_requirement(requirement), str(requirement), "command line")
            for requirement in parsed
            if on.is_live(str(requirement.marker or ""))
        ),
        prereleases=prereleases,
        formats=formats or FormatPolicy(),
        recommendation=recommendation,
        cutoff=cutoff,
        today=today,
        offline=offline,
    )


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Attributes:
        solution: None when there is none; then `failure` says why.
    """

    resolver: Resolver
    knowledge: MemoryKnowledge
    solution: Solution | None
    failure: UnsatisfiableError | None = None

    @property
    def pins(self) -> dict[str, str] | None:
        if self.solution is None:
            return None
        return {name: member.version for name, member in self.solution.stack.members.items()}

    @property
    def extras(self) -> dict[str, tuple[str, ...]]:
        assert self.solution is not None
        return {name: member.extras for name, member in self.solution.stack.members.items()}

    @property
    def decisions(self) -> int:
        return self.resolver.universe.propagation.decisions

    @property
    def releases_read(self) -> int:
        return self.resolver.universe.reader.releases_read


def run(
    index: FakeIndex,
    asked: Context,
    *,
    strides: Iterable[Stride] = (),
    pseudonyms: Iterable[Pseudonym] = (),
    pair_steps: Iterable[PairStep] = (),
    predictor: Predictor | None = None,
    galloping: Callable[[Universe], Galloping] = Galloping,
    budget: Budget | None = None,
    decisions: Decisions | None = None,
    interruption: Interruption | None = None,
) -> Run:
    """Resolves with every sieve and step that ships, and with the other units given here."""
    shipped = UNITS.applying(asked)
    pipeline = Pipeline(
        sieves=shipped.sieves,
        steps=shipped.steps,
        pair_steps=tuple(pair_steps),
        strides=tuple(strides),
        pseudonyms=tuple(pseudonyms),
    )
    knowledge = MemoryKnowledge(index)
    predictor = predictor or Latest()
    resolver = Resolver(
        asked,
        knowledge,
        pipeline,
        predictor,
        galloping=galloping,
        budget=budget,
        decisions=decisions,
        interruption=interruption,
    )
    try:
        return Run(resolver, knowledge, resolver.solve())
    except UnsatisfiableError as error:
        return Run(resolver, knowledge, None, error)
