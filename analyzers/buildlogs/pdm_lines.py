"""What pdm says: lines in, what they mean written into the journal.

pdm tells at once that a release failed, tries again, and tells why at the end, in a part for each release;
its debug log, and ``-v``, tell the output of builds as they run.

Source: what pdm 2.29 wrote.
"""

from __future__ import annotations

import re

from analyzers.buildlogs.journal import Draft, Journal, artifact_name, normalized, version_of
from analyzers.buildlogs.records import Cause, Step

_NAME = r"(?P<name>[A-Za-z0-9][\w.\[\],-]*)"
_DONE = re.compile(
    rf"\s*[\u2714\u2713\u221av] (?:Install|Update) {_NAME} (?:\S+ -> )?(?P<version>\S+) successful"
)
_FAILED = re.compile(
    rf"\s*[\u2716\u2717x\xd7] (?:Install|Update) {_NAME} (?:\S+ -> )?(?P<version>\S+) failed"
)
_OCCURS = re.compile(rf"Error occurs (?:adding|updating) {_NAME}:")
_PART = re.compile(rf"(?:add|update) {_NAME} failed:$")
_ENDED = re.compile(
    r"(?:.{0,20} )?[\u2716\u2717x\xd7] Some package operations failed|See \S+ for detailed debug log"
)
_BUILD = re.compile(r"\s*(?:\w+\.)*BuildError: Build backend raised error")
_RUNS = re.compile(r"Running PEP 517 backend to (?P<what>[a-z ]+) for <Link (?P<url>\S+)")
_NO_FILE = re.compile(r"\s*(?:\w+\.)*CandidateNotFound: No candidate is found for `(?P<name>[\w.-]+)`")
_ABSENT = re.compile(r"\s*\[?(?:\w+\.)*CandidateNotFound\]?: .*?(?:for|of) (?P<name>[\w.-]+)")
_UNSOLVED = re.compile(
    r"\s*(?:ERROR: )?Unable to find a resolution (?:for (?P<name>\S+)|because the following )"
)
_REASON = re.compile(r"  (?P<what>\S.*?) \(from (?P<by>[^()]+)\)$")
_RAISED = re.compile(r"\[(?P<error>[A-Z]\w+)\]: \S")
_SUMMED = ("InstallationError", "ResolutionError", "ResolutionImpossible", "ResolutionTooDeep")
_MARKS = (
    "Updating the lock file...",
    "Changes are written to pdm.lock",
    "STATUS: Resolving packages from lockfile",
    "Synchronizing working set with resolved packages",
)
_MOST_REASONS = 20


