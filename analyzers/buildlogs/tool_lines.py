"""What other installers add around pip and builds: poetry, pdm, pipenv, micropipenv, build, and bare builds.

Source: what poetry 2, pipenv 2026 and micropipenv 1 wrote; pdm and build are understood as far as they quote
pip or a backend.
"""

from __future__ import annotations

import re

from analyzers.buildlogs.journal import Journal, normalized
from analyzers.buildlogs.records import Cause, Step

_POETRY = re.compile(
    r"\s*[-•] (?:Installing|Updating|Downgrading) (?P<name>[A-Za-z0-9][\w.-]*) \((?P<version>[^)\s]+)"
    r"(?: -> (?P<after>[^)\s]+))?[^)]*\)(?P<ends>: (?:Failed|Installing\.\.\.|Pending\.\.\.|Downloading).*)?$"
)
_NOTE = re.compile(r"problem with poetry but .{0,60}?\bwith (?P<name>[\w.-]+) \((?P<version>[^)\s]+)")
_CANNOT = re.compile(r"\s*Cannot install (?P<name>[A-Za-z0-9][\w-]*)\.$")
_CANDIDATES = re.compile(
    r"\s*(?:RuntimeError: )?Unable to find installation candidates for"
    r" (?P<name>[\w.-]+) \((?P<version>[^)\s]+)\)"
)
_SOLVING = re.compile(r"\s*(?P<what>Because .*version solving failed|So, because .*version solving failed)")
_HOOK = re.compile(
    r"\s*(?:ERROR )?(?:Backend subprocess exited when trying to invoke|"
    r"Backend operation failed:|Backend '[^']*' is not available) ?(?P<hook>\w*)"
)
_PDM = re.compile(
    r"\s*(?:\u2716|\u2717|x|\xd7) (?:Install|Update) (?P<name>[\w.\[\]-]+) (?P<version>\S+) failed"
)
_PDM_BUILD = re.compile(r"\s*(?:\w+\.)*BuildError: Build backend raised error")
_PDM_CANDIDATES = re.compile(
    r"\s*(?:\[CandidateNotFound\]|\w*\.?CandidateNotFound): .*?(?:for|of) (?P<name>[\w.-]+)"
)
_LATER = re.compile(r"Failed to install '(?P<name>[^']+)', will try in next installation round")
_NEVER = re.compile(r"Failed to install requirements, dependency '(?P<name>[^']+)' could not be installed")
_BARE = re.compile(r"error: (?:command |Microsoft Visual C\+\+|can't find Rust|\[Errno )|error\[E\d{4}\]: ")
_BUILDING = ("running bdist_wheel", "running build", "running install", "* Building ", "running egg_info")
_KILLED = re.compile(r"(?:\S+: line \d+: +\d+ )?Killed(?:$| {2,})")
_OF_PIPENV = ("Installing dependencies from Pipfile", "Pipfile.lock not found, creating")
_PIPFILE = "---------------------------------- Pipfile.lock ----------------------------------"


