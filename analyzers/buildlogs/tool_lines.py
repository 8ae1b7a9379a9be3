"""What others add around pip and builds: pipenv, micropipenv, build, and bare builds; with poetry and pdm.

Source: what pipenv 2026 and micropipenv 1 wrote; build is understood as far as it quotes pip or a backend.
"""

from __future__ import annotations

import re

from analyzers.buildlogs.journal import Journal, normalized
from analyzers.buildlogs.pdm_lines import PdmLines
from analyzers.buildlogs.poetry_lines import PoetryLines
from analyzers.buildlogs.records import Cause, Step

_HOOK = re.compile(
    r"\s*(?:ERROR )?(?:Backend subprocess exited when trying to invoke|"
    r"Backend operation failed:|Backend '[^']*' is not available) ?(?P<hook>\w*)"
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
        self._pdm, self._poetry = PdmLines(journal), PoetryLines(journal)
        self._is_build = False

    def read(self, text: str) -> bool:
        """Whether a line means something."""
        if not text:
            return False
        return self._pdm.read(text) or self._poetry.read(text) or self._pipenv(text) or self._bare(text)

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
