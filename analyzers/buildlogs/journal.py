"""What is under way while a log is read: packages, steps, and failures with the lines that belong to each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzers.buildlogs.clues import SURE, best, clues
from analyzers.buildlogs.log_lines import LogLine
from analyzers.buildlogs.records import BuildFailure, Cause, Installation, Step, StepTaken

MOST_RECORDS = 10_000
_MOST_BY = 20
_MOST_ANCHORS = 20
_LONGEST_NAME = 200
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SEPARATORS = re.compile(r"[-_.]+")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]{1,300}@")
_LEADERS = re.compile(r"^(?:cause: |Caused by: |[├╰]─▶ |│ )")
_BREAKING = frozenset({"uv", "pdm", "pipenv"})
"""Installers that break long lines; uv did so before 0.10."""
_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")


def normalized(name: str) -> str:
    """A project name as indexes look it up; empty where a text begins with none. Source: PEP 503."""
    found = _NAME.match(name[:_LONGEST_NAME])
    return _SEPARATORS.sub("-", found[0]).lower() if found else ""


def version_of(artifact: str, package: str) -> str:
    """The version in the name of a file; empty where it has none."""
    if artifact.endswith(".whl"):
        parts = artifact.split("-")
        return parts[1] if len(parts) >= 5 else ""
    for suffix in _SUFFIXES:
        if artifact.endswith(suffix):
            stem = artifact.removesuffix(suffix)
            if package and _SEPARATORS.sub("-", stem).lower().startswith(f"{package}-"):
                return stem[len(package) + 1 :]
            return stem.rpartition("-")[2] if "-" in stem else ""
    return ""


def artifact_name(url: str) -> str:
    """The name of the file that an address leads to."""
    return url.partition("#")[0].partition("?")[0].rpartition("/")[2]


class Draft:
    """A failure that is being read.

    Attributes:
        start: place of the first line that may tell why; `end` is behind the last, -1 while that is open.
        cause: where what tells the failure tells this as well.
        missing: the requirement that nothing satisfies, should that be the cause.
        message: what tells the cause where no line of the log does so alone.
    """

    def __init__(self, step: Step, package: str, version: str, start: int, anchor: LogLine) -> None:
        self.step, self.package, self.version = step, package, version
        self.start, self.end = start, -1
        self.anchors = [anchor]
        self.cause: Cause | None = None
        self.missing = self.message = ""
        self.requested_by: tuple[str, ...] = ()
        self.conflicting: tuple[str, ...] = ()


class Entry:
    """A package that is to be installed."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.version = self.artifact = self.index = ""
        self.size_bytes: int | None = None
        self.is_successful: bool | None = None
        self.requested_by: tuple[str, ...] = ()

    def record(self) -> Installation:
        """What is known of it."""
        return Installation(
            package=self.package,
            version=self.version or None,
            artifact=self.artifact or None,
            size_bytes=self.size_bytes,
            is_wheel=self.artifact.endswith(".whl") if self.artifact else None,
            is_successful=self.is_successful,
            index=self.index or None,
            requested_by=self.requested_by,
        )


