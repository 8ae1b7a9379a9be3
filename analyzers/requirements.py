"""Requirements files of pip, the part of them that states requirements; all that is wrong is said at once.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and PEP 508.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import Requirement

from analyzers.evidence import Location

TEXT_LIMIT_CHARACTERS = 8 << 20
LINE_LIMIT_CHARACTERS = 8 << 10
_PROBLEMS_LIMIT = 100

_COMMENT = re.compile(r"(?:^|\s)#.*$", re.DOTALL)
_COMMENT_LINE = re.compile(r"\s*#")
_OPTION = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]*)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/|\w+\+\w+@|file:")
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)(?:$|[\s;\[])", re.IGNORECASE)
_REMEDIES = {
    "-r": "give that file as a further requirements file",
    "-c": "write the constraints as requirements, or into a file of their own",
    "-e": "state what the project depends on, not the project itself",
    "-i": "give the index on the command line",
    "--hash": "remove the hashes: the lockfile states its own",
}
_SYNONYMS = {"--requirement": "-r", "--constraint": "-c", "--editable": "-e"} | dict.fromkeys(
    ("--index-url", "--extra-index-url", "--pypi-url", "--find-links", "-f", "--no-index"), "-i"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementLine:
    """A requirement and where it is written."""

    requirement: Requirement
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementProblem:
    """One line that is not accepted.

    Attributes:
        text: the line, continuations joined, at most its first characters.
        remedy: what the user can do about it.
    """

    location: Location
    text: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.location}: {self.reason}: {self.text!r} ({self.remedy})"


class RequirementsError(ValueError):
    """A requirements file holds lines that are not accepted."""

    def __init__(self, source: str, problems: tuple[RequirementProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.source, self.problems = source, problems


@dataclass(frozen=True, slots=True)
class _LogicalLine:
    """Physical lines joined by backslashes.

    Attributes:
        starts: for each physical line its number and where it starts in the text.
    """

    text: str
    starts: tuple[tuple[int, int], ...]

    def locate(self, source: str, offset: int) -> Location:
        number, start = next((number, start) for number, start in reversed(self.starts) if start <= offset)
        return Location(path=source, line=number, column=offset - start + 1)


def parse_requirements(text: str, source: str) -> list[RequirementLine]:
    """The requirements of a file, in their order.

    Args:
        text: the decoded file; a byte order mark may start it.
        source: names the file in locations and errors.

    Raises:
        RequirementsError: some lines are malformed, or ask for what only an installer can do: options, URLs,
            paths. Every such line is in its `problems`.
    """
    if len(text) > TEXT_LIMIT_CHARACTERS:
        reason = f"is longer than {TEXT_LIMIT_CHARACTERS:,} characters"
        raise RequirementsError(
            source,
            (_problem(Location(path=source), "", reason, "give a requirements file"),),
        )
    found: list[RequirementLine] = []
    problems: list[RequirementProblem] = []
    for line in _logical_lines(text.removeprefix("\ufeff")):
        content = _COMMENT.sub("", line.text).rstrip()
        start = len(content) - len(content.lstrip())
        if start < len(content):
            outcome = _parse(line, content[start:], start, source)
            if isinstance(outcome, RequirementLine):
                found.append(outcome)
            else:
                problems.append(outcome)
        if len(problems) == _PROBLEMS_LIMIT:
            break
    if problems:
        raise RequirementsError(source, tuple(problems))
    return found


def _logical_lines(text: str) -> Iterator[_LogicalLine]:
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for number, line in enumerate(text.splitlines(), 1):
        starts.append((number, length))
        comment = _COMMENT_LINE.match(line)
        if line.endswith("\\") and not comment:
            parts.append(line[:-1])
            length += len(line) - 1
            continue
        # A comment ends a continued line; the blank keeps it from joining the word before it.
        parts.append(" " + line if comment else line)
        yield _LogicalLine("".join(parts), tuple(starts))
        parts, starts, length = [], [], 0
    if parts:
        yield _LogicalLine("".join(parts), tuple(starts))


def _parse(line: _LogicalLine, content: str, start: int, source: str) -> RequirementLine | RequirementProblem:
    location = line.locate(source, start)
    if len(content) > LINE_LIMIT_CHARACTERS:
        reason = f"longer than {LINE_LIMIT_CHARACTERS:,} characters"
        return _problem(location, content, reason, "shorten it")
    if refused := _refused(content):
        return _problem(location, content, *refused)
    try:
        requirement = Requirement(content)
    except ValueError as error:
        span = getattr(error.__cause__, "span", (0, 0))
        reason = str(error).partition("\n")[0]
        remedy = "write a requirement such as 'name>=1.0'"
        return _problem(line.locate(source, start + int(span[0])), content, reason, remedy)
    except RecursionError:
        return _problem(location, content, "its marker is nested too deep", "simplify the marker")
    if requirement.url:
        return _problem(location, content, "a requirement by URL", "name a release of an index instead")
    return RequirementLine(requirement=requirement, location=location)


def _refused(content: str) -> tuple[str, str] | None:
    """Reason and remedy for what pip understands and this program does not."""
    if option := _OPTION.search(content):
        name = option[1]
        short = name if name.startswith("--") else name[:2]
        remedy = _REMEDIES.get(_SYNONYMS.get(short, short), "remove it")
        return f"the option {short} is not supported", remedy
    if _URL.match(content):
        return "a URL", "name a release of an index instead"
    if content.startswith((".", "/", "~")) or _ARCHIVE.search(re.split("[;@]", content, maxsplit=1)[0]):
        return "a path or an archive", "name a release of an index instead"
    return None


def _problem(location: Location, text: str, reason: str, remedy: str) -> RequirementProblem:
    return RequirementProblem(location=location, text=text[:200], reason=reason, remedy=remedy)
