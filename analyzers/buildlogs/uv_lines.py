"""What uv says: lines in, what they mean written into the journal.

Source: the messages of uv 0.4.30, 0.8.0 and 0.13.9; before 0.10 long lines are broken.
"""

from __future__ import annotations

import re

from analyzers.buildlogs.journal import Draft, Journal, normalized
from analyzers.buildlogs.records import Cause, Step

_FAILED = re.compile(r"(?:error: |warning: | {0,2}\xd7 )(?P<what>[A-Z`].*)")
_BUILT = re.compile(
    r" {2,6}(?P<what>Building|Built) (?P<name>[A-Za-z0-9][\w.-]*)(?:==(?P<version>\S+)| @ \S+)$"
)
_CHANGED = re.compile(r" (?P<sign>[+~-]) (?P<name>[A-Za-z0-9][\w.-]*)(?:==(?P<version>\S+)| ?(?:@|\().*)")
_FETCHED = re.compile(
    r" ?(?P<what>Downloading|Downloaded) (?P<name>[A-Za-z0-9][\w.-]*)(?: \([\d.]+[KMG]?i?B\))?$"
)
_PYTHON = re.compile(r"Using (?:CPython|Python) (?P<version>\d+\.\d+(?:\.\d+)?)\b")
_VERSION = re.compile(r"DEBUG uv (?P<version>\d[\w.]*)")
_DONE = re.compile(r"(?:Resolved|Prepared|Installed|Uninstalled|Audited|Checked) \d+ packages? in ")
_SUBJECT = re.compile(
    r"Failed to (?:build|download and build|download|fetch|prepare|extract|install|unzip|read|fetch wheel):? "
    r"`?(?P<name>[A-Za-z0-9][\w.-]*)(?:==(?P<version>[^\s`]+)`?|`| @ )"
)
_OF_FILE = re.compile(r"Failed to install: (?P<file>\S+\.whl) \((?P<name>[\w.-]+)==(?P<version>[^)]+)\)")
_INCLUDED = re.compile(r"`[\w.-]+` (?:\([^)]{1,80}\) )?was included because (?P<chain>`.{1,2000})")
_ONE = re.compile(r"`(?P<name>[\w.\[\],-]+)`(?: \(v(?P<version>[^)]+)\))?")
_RELEASE = re.compile(
    r"(?:^|[\s(])(?P<release>[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?(?:[<>=!~]=?[\w.,<>=!~*+]+)?)"
)
_OF_URL = re.compile(r"Failed to fetch: `?\S+/(?P<name>[A-Za-z0-9][\w.-]*)/?`?(?:\s|$)")
_NOWHERE = re.compile(
    r"no versions? of (?P<none>[A-Za-z0-9][^\s,{]*)|(?P<unknown>[A-Za-z0-9][^\s,{]*) was not found in"
)
_REQUIRED = re.compile(r"(?:you require|your project depends on) (?P<what>[A-Za-z0-9][^\s,]*)")
_ABSENT = (
    "was not found in",
    "were not found in",
    "there is no version of",
    "there are no versions of",
    "no wheels with",
    "no usable wheels",
    "no source distribution",
    "has invalid metadata",
)
_STEPS = (
    ("build-system.requires", Step.BUILD_REQUIREMENTS),
    ("get_requires_for_build", Step.BUILD_REQUIREMENTS),
    ("determine requirements with", Step.BUILD_REQUIREMENTS),
    ("install requirements", Step.BUILD_REQUIREMENTS),
    ("prepare_metadata_for", Step.METADATA),
    ("determine metadata", Step.METADATA),
    ("build_wheel", Step.BUILD),
    ("build_editable", Step.BUILD),
    ("build_sdist", Step.BUILD),
)
_MOST_LINES = 400
_CONTINUED = ("cause: ", "Caused by: ", "├─▶", "╰─▶", "hint: ", "help: ", "[stdout]", "[stderr]", "│")


