"""Which Pythons code can run on: from the syntax it is written in and the standard library it asks for.

What code guards, or has an alternative for, binds it to nothing; nor does what is for tests, documentation
or builds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from analyzers.evidence import Confidence, Location
from analyzers.source.module_facts import Feature
from analyzers.source.records import Import, Origin, Role, Use, UseKind
from analyzers.source.syntax import MINIMUM

Version = tuple[int, int]
_TABLE = Path(__file__).with_name("stdlib_versions.txt")
_LAST_OF_2 = (2, 7)


class PythonEvidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in code that some Pythons lack.

    Attributes:
        what: ``syntax`` or ``standard library``, a colon, and a name of `syntax.MINIMUM` or a symbol;
            ``name(keyword=)`` for a keyword argument.
        first: the first Python that has it, ``3.8``; None where it was always there.
        last: the last Python that has it; None where it still is.
        location: of its first occurrence.
        count: of its occurrences; of syntax, of files that have it.
    """

    what: str
    first: str | None = None
    last: str | None = None
    location: Location
    count: int = 1
    confidence: Confidence = Confidence.CERTAIN


class PythonBounds(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The Pythons that code can run on, the bounds included; None is "no bound is known".

    Attributes:
        lower: from what is certain alone, as is ``upper``; lower is above upper where parts of the code
            contradict each other.
        evidence: by place; what is not certain as well.
    """

    lower: str | None = None
    upper: str | None = None
    evidence: tuple[PythonEvidence, ...] = ()


def bounds(
    features: Mapping[str, Iterable[Feature]], imports: Iterable[Import], uses: Iterable[Use]
) -> PythonBounds:
    """The bounds of a tree.

    Args:
        features: by path, of main code alone.
        imports: of every role; those that come from elsewhere than the standard library count for nothing.
        uses: likewise; of a module that no import of the same file took from the standard library none count.
    """
    found: dict[str, PythonEvidence] = {}
    for each in (*_of_syntax(features), *_of_library(imports, uses)):
        known = found.get(each.what)
        if known is None:
            found[each.what] = each
        else:
            surer = each if each.confidence is Confidence.CERTAIN else known
            found[each.what] = msgspec.structs.replace(
                known, count=known.count + 1, confidence=surer.confidence
            )
    certain = [each for each in found.values() if each.confidence is Confidence.CERTAIN]
    return PythonBounds(
        lower=max((each.first for each in certain if each.first), key=_parsed, default=None),
        upper=min((each.last for each in certain if each.last), key=_parsed, default=None),
        evidence=tuple(sorted(found.values(), key=_place)),
    )


def span(symbol: str, keyword: str | None = None) -> tuple[Version | None, Version | None] | None:
    """Since when and until when the standard library has a name; None where it always had and has.

    Args:
        symbol: dotted, from the module on.
        keyword: name of an argument of the function or class that the symbol names.
    """
    return _table().get(symbol if keyword is None else f"{symbol}({keyword}")


def _of_syntax(features: Mapping[str, Iterable[Feature]]) -> Iterator[PythonEvidence]:
    for path in sorted(features):
        for feature in features[path]:
            first = MINIMUM.get(feature.name, (3, 0))
            yield PythonEvidence(
                what=f"syntax: {feature.name}",
                first=_text(first),
                last=_text(_LAST_OF_2) if first is None else None,
                location=Location(path=path, line=feature.line),
            )


def _of_library(imports: Iterable[Import], uses: Iterable[Use]) -> Iterator[PythonEvidence]:
    roots: set[tuple[str, str]] = set()  # file and root module
    elsewhere: set[tuple[str, str]] = set()
    for each in imports:
        root = (each.file, each.module.partition(".")[0])
        if each.origin is not Origin.STDLIB:
            elsewhere.add(root)
            continue
        roots.add(root)
        if each.role is Role.MAIN and not each.guard and each.alternative is None:
            symbol = each.module if each.name in (None, "*") else f"{each.module}.{each.name}"
            location = Location(path=each.file, line=each.line, column=each.column)
            yield from _evidence(symbol, (), location, each.confidence)
    for use in uses:
        root = (use.file, use.symbol.partition(".")[0])
        counts = use.kind is not UseKind.IMPORT and use.role is Role.MAIN and not use.guard
        if counts and root in roots and root not in elsewhere:
            location = Location(path=use.file, line=use.line, column=use.column)
            yield from _evidence(use.symbol, use.keywords, location, use.confidence)


def _evidence(
    symbol: str, keywords: Iterable[str], location: Location, confidence: Confidence
) -> Iterator[PythonEvidence]:
    """Of the module, what it holds and so on, as far as they are in the table, and of each keyword."""
    known = re.split(r"[(\[]", symbol, maxsplit=1)[0].rstrip(".")
    names = [known[: match.start()] for match in re.finditer(r"\.|$", known)]
    # A keyword belongs to a call of the whole symbol, not to one on its way.
    passed = [(f"{known}({keyword}", f"{known}({keyword}=)") for keyword in keywords if known == symbol]
    for name, shown in [*zip(names, names, strict=True), *passed]:
        if name in _table():
            first, last = _table()[name]
            yield PythonEvidence(
                what=f"standard library: {shown}",
                first=_text(first),
                last=_text(last),
                location=location,
                confidence=confidence,
            )


@cache
def _table() -> Mapping[str, tuple[Version | None, Version | None]]:
    entries = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, _, versions = line.partition(": ")
            first, _, last = versions.partition("-")
            entries[name] = (None if first == "3.0" else _parsed(first), _parsed(last) if last else None)
    return entries


def _parsed(version: str) -> Version:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _text(version: Version | None) -> str | None:
    return None if version is None else f"{version[0]}.{version[1]}"


def _place(evidence: PythonEvidence) -> tuple[str, int, str]:
    return evidence.location.path, evidence.location.line or 0, evidence.what
