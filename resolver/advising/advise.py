"""From what the user asks to an advice: one run of the search, and everything that is to be said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from analyzers.digests import sha256_of
from analyzers.evidence import Justification, Level
from analyzers.reports import Input, InputFile, Tool, Unknown
from knowledge.transport.statistics import RequestKind, Traffic
from resolver.advising.existing import Existing, evaluated
from resolver.advising.failures import Failure, each_failed, stopped, unsatisfiable
from resolver.advising.other_libcs import without_stack
from resolver.advising.pins import pins
from resolver.advising.variants import variant_unknowns
from resolver.context import Context
from resolver.pipeline import Pipeline
from resolver.predictors.choosing import predictor_named
from resolver.predictors.protocol import Predictor
from resolver.progress import Progress
from resolver.reports.advice import Advice, OtherStack, Pin, Requests, Statistics, Status
from resolver.search.budget import Budget, SearchStoppedError, StoppedBy
from resolver.search.interruption import Interruption, SearchInterruptedError
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution
from resolver.source import ReleaseSource
from resolver.states.propagation import UnsatisfiableError
from resolver.states.stack import Stack
from resolver.units.wraps.libc_holds_back import LibcHoldsBackWrap


class RunRefusedError(Exception):
    """A boot refuses the run; the justification says why."""

    def __init__(self, reason: Justification) -> None:
        super().__init__(reason.message)
        self.reason = reason


def advise(
    context: Context,
    source: ReleaseSource,
    pipeline: Pipeline,
    *,
    tool: Tool,
    traffic: Traffic,
    created_at: str,
    elapsed_s: Callable[[], float],
    progress: Progress | None = None,
    budget: Budget | None = None,
    inspect: Callable[[Resolver, Solution | None], None] | None = None,
    interruption: Interruption | None = None,
    memory_bytes: Callable[[], int] = lambda: 0,
    with_history: bool = False,
) -> Advice:
    """Run the search that `context` describes.

    Args:
        traffic: what `source` counts of its requests.
        created_at: see `analyzers.reports.report_time`.
        elapsed_s: seconds since the run began.
        inspect: called at the end, while the resolver still stands at the solution.
        interruption: through which the run can be asked to end.
        memory_bytes: what the process takes.
        with_history: whether the advice tells how the search went.

    Raises:
        SearchInterruptedError: the end was asked for, and there is nothing to report.
        RunRefusedError: a boot refuses the run.
        KnowledgeError: something that is needed could not be had.
    """
    units = pipeline.applying(context)
    remarks = tuple(_boot(units, context))
    budget = budget or Budget()
    died: list[Unknown] = []
    predictor = _predictor(context, budget, died)
    interruption = interruption or Interruption()
    resolver = Resolver(
        context,
        source,
        units,
        predictor,
        progress,
        budget=budget,
        elapsed_s=elapsed_s,
        interruption=interruption,
        memory_bytes=memory_bytes,
    )
    solution, failure = _searched(resolver, progress)
    left_out: list[Unknown] = []
    told = list(_said(units, solution, context, interruption, left_out))
    found = _pins(solution.stack, resolver, told) if solution else ()
    existing = tuple(_evaluated(resolver, interruption, left_out))
    requirements = tuple(sorted(requirement.text for requirement in context.requirements))
    advice = Advice(
        tool=tool,
        input=input_of(context),
        created_at=created_at,
        unknowns=tuple(sorted(_unknowns(resolver, solution).union(left_out, died))),
        status=_status(solution, failure),
        recommendation=context.recommendation.name,
        weights=_weights(units, context),
        requirements=requirements,
        pins=found,
        score=solution.score if solution else None,
        bound=solution.bound if solution and not failure else None,
        gap=solution.bound - solution.score if solution and not failure else None,
        predictor=predictor.name,
        environment=context.target.environment,
        others=tuple(map(_other, solution.others)) if solution else (),
        explanation=failure.explanation if failure else (),
        diagnosis=failure.diagnosis if failure else None,
        relaxations=failure.relaxations if failure else (),
        existing=existing,
        remarks=(*remarks, *_about("", told), *_other_libcs(solution, units, resolver)),
        stopped_by=solution.stopped_by if solution else failure.stopped_by if failure else None,
        statistics=_statistics(resolver, traffic, elapsed_s(), solution.moves if solution else 0),
        probes=solution.probes if solution is not None and solution.probes else resolver.probes,
        history=solution.history.told() if with_history and solution and solution.history else None,
    )
    if inspect is not None:
        inspect(resolver, solution)
    return advice


def _searched(resolver: Resolver, progress: Progress | None) -> tuple[Solution | None, Failure | None]:
    """What the search came to; both where evidence or probes speak against the stack that is told."""
    try:
        solution = resolver.solve()
    except UnsatisfiableError as error:
        failure = unsatisfiable(error, resolver, progress)
        return _refuted(error, resolver), failure
    except SearchStoppedError as error:
        return None, stopped(error.reason, resolver)
    return solution, each_failed(solution)


def _said(
    units: Pipeline,
    solution: Solution | None,
    context: Context,
    interruption: Interruption,
    left_out: list[Unknown],
) -> Iterator[Mapping[str, Sequence[Justification]]]:
    """What each wrap says of the stack; `left_out` gets those that the end of the run leaves no time for."""
    for wrap in units.wraps:
        try:
            with interruption.breakable():
                said = [wrap.explain(solution.stack, context)] if solution else []
        except SearchInterruptedError:
            left_out.append(_not_said(wrap.name, interruption))
        else:
            yield from said


def _evaluated(resolver: Resolver, interruption: Interruption, left_out: list[Unknown]) -> Iterator[Existing]:
    """The locks that are there, held against what was found out; `left_out` as with `_said`."""
    for lock in resolver.context.locks:
        try:
            yield evaluated(lock, resolver.universe, resolver.scorer)
        except SearchInterruptedError:
            left_out.append(_not_said(lock.path, interruption))


def _predictor(context: Context, budget: Budget, died: list[Unknown]) -> Predictor:
    """The predictor of a run; processes of it that die become unknowns."""
    predictor = predictor_named(context.recommendation.predictor)
    if budget.jobs == 1 or not predictor.improves:
        return predictor
    from resolver.portfolio.portfolio import Portfolio

    def told(name: str, reason: str) -> None:
        died.append(Unknown(what="search", where=name, reason=f"the process has ended early: {reason}"))

    return Portfolio(predictor, budget.jobs, told)


def _not_said(what: str, interruption: Interruption) -> Unknown:
    how = interruption.reason.value if interruption.reason else "ended"
    reason = f"the run was {how} before that was known"
    return Unknown(what="what is said of the stack", where=what, reason=reason)


def _other_libcs(solution: Solution | None, units: Pipeline, resolver: Resolver) -> Iterable[Justification]:
    """What is said about the target where there is no stack on it."""
    if solution is not None or not any(isinstance(wrap, LibcHoldsBackWrap) for wrap in units.wraps):
        return ()
    projects = resolver.universe.projects.values()
    return without_stack(LibcHoldsBackWrap.name, projects, resolver.context)


def _weights(units: Pipeline, context: Context) -> dict[str, int]:
    names = sorted(step.name for step in (*units.steps, *units.pair_steps))
    return {name: context.recommendation.weights.get(name, 1000) for name in names}


def _other(found: tuple[Stack, int]) -> OtherStack:
    stack, score = found
    return OtherStack(score=score, pins={name: member.version for name, member in stack.members.items()})


def _boot(units: Pipeline, context: Context) -> Iterable[Justification]:
    for boot in units.boots:
        for remark in boot.prepare(context):
            if remark.level is Level.ERROR:
                raise RunRefusedError(remark)
            yield remark


def _refuted(error: UnsatisfiableError, resolver: Resolver) -> Solution | None:
    """The stack with the least against it, where evidence leaves none."""
    stack = resolver.least_bad(error)
    if stack is None:
        return None
    score = resolver.scorer.stack_score(stack)
    return Solution(stack, score, score, StoppedBy.EXHAUSTED)


def _status(solution: Solution | None, failure: Failure | None) -> Status:
    if solution is None:
        return Status.UNSATISFIABLE if failure is None else failure.status
    if failure is not None:
        return Status.REFUTED
    return Status.OPTIMAL if solution.is_optimal else Status.FEASIBLE


Told = Sequence[Mapping[str, Sequence[Justification]]]
"""What wraps say, one after the other."""


def _pins(stack: Stack, resolver: Resolver, told: Told) -> tuple[Pin, ...]:
    return tuple(
        msgspec.structs.replace(pin, reasons=pin.reasons + _about(pin.name, told))
        for pin in pins(stack, resolver)
    )


def _about(name: str, told: Told) -> tuple[Justification, ...]:
    return tuple(reason for said in told for reason in said.get(name, ()))


def input_of(context: Context) -> Input:
    """What a run is about, with a digest that changes when the requirements or the target do.

    An image is among the files, with the digest that it has wherever it is read from.
    """
    requirements = tuple(sorted(requirement.text for requirement in context.requirements))
    facts = {name: fact.value for name, fact in context.target.environment.facts.items()}
    policies = (
        *(context.recommendation, context.prereleases.value, context.resolution.value),
        *(context.formats, context.cutoff),
    )
    stated: tuple[object, ...] = (requirements, facts, policies, _limits(context))
    files, image = context.files, context.image
    if image is not None:
        stated += (image.digest, image.shipped, sorted(image.upgraded))
        files += (InputFile(path=image.name, digest=image.digest),)
    if context.variants is not None:
        stated += ("variants", context.variants)
    if context.rules:
        stated += (context.rules.digest,)
    told = msgspec.json.encode(stated, order="deterministic")
    digest = sha256_of(told)
    return Input(what="requirements", digest=digest, files=files)


def _limits(context: Context) -> tuple[object, ...]:
    """What the user says beside requirements, wherever it is written."""
    hashes = [h for requirement in context.requirements for h in requirement.hashes]
    hashes += [h for constraint in context.constraints for h in constraint.hashes]
    return (
        sorted(constraint.text for constraint in context.constraints),
        [(o.dependent, o.text, o.is_live) for o in context.overrides.all],
        sorted((name, sorted(kept.versions)) for name, kept in context.preferences.items()),
        sorted(hashes),
    )


def _unknowns(resolver: Resolver, solution: Solution | None) -> set[Unknown]:
    context = resolver.context
    members = solution.stack.members if solution else {}
    chosen = {name: member.position for name, member in members.items()}
    variants = set(variant_unknowns(resolver.universe.projects.values(), chosen))
    markers = {
        Unknown(what="marker", where=marker, reason="the target does not fix its variables; kept")
        for marker in context.target.undecided_markers
    }
    return resolver.universe.reader.unknowns | markers | variants | set(context.unknowns)


def _statistics(resolver: Resolver, traffic: Traffic, elapsed_s: float, moves: int) -> Statistics:
    propagation = resolver.universe.propagation
    return Statistics(
        requests=Requests(**{kind.value: traffic[kind].requests for kind in RequestKind}),
        releases_read=resolver.universe.reader.releases_read,
        bytes=traffic.received_bytes,
        decisions=propagation.decisions,
        conflicts=propagation.conflicts,
        stacks=resolver.stacks_examined,
        moves=moves,
        elapsed_s=round(elapsed_s, 3),
    )