class Journal:
    """What one stream of a log says.

    Attributes:
        installer: as `analyzers.buildlogs.records.BuildLog.installer`; so are the others of its name.
        package: that is being worked on; empty where that is not known.
        step: that is under way.
        is_known: whether anything was understood.
        left_out: how many records there would have been beyond `MOST_RECORDS`.
    """

    def __init__(self, lines: Sequence[LogLine]) -> None:
        self.lines = lines
        self.place = 0
        self.installer = self.installer_version = self.python = self.platform = ""
        self.package = ""
        self.step = Step.RESOLVE
        self.index = ""
        self.is_known = False
        self.left_out = 0
        self.drafts: list[Draft] = []
        self.steps: list[StepTaken] = []
        self._entries: dict[str, Entry] = {}
        self._rounds: list[Entry] = []
        self._boundary = 0
        self._succeeded: dict[str, int] = {}

    @property
    def line(self) -> LogLine:
        """The line that is being read."""
        return self.lines[self.place]

    @property
    def draft(self) -> Draft | None:
        """The failure that is being read."""
        return self.drafts[-1] if self.drafts and self.drafts[-1].end < 0 else None

    def boundary(self) -> None:
        """What was said so far is no reason for what fails hereafter."""
        self.close()
        self._boundary = self.place

    def close(self) -> None:
        """The failure that was being read ends before this line."""
        if self.draft is not None:
            self.draft.end = self.place
            self._boundary = self.place

    def begin(self, package: str, requested_by: Sequence[str] = (), version: str = "") -> None:
        """A package is looked for, or looked for again."""
        self.boundary()
        self.package, self.step = package, Step.RESOLVE
        entry = self.entry(package)
        if entry is not None:
            entry.version = version or entry.version
            entry.requested_by = tuple(requested_by[:_MOST_BY]) or entry.requested_by

    def entry(self, package: str) -> Entry | None:
        """The installation of a package; a new one after the last has failed."""
        found = self._entries.get(package)
        if found is None or found.is_successful is not None:
            if not package or len(self._rounds) >= MOST_RECORDS:
                self.left_out += bool(package)
                return None
            found = self._entries[package] = Entry(package)
            found.index = self.index
            self._rounds.append(found)
        return found

    def found(self, artifact: str, size_bytes: int | None) -> None:
        """A file of the package that is worked on."""
        entry = self.entry(self.package)
        if entry is None:
            return
        version = version_of(artifact, self.package)
        if version:
            entry.artifact, entry.version = artifact, version
            entry.size_bytes = size_bytes

    def took(self, step: Step, package: str = "", *, is_successful: bool | None) -> None:
        """A step began, or ended."""
        self.step = step
        self.package = package or self.package
        if is_successful is not False:
            self.boundary()
        last = self.steps[-1] if self.steps else None
        made = StepTaken(step=step, package=package, is_successful=is_successful, line=self.line.number)
        if last and last.is_successful is None and (last.step, last.package) == (step, package):
            self.steps[-1] = made
        elif len(self.steps) < MOST_RECORDS:
            self.steps.append(made)
        else:
            self.left_out += 1

    def fail(self, step: Step, package: str = "", version: str = "") -> Draft:
        """Something failed; what was said since the last boundary, and what follows, may tell why."""
        start = self._boundary
        self.close()
        draft = Draft(step, package, version or self.version(package), start, self.line)
        if len(self.drafts) < MOST_RECORDS:
            self.drafts.append(draft)
        else:
            self.left_out += 1
        return draft

    def confirm(self, package: str, steps: frozenset[Step] = frozenset(Step)) -> Draft | None:
        """The last failure of a package, which is told once more; also one of which no package was told."""
        for draft in reversed(self.drafts[-50:]):
            if draft.package in ("", package) and draft.step in steps:
                draft.package = package
                if len(draft.anchors) < _MOST_ANCHORS:
                    draft.anchors.append(self.line)
                return draft
        return None

    def version(self, package: str) -> str:
        """The version that is worked on; empty where that is not told."""
        entry = self._entries.get(package)
        return entry.version if entry is not None else ""

    def installed(self, package: str, version: str = "") -> None:
        """A package is there now."""
        entry = self.entry(package)
        if entry is not None:
            entry.version = version or entry.version
            entry.is_successful = True
        self._succeeded[package] = self.place

    def gave_up(self, package: str) -> None:
        """A package will not be there, at least in this round."""
        entry = self._entries.get(package)
        if entry is not None and entry.is_successful is None:
            entry.is_successful = False

    def installations(self) -> list[Installation]:
        """Every package that was to be installed; those that failed are known to have."""
        lost = {draft.package for draft in self.drafts if not self._is_recovered(draft)}
        for entry in self._rounds:
            if entry.is_successful is None and entry.package in lost:
                entry.is_successful = False
        told = [entry.record() for entry in self._rounds]
        for draft in self.drafts:
            if draft.package not in self._entries and draft.package and draft.step is not Step.RESOLVE:
                self._entries[draft.package] = Entry(draft.package)
                told.append(
                    Installation(package=draft.package, version=draft.version or None, is_successful=False)
                )
        return told

    def failures(self) -> list[BuildFailure]:
        """Every failure, with the cause that its lines tell."""
        return [self._failure(draft) for draft in self.drafts]

    def _is_recovered(self, draft: Draft) -> bool:
        return bool(draft.package) and self._succeeded.get(draft.package, -1) > draft.start

    def _failure(self, draft: Draft) -> BuildFailure:
        end = draft.end if draft.end >= 0 else len(self.lines)
        part = [(line.number, line.text) for line in self.lines[draft.start : end]]
        told = list(clues(part))
        clue = best(told)
        if self.installer in _BREAKING and (clue is None or clue.weight < SURE):
            joined = best(list(clues(_unbroken(part))))
            if joined is not None and (clue is None or joined.weight > clue.weight):
                clue = joined
        cause, missing = draft.cause, draft.missing
        if clue is not None and (cause is None or (cause in (clue.cause, Cause.UNKNOWN))):
            cause = clue.cause
            missing = missing if missing and cause is Cause.NO_MATCHING_DISTRIBUTION else clue.thing
        elif clue is not None and cause is not clue.cause:
            clue = next((one for one in reversed(told) if one.cause is cause), None)
        message = draft.message or (clue.message if clue else _last_words(part))
        message = message or draft.anchors[0].text.strip()
        where = clue.where if clue else ""
        same = {one.number for one in told if clue and (one.cause, one.thing) == (clue.cause, clue.thing)}
        numbers = {anchor.number for anchor in draft.anchors} | set(sorted(same)[-_MOST_ANCHORS:])
        return BuildFailure(
            package=draft.package,
            version=draft.version or self.version(draft.package),
            step=draft.step,
            cause=cause or Cause.UNKNOWN,
            missing=_CREDENTIALS.sub("", missing),
            message=_CREDENTIALS.sub("", _LEADERS.sub("", message))[:300],
            where=where,
            requested_by=draft.requested_by or self._requested_by(draft.package),
            conflicting=draft.conflicting,
            lines=tuple(sorted(numbers)),
            is_recovered=self._is_recovered(draft),
        )

    def _requested_by(self, package: str) -> tuple[str, ...]:
        entry = self._entries.get(package)
        return entry.requested_by if entry is not None else ()


def _unbroken(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Every line with the one that follows it: some installers break long lines."""
    after = [text.strip() for _, text in lines[1:]]
    return [(number, f"{text} {then}") for (number, text), then in zip(lines, after, strict=False)]


def _last_words(lines: Sequence[tuple[int, str]]) -> str:
    """The last line of what a build wrote, which may be all that it said of why it failed."""
    found, is_output = "", False
    for _, text in lines:
        stripped = text.strip()
        if stripped.startswith(("[stderr]", "[stdout]")) or stripped.endswith("of output]"):
            is_output = stripped != "[end of output]"
        elif stripped.startswith(("hint: ", "help: ")):
            is_output = False
        elif is_output and stripped:
            found = stripped
    return found
