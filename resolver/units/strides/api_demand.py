"""Refutes releases that lack what the user's code demands of them, as read from their wheels.

The pinned release of each project that the code uses is examined. Where it lacks something, older releases
are bisected for the newest that offers everything; those in between are taken to lack it as well. Where no
release that the requirements admit offers it, nothing is refuted: then the code, or this examination, is at
fault, and the stack is not to be blamed. Cost: a few ranges of one wheel for each project that is used, and
of log2(releases) wheels where something is missing; the answers are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analyzers.evidence import Confidence, Evidence, Finding, Justification, Level
from knowledge.releases import FileKind
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import positions, span
from resolver.units.verdicts import Refutation

if TYPE_CHECKING:
    from analyzers.source.signals.demand import ApiDemand

_MOST_EVIDENCE = 5


class ApiDemandStride:
    """Refutes releases that lack what the user's code uses, as read from their wheels."""

    name = "api-demand"

    def applies(self, context: Context) -> bool:
        """Where --source names code, and the type of recommendation examines stacks."""
        return bool(context.demands) and context.surfaces is not None

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        """One refutation for each project that lacks something."""
        found = []
        for name in sorted(context.demands.keys() & stack.members.keys()):
            refutation = self._examined(stack.members[name], context.demands[name], context)
            if refutation is not None:
                found.append(refutation)
        return found

    def _examined(self, member: Member, demand: ApiDemand, context: Context) -> Refutation | None:
        found = lacking(member.project, member.position, demand, context)
        if not found:
            return None
        fit = _newest_that_offers(member.project, member.position, demand, found, context)
        if fit is None:
            return None
        releases = span(fit + 1, member.position + 1)
        first, version = found[0], member.project.version(fit)
        message = f"lacks what {first.location or 'the code'} uses: {first.message}; {version} offers it"
        if len(found) > 1:
            message += f"; and {len(found) - 1} more"
        return Refutation(
            {member.project.name: releases},
            Justification(
                unit=self.name, level=Level.WARNING, message=message, evidence=tuple(evidence(found))
            ),
        )


def lacking(project: Project, position: int, demand: ApiDemand, context: Context) -> Sequence[Finding] | None:
    """What a release is likely to lack, what is merely possible left out; None where that cannot be known."""
    files = project.files(position, context.target)
    if not files or context.surfaces is None:
        return None
    release = f"{project.name} {project.version(position)}"
    found = context.surfaces.missing(demand, files[0], release)
    return None if found is None else [finding for finding in found if finding.level is Level.ERROR]


def _newest_that_offers(
    project: Project, position: int, demand: ApiDemand, lost: Sequence[Finding], context: Context
) -> int | None:
    """The newest release older than `position` that is known to lack nothing, found by bisection."""
    admitted = project.usable & ~project.prereleases()
    for statement in context.statements(project.name):
        admitted &= project.versions.mask(statement.specifiers)
    older = [
        each
        for each in sorted(positions(admitted & span(0, position)))
        if project.files(each, context.target)[0].kind is FileKind.WHEEL  # others cannot be examined
    ]
    gone = {_symbol(finding) for finding in lost}
    low, high = 0, len(older) - 1
    fit: int | None = None
    # What a release lost, newer ones lack too: nearly always, and the one that is taken is examined.
    while low <= high:
        middle = (low + high) // 2
        found = lacking(project, older[middle], demand, context)
        if found is None or any(_symbol(each) in gone for each in found):
            high = middle - 1
        else:
            fit, low = older[middle], middle + 1
    return None if fit is None or lacking(project, fit, demand, context) else fit


def _symbol(finding: Finding) -> str:
    """What a finding is about, whatever the release."""
    return finding.evidence[0].what if finding.evidence else finding.message


def evidence(found: Sequence[Finding]) -> Iterator[Evidence]:
    """The first few of what a release lacks, with the lines that use it."""
    for finding in found[:_MOST_EVIDENCE]:
        where = str(finding.location) if finding.location else "the code"
        yield Evidence(what=finding.message, where=where, confidence=Confidence.LIKELY)
