"""The record of a check: what importing releases that were chosen elsewhere, or code with them, meets."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping

import msgspec

from analyzers.api.recurrence import asking
from analyzers.evidence import Confidence, Evidence, Finding
from analyzers.importing.failures import ImportFailure, missing_name
from analyzers.reports import Report


class Basis(enum.StrEnum):
    """What a verdict rests on."""

    IMPORT = "import"
    """What is met when everything is imported."""
    USE = "use"
    """What code uses, whenever it gets there, and a release does not offer."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Two releases that do not go together, or code and one release.

    Attributes:
        consumer: name and version of what asks; None for the user's code.
        provider: name and version of what does not give it; None where nothing in the stack could.
        confidence: of what imports meet only what is certain fails a check.
        basis: what was looked at; what code uses and is not there fails a check.
    """

    consumer: str | None
    provider: str | None
    message: str
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    basis: Basis = Basis.IMPORT

    @property
    def is_failure(self) -> bool:
        """Whether it fails a check."""
        return self.basis is Basis.USE or self.confidence is Confidence.CERTAIN


class Check(Report, frozen=True, kw_only=True):
    """What `stackwright check` answers.

    Attributes:
        subject: as the user named it.
        releases: name to version.
        verdicts: what fails the check first.
        is_complete: everything was looked at; what was not stands among the unknowns.
    """

    subject: str
    releases: dict[str, str]
    verdicts: tuple[Verdict, ...]
    is_complete: bool

    @property
    def is_sound(self) -> bool:
        """Whether nothing fails it."""
        return not any(verdict.is_failure for verdict in self.verdicts)


def verdicts(failures: Iterable[ImportFailure], versions: Mapping[str, str]) -> tuple[Verdict, ...]:
    """Failures as verdicts, each once.

    Args:
        failures: certain ones first.
        versions: by normalised name.
    """
    return tuple(dict.fromkeys(_verdict(failure, versions) for failure in failures))


def use_verdict(release: str, finding: Finding) -> Verdict:
    """What a release does not offer of what code uses.

    Args:
        release: name and version.
        finding: that says so, with the places of the code.
    """
    return Verdict(
        consumer=None,
        provider=release,
        message=finding.message,
        confidence=Confidence.LIKELY,
        evidence=finding.evidence,
        basis=Basis.USE,
    )


def with_uses(imports: Iterable[Verdict], uses: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Both, what fails a check first; what the code imports in vain is not said of its use again."""
    met = tuple(imports)
    certain = [each for each in met if each.consumer is None and each.is_failure]
    known = {name for each in certain if (name := missing_name(each.message)) is not None}
    others = [use for use in uses if not any(_is_about(each, known) for each in use.evidence)]
    return tuple(sorted((*met, *others), key=lambda verdict: not verdict.is_failure))


def _is_about(use: Evidence, names: Collection[str]) -> bool:
    """Whether a use is of one of several things, or of something of it."""
    symbol = use.what.rpartition(" ")[2]
    return any(symbol == name or symbol.startswith((f"{name}.", f"{name}(")) for name in names)


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
