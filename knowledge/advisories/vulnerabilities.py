"""Advisories about the same vulnerability of one project, taken together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from packaging.version import InvalidVersion, Version

from knowledge.advisories.records import Advisory, Span

_RATINGS: Mapping[str, int] = {"CRITICAL": 95, "HIGH": 78, "MODERATE": 55, "MEDIUM": 55, "LOW": 25}
"""What a word stands for where no score is stated: the middle of the scores that have it (CVSS 3.1)."""
_NOT_RATED = 55
_PREFERRED = ("CVE-", "GHSA-", "PYSEC-")


class Vulnerability(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability of a project.

    Attributes:
        id: the name that most people know it by.
        aliases: every other name.
        severity: CVSS base score in tenths, or what stands for it.
        is_rated: whether an advisory states how severe it is.
        link: where it can be read; empty where no advisory says.
    """

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: int
    is_rated: bool
    link: str
    _spans: tuple[tuple[Version | None, Version | None, Version | None], ...]
    _versions: frozenset[Version]

    def affects(self, version: Version) -> bool:
        """Whether a release has it; a local build counts as the release that it was made of."""
        if version.local is not None:
            version = Version(version.public)
        return version in self._versions or any(_within(version, *span) for span in self._spans)

    def fixed_after(self, version: Version) -> str | None:
        """The first release after one that is known to be free of it."""
        ends = [fixed for begin, fixed, _ in self._spans if fixed is not None and version < fixed]
        return str(min(ends)) if ends else None


def vulnerabilities(advisories: Iterable[Advisory]) -> list[Vulnerability]:
    """Advisories that share a name are one vulnerability; withdrawn ones say nothing. The gravest come first.

    A release has it where any of them says so: each source knows of branches that another one overlooks.
    """
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in sorted(advisories, key=lambda one: one.id):
        if advisory.withdrawn:
            continue
        names, members = {advisory.id, *advisory.aliases}, [advisory]
        apart = []
        for known, others in groups:
            if known & names:
                names |= known
                members += others
            else:
                apart.append((known, others))
        groups = [*apart, (names, members)]
    found = [_merged(names, members) for names, members in groups]
    return sorted(found, key=lambda one: (-one.severity, one.id))


def _merged(names: set[str], members: Sequence[Advisory]) -> Vulnerability:
    members = sorted(members, key=_rank)
    stated = [advisory.severity for advisory in members if advisory.severity is not None]
    rated = [_RATINGS[advisory.rating] for advisory in members if advisory.rating in _RATINGS]
    best = min(names, key=lambda name: (_place(name), name))
    return Vulnerability(
        id=best,
        aliases=tuple(sorted(names - {best})),
        summary=next((advisory.summary for advisory in members if advisory.summary), ""),
        severity=max(stated or rated or [_NOT_RATED]),
        is_rated=bool(stated or rated),
        link=next((advisory.link for advisory in members if advisory.link), ""),
        _spans=tuple(dict.fromkeys(_read(span) for advisory in members for span in advisory.spans)),
        _versions=frozenset(_readable(text for advisory in members for text in advisory.versions)),
    )


def _rank(advisory: Advisory) -> tuple[int, str]:
    return _place(advisory.id), advisory.id


def _place(name: str) -> int:
    places = (place for place, prefix in enumerate(_PREFERRED) if name.startswith(prefix))
    return next(places, len(_PREFERRED))


def _read(span: Span) -> tuple[Version | None, Version | None, Version | None]:
    return _end(span.introduced), _end(span.fixed), _end(span.last)


def _end(text: str | None) -> Version | None:
    return None if text is None else Version(text)


def _readable(texts: Iterable[str]) -> Iterable[Version]:
    for text in texts:
        try:
            yield Version(text)
        except InvalidVersion:
            continue


def _within(version: Version, first: Version | None, fixed: Version | None, last: Version | None) -> bool:
    after = first is None or version >= first
    return after and (fixed is None or version < fixed) and (last is None or version <= last)
