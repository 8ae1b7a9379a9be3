"""Refutes pairs of releases of which importing one fails because of the other, found out on paper.

The stack is imported from the modules of what was asked for, or from the user's code, over the files that
the target would install; see `analyzers.importing`. What fails for certain refutes the two releases, and
those releases that are found, by bisection, to fail alike: of the provider first; where none of them serves,
of the one that asks as well. Only what is examined is certain; what lies between is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analyzers.evidence import Evidence, Justification, Level
from resolver.context import Context
from resolver.source import ImportExaminer
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit, positions, span
from resolver.units.verdicts import Refutation

if TYPE_CHECKING:  # dear, and most runs examine nothing: what reads files is imported where one does
    from analyzers.importing.failures import ImportFailure
    from knowledge.imports.stack_files import Pinned


class ImportsStride:
    """Refutes releases that cannot be imported together, as read from their files."""

    name = "imports"

    def applies(self, context: Context) -> bool:
        """Where evidence is asked for, and the type of recommendation examines stacks."""
        return context.recommendation.strides and context.imports is not None

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        """One refutation for each failure that nothing in the stack catches."""
        assert context.imports is not None
        pins = pinned(stack, context)
        examined = context.imports.examined(pins, asked_directly(stack, pins))
        if examined is None:
            return ()
        found = []
        seen: set[tuple[str, ...]] = set()
        for failure in examined.failures:
            names = tuple(name for name in blamed(failure) if name in pins)
            if names and names not in seen:
                refutation = _Refuting(failure, stack, pins, context, context.imports).refutation(names)
                if refutation is not None:
                    seen.add(names)
                    found.append(refutation)
        return found


class _Refuting:
    """One failure of one stack."""

    def __init__(
        self,
        failure: ImportFailure,
        stack: Stack,
        pins: dict[str, Pinned],
        context: Context,
        imports: ImportExaminer,
    ) -> None:
        self._failure, self._stack, self._pins = failure, stack, pins
        self._context, self._imports = context, imports

    def refutation(self, names: Sequence[str]) -> Refutation | None:
        """What is refuted of the distributions that do not go together.

        Nothing where the user's code asks for what no admitted release gives: then the code or the
        requirements are at fault, and the stack is not to be blamed.
        """
        from analyzers.api.recurrence import asking

        here = {name: bit(self._stack.members[name].position) for name in names}
        releases = dict(here)
        provider = self._failure.provider
        serves = False
        if provider in releases and provider is not None:
            consumers = [name for name in names if name != provider]
            releases[provider], serves = self._failing(provider, consumers)
        if not serves:
            if asking(self._failure).distribution is None:
                return None
            for name in names:
                if name != provider:
                    releases[name], _ = self._failing(name, ())
        return Refutation(releases, reason(self._failure, self._stack), examined=here)

    def _failing(self, name: str, consumers: Sequence[str]) -> tuple[int, bool]:
        """The releases of a project that fail alike, from that in the stack on, and whether one is left.

        Args:
            name: of the project.
            consumers: whose own bounds on it hold.
        """
        member = self._stack.members[name]
        project = member.project
        series = self._series(member, consumers)
        fit = self._first_fit(project, series)
        if fit is None:
            last = series[-1] if series else member.position
        else:
            before = series.index(fit) - 1
            last = series[before] if before >= 0 else member.position
        low, high = sorted((member.position, last))
        return span(low, high + 1), fit is not None

    def _series(self, member: Member, consumers: Sequence[str]) -> list[int]:
        """The releases that could take the place of one, in the order in which they would be tried."""
        project, context = member.project, self._context
        admitted = project.usable & ~project.prereleases()
        for statement in context.statements(project.name):
            admitted &= project.versions.mask(statement.specifiers)
        for consumer in consumers:
            for specifiers in member.asked.get(consumer, ()):
                admitted &= project.versions.mask(specifiers)
        if project.ascending:
            return sorted(positions(admitted & span(member.position + 1, len(project.versions))))
        return sorted(positions(admitted & span(0, member.position)), reverse=True)

    def _first_fit(self, project: Project, series: Sequence[int]) -> int | None:
        """The first release of a series that does not fail alike; None where there is none.

        What a release lacks, those behind it lack too until one has it: nearly always, and the one that is
        found is examined. Releases of which the cheap question knows nothing are taken to fail at first; then
        the last of them before the one that serves is imported, and where that works the rest as well.
        """
        if not series:
            return None
        answers: dict[int, bool | None] = {}

        def cheaply(number: int) -> bool:
            answers[number] = self._recurs(project, series[number])
            return answers[number] is not False

        fit = _bisected(0, len(series), cheaply, lambda numbers: self._prepare(project, series, numbers))
        if fit == 0 or (fit < len(series) and answers.get(fit - 1)):
            return series[fit]
        if fit == len(series) and all(answers.values()):
            return None
        if fit < len(series) and self._repeats(project, series[fit - 1]) is not False:
            return series[fit]
        # What cannot be known is examined when its turn comes.
        fit = _bisected(
            0, fit, lambda number: self._repeats(project, series[number]) is True, lambda numbers: None
        )
        return series[fit] if fit < len(series) else None

    def _recurs(self, project: Project, position: int) -> bool | None:
        return self._imports.recurs(self._failure, project.name, self._pin(project, position), self._pins)

    def _repeats(self, project: Project, position: int) -> bool | None:
        """Whether importing says so."""
        pins = {**self._pins, project.name: self._pin(project, position)}
        return self._imports.repeats(self._failure, pins, asked_directly(self._stack, self._pins))

    def _prepare(self, project: Project, series: Sequence[int], numbers: Sequence[int]) -> None:
        asked = [self._pin(project, series[number]) for number in numbers]
        self._imports.prepare(self._failure, project.name, asked, self._pins)

    def _pin(self, project: Project, position: int) -> Pinned:
        from knowledge.imports.stack_files import Pinned

        return Pinned(project.version(position), project.files(position, self._context.target)[0])


def _bisected(
    low: int, high: int, fails: Callable[[int], bool], prepare: Callable[[Sequence[int]], object]
) -> int:
    """The first number of a range that does not fail; `high` where every one does."""
    while low < high:
        middle = (low + high) // 2
        prepare([middle, *sorted({(low + middle) // 2, (middle + 1 + high) // 2} - {middle, high})])
        if fails(middle):
            low = middle + 1
        else:
            high = middle
    return low


def reason(
    failure: ImportFailure, stack: Stack, level: Level = Level.ERROR, unit: str = ImportsStride.name
) -> Justification:
    """A failure with the lines that prove it."""
    from analyzers.api.recurrence import asking
    from analyzers.importing.failures import ROOT

    consumer, provider = asking(failure), failure.provider
    is_root = consumer.module.startswith(ROOT)
    asks = _release(consumer.distribution, stack) or (f"import {consumer.path}" if is_root else "the code")
    gives = _release(provider, stack) if provider != consumer.distribution else None
    beside = f" with {gives}" if gives else ""
    evidence = [Evidence(what=f"{failure.exception}: {failure.message}", where=str(consumer))]
    if failure.where is not None and failure.where != str(consumer):
        evidence.append(
            Evidence(what=f"looked for in {provider or 'the standard library'}", where=failure.where)
        )
    is_code = consumer.distribution is None
    verb = ("cannot run" if is_code else "cannot be imported") if level is Level.ERROR else "may fail"
    message = f"{asks} {verb}{beside}: {failure.message} ({consumer})"
    return Justification(unit=unit, level=level, message=message, evidence=tuple(evidence))


def _release(name: str | None, stack: Stack) -> str | None:
    return f"{name} {stack.members[name].version}" if name is not None and name in stack.members else None


def blamed(failure: ImportFailure) -> tuple[str, ...]:
    """The distributions that do not go together; one where it fails whatever else is in the stack."""
    from analyzers.api.recurrence import asking

    names = (asking(failure).distribution, failure.provider)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def asked_directly(stack: Stack, pins: dict[str, Pinned]) -> list[str]:
    """The distributions whose modules are imported where there is no code."""
    return [name for name, member in stack.members.items() if member.direct and name in pins]


def pinned(stack: Stack, context: Context) -> dict[str, Pinned]:
    """The files that the target would install of a stack."""
    from knowledge.imports.stack_files import Pinned

    found = {}
    for name, member in stack.members.items():
        files = member.project.files(member.position, context.target)
        if files:
            found[name] = Pinned(member.version, files[0])
    return found