class PdmLines:
    """Reads the lines of one stream."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._part: Draft | None = None
        self._unsolved: Draft | None = None
        self._failed: dict[str, Draft] = {}
        self._running = ""

    def read(self, text: str) -> bool:
        """Whether a line is pdm's own, or tells a reason that pdm announced."""
        if self._unsolved is not None and self._reason(text, self._unsolved):
            return True
        if " failed" in text and self._fails(text):
            return True
        if " successful" in text and (done := _DONE.match(text)):
            self._known()
            self._journal.boundary()
            self._journal.installed(normalized(done["name"]), done["version"])
            return True
        if text.startswith("Error occurs ") and (occurs := _OCCURS.match(text)):
            self._known()
            self._failure(normalized(occurs["name"]), "")
            return True
        if text.startswith("Running PEP 517 ") and (runs := _RUNS.match(text)):
            self._runs(runs["what"], runs["url"])
            return True
        if "BuildError: " in text and _BUILD.match(text):
            self._of_build()
            return True
        if "CandidateNotFound" in text and self._candidates(text):
            return True
        if "resolution" in text and (unsolved := _UNSOLVED.match(text)):
            self._resolution(unsolved["name"])
            return True
        return self._told(text)

    def _fails(self, text: str) -> bool:
        if found := _FAILED.match(text):
            self._known()
            self._failure(normalized(found["name"]), found["version"])
            return True
        if self._journal.installer == "pdm" and (part := _PART.match(text)):
            name = normalized(part["name"])
            self._end_of_part()
            self._part = self._failed.get(name) or self._journal.fail(Step.INSTALL, name)
            self._part.start, self._part.end = self._journal.place, -1
            return True
        if _ENDED.match(text):
            self._end_of_part()
            return True
        return False

    def _failure(self, name: str, version: str) -> None:
        journal = self._journal
        draft = journal.confirm(name)
        if draft is None:
            step = Step.BUILD if name == self._running else Step.INSTALL
            entry = journal.entry(name)
            if entry is not None and version:
                entry.version = version
            draft = journal.fail(step, name, version)
        self._failed.setdefault(name, draft)

    def _end_of_part(self) -> None:
        if self._part is not None:
            self._part.end = self._journal.place
        self._part = None
        self._journal.close()

    def _runs(self, what: str, url: str) -> None:
        journal = self._journal
        self._known()
        artifact = artifact_name(url)
        version = version_of(artifact, "")
        name = normalized(artifact.partition(f"-{version}")[0]) if version else ""
        step = Step.METADATA if "metadata" in what else Step.BUILD
        self._running = name
        if name:
            entry = journal.entry(name)
            if entry is not None:
                entry.version = version
        journal.took(step, name, is_successful=None)

    def _of_build(self) -> None:
        journal = self._journal
        self._known()
        draft = self._part or journal.draft
        if draft is None:
            journal.fail(Step.BUILD, journal.package)
        elif draft.step is Step.INSTALL:
            draft.step = Step.BUILD

    def _candidates(self, text: str) -> bool:
        journal = self._journal
        if found := _NO_FILE.match(text):
            self._known()
            name = normalized(found["name"])
            draft = self._part or journal.draft or journal.fail(Step.DOWNLOAD, name)
            draft.step, draft.cause = Step.DOWNLOAD, Cause.NO_MATCHING_DISTRIBUTION
            draft.missing = f"{name}=={draft.version}" if draft.version else name
            draft.message = (
                f"No candidate is found for `{found['name']}` that matches the environment or hashes"
            )
            return True
        if found := _ABSENT.match(text):
            self._known()
            draft = journal.fail(Step.RESOLVE, normalized(found["name"]))
            draft.cause, draft.missing = Cause.NO_MATCHING_DISTRIBUTION, found["name"].rstrip(".")
            return True
        return False

    def _resolution(self, name: str | None) -> None:
        self._known()
        last = self._journal.drafts[-1] if self._journal.drafts else None
        if name is None and last is not None and last.step is Step.RESOLVE:
            return
        draft = self._journal.fail(Step.RESOLVE, normalized(name or ""))
        draft.cause = Cause.WRONG_PYTHON if name is None else Cause.CONFLICT
        draft.message = self._journal.line.text.strip().removeprefix("ERROR: ")
        self._unsolved = draft

    def _reason(self, text: str, draft: Draft) -> bool:
        if text.startswith("because of the following conflicts"):
            return True
        if text.startswith("Please make sure the package name is correct"):
            draft.cause, draft.missing = Cause.NO_MATCHING_DISTRIBUTION, draft.package
            self._unsolved = None
            return True
        if (reason := _REASON.match(text)) and len(draft.conflicting) < _MOST_REASONS:
            by = reason["by"].removeprefix("<Candidate ").rstrip(">").replace("@", "==", 1)
            if draft.cause is Cause.WRONG_PYTHON:
                draft.missing = draft.missing or f"Python {reason['what'].removeprefix('python')}"
                draft.package = draft.package or normalized(by)
                draft.version = draft.version or by.partition("==")[2].partition(" ")[0]
            else:
                draft.conflicting += (f"{by} needs {reason['what']}",)
            return True
        self._unsolved = None
        return False

    def _told(self, text: str) -> bool:
        journal = self._journal
        if text.startswith(_MARKS):
            self._known()
            return True
        if journal.installer == "pdm" and (raised := _RAISED.match(text)):
            self._end_of_part()
            is_told = raised["error"] in _SUMMED and bool(journal.drafts)
            if not is_told:
                journal.fail(journal.step)
            return True
        return False

    def _known(self) -> None:
        self._journal.is_known = True
        if self._journal.installer in ("", "pip"):
            self._journal.installer = "pdm"
