"""Advisories in the OSV format, read into `Advisory` records.

Source: https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from knowledge.advisories.records import Advisory, Span

_ECOSYSTEM = "PyPI"
_LONGEST_SUMMARY = 300
_MOST_VERSIONS = 20_000
_MOST_EVENTS = 2_000
_MOST_AFFECTED = 1_000
_RATINGS = frozenset({"CRITICAL", "HIGH", "MODERATE", "MEDIUM", "LOW"})
_LINKS = ("ADVISORY", "WEB", "ARTICLE", "REPORT", "FIX")
_ORDER = ("introduced", "fixed", "last_affected")
"""In which events about one version count: of two that end a span, the one that excludes more."""


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Package(msgspec.Struct):
    ecosystem: str = ""
    name: str = ""


class _Range(msgspec.Struct):
    type: str = ""
    events: list[dict[str, str]] = []


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] = []
    versions: list[str] = []
    severity: list[_Severity] = []


class _Reference(msgspec.Struct):
    type: str = ""
    url: str = ""


class _Document(msgspec.Struct):
    id: str
    modified: str = ""
    withdrawn: str | None = None
    aliases: list[str] = []
    summary: str = ""
    details: str = ""
    severity: list[_Severity] = []
    affected: list[_Affected] = []
    references: list[_Reference] = []
    database_specific: object = None


_DECODER = msgspec.json.Decoder(_Document)


def read_osv(content: bytes) -> list[Advisory]:
    """What a document says about projects of the Python index; empty where it is about others.

    Raises:
        ValueError: it is no document in that format, or a range of it cannot be compared.
    """
    document = _DECODER.decode(content)
    if not document.id:
        raise ValueError("it has no id")
    affected = [each for each in document.affected[:_MOST_AFFECTED] if _is_ours(each)]
    by_project: dict[str, list[_Affected]] = {}
    for each in affected:
        assert each.package is not None
        by_project.setdefault(canonicalize_name(each.package.name), []).append(each)
    return [_advisory(document, project, about) for project, about in sorted(by_project.items())]


def _is_ours(affected: _Affected) -> bool:
    package = affected.package
    return package is not None and package.ecosystem.partition(":")[0] == _ECOSYSTEM and bool(package.name)


def _advisory(document: _Document, project: str, about: list[_Affected]) -> Advisory:
    versions = {version for each in about for version in each.versions[:_MOST_VERSIONS]}
    severities = [*document.severity, *(one for each in about for one in each.severity)]
    return Advisory(
        id=document.id[:100],
        project=project,
        modified=document.modified[:40],
        aliases=tuple(sorted({alias[:100] for alias in document.aliases[:100]})),
        summary=" ".join((document.summary or document.details).split())[:_LONGEST_SUMMARY],
        severity=_score(severities),
        rating=_rating(document.database_specific),
        spans=tuple(dict.fromkeys(span for each in about for span in _spans(each.ranges))),
        versions=tuple(sorted(versions)),
        withdrawn=document.withdrawn is not None,
        link=_link(document.references),
    )


def _spans(ranges: Iterable[_Range]) -> Iterator[Span]:
    for one in ranges:
        if one.type in ("ECOSYSTEM", "SEMVER"):
            yield from _of_events(one.events[:_MOST_EVENTS])


def _of_events(events: list[dict[str, str]]) -> Iterator[Span]:
    """The spans between events, in the order of the versions that they name."""
    found = [(kind, text) for event in events for kind, text in event.items()]
    found = [event for event in found if event[0] in _ORDER]
    found.sort(key=lambda event: (event[1] != "0", _version(event[1]), _ORDER.index(event[0])))
    start: str | None = None
    for kind, text in found:
        if kind == "introduced":
            start = text if start is None else start
        elif start is not None:
            begin = None if start == "0" else start
            yield Span(begin, text) if kind == "fixed" else Span(begin, None, text)
            start = None
    if start is not None:
        yield Span(None if start == "0" else start)


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion as error:
        raise ValueError(f"{text[:40]!r} is no version") from error


def _score(severities: Iterable[_Severity]) -> int | None:
    """The highest base score, in tenths; vectors that cannot be read say nothing."""
    from cvss import CVSS2, CVSS3, CVSS4  # only who imports advisories pays for it
    from cvss.exceptions import CVSSError

    readers = {"CVSS_V2": CVSS2, "CVSS_V3": CVSS3, "CVSS_V4": CVSS4}
    found = []
    for severity in severities:
        reader = readers.get(severity.type)
        if reader is None or len(severity.score) > 500:
            continue
        try:
            found.append(round(float(reader(severity.score).base_score) * 10))
        except (CVSSError, ValueError, KeyError):
            continue
    return max(found, default=None)


def _rating(specific: object) -> str:
    stated = specific.get("severity") if isinstance(specific, dict) else None
    return stated.upper() if isinstance(stated, str) and stated.upper() in _RATINGS else ""


def _link(references: Iterable[_Reference]) -> str:
    by_type = dict.fromkeys(_LINKS, "")
    for reference in references:
        if not by_type.get(reference.type, "-") and reference.url.startswith(("https://", "http://")):
            by_type[reference.type] = reference.url[:500]
    return next(filter(None, by_type.values()), "")
