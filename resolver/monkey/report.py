"""What was learned of a run: which releases fail together, which are slow, and what is not known."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from analyzers.reports import Report, Tool, Unknown
from images.facts.environment import RuntimeEnvironment
from knowledge.observations.record import Failure
from knowledge.probing.records import Confinement, Verdict
from resolver.monkey.blaming import Blame, blamed
from resolver.monkey.coverage import Coverage
from resolver.monkey.incompatibilities import Incompatibility, incompatibilities
from resolver.monkey.journal import StackResult
from resolver.monkey.plan import Plan
from resolver.monkey.running import asking, outcomes_of
from resolver.monkey.slowness import SlowImport, slow_imports
from resolver.monkey.terrain import Terrain


class NotKnown(msgspec.Struct, frozen=True, kw_only=True):
    """A stack of which nothing is known, and why."""

    id: str
    failure: Failure | None
    attempts: int


class Seconds(msgspec.Struct, frozen=True, kw_only=True):
    """How long probes took, over those whose stacks passed or failed.

    Attributes:
        total: of all of them, one after the other.
        build, run: medians of what the environment took, and imports and script.
    """

    median: float
    most: float
    total: float
    build: float
    run: float


class MonkeyReport(Report, frozen=True, kw_only=True):
    """A whole run, or what there is of it.

    Attributes:
        requirements: as written.
        decision: how stacks were chosen.
        python: version of the interpreter that probed; empty before it has.
        stacks: that are planned; of these `sampled` come from the decision, the others isolate failures.
        left: have no result yet.
        seen_pairs: pairs of releases that were in a probed stack, of `possible_pairs`.
        exonerated: what a probe blamed, and a stack with just this passed.
        unexplained: ids of failing stacks that nothing explains.
        stopped_by: what ended the run early; None where nothing did.
    """

    requirements: tuple[str, ...]
    decision: str
    seed: int
    environment: RuntimeEnvironment
    python: str
    stacks: int
    sampled: int
    passed: int
    failed: int
    not_known: tuple[NotKnown, ...]
    left: int
    seen_pairs: int
    possible_pairs: int
    incompatibilities: tuple[Incompatibility, ...]
    unexplained: tuple[str, ...]
    exonerated: tuple[str, ...]
    slow: tuple[SlowImport, ...]
    seconds: Seconds | None
    confinement: Confinement
    stopped_by: str | None = None


def monkey_report(
    plan: Plan,
    results: Mapping[str, StackResult],
    terrain: Terrain,
    *,
    tool: Tool,
    created_at: str,
    stopped_by: str | None = None,
    blame: Blame | None = None,
) -> MonkeyReport:
    """The report on what there is."""
    outcomes = outcomes_of(plan, results)
    blame = blame or blamed(outcomes, asking(terrain))
    known = [one for one in results.values() if one.is_known]
    verdicts = [one.result.verdict for one in results.values()]
    head = plan.head
    return MonkeyReport(
        tool=tool,
        input=head.input,
        created_at=created_at,
        unknowns=tuple(sorted({*head.unknowns, *_unknowns(plan, results)})),
        requirements=head.requirements,
        decision=head.decision,
        seed=head.seed,
        environment=head.environment,
        python=next((one.result.python for one in known if one.result.python), ""),
        stacks=len(plan.stacks),
        sampled=sum(not one.shrinks for one in plan.stacks),
        passed=verdicts.count(Verdict.PASSED),
        failed=verdicts.count(Verdict.FAILED),
        not_known=tuple(
            NotKnown(id=one.id, failure=results[one.id].result.failure, attempts=results[one.id].attempts)
            for one in plan.stacks
            if one.id in results and not results[one.id].is_known
        ),
        left=sum(one.id not in results for one in plan.stacks),
        seen_pairs=_seen(plan, results, terrain),
        possible_pairs=head.possible_pairs,
        incompatibilities=incompatibilities(blame.culprits, outcomes),
        unexplained=blame.unexplained,
        exonerated=tuple(" ".join(map(str, pair)) for pair in blame.exonerated),
        slow=slow_imports(outcomes),
        seconds=_seconds(known),
        confinement=_confinement(results.values()),
        stopped_by=stopped_by,
    )


def _unknowns(plan: Plan, results: Mapping[str, StackResult]) -> Iterable[Unknown]:
    for one in plan.stacks:
        found = results.get(one.id)
        if found is not None and not found.is_known:
            failure = found.result.failure
            why = "no reason is known" if failure is None else f"{failure.error}: {failure.message}"
            yield Unknown(what="stack", where=one.id, reason=why)


def _seen(plan: Plan, results: Mapping[str, StackResult], terrain: Terrain) -> int:
    coverage = Coverage(terrain)
    for one in plan.stacks:
        if one.id in results and results[one.id].is_known:
            coverage.take(terrain.stack(one.releases) or {})
    return coverage.seen


def _seconds(known: Sequence[StackResult]) -> Seconds | None:
    if not known:
        return None
    walls = [one.wall_s for one in known]
    return Seconds(
        median=round(statistics.median(walls), 3),
        most=max(walls),
        total=round(sum(walls), 3),
        build=round(statistics.median(one.result.build_s for one in known), 3),
        run=round(statistics.median(one.result.run_s for one in known), 3),
    )


def _confinement(results: Iterable[StackResult]) -> Confinement:
    """What held every probe, and what was refused of any."""
    all_of = [one.result.confinement for one in results if one.result.confinement != Confinement()]
    applied = dict.fromkeys(name for one in all_of for name in one.applied)
    refused = dict.fromkeys(reason for one in all_of for reason in one.refused)
    held = tuple(name for name in applied if all(name in one.applied for one in all_of))
    return Confinement(applied=held, refused=tuple(refused))
