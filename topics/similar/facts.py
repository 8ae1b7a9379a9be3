"""What an index remembers of a package beside its terms: shown, and asked by filters, but never ranked by."""

from __future__ import annotations

import re

import msgspec

from topics.documents import Document

_SUMMARY_LIMIT_CHARACTERS = 200
_LICENSE_LIMIT_CHARACTERS = 200
_LICENSE = "License :: "
_PYTHON = re.compile(r"Programming Language :: Python :: (\d(?:\.\d{1,2})?)(?: :: Only)?$")
_MONTH = re.compile(r"(\d{4})-(\d{2})$")


class PackageFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One package of an index.

    Attributes:
        rank: by downloads, from 1; None where it is not known.
        month: of the newest upload, ``YYYY-MM``.
        license: SPDX expression, else what the classifiers say.
        pythons: versions that its classifiers name, such as ``3`` and ``3.12``; empty where they name none.
    """

    name: str
    summary: str = ""
    rank: int | None = None
    month: str = ""
    license: str = ""
    pythons: tuple[str, ...] = ()


def facts_of(document: Document) -> PackageFacts:
    """What an index remembers of a document."""
    told = [line.removeprefix(_LICENSE) for line in document.classifiers if line.startswith(_LICENSE)]
    matched = (_PYTHON.match(line) for line in document.classifiers)
    return PackageFacts(
        name=document.name,
        summary=" ".join(document.summary.split())[:_SUMMARY_LIMIT_CHARACTERS],
        rank=document.rank,
        month=document.month,
        license=(document.license_expression or "; ".join(told))[:_LICENSE_LIMIT_CHARACTERS],
        pythons=tuple(match[1] for match in matched if match),
    )


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What alternatives must be.

    Attributes:
        python: such as ``3.12``: refused is who names versions of Python and not this one; many name none.
        license: a word of the licence, such as ``MIT``; who states none is refused.
        since: ``YYYY-MM``; who uploaded nothing since is refused, and so is who tells no month.
    """

    python: str = ""
    license: str = ""
    since: str = ""

    def admit(self, facts: PackageFacts) -> bool:
        """Whether a package may be offered."""
        return (
            (not self.python or _runs_on(facts.pythons, self.python))
            and (not self.license or _has_word(facts.license, self.license))
            and (not self.since or facts.month >= self.since)
        )


def _runs_on(pythons: tuple[str, ...], wanted: str) -> bool:
    """By the versions that are named: the same one, else a major version without any of its minor ones."""
    major = wanted.partition(".")[0]
    minors = [version for version in pythons if version.startswith(f"{major}.")]
    if not pythons or wanted in pythons:
        return True
    newest = max((int(version.partition(".")[2]) for version in minors), default=-1)
    if minors and "." in wanted:  # a pure package seldom names what came after it
        return int(wanted.partition(".")[2]) > newest
    return major in pythons


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(word)}(?![\w])", text, re.IGNORECASE) is not None


def months_before(month: str, count: int) -> str:
    """The month so many months earlier, ``YYYY-MM``; empty where the month is none."""
    match = _MONTH.match(month)
    if not match:
        return ""
    months = int(match[1]) * 12 + int(match[2]) - 1 - count
    return f"{months // 12:04}-{months % 12 + 1:02}"