class UvLines:
    """Reads the lines of one stream."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._draft: Draft | None = None
        self._told: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether a failure is being read."""
        return self._draft is not None and self._draft.end < 0

    def read(self, text: str) -> bool:
        """Whether a line is uv's own, or belongs to a failure that uv tells."""
        if self._draft is not None and self._draft.end >= 0:
            self.end()
        if not text:
            return self._draft is not None
        failed = _FAILED.match(text) if text[:1] in "ew \xd7" else None
        if failed is not None and self._fails(failed["what"], text):
            return True
        if self._event(text):
            return True
        if self._draft is None:
            return False
        if len(self._told) < _MOST_LINES:
            self._told.append(text.strip())
        return True

    def end(self) -> None:
        """What a failure says as a whole: its package, its step, who asked for it."""
        draft, self._draft = self._draft, None
        if draft is None:
            return
        head = " ".join(self._told[:40])
        whole = " ".join(self._told)
        subject = _OF_FILE.search(head) or _SUBJECT.search(head)
        if subject is not None and not draft.package:
            draft.package, draft.version = normalized(subject["name"]), subject["version"] or ""
        url = _OF_URL.search(head)
        if url is not None and not draft.package and "." not in url["name"]:
            draft.package = normalized(url["name"])
        if draft.step is Step.DOWNLOAD:
            chain = head.partition("[std")[0]
            draft.step = next((step for words, step in _STEPS if words in chain), Step.DOWNLOAD)
        if "No solution found" in head:
            self._unsolved(draft, whole.partition("No solution found")[2])
        included = _INCLUDED.search(whole)
        if included is not None:
            draft.requested_by = _requesters(re.split(r"\bhint: |\bhelp: ", included["chain"])[0])

    def _fails(self, what: str, text: str) -> bool:
        journal = self._journal
        is_uv = journal.installer == "uv" or text.startswith(("  \xd7 ", "\xd7 ")) or "`" in what
        known = what.startswith(("Failed to ", "No solution found", "Request failed", "Distribution "))
        if text.startswith("warning: ") or not (is_uv or known) or "did not run successfully" in what:
            return False
        if what.startswith(("Encountered error", "Failed to build installable", "Install ")):
            return False
        if self._draft is not None and text.startswith("error: ") and not known:
            return False  # of a compiler whose output uv repeats
        self.end()
        self._known()
        step = Step.RESOLVE if what.startswith("No solution") else Step.DOWNLOAD
        if what.startswith(("Failed to install", "Failed to uninstall")):
            step = Step.INSTALL
        journal.boundary()
        self._draft, self._told = journal.fail(step), [what]
        return True

    def _event(self, text: str) -> bool:
        journal = self._journal
        built = _BUILT.match(text) if text.startswith("  ") else None
        if built is not None and not (self._draft and self._is_inside(text)):
            self._known()
            self._begun(built["name"], built["version"])
            is_successful = True if built["what"] == "Built" else None
            journal.took(Step.BUILD, normalized(built["name"]), is_successful=is_successful)
            return True
        changed = _CHANGED.match(text) if text[:1] == " " and text[2:3] == " " else None
        if changed is not None and journal.installer == "uv" and not self._draft:
            if changed["sign"] != "-":
                self._begun(changed["name"], changed["version"])
                journal.installed(normalized(changed["name"]), changed["version"] or "")
            return True
        python = _PYTHON.match(text)
        if python is not None:
            self._known()
            journal.boundary()
            journal.python = journal.python or python["version"]
            return True
        if _DONE.match(text):
            self._known()
            journal.boundary()
            return True
        fetched = _FETCHED.match(text)
        if fetched is not None and journal.installer == "uv":
            self._begun(fetched["name"], None)
            return True
        version = _VERSION.match(text)
        if version is not None:
            self._known()
            journal.installer_version = version["version"]
            return True
        return False

    def _is_inside(self, text: str) -> bool:
        return len(text) - len(text.lstrip()) > 6

    def _begun(self, name: str, version: str | None) -> None:
        entry = self._journal.entry(normalized(name))
        if entry is not None and version:
            entry.version = version

    def _unsolved(self, draft: Draft, text: str) -> None:
        is_of_build = draft.step is Step.BUILD_REQUIREMENTS
        required = _REQUIRED.search(text)
        because = text.find("Because ")
        draft.message = re.split(r" hint: | help: ", text[because:])[0] if because >= 0 else ""
        draft.missing = required["what"].rstrip(",.") if required else ""
        if "does not satisfy Python" in text:
            draft.cause, draft.missing = Cause.WRONG_PYTHON, ""
            found = re.search(r"does not satisfy Python(?P<python>[<>=!~]\S+)", text)
            draft.missing = f"Python {found['python']}" if found else ""
            about = re.search(r" and (?P<name>[\w.-]+?)(?:==(?P<version>\S+))? depends on Python", text)
            if about is not None and not draft.package:
                draft.package, draft.version = normalized(about["name"]), about["version"] or ""
        elif any(words in text for words in _ABSENT) and "incompatible" not in text:
            draft.cause = Cause.NO_MATCHING_DISTRIBUTION
            nowhere = _NOWHERE.search(text)
            if nowhere is not None:
                name = normalized(nowhere["none"] or nowhere["unknown"])
                if normalized(draft.missing) != name:
                    draft.missing = (nowhere["none"] or nowhere["unknown"]).rstrip(",.")
                draft.package = draft.package or name
        else:
            draft.cause, draft.missing = Cause.CONFLICT, ""
            needs = re.findall(r"(?:versions of )?(\S+) depends? on (\S+?)(?:[,.]|\s|$)", text)
            draft.conflicting = tuple(dict.fromkeys(f"{one} needs {other}" for one, other in needs))[:20]
        if not draft.package and required is not None and not is_of_build:
            draft.package = normalized(required["what"])

    def _known(self) -> None:
        self._journal.is_known = True
        self._journal.installer = self._journal.installer or "uv"


def _requesters(chain: str) -> tuple[str, ...]:
    """Those of a chain of requirements, the nearest first: the last but one requires the package."""
    found = []
    for one in list(_ONE.finditer(chain))[:20]:
        release = f"{one['name']}=={one['version']}" if one["version"] else one["name"]
        found.append(release)
    return tuple(reversed(found[:-1]))
