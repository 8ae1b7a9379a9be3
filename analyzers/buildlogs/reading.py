"""Build logs: bytes in, one `BuildLog` out; nothing that a log holds makes this fail."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence

from analyzers.buildlogs.clues import best, clues
from analyzers.buildlogs.journal import MOST_RECORDS, Journal
from analyzers.buildlogs.log_lines import LogLine, log_lines, streams
from analyzers.buildlogs.pip_lines import PipLines
from analyzers.buildlogs.records import BuildFailure, BuildLog, Cause, Step
from analyzers.buildlogs.tool_lines import ToolLines
from analyzers.buildlogs.uv_lines import UvLines
from analyzers.reports import Unknown

_MOST_STREAMS = 1_000
_MOST_COMPARED = 20
_VAGUE = (Cause.UNKNOWN, Cause.BUILD_BACKEND)
_STARTS = ("Collecting ", "Looking in indexes", "Requirement already satisfied: ")
_PLATFORM = re.compile(
    r"[/.](?P<platform>(?:linux|macosx|win)[\w.-]*?)-(?:cpython-|cp)?(?P<python>3\.?\d{1,2})/"
)
_WHEEL = re.compile(
    r"-cp(?P<major>3)(?P<minor>\d{1,2})-cp3\w{1,5}-(?P<platform>(?:linux|macosx|win)\w*)\.whl"
)
_SITE = re.compile(r"/python(?P<python>3\.\d{1,2})/(?:site|dist)-packages/")


def read_build_log(data: bytes, first_line: int = 1) -> BuildLog:
    """What a log says.

    Args:
        data: the log, or its end, in UTF-8 or UTF-16; what cannot be decoded is replaced.
        first_line: number of its first line.
    """
    lines, unknowns = log_lines(data, first_line)
    parts = streams(lines)
    if len(parts) > _MOST_STREAMS:
        unknowns.append(
            Unknown(
                what=f"{len(parts) - _MOST_STREAMS} streams of lines",
                where=f"line {parts[_MOST_STREAMS][0].number}",
                reason=f"only {_MOST_STREAMS} are read",
            )
        )
    journals = [_read(part) for part in parts[:_MOST_STREAMS]]
    left_out = sum(journal.left_out for journal in journals)
    if left_out:
        unknowns.append(
            Unknown(
                what=f"{left_out} steps, failures or packages",
                where="the log",
                reason=f"only {MOST_RECORDS} of each are kept",
            )
        )
    return _log(journals, unknowns)


def failures(text: str | bytes) -> tuple[BuildFailure, ...]:
    """Why something failed of which that is known: the output of an installer, or of a build alone.

    What was made good later is left out. Empty where the text tells no cause.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    found = read_build_log(data).lasting
    if any(one.cause not in _VAGUE for one in found):
        return found
    # What a build itself says may stand before the line that tells that it failed.
    lines, _ = log_lines(data)
    clue = best(list(clues([(line.number, line.text) for line in lines])))
    if clue is None or (found and clue.cause in _VAGUE):
        return found
    return (
        BuildFailure(
            step=Step.BUILD,
            cause=clue.cause,
            missing=clue.thing,
            message=clue.message,
            where=clue.where,
            lines=(clue.number,),
        ),
    )


def _read(lines: Sequence[LogLine]) -> Journal:
    journal = Journal(lines)
    pip, uv, tools = PipLines(journal), UvLines(journal), ToolLines(journal)
    for place, line in enumerate(lines):
        journal.place = place
        text = line.text
        if uv.is_open and not text.startswith(_STARTS):
            uv.read(text)
        elif pip.read(text) or uv.read(text):
            continue
        else:
            tools.read(text)
    uv.end()
    _platform(journal)
    return journal


def _platform(journal: Journal) -> None:
    """The platform and the Python that paths in the log name."""
    for line in journal.lines if journal.is_known else ():
        text = line.text
        if (".whl" in text and (wheel := _WHEEL.search(text))) and not text.lstrip().startswith(
            "Downloading"
        ):
            journal.platform = journal.platform or wheel["platform"]
            journal.python = journal.python or f"{wheel['major']}.{wheel['minor']}"
        elif "build/" in text and (built := _PLATFORM.search(text)):
            python = built["python"]
            dotted = python if "." in python else f"{python[0]}.{python[1:]}"
            journal.python = journal.python or dotted
            journal.platform = journal.platform or re.sub(r"[-.]", "_", built["platform"])
        elif "-packages/" in text and (site := _SITE.search(text)):
            journal.python = journal.python or site["python"]
        if journal.platform and journal.python:
            return


def _log(journals: Sequence[Journal], unknowns: Iterable[Unknown]) -> BuildLog:
    known = [journal for journal in journals if journal.is_known]
    told = _distinct(failure for journal in known for failure in journal.failures())
    lost = dict.fromkeys(one.package for one in told if one.package and not one.is_recovered)
    recovered = dict.fromkeys(one.package for one in told if one.package and one.is_recovered)
    return BuildLog(
        installer=_first(journal.installer for journal in known),
        installer_version=_first(journal.installer_version for journal in known),
        python=_first(journal.python for journal in known),
        platform=_first(journal.platform for journal in known),
        installation=tuple(one for journal in known for one in journal.installations()),
        failed=tuple(lost),
        recovered=tuple(name for name in recovered if name not in lost),
        failures=told,
        steps=tuple(sorted((one for journal in known for one in journal.steps), key=lambda one: one.line)),
        unknowns=tuple(unknowns),
        is_build_log=bool(known),
    )


def _distinct(told: Iterable[BuildFailure]) -> tuple[BuildFailure, ...]:
    """Failures without those that are told once more, as pip and builders of images do at their ends."""
    found: dict[int, BuildFailure] = {}
    recent: deque[BuildFailure] = deque(maxlen=_MOST_COMPARED)
    alike: dict[tuple[str, bool], deque[BuildFailure]] = {}
    for number, one in enumerate(sorted(told, key=lambda each: each.lines)):
        same = alike.setdefault((one.package, one.is_recovered), deque(maxlen=_MOST_COMPARED))
        others = (*same, *recent) if not one.package else same
        if any(_is_repeated(one, other) for other in others):
            continue
        vague = next((other for other in same if _is_repeated(other, one)), None)
        if vague is not None:  # the summary came first: two streams were written to one file
            same.remove(vague)
            found.pop(next(place for place, other in reversed(found.items()) if other is vague))
        found[number] = one
        same.append(one)
        recent.append(one)
    return tuple(found.values())


def _is_repeated(one: BuildFailure, first: BuildFailure) -> bool:
    if one.version not in ("", first.version):
        return False
    is_vague = bool(one.package) and one.cause in _VAGUE
    return is_vague or (one.cause, one.missing) == (first.cause, first.missing)


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