class ToolLines:
    """Reads the lines of one stream that neither pip nor uv has written."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._is_build = False

    def read(self, text: str) -> bool:
        """Whether a line means something."""
        if not text:
            return False
        return self._poetry(text) or self._pdm(text) or self._pipenv(text) or self._bare(text)

    def _poetry(self, text: str) -> bool:
        journal = self._journal
        if "(" in text[:120] and (found := _POETRY.match(text)):
            self._known("poetry")
            name = normalized(found["name"])
            entry = journal.entry(name)
            if entry is not None:
                entry.version = found["after"] or found["version"]
            if found["ends"] is None:
                journal.begin(name, version=found["after"] or found["version"])
            elif found["ends"].startswith(": Failed"):
                journal.fail(Step.INSTALL, name)
            journal.package = name
            return True
        if "poetry" in text and (note := _NOTE.search(text)):
            self._known("poetry")
            name = normalized(note["name"])
            draft = journal.drafts[-1] if journal.drafts else journal.fail(Step.BUILD, name)
            draft.package, draft.version = name, note["version"]
            return True
        if "Cannot install" in text and (cannot := _CANNOT.match(text)):
            if journal.confirm(normalized(cannot["name"])) is None:
                journal.fail(Step.INSTALL, normalized(cannot["name"]))
            return True
        if "installation candidates" in text and (found := _CANDIDATES.match(text)):
            name = normalized(found["name"])
            draft = journal.confirm(name) or journal.fail(Step.DOWNLOAD, name)
            draft.cause, draft.version = Cause.NO_MATCHING_DISTRIBUTION, found["version"]
            draft.missing = f"{found['name']}=={found['version']}"
            return True
        if "version solving failed" in text and _SOLVING.match(text):
            self._known("poetry")
            journal.fail(Step.RESOLVE).cause = Cause.CONFLICT
            return True
        return False

    def _pdm(self, text: str) -> bool:
        journal = self._journal
        if " failed" in text and (found := _PDM.match(text)):
            self._known("pdm")
            name = normalized(found["name"])
            draft = journal.fail(Step.INSTALL, name, found["version"])
            draft.anchors = draft.anchors[:1]
            return True
        if "BuildError: " in text and _PDM_BUILD.match(text):
            self._known("pdm")
            last = journal.drafts[-1] if journal.drafts else None
            if last is not None and last.step is Step.INSTALL:
                last.step, last.end = Step.BUILD, -1
            else:
                journal.fail(Step.BUILD, journal.package)
            return True
        if "CandidateNotFound" in text and (found := _PDM_CANDIDATES.match(text)):
            self._known("pdm")
            journal.fail(Step.RESOLVE, normalized(found["name"])).cause = Cause.NO_MATCHING_DISTRIBUTION
            return True
        return False

    def _pipenv(self, text: str) -> bool:
        journal = self._journal
        if text.startswith(_OF_PIPENV):
            self._known("pipenv")
            return True
        if text == _PIPFILE:
            self._known("micropipenv")
            return True
        if not text.startswith("Failed to install "):
            return False
        found = _LATER.match(text) or _NEVER.match(text)
        if found is None:
            return False
        self._known("micropipenv")
        journal.installer = "micropipenv"
        name = normalized(found["name"])
        if journal.confirm(name) is None:
            journal.fail(Step.INSTALL, name)
        journal.boundary()
        journal.gave_up(name)
        return True

    def _bare(self, text: str) -> bool:
        """A build without an installer around it, and a process that was killed."""
        journal = self._journal
        stripped = text.lstrip()
        if stripped.startswith(_BUILDING):
            self._is_build = journal.is_known = True
            return True
        if stripped.startswith(("ERROR Backend", "Backend ")) and (hook := _HOOK.match(text)):
            journal.is_known = True
            if (
                journal.draft is not None and journal.draft.step is Step.INSTALL
            ):  # poetry has told the package
                journal.draft.step = _step(hook["hook"])
            elif journal.draft is None:
                journal.fail(_step(hook["hook"]), journal.package)
            return True
        if stripped.startswith("Killed") or ": line " in text:
            is_killed = journal.is_known and journal.draft is None and _KILLED.match(text) is not None
            if is_killed:
                journal.fail(journal.step, journal.package).cause = Cause.OUT_OF_MEMORY
            return is_killed
        if stripped.startswith("error") and _BARE.match(stripped) and self._is_build:
            if journal.installer in ("", "pdm") and journal.draft is None:
                journal.fail(Step.BUILD, journal.package)
            return True
        return False

    def _known(self, name: str) -> None:
        self._journal.is_known = True
        if self._journal.installer in ("", "pip"):
            self._journal.installer = name


def _step(hook: str) -> Step:
    if "requires" in hook:
        return Step.BUILD_REQUIREMENTS
    return Step.METADATA if "metadata" in hook else Step.BUILD
