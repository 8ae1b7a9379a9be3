"""The record of a comparison of two locks, or of a lock and what an image has installed."""

from __future__ import annotations

import enum

import msgspec

from analyzers.api.changes import ApiChange
from analyzers.evidence import Finding
from analyzers.reports import Report
from images.reports.comparison import Change
from resolver.advising.existing import Violation
from resolver.reports.check import Verdict


class Criterion(enum.StrEnum):
    """In which way the later of two things can be worse; also the id of the finding that says so."""

    NEW_FAILURE = "new-failure"
    BROKEN_API = "broken-api"
    NEW_ADVISORY = "new-advisory"
    NEW_VIOLATION = "new-violation"
    OTHER_FILES = "other-files"
    LOWER_SCORE = "lower-score"
    DOWNGRADE = "downgrade"
    LARGER = "larger"
    NEW_FINDING = "new-finding"


USUAL_CRITERIA = (
    Criterion.NEW_FAILURE,
    Criterion.BROKEN_API,
    Criterion.NEW_ADVISORY,
    Criterion.NEW_VIOLATION,
    Criterion.OTHER_FILES,
    Criterion.LOWER_SCORE,
    Criterion.NEW_FINDING,
)
"""By which ``--check`` judges where nothing else is named."""

CRITERIA_TOLD = {
    Criterion.NEW_FAILURE: "something cannot be imported that could be, or was not there",
    Criterion.BROKEN_API: "the code uses what another release no longer offers",
    Criterion.NEW_ADVISORY: "a release has a known vulnerability that the stack did not have",
    Criterion.NEW_VIOLATION: "a release cannot be installed, or another one does not admit it",
    Criterion.OTHER_FILES: "the same release has other files: no hash is shared",
    Criterion.LOWER_SCORE: "the stack scores less on the target",
    Criterion.DOWNGRADE: "a release is older than before",
    Criterion.LARGER: "more has to be downloaded",
    Criterion.NEW_FINDING: "an image has a warning or an error that the other one has not",
}
"""What each criterion means, in a sentence."""


class LockSide(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two, on the target.

    Attributes:
        path: as the user named it.
        format: of the lock; ``image`` for what an image has installed.
        digest: ``sha256:…`` of the file or of the image.
        releases: how many hold on the target.
        score: in millionths, at most 0; None where a release that is needed is not there or cannot be read.
        units: what each unit takes off it, those left out that take nothing.
        download_bytes: of the files that the target would install, as far as their sizes are known.
        unsized: names of releases whose size is not known.
        violations: what stands against it.
        failures: what cannot be imported for certain, and what may fail.
        is_examined: whether importing it was looked at in full.
    """

    path: str
    format: str
    digest: str
    releases: int
    score: int | None
    units: dict[str, int]
    download_bytes: int
    unsized: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    failures: tuple[Verdict, ...] = ()
    is_examined: bool = False


class PinChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A project that is not pinned as before.

    Attributes:
        change: `CHANGED` where the release is the same, or versions have no order.
        before: version, or the place that it comes from instead of an index; None where it was not there.
        is_live: whether the target is concerned; else the change holds elsewhere alone.
        line: in the later lock.
        before_bytes: of the file that the target would install; None where that is not known.
    """

    change: Change
    name: str
    before: str | None = None
    after: str | None = None
    is_live: bool = True
    line: int | None = None
    before_bytes: int | None = None
    after_bytes: int | None = None


class FileChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release that both pin, with other hashes.

    Attributes:
        kept: how many hashes both have.
        gone: those of the earlier lock alone.
        new: those of the later one alone.
    """

    name: str
    version: str
    kept: int
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    line: int | None = None


class MarkerChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A project that holds elsewhere than before; the markers of all its pins, none where it always holds."""

    name: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    line: int | None = None


class ProjectApi(msgspec.Struct, frozen=True, kw_only=True):
    """What another release of a project changes for the code.

    Attributes:
        changes: those that concern what the code uses.
        breaking: how many of them break what it uses without a guard.
    """

    name: str
    before: str
    after: str
    changes: tuple[ApiChange, ...]
    breaking: int


class AdvisoryChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A known vulnerability that one of the two has and the other has not.

    Attributes:
        version: of the release that has it.
        severity: CVSS base score in tenths; None where no advisory states one.
        fixed_in: the first release without it.
    """

    id: str
    name: str
    version: str
    severity: int | None = None
    summary: str = ""
    link: str = ""
    fixed_in: str | None = None
    line: int | None = None


class LockComparison(Report, frozen=True, kw_only=True):
    """What `stackwright compare` answers about locks.

    Attributes:
        target: in words.
        is_same: the locks pin the same, for every target.
        source: the code whose uses were looked for; None where none was named.
        kept_advisories: how many known vulnerabilities both have.
        worse: in which ways the later one is worse, each with its criterion as id.
        failed: criteria that were asked for and that are not met; empty without ``--check``.
    """

    before: LockSide
    after: LockSide
    target: str
    is_same: bool
    source: str | None = None
    pins: tuple[PinChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    markers: tuple[MarkerChange, ...] = ()
    apis: tuple[ProjectApi, ...] = ()
    new_advisories: tuple[AdvisoryChange, ...] = ()
    gone_advisories: tuple[AdvisoryChange, ...] = ()
    kept_advisories: int = 0
    worse: tuple[Finding, ...] = ()
    failed: tuple[Criterion, ...] = ()
