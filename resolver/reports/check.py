"""The record of a check: what importing releases that were chosen elsewhere meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from analyzers.api.recurrence import asking
from analyzers.evidence import Confidence, Evidence
from analyzers.importing.failures import ImportFailure
from analyzers.reports import Report


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Two releases that do not go together, or code and one release.

    Attributes:
        consumer: name and version of what asks; None for the user's code.
        provider: name and version of what does not give it; None where nothing in the stack could.
        confidence: only what is certain fails a check.
    """

    consumer: str | None
    provider: str | None
    message: str
    confidence: Confidence
    evidence: tuple[Evidence, ...]


class Check(Report, frozen=True, kw_only=True):
    """What `stackwright check` answers.

    Attributes:
        subject: as the user named it.
        releases: name to version.
        verdicts: certain ones first.
        is_complete: everything was looked at; what was not stands among the unknowns.
    """

    subject: str
    releases: dict[str, str]
    verdicts: tuple[Verdict, ...]
    is_complete: bool

    @property
    def is_sound(self) -> bool:
        """Whether nothing fails for certain."""
        return all(verdict.confidence is not Confidence.CERTAIN for verdict in self.verdicts)


def verdicts(failures: Iterable[ImportFailure], versions: Mapping[str, str]) -> tuple[Verdict, ...]:
    """Failures as verdicts, each once.

    Args:
        failures: certain ones first.
        versions: by normalised name.
    """
    return tuple(dict.fromkeys(_verdict(failure, versions) for failure in failures))


def _verdict(failure: ImportFailure, versions: Mapping[str, str]) -> Verdict:
    site = asking(failure)
    evidence = [Evidence(what=f"{failure.exception}: {failure.message}", where=str(site))]
    if failure.where is not None and failure.where != str(site):
        place = failure.provider or "the standard library"
        evidence.append(Evidence(what=f"looked for in {place}", where=failure.where))
    return Verdict(
        consumer=_release(site.distribution, versions),
        provider=_release(failure.provider, versions),
        message=failure.message,
        confidence=failure.confidence,
        evidence=tuple(evidence),
    )


def _release(name: str | None, versions: Mapping[str, str]) -> str | None:
    return None if name is None else f"{name} {versions[name]}" if name in versions else name
