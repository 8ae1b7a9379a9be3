"""Refutes pairs of releases of which importing one fails because of the other, found out on paper.

The stack is imported from the modules of what was asked for, or from the user's code, over the files that
the target would install; see `analyzers.importing`. What fails for certain refutes the two releases, and the
older releases of the provider that are found, by bisection, to fail alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.evidence import Evidence, Justification, Level
from analyzers.importing.failures import ImportFailure
from knowledge.stack_imports import Pinned
from resolver.context import Context
from resolver.projects import Project
from resolver.source import ImportExaminer
from resolver.stack import Stack
from resolver.units.verdicts import Refutation
from resolver.versions import bit, positions, span


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
        roots = [name for name, member in stack.members.items() if member.direct]
        examined = context.imports.examined(pins, [name for name in roots if name in pins])
        if examined is None:
            return ()
        found = []
        seen: set[tuple[str, ...]] = set()
        for failure in examined.failures:
            names = tuple(name for name in blamed(failure) if name in stack.members)
            if names and names not in seen:
                seen.add(names)
                found.append(self._refuted(failure, names, stack, pins, context, context.imports))
        return found

    def _refuted(
        self,
        failure: ImportFailure,
        names: Sequence[str],
        stack: Stack,
        pins: dict[str, Pinned],
        context: Context,
        imports: ImportExaminer,
    ) -> Refutation:
        releases = {name: bit(stack.members[name].position) for name in names}
        provider = failure.provider
        if provider in releases and provider is not None:
            project, position = stack.members[provider].project, stack.members[provider].position
            roots = [name for name, member in stack.members.items() if member.direct]
            fit = _newest_that_serves(failure, project, position, pins, roots, context, imports)
            releases[provider] = span(0 if fit is None else fit + 1, position + 1)
        return Refutation(releases, self._reason(failure, stack))

    def _reason(self, failure: ImportFailure, stack: Stack) -> Justification:
        consumer, provider = failure.consumer, failure.provider
        asking = _release(consumer.distribution, stack) or "the code"
        giving = _release(provider, stack) if provider != consumer.distribution else None
        giving = f" with {giving}" if giving else ""
        evidence = [Evidence(what=f"{failure.exception}: {failure.message}", where=str(consumer))]
        if failure.where is not None and failure.where != str(consumer):
            evidence.append(
                Evidence(what=f"looked for in {provider or 'the standard library'}", where=failure.where)
            )
        message = f"{asking} cannot be imported{giving}: {failure.message} ({consumer})"
        return Justification(unit=self.name, level=Level.ERROR, message=message, evidence=tuple(evidence))


def _release(name: str | None, stack: Stack) -> str | None:
    return f"{name} {stack.members[name].version}" if name is not None and name in stack.members else None


def blamed(failure: ImportFailure) -> tuple[str, ...]:
    """The distributions that do not go together; one where it fails whatever else is in the stack."""
    names = (failure.consumer.distribution, failure.provider)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def pinned(stack: Stack, context: Context) -> dict[str, Pinned]:
    """The files that the target would install of a stack."""
    found = {}
    for name, member in stack.members.items():
        files = member.project.files(member.position, context.target)
        if files:
            found[name] = Pinned(member.version, files[0])
    return found


def _newest_that_serves(
    failure: ImportFailure,
    project: Project,
    position: int,
    pins: dict[str, Pinned],
    roots: Sequence[str],
    context: Context,
    imports: ImportExaminer,
) -> int | None:
    """The newest older release of the provider that does not fail alike; None where every one does."""
    admitted = project.usable & ~project.prereleases()
    for statement in context.statements(project.name):
        admitted &= project.versions.mask(statement.specifiers)
    older = sorted(positions(admitted & span(0, position)))
    low, high = 0, len(older) - 1
    fit: int | None = None
    while low <= high:
        middle = (low + high) // 2
        file = project.files(older[middle], context.target)[0]
        other = {**pins, project.name: Pinned(project.version(older[middle]), file)}
        if imports.fails_alike(failure, other, roots):
            high = middle - 1
        else:
            fit, low = older[middle], middle + 1
    return fit
