"""From what the user asks to an advice: one run of the search, and everything that is to be said about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

import msgspec

from analyzers.evidence import Justification, Level
from analyzers.reports import Input, Tool, Unknown
from knowledge.statistics import RequestKind
from knowledge.statistics import Statistics as Traffic
from resolver.advice import Advice, Pin, Requests, Statistics, Status
from resolver.context import Context
from resolver.doubts import NotProvenError
from resolver.explanation import explain
from resolver.pins import pins
from resolver.pipeline import Pipeline
from resolver.predictors.latest import LatestPredictor
from resolver.predictors.protocol import Predictor
from resolver.progress import Progress
from resolver.propagation import UnsatisfiableError
from resolver.resolver import Resolver, Solution
from resolver.source import ReleaseSource
from resolver.stack import Stack

PREDICTORS: Mapping[str, Callable[[], Predictor]] = {LatestPredictor.name: LatestPredictor}


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
) -> Advice:
    """Run the search that `context` describes.

    Args:
        traffic: what `source` counts of its requests.
        created_at: see `analyzers.reports.report_time`.
        elapsed_s: seconds since the run began.

    Raises:
        RunRefusedError: a boot refuses the run.
        KnowledgeError: something that is needed could not be had.
    """
    units = pipeline.applying(context)
    remarks = tuple(_boot(units, context))
    resolver = Resolver(context, source, units, PREDICTORS[context.recommendation.predictor](), progress)
    solution: Solution | None = None
    explanation: tuple[str, ...] = ()
    failure = Status.UNSATISFIABLE
    try:
        solution = resolver.solve()
    except UnsatisfiableError as error:
        if isinstance(error, NotProvenError):
            failure = Status.NOT_PROVEN
        explanation = tuple(explain(error.proof, resolver.universe))
    requirements = tuple(sorted(requirement.text for requirement in context.requirements))
    return Advice(
        tool=tool,
        input=_input(requirements, context),
        created_at=created_at,
        unknowns=tuple(sorted(_unknowns(resolver))),
        status=_status(solution) if solution else failure,
        recommendation=context.recommendation.name,
        requirements=requirements,
        pins=_pins(solution.stack, resolver, units) if solution else (),
        score=solution.score if solution else None,
        bound=solution.bound if solution else None,
        environment=context.target.environment,
        explanation=explanation,
        remarks=remarks + (_about(solution.stack, "", units, context) if solution else ()),
        statistics=_statistics(resolver, traffic, elapsed_s()),
    )


def _boot(units: Pipeline, context: Context) -> Iterable[Justification]:
    for boot in units.boots:
        for remark in boot.prepare(context):
            if remark.level is Level.ERROR:
                raise RunRefusedError(remark)
            yield remark


def _status(solution: Solution) -> Status:
    return Status.OPTIMAL if solution.is_optimal else Status.FEASIBLE


def _pins(stack: Stack, resolver: Resolver, units: Pipeline) -> tuple[Pin, ...]:
    return tuple(
        msgspec.structs.replace(pin, reasons=pin.reasons + _about(stack, pin.name, units, resolver.context))
        for pin in pins(stack, resolver)
    )


def _about(stack: Stack, name: str, units: Pipeline, context: Context) -> tuple[Justification, ...]:
    return tuple(reason for wrap in units.wraps for reason in wrap.explain(stack, context).get(name, ()))


def _input(requirements: tuple[str, ...], context: Context) -> Input:
    """What the advice is about, with a digest that changes when the requirements or the target do."""
    facts = {name: fact.value for name, fact in context.target.environment.facts.items()}
    policies = (context.recommendation.name, context.prereleases.value, context.formats)
    told = msgspec.json.encode((requirements, facts, policies), order="deterministic")
    return Input(what="requirements", digest=f"sha256:{hashlib.sha256(told).hexdigest()}")


def _unknowns(resolver: Resolver) -> set[Unknown]:
    markers = {
        Unknown(what="marker", where=marker, reason="the target does not fix its variables; kept")
        for marker in resolver.context.target.undecided_markers
    }
    return resolver.universe.reader.unknowns | markers


def _statistics(resolver: Resolver, traffic: Traffic, elapsed_s: float) -> Statistics:
    propagation = resolver.universe.propagation
    return Statistics(
        requests=Requests(**{kind.value: traffic[kind].requests for kind in RequestKind}),
        releases_read=resolver.universe.reader.releases_read,
        bytes=traffic.received_bytes,
        decisions=propagation.decisions,
        conflicts=propagation.conflicts,
        stacks=resolver.stacks_examined,
        elapsed_s=round(elapsed_s, 3),
    )
