"""What came of probes, as observations that later runs go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzers.reports import Tool
from knowledge.observations.record import Observation
from knowledge.probing.observing import observation
from knowledge.probing.records import Verdict
from resolver.monkey.blaming import Blame
from resolver.monkey.journal import StackResult
from resolver.monkey.plan import Plan


def observations(
    plan: Plan, results: Mapping[str, StackResult], blame: Blame, tool: Tool
) -> Iterator[Observation]:
    """One for each stack that passed or failed; what is not known is none.

    A failure is put down to what all stacks together say, where that is likely at least.
    """
    head = plan.head
    for one in plan.stacks:
        found = results.get(one.id)
        if found is None:
            continue
        is_failed = found.result.verdict is Verdict.FAILED
        seen = observation(
            head.demand.task(one.pins),
            found.result,
            head.environment,
            created_at=found.created_at,
            tool=tool,
            blame=blame.of(one.id, found.result.failure) if is_failed else None,
        )
        if seen is not None:
            yield seen
