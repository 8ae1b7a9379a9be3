"""What poetry says: lines in, what they mean written into the journal.

Source: what poetry 1.8, 2.1 and 2.5 wrote.
"""

from __future__ import annotations

import re

from analyzers.buildlogs.journal import Draft, Journal, normalized
from analyzers.buildlogs.records import Cause, Step

_RELEASE = r"(?P<name>[A-Za-z0-9][\w.-]*) \((?P<version>[^)\s]+)\)"
_OPERATION = re.compile(
    r"\s*[-•] (?:Installing|Updating|Downgrading) (?P<name>[A-Za-z0-9][\w.-]*) \((?P<version>[^)\s]+)"
    r"(?: -> (?P<after>[^)\s]+))?[^)]*\)(?P<ends>: (?:Failed|Installing\.\.\.|Pending\.\.\.|Downloading).*)?$"
)
_NOTE = re.compile(r"problem with poetry but .{0,60}?\bwith (?P<name>[\w.-]+) \((?P<version>[^)\s]+)")
_CANNOT = re.compile(r"\s*Cannot install (?P<name>[A-Za-z0-9][\w-]*)\.$")
_CANDIDATES = re.compile(rf"(?:RuntimeError: )?Unable to find installation candidates for {_RELEASE}")
_HASHES = re.compile(
    rf"(?:Downloaded distributions for {_RELEASE} did not match|"
    r"(?:\w+Error: )?(?:Hash|Invalid hashes \([^)]*\)) for (?P<other>[A-Za-z0-9][\w.-]*)"
    r" \((?P<its>[^)\s]+)\) )"
)
_CONNECT = re.compile(r"All attempts to connect to \S+ failed")
_NO_VERSION = re.compile(r"Could not find a matching version of package (?P<name>[\w.-]+)")
_QUOTED = re.compile(r"    \| ?")
_ENVIRONMENT = re.compile(r"Creating virtualenv \S+-py(?P<python>3\.\d{1,2}) in ")
_SOLVED = "version solving failed"
_PART_OF_PROOF = ("Because ", "And because ", "So, because ", "So, ", "and ", "Thus, ", "(")
_UNMATCHED = re.compile(
    r"depends on (?P<name>[\w.-]+)(?:\[[\w,.-]*\])? \((?P<what>[^)]*)\) which doesn't match any versions"
)
_NO_VERSIONS = re.compile(
    r"no versions of (?P<name>[\w.-]+)(?:\[[\w,.-]*\])? match (?P<what>[^\s,]+(?:,[^\s,]+)*)"
)
_PYTHON = re.compile(
    r"(?P<name>[\w.-]+)(?: \((?P<version>[^)\s]*)\))? requires Python "
    r"(?P<python>[<>=!~][^\s,]*(?:,[<>=!~][^\s,]*)*)"
)
_NEEDS = re.compile(
    r"(?P<by>[\w.-]+)(?: \((?P<version>[^)]*)\))? depends on (?P<name>[\w.-]+) \((?P<what>[^)]*)\)"
)
_MOST_LINES = 400
_MOST_REASONS = 20


