"""What a build log tells, as findings: one for each failure that was not made good."""

from __future__ import annotations

from analyzers.buildlogs.records import BuildFailure, BuildLogReport
from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.sarif import sarif
from resolver.outputs.texts.build_log_remedies import CAUSES, reason, remedies

_RULES = {cause.value: sentence for cause, sentence in CAUSES.items()}


def build_log_sarif(report: BuildLogReport) -> bytes:
    """A SARIF log; places are lines of the build log."""
    findings = [_finding(failure, report.input.what) for failure in report.failures]
    return sarif(report.tool, _RULES, findings, report.unknowns)


def _finding(failure: BuildFailure, path: str) -> Finding:
    subject = f"{failure.package} {failure.version}".strip()
    told = f"{subject or failure.step.value}: {reason(failure)}"
    return Finding(
        id=failure.cause.value,
        level=Level.INFO if failure.is_recovered else Level.ERROR,
        message="; ".join([told, *remedies(failure)]),
        subject=failure.package or None,
        location=Location(path=path, line=failure.lines[0] if failure.lines else None),
        evidence=(Evidence(what=failure.message, where=_where(failure)),),
    )


def _where(failure: BuildFailure) -> str:
    return failure.where or f"line {failure.lines[-1] if failure.lines else 1}"
