"""What a run of rules over code would change, as a document."""

from __future__ import annotations

from analyzers.evidence import Finding
from analyzers.reports import Report


class FixReport(Report, frozen=True, kw_only=True):
    """Findings by rule and place: warnings would change, notes are left to a person.

    Attributes:
        changed_files: how many files would change.
        needs: distributions that the new code needs.
    """

    changed_files: int
    needs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