class PoetryLines:
    """Reads the lines of one stream."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._proof: list[str] = []
        self._may_quote = False

    def read(self, text: str) -> bool:
        """Whether a line is poetry's own."""
        if self._solving(text):
            return True
        if "(" in text[:120] and (found := _OPERATION.match(text)):
            self._operation(found)
            return True
        quoted = _QUOTED.match(text) if self._may_quote else None
        self._may_quote = quoted is not None
        own = text[quoted.end() :] if quoted else text.lstrip()
        if quoted and own and self._journal.draft is None:
            self._journal.fail(Step.INSTALL, self._journal.package)
        return self._fault(own) or quoted is not None

    def _operation(self, found: re.Match[str]) -> None:
        journal = self._journal
        self._known()
        self._may_quote = True
        name, version = normalized(found["name"]), found["after"] or found["version"]
        entry = journal.entry(name)
        if entry is not None:
            entry.version = version
        if found["ends"] is None:
            journal.begin(name, version=version)
        elif found["ends"].startswith(": Failed"):
            journal.fail(Step.INSTALL, name)
        journal.package = name

    def _fault(self, text: str) -> bool:
        journal = self._journal
        if "poetry" in text and (note := _NOTE.search(text)):
            self._known()
            name = normalized(note["name"])
            draft = journal.drafts[-1] if journal.drafts else journal.fail(Step.BUILD, name)
            draft.package, draft.version = name, note["version"]
            return True
        if text.startswith("Creating virtualenv ") and (environment := _ENVIRONMENT.match(text)):
            self._known()
            journal.python = journal.python or environment["python"]
            return True
        if text.startswith("Cannot install") and (cannot := _CANNOT.match(text)):
            if journal.confirm(normalized(cannot["name"])) is None:
                journal.fail(Step.INSTALL, normalized(cannot["name"]))
            return True
        if "installation candidates" in text and (found := _CANDIDATES.match(text)):
            draft = self._download(found["name"], found["version"], Cause.NO_MATCHING_DISTRIBUTION)
            draft.missing = f"{found['name']}=={found['version']}"
            return True
        if " for " in text and (found := _HASHES.match(text)):
            self._download(
                found["name"] or found["other"], found["version"] or found["its"], Cause.HASH_MISMATCH
            )
            return True
        if text.startswith("All attempts to connect") and _CONNECT.match(text):
            self._known()
            draft = journal.draft or journal.fail(Step.RESOLVE)
            if draft.step is Step.INSTALL:
                draft.step = Step.DOWNLOAD
            draft.cause, draft.message = Cause.NETWORK, text
            return True
        if text.startswith("Could not find a matching") and (found := _NO_VERSION.match(text)):
            self._known()
            draft = journal.fail(Step.RESOLVE, normalized(found["name"]))
            draft.cause, draft.missing = Cause.NO_MATCHING_DISTRIBUTION, found["name"]
            return True
        return False

    def _download(self, name: str, version: str, cause: Cause) -> Draft:
        """The failure that poetry told of as it began to quote, or the one that it told of before."""
        journal, package = self._journal, normalized(name)
        self._known()
        draft = journal.draft or journal.confirm(package) or journal.fail(Step.DOWNLOAD, package)
        draft.package, draft.version, draft.step, draft.cause = package, version, Step.DOWNLOAD, cause
        draft.message = self._journal.line.text.strip().removeprefix("| ")
        return draft

    def _solving(self, text: str) -> bool:
        """A proof, line by line; what looks like the beginning of one and never ends is none."""
        stripped = text.strip()
        if not stripped.startswith(_PART_OF_PROOF):
            if not stripped or not self._proof:
                return False
            self._proof = []
            return False
        if stripped.startswith("Because ") and not self._proof:
            self._proof = [stripped]
        elif _SOLVED in stripped or 0 < len(self._proof) < _MOST_LINES:
            self._proof.append(stripped)
        if _SOLVED not in stripped:
            return False
        self._known()
        self._unsolved(" ".join(self._proof))
        self._proof = []
        return True

    def _unsolved(self, proof: str) -> None:
        draft = self._journal.fail(Step.RESOLVE)
        draft.message = proof
        needs = list(_NEEDS.finditer(proof))
        stated = {(one["name"], one["what"]) for one in needs}
        absent = _UNMATCHED.search(proof) or next(
            (one for one in _NO_VERSIONS.finditer(proof) if (one["name"], one["what"]) in stated), None
        )
        if python := _PYTHON.search(proof):
            draft.cause, draft.missing = Cause.WRONG_PYTHON, f"Python {python['python']}"
            draft.package, draft.version = normalized(python["name"]), python["version"] or ""
        elif absent is not None:
            draft.cause, draft.package = Cause.NO_MATCHING_DISTRIBUTION, normalized(absent["name"])
            draft.missing = _requirement(absent["name"], absent["what"])
            asked = (one for one in needs if one["name"] == absent["name"])
            draft.requested_by = tuple(
                dict.fromkeys(f"{one['by']}=={one['version']}" for one in asked if one["version"])
            )[:_MOST_REASONS]
        else:
            draft.cause = Cause.CONFLICT
            draft.conflicting = tuple(dict.fromkeys(map(_need, needs)))[:_MOST_REASONS]

    def _known(self) -> None:
        self._journal.is_known = True
        if self._journal.installer in ("", "pip"):
            self._journal.installer = "poetry"


def _need(found: re.Match[str]) -> str:
    by = _requirement(found["by"], found["version"] or "*")
    return f"{by} needs {_requirement(found['name'], found['what'])}"


def _requirement(name: str, constraint: str) -> str:
    """As others write it what poetry writes with a bare version."""
    if constraint in ("", "*"):
        return name
    return f"{name}{constraint}" if constraint[0] in "<>=!~^" else f"{name}=={constraint}"
