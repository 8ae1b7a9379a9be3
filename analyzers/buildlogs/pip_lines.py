"""What pip says, from version 20 on: lines in, what they mean written into the journal.

Source: the messages of pip 20.3, 22.3, 24.3 and 26.0.
"""

from __future__ import annotations

import re

from analyzers.buildlogs.journal import Draft, Journal, normalized
from analyzers.buildlogs.records import Cause, Step

_WORDS = (
    r"[Ii]nstalling build dependencies(?: for (?P<for>\S+))?|pip subprocess to install build dependencies|"
    r"[Ii]nstalling backend dependencies(?: for \S+)?|Getting requirements to build (?:wheel|editable)|"
    r"Preparing (?:editable |wheel )?metadata|Running setup\.py \(path:[^)]*\) egg_info for package \S+|"
    r"Building (?:wheel|editable) for (?P<built>\S+)|Running setup\.py (?:install|develop) for (?P<set>\S+)|"
    r"Running setup\.py bdist_wheel for (?P<old>\S+)|python setup\.py (?:egg_info|bdist_wheel)"
)
_STEP = re.compile(
    rf"\s*(?P<what>{_WORDS})(?: \([^)]*\))?"
    r"(?:: (?P<goes>started|still running\.\.\.)|: finished with status '(?P<status>\w+)'"
    r"| ?\.\.\. ?(?P<end>done|error)?)"
)
_FAILED = re.compile(rf"\s*\xd7 (?P<what>{_WORDS})(?: \([^)]*\))? did not run successfully")
_COLLECTING = re.compile(r"(?P<indent> *)Collecting (?P<what>[^(\s][^(]*?)(?: \(from (?P<by>.*))?$")
_PROCESSING = re.compile(r"(?P<indent> *)(?:Processing|Obtaining) (?P<what>\S+)")
_FETCHED = re.compile(
    r"\s*(?:Downloading|Using cached) (?P<what>\S+)(?: \((?P<size>[\d.]+ ?[kKMG]?i?[bB](?:ytes)?)\))?$"
)
_OPENED = re.compile(r"\s*╰─> \[(?P<count>\d{1,9}) lines? of output\]")
_OPENED_BEFORE = re.compile(r"\s*Complete output(?: \((?P<count>\d{1,9}) lines?\)| from command .*):?$")
_SATISFIES = re.compile(
    r"\s*(?:ERROR: )?(?:Could not find a version that satisfies the requirement|"
    r"No matching distribution found for) (?P<what>[^(]+?)(?: \(from (?P<rest>.*)\))?$"
)
_CONFLICT = re.compile(r"\s*ERROR: Cannot install (?P<what>.+?) because these package versions have conflict")
_NEEDS = re.compile(r"    (?P<by>[A-Za-z0-9][\w.-]*) (?P<version>\d\S*) depends on (?P<what>[A-Za-z0-9]\S*)$")
_OTHER_PYTHON = re.compile(r"\s*ERROR: Package '(?P<what>[^']+)' requires a different Python")
_NOT_HASHED = re.compile(r"    (?P<name>[A-Za-z0-9][\w.-]*)(?:==(?P<version>[^\s;]+))? from \S")
_SUMMARY = re.compile(
    r"\s*(?:ERROR: )?(?:Failed to build '(?P<quoted>[^']+)' when |"
    r"Failed building (?:wheel|editable) for (?P<one>\S+)|Failed to build (?P<several>[\w. -]+)$|"
    r"Could not build wheels for (?P<listed>[^(]+?)(?:,? which|$)|"
    r"Failed to build installable wheels for some .* \((?P<installable>[^)]*)\))"
)
_SUBJECT = re.compile(r"╰─> (?P<what>[\w.-]+(?:, [\w.-]+)*)$")
_INSTALLED = re.compile(r"(?P<indent> *)Successfully installed (?P<what>\S.*)")
_VERSION = re.compile(r"\s*(?:Using )?pip (?P<pip>\d[\w.]*) from \S+ \(python (?P<python>\d+\.\d+)\)")
_OLD_PIP = re.compile(
    r"You are using pip version (?P<now>\d[\w.]*\w)|pip(?: is available)?: (?P<was>\d[\w.]*) -> "
)
_ABORTED = re.compile(
    r"\s*(?:THESE PACKAGES DO NOT MATCH |ERROR: (?:Exception:|HTTP error |"
    r"Could not install packages due to an |Could not install requirement |"
    r"Cannot find command |Hashes are required |In --require-hashes |THESE PACKAGES DO NOT MATCH |"
    r"Error \[|Could not open requirements file|Invalid requirement|Operation cancelled|Command errored out|"
    r"Command \")|"
    r"error: (?:externally-managed-environment|legacy-install-failure|metadata-generation-failed))"
)
_UNITS = {"b": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_ENDS = ("[end of output]", "note: This error originates from a subprocess")
_STEPS = (
    ("build dependencies", Step.BUILD_REQUIREMENTS),
    ("backend dependencies", Step.BUILD_REQUIREMENTS),
    ("Getting requirements", Step.BUILD_REQUIREMENTS),
    ("metadata", Step.METADATA),
    ("egg_info", Step.METADATA),
    ("setup.py install", Step.INSTALL),
    ("setup.py develop", Step.INSTALL),
)
_MOST_CONFLICTING = 20
_CUT_OFF = ("", "-r", "-c")
"""Who asked, where the name of the file is on the next line."""
_MARKS = ("Collecting ", "Looking in ", "Requirement already satisfied", "Installing collected packages")


class PipLines:
    """Reads the lines of one stream."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._indent: int | None = None
        self._skip_to = -1
        self._is_output = False
        self._draft: Draft | None = None

    def read(self, text: str) -> bool:
        """Whether a line is pip's own, or the output of a build that pip repeats."""
        if self._is_output:
            self._output(text)
            return True
        stripped = text.lstrip()
        if not stripped:
            return False
        first = stripped[0]
        if first == "\xd7" or first == "╰":
            return self._marked(text)
        if first in "CDUPO" and self._package(text):
            return True
        if first in "eET" and self._error(text):
            return True
        return self._told(text, stripped)

    def _output(self, text: str) -> None:
        """Output of a build, up to its end: nothing in it is pip's own."""
        journal = self._journal
        ends = text.lstrip()
        if ends.startswith(_ENDS) or (journal.place >= self._skip_to >= 0 and ends.startswith("-----")):
            self._is_output = False
            journal.close()

    def _marked(self, text: str) -> bool:
        journal = self._journal
        failed = _FAILED.match(text)
        if failed is not None:
            self._known()
            step = _step(failed["what"])
            package = normalized(_named(failed)) or journal.package
            last = journal.drafts[-1] if journal.drafts else None
            again = (step, package, journal.version(package))
            if last is not None and (last.step, last.package, last.version) == again:
                journal.confirm(package)  # pip tells it at once, and as it ends
            else:
                self._draft = journal.fail(step, package)
            return True
        opened = _OPENED.match(text)
        if opened is not None and journal.draft is not None:
            self._is_output, self._skip_to = True, -1
            return True
        subject = _SUBJECT.match(text.strip())
        if subject is not None and self._draft is not None:
            for name in subject["what"].split(", "):
                self._confirmed(normalized(name))
            return True
        if "externally managed" in text:
            self._known()
            if journal.confirm("") is None:
                journal.fail(Step.INSTALL).cause = Cause.PERMISSION
            return True
        return "Encountered error" in text or "Failed to build installable" in text

    def _package(self, text: str) -> bool:
        journal = self._journal
        collecting = _COLLECTING.match(text) or _PROCESSING.match(text)
        if collecting is not None:
            indent = len(collecting["indent"])
            if self._indent is None:
                self._indent = indent
            if indent > self._indent:  # pip within pip: requirements of a build
                return True
            self._known()
            what = collecting["what"]
            name, _, version = what.partition("==")
            by = (collecting.groupdict().get("by") or "").removesuffix(")")
            if collecting.re is _PROCESSING:
                name = re.split(r"-\d", what.rstrip("/").rpartition("/")[2])[0]
            journal.begin(
                normalized(name),
                [one for one in by.split("->") if one.strip() not in _CUT_OFF],
                version.strip(),
            )
            return True
        fetched = _FETCHED.match(text)
        if fetched is not None:
            self._known()
            indent = len(text) - len(text.lstrip())
            if self._indent is None or indent <= self._indent + 2:
                name = fetched["what"].partition("#")[0].rpartition("/")[2]
                is_metadata = name.endswith(".metadata")
                size = None if is_metadata else _size(fetched["size"])
                journal.found(name.removesuffix(".metadata"), size)
                journal.step = Step.DOWNLOAD
            return True
        return self._opened_before(text)

    def _opened_before(self, text: str) -> bool:
        opened = _OPENED_BEFORE.match(text)
        if opened is None or self._journal.draft is None:
            return False
        self._is_output = True
        self._skip_to = self._journal.place + 1 + int(opened["count"] or 0)
        return True

    def _error(self, text: str) -> bool:
        journal = self._journal
        unmatched = _SATISFIES.match(text)
        if unmatched is not None:
            self._known()
            self._unmatched(unmatched["what"].strip(), unmatched["rest"] or "")
            return True
        conflict = _CONFLICT.match(text)
        if conflict is not None:
            self._known()
            draft = journal.fail(Step.RESOLVE)
            draft.cause = Cause.CONFLICT
            draft.conflicting = tuple(re.split(r", and | and |, ", conflict["what"])[:_MOST_CONFLICTING])
            draft.package = normalized(draft.conflicting[0])
            draft.version = draft.conflicting[0].partition("==")[2]
            return True
        other = _OTHER_PYTHON.match(text)
        if other is not None:
            self._known()
            journal.fail(Step.RESOLVE, normalized(other["what"]))
            return True
        if text.lstrip().startswith("ERROR: ResolutionImpossible"):
            self._known()
            if journal.draft is None or journal.draft.cause is not Cause.CONFLICT:  # as pipenv repeats it
                journal.fail(Step.RESOLVE).cause = Cause.CONFLICT
            return True
        return self._summary(text) or self._aborted(text)

    def _aborted(self, text: str) -> bool:
        aborted = _ABORTED.match(text)
        if aborted is None:
            return False
        journal, stripped = self._journal, text.lstrip()
        self._known()
        if stripped.startswith(("error: metadata-generation", "error: legacy-install")):
            return True
        if stripped.startswith("ERROR: Command"):
            if "Check the logs" in text and journal.drafts:
                journal.confirm(journal.drafts[-1].package)
            else:
                self._draft = journal.fail(self._step_of_command(), journal.package)
            return True
        is_whole = journal.step is Step.INSTALL or "requirements file" in text or "externally" in text
        step = Step.DOWNLOAD if "HASHES" in text or "HTTP" in text else journal.step
        if "externally" in text:
            step = Step.INSTALL
        self._draft = journal.fail(step, "" if is_whole else journal.package)
        return True

    def _step_of_command(self) -> Step:
        """Pip before 22 tells the metadata of a setup.py as no step: it fails in none."""
        step = self._journal.step
        return Step.METADATA if step in (Step.RESOLVE, Step.DOWNLOAD) else step

    def _unmatched(self, what: str, rest: str) -> None:
        journal, package = self._journal, normalized(what)
        last = journal.drafts[-1] if journal.drafts else None
        if last is not None and last.package == package and last.cause is Cause.NO_MATCHING_DISTRIBUTION:
            last.anchors.append(journal.line)
            return
        if last is not None and last.package == package and last.step is not Step.RESOLVE:
            last.anchors.append(journal.line)  # every release of it failed, as was told
            return
        draft = journal.fail(Step.RESOLVE, package)
        draft.missing = what
        by = [one for one in rest.split("->") if one and not one.startswith("versions:")]
        draft.requested_by = tuple(one.partition(") (from versions")[0] for one in by[:20])

    def _summary(self, text: str) -> bool:
        found = _SUMMARY.match(text)
        if found is None:
            return False
        self._known()
        told = next(value for value in found.groups() if value is not None)
        names = told.split(", ") if "," in told else told.split()
        for name in names[:100]:
            self._confirmed(normalized(name))
        return True

    def _confirmed(self, package: str) -> None:
        if package and self._journal.confirm(package) is None:
            self._draft = self._journal.fail(Step.BUILD, package)

    def _told(self, text: str, stripped: str) -> bool:
        journal = self._journal
        step = _STEP.match(text)
        if step is not None:
            self._known()
            status = step["status"] or step["end"]
            is_successful = None if status is None else status == "done"
            named = normalized(_named(step))
            journal.took(_step(step["what"]), named or journal.package, is_successful=is_successful)
            return True
        if stripped.startswith("Failed to build") and self._summary(text):
            return True
        if stripped.startswith("Complete output"):
            return self._opened_before(text)
        installed = _INSTALLED.match(text)
        if installed is not None:
            if self._indent is None or len(installed["indent"]) <= self._indent:
                self._known()
                journal.boundary()
                for one in installed["what"].split()[:10_000]:
                    name, _, version = one.rpartition("-")
                    journal.installed(normalized(name), version)
            return True
        return self._remark(text, stripped)

    def _remark(self, text: str, stripped: str) -> bool:
        journal = self._journal
        not_hashed = _NOT_HASHED.match(text) if text.startswith("    ") else None
        is_told = journal.draft is not None and "HASHES" in journal.draft.anchors[0].text
        needs = _NEEDS.match(text) if text.startswith("    ") else None
        if needs is not None and journal.draft is not None and journal.draft.cause is Cause.CONFLICT:
            return self._needs(journal.draft, f"{needs['by']}=={needs['version']} needs {needs['what']}")
        if not_hashed is not None and journal.draft is not None and is_told:
            journal.draft.package = normalized(not_hashed["name"])
            journal.draft.version = not_hashed["version"] or ""
            return True
        version = _VERSION.match(text)
        if version is not None:
            self._known()
            journal.installer_version = journal.installer_version or version["pip"]
            journal.python = journal.python or version["python"]
            return True
        if " pip" in text and (old := _OLD_PIP.search(text)):
            journal.installer_version = journal.installer_version or old["now"] or old["was"]
        if stripped.startswith("Looking in indexes: "):
            urls = stripped.removeprefix("Looking in indexes: ").split(", ")
            journal.index = _without_credentials(urls[0]) if len(urls) == 1 else ""
        if stripped.startswith("Installing collected packages"):
            journal.took(Step.INSTALL, is_successful=None)
            journal.package = ""
        if stripped.startswith(("Discarding ", "WARNING: Discarding ")):
            journal.close()
        if stripped.startswith(_MARKS):
            self._known()
            return True
        return False

    def _needs(self, draft: Draft, told: str) -> bool:
        """What contradicts each other, where the line that tells the conflict did not name it."""
        if not draft.package and told not in draft.conflicting[:_MOST_CONFLICTING]:
            draft.conflicting = (*draft.conflicting, told)[:_MOST_CONFLICTING]
            draft.anchors = [*draft.anchors, self._journal.line][:_MOST_CONFLICTING]
            draft.message = draft.message or self._journal.line.text.strip()
        return True

    def _known(self) -> None:
        self._journal.is_known = True
        self._journal.installer = self._journal.installer or "pip"


def _named(found: re.Match[str]) -> str:
    return found["for"] or found["built"] or found["set"] or found["old"] or ""


def _step(what: str) -> Step:
    return next((step for words, step in _STEPS if words in what), Step.BUILD)


def _size(text: str | None) -> int | None:
    if not text:
        return None
    number = re.match(r"[\d.]+", text)
    assert number is not None
    try:
        value = float(number[0])
    except ValueError:
        return None
    unit = text[number.end() :].strip()[:1].lower()
    return round(value * _UNITS.get(unit, 1)) if value < 1e9 else None


def _without_credentials(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"[:300]
