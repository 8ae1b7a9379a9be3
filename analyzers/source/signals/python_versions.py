"""Which Pythons code can run on: from the syntax it is written in and the standard library it asks for.

What code guards, or has an alternative for, binds it to nothing; nor does what is for tests, documentation
or builds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from analyzers.evidence import Confidence, Location
from analyzers.source.module_facts import Feature
from analyzers.source.records import Import, Origin, Role, Use, UseKind
from analyzers.source.signals.python_bounds import PythonBounds, PythonEvidence
from analyzers.source.signals.syntax import MINIMUM

Version = tuple[int, int]
_TABLES = [Path(__file__).with_name(name) for name in ("stdlib_versions.txt", "stdlib_removals.txt")]
_LAST_OF_2 = (2, 7)


def bounds(
    features: Mapping[str, Iterable[Feature]], imports: Iterable[Import], uses: Iterable[Use]
) -> PythonBounds:
    """The bounds of a tree.

    Args:
        features: by path, of main code alone.
        imports: of every role; those that come from elsewhere than the standard library count for nothing.
        uses: likewise; of a module that no import of the same file took from the standard library none count.
    """
    found = Bounds(features, imports)
    found.add(uses)
    return found.made()


Counted = tuple[dict[str, PythonEvidence], dict[str, int], set[str]]
"""The first place, how often, and what is certain, by what the evidence says."""


class Bounds:
    """Makes what `bounds` gives of uses that come little by little.

    Args:
        features: see `bounds`, as are `imports`.
    """

    def __init__(self, features: Mapping[str, Iterable[Feature]], imports: Iterable[Import]) -> None:
        self._first: dict[str, PythonEvidence] = {}
        self._counts: dict[str, int] = {}
        self._certain: set[str] = set()
        self._roots: dict[str, set[str]] = {}
        """Modules of the standard library that a file imports, by its path."""
        self._elsewhere: set[tuple[str, str]] = set()
        for each in _of_syntax(features):
            self._count(each)
        for one in imports:
            self._imported(one)

    def add(self, uses: Iterable[Use]) -> None:
        """Count uses; see `bounds`."""
        for use in uses:
            if use.guard or use.role is not Role.MAIN or use.kind is UseKind.IMPORT:
                continue
            if not bounds_python(use.symbol):
                continue
            root = use.symbol.partition(".")[0]
            if root in self._roots.get(use.file, ()) and (use.file, root) not in self._elsewhere:
                location = Location(path=use.file, line=use.line, column=use.column)
                for each in _evidence(use.symbol, use.keywords, location, use.confidence):
                    self._count(each)

    def counted(self) -> Counted:
        """What was added so far, which is let go of."""
        counted = self._first, self._counts, self._certain
        self._first, self._counts, self._certain = {}, {}, set()
        return counted

    def join(self, others: Counted) -> None:
        """Add what was counted elsewhere, of uses that come behind those that were added here."""
        first, counts, certain = others
        for what, each in first.items():
            self._first.setdefault(what, each)
            self._counts[what] = self._counts.get(what, 0) + counts[what]
        self._certain |= certain

    def made(self) -> PythonBounds:
        """The bounds as far as uses were added."""
        found = [
            msgspec.structs.replace(
                each,
                count=self._counts[what],
                confidence=Confidence.CERTAIN if what in self._certain else each.confidence,
            )
            for what, each in self._first.items()
        ]
        certain = [each for each in found if each.confidence is Confidence.CERTAIN]
        return PythonBounds(
            lower=max((each.first for each in certain if each.first), key=_parsed, default=None),
            upper=min((each.last for each in certain if each.last), key=_parsed, default=None),
            evidence=tuple(sorted(found, key=_place)),
        )

    def _count(self, each: PythonEvidence) -> None:
        self._first.setdefault(each.what, each)
        self._counts[each.what] = self._counts.get(each.what, 0) + 1
        if each.confidence is Confidence.CERTAIN:
            self._certain.add(each.what)

    def _imported(self, each: Import) -> None:
        root = each.module.partition(".")[0]
        if root not in _known_roots():
            return
        if each.origin is not Origin.STDLIB:
            self._elsewhere.add((each.file, root))
            return
        self._roots.setdefault(each.file, set()).add(root)
        if each.role is Role.MAIN and not each.guard and each.alternative is None:
            symbol = each.module if each.name in (None, "*") else f"{each.module}.{each.name}"
            if _rows(symbol):
                location = Location(path=each.file, line=each.line, column=each.column)
                for one in _evidence(symbol, (), location, each.confidence):
                    self._count(one)


def bounds_python(symbol: str) -> bool:
    """Whether uses of a symbol of the standard library may bind code to some Pythons."""
    return bool(_rows(symbol)) or symbol in _with_keywords()


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


def _evidence(
    symbol: str, keywords: Iterable[str], location: Location, confidence: Confidence
) -> Iterator[PythonEvidence]:
    """Of the module, what it holds and so on, as far as they are in the table, and of each keyword."""
    # A keyword belongs to a call of the whole symbol, not to one on its way.
    is_whole = "(" not in symbol and "[" not in symbol and not symbol.endswith(".")
    passed = [(f"{symbol}({keyword}", f"{symbol}({keyword}=)") for keyword in keywords if is_whole]
    for name, shown in [*((row, row) for row in _rows(symbol)), *passed]:
        if name in _table():
            first, last = _table()[name]
            yield PythonEvidence(
                what=f"standard library: {shown}",
                first=_text(first),
                last=_text(last),
                location=location,
                confidence=confidence,
            )


@lru_cache(1 << 13)
def _rows(symbol: str) -> tuple[str, ...]:
    """The parts of a symbol, from its root on, that are in the table."""
    known = re.split(r"[(\[]", symbol, maxsplit=1)[0].rstrip(".")
    names = (known[: match.start()] for match in re.finditer(r"\.|$", known))
    return tuple(name for name in names if name in _table())


@cache
def _known_roots() -> frozenset[str]:
    """Modules of which the table says anything."""
    return frozenset(name.partition(".")[0].partition("(")[0] for name in _table())


@cache
def _with_keywords() -> frozenset[str]:
    """What has arguments in the table."""
    return frozenset(name.partition("(")[0] for name in _table() if "(" in name)


@cache
def _table() -> Mapping[str, tuple[Version | None, Version | None]]:
    entries = {}
    for line in (line for path in _TABLES for line in path.read_text(encoding="utf-8").splitlines()):
        if not line.startswith("#"):
            name, _, versions = line.partition(": ")
            first, _, last = versions.partition("-")
            since = None if first in ("", "3.0") else _parsed(first)
            entries[name] = (since, _parsed(last) if last else None)
    return entries


def _parsed(version: str) -> Version:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _text(version: Version | None) -> str | None:
    return None if version is None else f"{version[0]}.{version[1]}"


def _place(evidence: PythonEvidence) -> tuple[str, int, str]:
    return evidence.location.path, evidence.location.line or 0, evidence.what
