"""One finding per kind and subject, however many places show it; what is not wanted is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from packaging.utils import canonicalize_name

from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.source.dependencies.declared import Declaration
from analyzers.source.reading.suppressions import Suppressed
from analyzers.source.records import Import
from analyzers.source.settings import ScanSettings

_PLACES_LIMIT = 50
_WEIGHT = {Level.INFO: 0, Level.WARNING: 1, Level.ERROR: 2}


class _Draft(msgspec.Struct):
    level: Level
    message: str
    location: Location
    evidence: list[Evidence] = msgspec.field(default_factory=list)
    extra: tuple[Evidence, ...] = ()
    more: int = 0


class Gathered:
    """Collects findings."""

    def __init__(self, settings: ScanSettings, suppressed: Suppressed) -> None:
        self._ignored = {(one.id, one.subject) for one in settings.ignore}
        self._suppressed = suppressed
        self._drafts: dict[tuple[str, str], _Draft] = {}

    def add_import(
        self,
        kind: str,
        one: Import,
        *,
        subject: str,
        level: Level,
        message: str,
        extra: Iterable[Evidence] = (),
    ) -> None:
        """An import shows it; the finding has the level of the gravest."""
        place = one.file, one.cell
        root = one.module.partition(".")[0]
        if self._is_ignored(kind, subject, root, *(each.name for each in one.distributions)):
            return
        if self._suppressed.covers(kind, place, one.line, one.end_line):
            return
        location = Location(path=one.file, line=one.line, column=one.column, cell=one.cell)
        evidence = Evidence(what=_statement(one), where=str(location), confidence=one.confidence)
        draft = self._drafts.get((kind, subject))
        if draft is None:
            draft = self._drafts[kind, subject] = _Draft(level, message, location, extra=tuple(extra))
        elif _WEIGHT[level] > _WEIGHT[draft.level]:
            draft.level, draft.message, draft.location = level, message, location
        if len(draft.evidence) < _PLACES_LIMIT:
            draft.evidence.append(evidence)
        else:
            draft.more += 1

    def add_declared(
        self,
        kind: str,
        subject: str,
        declarations: Sequence[Declaration],
        *,
        level: Level,
        message: str,
        extra: Iterable[Evidence] = (),
    ) -> None:
        """Declarations show it; those on lines that want no such finding do not count."""
        if self._is_ignored(kind, subject):
            return
        left = [
            one
            for one in declarations
            if not self._suppressed.covers(kind, (one.location.path, None), one.location.line)
        ]
        if left:
            evidence = [
                Evidence(what=f"declares {one.declared.text}", where=str(one.location))
                for one in left[:_PLACES_LIMIT]
            ]
            self._drafts[kind, subject] = _Draft(
                level, message, left[0].location, evidence, tuple(extra), max(len(left) - _PLACES_LIMIT, 0)
            )

    def findings(self) -> Iterator[Finding]:
        """Those that were collected, in the order in which they were first seen."""
        for (kind, subject), draft in self._drafts.items():
            evidence = [*draft.evidence, *draft.extra]
            if draft.more:
                evidence.append(Evidence(what=f"and {draft.more} more places", where=draft.location.path))
            yield Finding(
                id=kind,
                level=draft.level,
                message=draft.message,
                subject=subject,
                location=draft.location,
                evidence=tuple(evidence),
            )

    def _is_ignored(self, kind: str, *names: str) -> bool:
        if not self._ignored:
            return False
        return (kind, None) in self._ignored or any(
            (kind, canonicalize_name(name)) in self._ignored for name in names
        )


def _statement(one: Import) -> str:
    if one.name is None:
        return f"import {one.module}"
    return f"from {one.module} import {one.name}"
