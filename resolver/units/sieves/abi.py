"""Refuses releases whose wheels the image cannot load, though their tags fit.

Mostly the tags promise enough: a policy of manylinux bounds what a wheel may ask for of the C++ library. Only
where the image has an older one, or none, or where a tag promises nothing, wheels are looked into: the newest
one first; where it cannot be loaded, older ones are bisected for the newest that can. Where none can, nothing
is refused, and the wrap `unloadable` warns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import positions, span
from resolver.units.verdicts import Refusal

if TYPE_CHECKING:
    from images.native.loadable import Unmet

_MOST_EVIDENCE = 5


class AbiSieve:
    """Refuses releases whose wheels need other C or C++ libraries than the image has."""

    name = "abi"

    def applies(self, context: Context) -> bool:
        """Where --image names the target, and wheels can be read."""
        return context.natives is not None

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for the newest releases that cannot be loaded, or none."""
        admitted = project.usable & ~project.prereleases()
        for statement in context.statements(project.name):
            admitted &= project.versions.mask(statement.specifiers)
        candidates = sorted(positions(admitted))
        found = missing(project, candidates[-1], context) if candidates else ()
        if not found:
            return
        fit = _newest_that_loads(project, candidates[:-1], context)
        if fit is None:
            return
        releases = span(fit + 1, candidates[-1] + 1)
        message = f"{in_words(found)}; {project.version(fit)} can be loaded"
        yield Refusal(
            releases, Justification(unit=self.name, message=message, evidence=tuple(evidence(found)))
        )


def missing(project: Project, position: int, context: Context) -> Sequence[Unmet]:
    """What stands against loading the wheel of a release; empty where nothing does or that is not known."""
    from images.native.loadable import unmet  # only a run on an image needs them
    from images.native.symbol_ceilings import is_promised

    files = project.files(position, context.target)
    if not files or context.natives is None:
        return ()
    tags = files[0].tags
    if not tags or is_promised(tags, context.target.environment):
        return ()
    return tuple(unmet(context.natives.files(files[0]) or {}, context.target.environment))


def in_words(found: Sequence[Unmet]) -> str:
    """What a release needs that the target has not."""
    first = found[0]
    return f"needs {first.needs} ({first.path}), and the target has {first.has}"


def evidence(found: Sequence[Unmet]) -> Iterable[Evidence]:
    """The first few files of a wheel that cannot be loaded."""
    for one in found[:_MOST_EVIDENCE]:
        yield Evidence(what=f"needs {one.needs}; the target has {one.has}", where=one.path)


def _newest_that_loads(project: Project, older: Sequence[int], context: Context) -> int | None:
    """By bisection: what a release needs, newer ones need too; the one that is taken was looked at."""
    low, high = 0, len(older) - 1
    fit: int | None = None
    while low <= high:
        middle = (low + high) // 2
        if missing(project, older[middle], context):
            high = middle - 1
        else:
            fit, low = older[middle], middle + 1
    return fit
