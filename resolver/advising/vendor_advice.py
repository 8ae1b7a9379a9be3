"""Advice with the indexes that rules choose, and without those of them that turn out to be of no use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, Unpack

from analyzers.reports import Tool
from knowledge.transport.statistics import Traffic
from resolver.advising.advise import advise
from resolver.advising.vendor_releases import IndexedReleases, VendorIndexError, VendorReleases, with_vendors
from resolver.context import Context
from resolver.pipeline import Pipeline
from resolver.progress import Progress
from resolver.reports.advice import Advice
from resolver.search.budget import Budget
from resolver.search.interruption import Interruption
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution


class _Run(TypedDict):
    """What every run is told; see `resolver.advising.advise.advise`."""

    tool: Tool
    traffic: Traffic
    created_at: str
    elapsed_s: Callable[[], float]
    progress: Progress | None
    budget: Budget | None
    interruption: Interruption | None
    memory_bytes: Callable[[], int]
    with_history: bool


def advised_with_vendors(
    context: Context,
    source: IndexedReleases,
    pipeline: Pipeline,
    *,
    inspect: Callable[[Resolver, Solution | None], None] | None = None,
    **run: Unpack[_Run],
) -> Advice:
    """The advice on a context, whose projects come from the indexes of certain rules as far as those serve.

    Args:
        inspect: called once, for the run whose advice is returned.

    Raises:
        RunRefusedError, KnowledgeError: see `resolver.advising.advise.advise`.
    """
    given_up: dict[str, str] = {}
    while True:
        releases = VendorReleases(source, context, given_up)
        ended: list[tuple[Resolver, Solution | None]] = []
        try:
            advice = advise(
                with_vendors(context, releases),
                releases,
                pipeline,
                inspect=lambda *found, ended=ended: ended.append(found),
                **run,
            )
        except VendorIndexError as error:
            given_up[error.url] = error.reason
            continue
        useless = releases.without()
        if useless and not advice.status.is_solved and advice.stopped_by is None:
            given_up |= useless
            continue
        if inspect is not None:
            inspect(*ended[0])
        return advice
