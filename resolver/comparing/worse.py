"""In which ways the later of two locks is worse: findings, each with its criterion as id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from analyzers.evidence import Confidence, Evidence, Finding, Level, Location
from images.reports.comparison import Change
from resolver.advising.existing import Violation
from resolver.comparing.records import AdvisoryChange, Criterion, LockComparison, LockSide, PinChange
from resolver.outputs.texts.columns import megabytes
from resolver.progress import points
from resolver.reports.check import Verdict
from resolver.reports.check_findings import broken, is_broken, placed, verdict_told

_GRAVE = 70
"""From here on CVSS calls a vulnerability high."""


def worse(told: LockComparison, place_of: Callable[[str | None], Location]) -> Iterator[Finding]:
    """What is worse in the later lock, the gravest first.

    Args:
        told: everything that differs.
        place_of: a project's place in the later lock; that of the whole where it has none.
    """
    yield from _failures(told, place_of)
    for api in told.apis:
        for change in api.changes:
            if is_broken(change):
                release = f"{api.name} {api.before} → {api.after}"
                yield broken(change, release, told.source, place_of(api.name))
    for violation in new_violations(told.before, told.after):
        version = f" {violation.version}" if violation.version else ""
        yield Finding(
            id=Criterion.NEW_VIOLATION.value,
            level=Level.ERROR,
            message=f"{violation.name}{version}: {violation.reason.message}",
            subject=violation.name,
            location=place_of(violation.name),
            evidence=violation.reason.evidence,
        )
    yield from (_advisory(one, place_of) for one in told.new_advisories)
    for changed in told.files:
        if not changed.kept:
            yield Finding(
                id=Criterion.OTHER_FILES.value,
                level=Level.ERROR,
                message=f"{changed.name} {changed.version} has other files than before: no hash is shared",
                subject=changed.name,
                location=place_of(changed.name),
            )
    yield from _score(told, place_of(None))
    for pin in told.pins:
        if pin.change is Change.DOWNGRADE and pin.is_live:
            yield Finding(
                id=Criterion.DOWNGRADE.value,
                level=Level.INFO,
                message=f"{pin.name} {pin.after} is older than {pin.before}",
                subject=pin.name,
                location=place_of(pin.name),
            )
    yield from _larger(told, place_of(None))


def new_failures(before: LockSide, after: LockSide) -> tuple[Verdict, ...]:
    """What fails for certain in the later lock and did not in the earlier, whatever the versions."""
    known = {_failure(each) for each in before.failures if each.confidence is Confidence.CERTAIN}
    return tuple(
        each
        for each in after.failures
        if each.confidence is Confidence.CERTAIN and _failure(each) not in known
    )


def gone_failures(before: LockSide, after: LockSide) -> tuple[Verdict, ...]:
    """What failed for certain before and no longer does; nothing where that was not looked at in full."""
    return new_failures(after, before) if after.is_examined else ()


def new_violations(before: LockSide, after: LockSide) -> tuple[Violation, ...]:
    """What stands against a pin of the later lock where the same unit had nothing against the project."""
    known = {(one.name, one.reason.unit) for one in before.violations if one.reason.level is Level.ERROR}
    return tuple(
        one
        for one in after.violations
        if one.reason.level is Level.ERROR and (one.name, one.reason.unit) not in known
    )


def met(criteria: Iterable[Criterion], found: Iterable[Finding]) -> tuple[Criterion, ...]:
    """Those of some criteria by which something is worse."""
    ids = {finding.id for finding in found}
    return tuple(criterion for criterion in Criterion if criterion in set(criteria) and criterion in ids)


def _failure(verdict: Verdict) -> tuple[str, str, str]:
    return _name(verdict.consumer), _name(verdict.provider), verdict.message


def _name(release: str | None) -> str:
    return (release or "").partition(" ")[0]


def _failures(told: LockComparison, place_of: Callable[[str | None], Location]) -> Iterator[Finding]:
    doubt = "" if told.before.is_examined else f"; {told.before.path} was not looked at in full"
    for verdict in new_failures(told.before, told.after):
        name = _name(verdict.consumer or verdict.provider) or None
        location = place_of(name)
        if verdict.consumer is None and told.source is not None and verdict.evidence:
            location = placed(told.source, verdict.evidence[0].where)
        yield Finding(
            id=Criterion.NEW_FAILURE.value,
            level=Level.ERROR,
            message=f"{verdict.consumer or 'the code'} {verdict_told(verdict)}{doubt}",
            subject=name,
            location=location,
            evidence=verdict.evidence,
        )


def _advisory(one: AdvisoryChange, place_of: Callable[[str | None], Location]) -> Finding:
    is_grave = one.severity is not None and one.severity >= _GRAVE
    fixed = f"; fixed in {one.fixed_in}" if one.fixed_in else ""
    summary = f": {one.summary}" if one.summary else ""
    return Finding(
        id=Criterion.NEW_ADVISORY.value,
        level=Level.ERROR if is_grave else Level.WARNING,
        message=f"{one.name} {one.version} has {one.id} ({rated(one)}){summary}{fixed}",
        subject=one.name,
        location=place_of(one.name),
        evidence=(Evidence(what=one.id, where=one.link),) if one.link else (),
    )


def rated(one: AdvisoryChange) -> str:
    """The severity in words."""
    return "not rated" if one.severity is None else f"{one.severity / 10:.1f}"


def _score(told: LockComparison, place: Location) -> Iterator[Finding]:
    old, new = told.before.score, told.after.score
    if old is None or new is None or new >= old:
        return
    units = {*told.before.units, *told.after.units}
    lost = {unit: told.after.units.get(unit, 0) - told.before.units.get(unit, 0) for unit in units}
    worst = [f"{unit} {points(lost[unit])}" for unit in sorted(units, key=lost.__getitem__) if lost[unit] < 0]
    yield Finding(
        id=Criterion.LOWER_SCORE.value,
        level=Level.WARNING,
        message=f"the score on {told.target} falls from {points(old)} to {points(new)} ({', '.join(worst)})",
        location=place,
    )


def _larger(told: LockComparison, place: Location) -> Iterator[Finding]:
    more = told.after.download_bytes - told.before.download_bytes
    if more > 0 and not told.before.unsized and not told.after.unsized:
        grown = sorted((pin for pin in told.pins if pin.is_live), key=_growth, reverse=True)
        names = ", ".join(f"{pin.name} +{megabytes(_growth(pin))}" for pin in grown[:3] if _growth(pin) > 0)
        yield Finding(
            id=Criterion.LARGER.value,
            level=Level.INFO,
            message=f"{megabytes(more)} more have to be downloaded ({names})",
            location=place,
        )


def _growth(pin: PinChange) -> int:
    return (pin.after_bytes or 0) - (pin.before_bytes or 0)
