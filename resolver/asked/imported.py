"""What a scan adds to what is asked for: distributions that code imports and that nothing declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analyzers.evidence import Confidence
from analyzers.source.records import Import, Origin, Role
from analyzers.source.report import SourceReport
from resolver.asked.found import found_manifests

Asked = list[tuple[str, str]]
"""Normalised names of distributions, each with the first place that imports it."""


def default_manifest(root: Path) -> Path | None:
    """The manifest of a project that is read where none is named; None where it has none."""
    if not root.is_dir():
        return None
    chosen = found_manifests(root).chosen
    return None if chosen is None else root / chosen


def imported_requirements(report: SourceReport) -> tuple[Asked, Asked]:
    """What main code imports unconditionally and nothing declares: what is known by that name, and guesses.

    A name that merely may be that of a distribution is none to be installed unasked: anyone can register it.
    """
    declared = {one.name for one in report.declared if one.name is not None}
    wanted: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for one in _undeclared(report, declared):
        best = one.distributions[0]
        known = best.confidence is not Confidence.POSSIBLE
        (wanted if known else doubtful).setdefault(best.name, f"{one.file}:{one.line}")
    return sorted(wanted.items()), sorted(doubtful.items())


def _undeclared(report: SourceReport, declared: set[str]) -> Iterator[Import]:
    alternatives = {
        (one.file, one.alternative)
        for one in report.imports
        if one.alternative is not None and (one.origin is Origin.STDLIB or _is_declared(one, declared))
    }
    for one in report.imports:
        conditional = one.guard or (one.file, one.alternative) in alternatives
        if one.role is not Role.MAIN or one.origin is not Origin.THIRD_PARTY or conditional:
            continue
        if one.distributions and not _is_declared(one, declared):
            yield one


def _is_declared(one: Import, declared: set[str]) -> bool:
    return any(match.name in declared for match in one.distributions)
