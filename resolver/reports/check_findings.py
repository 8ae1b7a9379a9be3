"""What a check or a diff says, as findings with places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from analyzers.api.changes import ApiChange, Weight
from analyzers.api.missing import ID as MISSING
from analyzers.evidence import Confidence, Evidence, Finding, Level, Location
from resolver.reports.api_reports import ApiDiff
from resolver.reports.check import Basis, Check, Verdict

FAILURE = "import-failure"
DOUBT = "import-doubt"
CHECK_FINDINGS: Mapping[str, str] = {
    FAILURE: "importing fails for certain",
    DOUBT: "importing may fail",
    MISSING: "the code uses what a release does not offer",
}
BROKEN = "broken-api"
DIFF_FINDINGS: Mapping[str, str] = {BROKEN: "a release no longer offers what code may use, or does use"}
"""The kinds of findings, each with what it means."""
_LEVELS = {
    Confidence.CERTAIN: Level.ERROR,
    Confidence.LIKELY: Level.WARNING,
    Confidence.POSSIBLE: Level.INFO,
}
_MOST_USES = 5


def check_findings(
    check: Check, source: str | None, place_of: Callable[[str], Location]
) -> Iterator[Finding]:
    """A finding for each verdict.

    Args:
        check: that was made.
        source: the code that was named, if any.
        place_of: where a project stands in what was checked.
    """
    for verdict in check.verdicts:
        name = (verdict.consumer or verdict.provider or "").partition(" ")[0]
        location = place_of(name)
        if verdict.consumer is None and source is not None and verdict.evidence:
            location = placed(source, verdict.evidence[0].where)
        yield Finding(
            id=MISSING if verdict.basis is Basis.USE else FAILURE if verdict.is_failure else DOUBT,
            level=Level.ERROR if verdict.is_failure else _LEVELS[verdict.confidence],
            message=f"{verdict.consumer or 'the code'} {verdict_told(verdict)}",
            subject=name or None,
            location=location,
            evidence=verdict.evidence,
        )


def verdict_told(verdict: Verdict) -> str:
    """What happens to who asks, and why."""
    if verdict.basis is Basis.USE:
        return f"uses what is not there: {verdict.message}"
    beside = f" with {verdict.provider}" if verdict.provider not in (None, verdict.consumer) else ""
    verb = "fails" if verdict.is_failure else "may fail"
    return f"{verb}{beside}: {verdict.message}"


def diff_findings(told: ApiDiff) -> Iterator[Finding]:
    """A finding for each change that breaks the code, or, where none was named, any code."""
    release = f"{told.after.name} {told.before.version} → {told.after.version}"
    for change in told.changes:
        if change.weight is Weight.BREAKING and (told.source is None or is_broken(change)):
            yield broken(change, release, told.source, Location(path=told.after.filename))


def is_broken(change: ApiChange) -> bool:
    """Whether a change breaks what code uses without a guard."""
    return change.weight is Weight.BREAKING and any(not use.is_guarded for use in change.used)


def broken(change: ApiChange, release: str, source: str | None, elsewhere: Location) -> Finding:
    """A change that breaks code.

    Args:
        release: name and versions.
        source: the code whose uses are told, if any.
        elsewhere: the place of what brings the change; of the finding where no code uses it.
    """
    places = [placed(source or "", use.where) for use in change.used if not use.is_guarded]
    return Finding(
        id=BROKEN,
        level=Level.ERROR if change.doubt is None else Level.WARNING,
        message=f"{release}: {change.path} {change.told}",
        subject=release.partition(" ")[0],
        location=places[0] if places else elsewhere,
        evidence=(
            *(Evidence(what=f"{change.path} is used", where=str(place)) for place in places[:_MOST_USES]),
            Evidence(what=release, where=str(elsewhere)),
        ),
    )


def placed(source: str, where: str) -> Location:
    """A place in code, whose path is told from the working directory.

    Args:
        source: directory or file that was scanned, as the user named it.
        where: ``file:line``, relative to a directory.
    """
    path, _, line = where.rpartition(":")
    while path.rpartition(":")[2].isdigit():  # a column stands behind the line
        path, _, line = path.rpartition(":")
    if not line.isdigit():
        path, line = where, ""
    if PurePosixPath(source).suffix in (".py", ".ipynb"):
        path = source
    elif source:
        path = str(PurePosixPath(source) / path)
    return Location(path=path, line=int(line) if line else None)
