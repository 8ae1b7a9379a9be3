"""A log as its author wrote it: bytes in, lines without colours, progress bars and what others put before.

Lines keep their number in the file. A log of several processes at once, as of a docker build, is taken
apart: the lines of each have the name of their stream.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzers.reports import Unknown

LARGEST_BYTES = 64 << 20
MOST_LINES = 1_000_000
LONGEST_LINE = 4_000
_MOST_PREFIXES = 4

# Each alternative ends at the next escape character: linear in the line, whatever it holds.
_STEERING = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]?|\][^\x07\x1b]*+(?:\x07|\x1b\\)?|[()*+][A-Za-z0-9]|[@-Z\\^_=>78c-z]?)"
)
_TIME = r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?"
_PREFIXES = (
    re.compile(r"(?P<stream>#\d{1,6})(?: \d{1,7}\.\d{1,4})?(?: |$)"),  # BuildKit, plain progress
    re.compile(r"\d{1,7}\.\d{1,4} (?=[ \S])"),  # BuildKit, what it repeats of a step that failed
    re.compile(r"(?P<stream>[^\t]{1,200}\t[^\t]{1,200})\t(?:\ufeff)?(?=\d{4}-\d\d-)"),  # gh run view --log
    re.compile(rf"\ufeff?{_TIME} (?:\d\d[OE][+ ]?)?"),  # GitHub, GitLab, Jenkins, kubectl
    re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{1,9} +\d{1,9} [\w.-]{1,80}:\d{1,6}\] "),  # s2i, glog
    re.compile(r"(?P<stream>\[[\w.-]{1,80} : [\w.-]{1,80}\]) "),  # tkn
    re.compile(r"(?P<stream>[A-Za-z][\w.-]{0,80} +\|) (?=\S| )"),  # docker compose
    re.compile(r"section_(?:start|end):\d{1,12}:[\w.-]{1,200}(?:\[[^\]]{0,80}\])?$"),  # GitLab, of a section
    re.compile(r"##\[(?:error|warning|group|debug|command)\]"),
    re.compile(r"::(?:error|warning|group|debug|notice)(?: [^:]{0,200})?::"),
    re.compile(r"pdm\.termui: ?"),  # its debug log
    re.compile(r"\[pipenv\.exceptions\.\w{1,40}\]: ?"),
)
_HEAD = 90


class LogLine(NamedTuple):
    """A line; `stream` is empty where there is but one."""

    number: int
    text: str
    stream: str = ""


def log_lines(data: bytes, first_line: int = 1) -> tuple[list[LogLine], list[Unknown]]:
    """The lines of a log, and what of it was left out.

    Args:
        data: the log, or its end.
        first_line: number of its first line.
    """
    unknowns = []
    if len(data) > LARGEST_BYTES:
        left_out = data[: len(data) - LARGEST_BYTES]
        first_line += left_out.count(b"\n")
        data = data[len(left_out) :]
        unknowns.append(
            Unknown(
                what="the beginning of the log",
                where=f"before line {first_line}",
                reason=f"only the last {LARGEST_BYTES} bytes are read",
            )
        )
    raw = _decoded(data).split("\n")
    if len(raw) == 1:
        raw = raw[0].split("\r")
    if raw and not raw[-1]:
        raw.pop()
    if len(raw) > MOST_LINES:
        first_line += len(raw) - MOST_LINES
        raw = raw[-MOST_LINES:]
        unknowns.append(
            Unknown(
                what="the beginning of the log",
                where=f"before line {first_line}",
                reason=f"only the last {MOST_LINES} lines are read",
            )
        )
    lines = list(_cleaned(raw, first_line))
    cut = [line.number for line in lines if len(line.text) >= LONGEST_LINE]
    if cut:
        unknowns.append(
            Unknown(
                what=f"the ends of {len(cut)} lines",
                where=f"line {cut[0]}",
                reason=f"only {LONGEST_LINE} characters of a line are read",
            )
        )
    return lines, unknowns


def streams(lines: list[LogLine]) -> list[list[LogLine]]:
    """The lines of each stream, in order of their first lines."""
    found: dict[str, list[LogLine]] = {}
    for line in lines:
        found.setdefault(line.stream, []).append(line)
    return list(found.values())


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what a shell of Windows writes to a file
        return data.decode("utf-16", errors="replace").replace("\r\n", "\n")
    return data.decode("utf-8", errors="replace").removeprefix("\ufeff")


def _cleaned(raw: list[str], first_line: int) -> Iterator[LogLine]:
    for number, line in enumerate(raw, first_line):
        text = line[: 4 * LONGEST_LINE]
        if "\x1b" in text:
            text = _STEERING.sub("", text)
        if "\r" in text:
            text = _shown(text)
        stream, text = _without_prefixes(text) if _may_have_prefix(text) else ("", text)
        yield LogLine(number, text[:LONGEST_LINE].rstrip(), stream)


def _may_have_prefix(text: str) -> bool:
    """Whether it is worth to look; most lines begin with a blank or with a word."""
    first = text[:1]
    if first in " -+*<>=/.(\"'`|" or "\t" in text[:_HEAD]:
        return "\t" in text[:_HEAD] and first != " "
    if first.isalpha():
        head = text[:_HEAD]
        return " |" in head or head.startswith(("section_", "pdm.termui:")) or text[1:2].isdigit()
    return True


def _shown(text: str) -> str:
    """What a terminal shows last: a progress bar writes over itself."""
    return next((part for part in reversed(text.split("\r")) if part.strip()), "")


def _without_prefixes(text: str) -> tuple[str, str]:
    stream = ""
    for _ in range(_MOST_PREFIXES):
        for prefix in _PREFIXES:
            found = prefix.match(text)
            if found is not None:
                stream += found.groupdict().get("stream") or ""
                text = text[found.end() :]
                break
        else:
            break
    return stream, text
