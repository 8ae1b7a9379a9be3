"""Kinds of failures, and for each the stacks that have it and those that surely do not.

A stack that fails may hide further failures, and one that fails of something else says nothing of this one:
unless a module was imported well that fails wherever this kind does. So each kind of failure that made some
stack fail is looked for among all imports of all stacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from knowledge.observations.record import Failure, ReleaseIdentity
from knowledge.probing.records import ProbeResult, Verdict

Releases = frozenset[ReleaseIdentity]
_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+")


class Outcome(msgspec.Struct, frozen=True):
    """What came of one stack."""

    id: str
    releases: Releases
    result: ProbeResult


class Kind(msgspec.Struct, frozen=True):
    """One kind of failure.

    Attributes:
        failing: stacks that have it and failed, of this or of something else, in the order of the outcomes.
        passing: of stacks that surely do not have it.
    """

    failing: tuple[Outcome, ...]
    passing: tuple[Releases, ...]


def kind_of(failure: Failure | None) -> str:
    """What failures have in common that look alike, numbers and what was under way apart."""
    if failure is None:
        return ""
    told = failure.message or failure.where.partition(":")[0]
    return _NUMBERS.sub("#", f"{failure.error}\n{told}")


def kinds(outcomes: Iterable[Outcome]) -> Mapping[str, Kind]:
    """Every kind of failure that made a stack fail."""
    known = [one for one in outcomes if one.result.verdict is not Verdict.NOT_KNOWN]
    failed = [one for one in known if one.result.verdict is Verdict.FAILED]
    names = dict.fromkeys(kind_of(one.result.failure) for one in failed)
    had = {one.id: set(_had(one.result)) for one in known}
    return {name: _kind(name, known, had) for name in names}


def imported(result: ProbeResult) -> set[str]:
    """The modules that were imported well."""
    return {module.module for module in result.modules if module.failure is None}


def failure_of(outcomes: Iterable[Outcome], name: str) -> Failure | None:
    """A failure of a kind, if possible one that made a stack fail."""
    found = [one.result for one in outcomes]
    stated = [result.failure for result in found]
    stated += [module.failure for result in found for module in result.modules]
    return next((one for one in stated if one is not None and kind_of(one) == name), None)


def _kind(name: str, known: list[Outcome], had: Mapping[str, set[str]]) -> Kind:
    having = [one for one in known if name in had[one.id]]
    telling = {
        module.module
        for one in having
        for module in one.result.modules
        if module.failure is not None and kind_of(module.failure) == name
    }
    for one in having:
        telling -= imported(one.result)
    passing = (
        one.releases
        for one in known
        if name not in had[one.id]
        and (one.result.verdict is Verdict.PASSED or telling & imported(one.result))
    )
    failing = (one for one in having if one.result.verdict is Verdict.FAILED)
    return Kind(tuple(failing), tuple(passing))


def _had(result: ProbeResult) -> Iterator[str]:
    """The kinds of all failures of a stack, whether they made it fail or not."""
    if result.failure is not None:
        yield kind_of(result.failure)
    for module in result.modules:
        if module.failure is not None:
            yield kind_of(module.failure)
