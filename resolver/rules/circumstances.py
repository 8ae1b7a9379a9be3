"""What is known before anything is decided, and which conditions of rules hold in it.

Three answers: it holds, it does not, or that is not known; what is not known never lets a rule fire.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from analyzers.evidence import Confidence, Evidence
from images.facts.environment import ABSENT, RuntimeEnvironment
from resolver.rules import conditions
from resolver.rules.records import Match, as_list

_BELOW = ".*"
_NUMBERS = re.compile(r"(?:\d+:)?v?(\d+(?:\.\d+)*)")


class UsedSymbols:
    """What code uses, asked for by full name or by what it begins with."""

    def __init__(self, symbols: Iterable[str]) -> None:
        self._symbols = frozenset(symbols)
        self._above: set[str] = set()
        for symbol in self._symbols:
            head = symbol
            while head and head not in self._above:
                self._above.add(head)
                head = head.rpartition(".")[0]

    def has(self, text: str) -> bool:
        """Whether the code uses a symbol, or with ``.*`` behind it anything of that name or below it."""
        return text.removesuffix(_BELOW) in self._above if text.endswith(_BELOW) else text in self._symbols


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What rules may look at beside releases and stacks.

    Attributes:
        installed: normalised name to version of what the image ships; None where there is no image.
        system: likewise, the packages of the image's system.
        symbols: None where no code was scanned.
        topics: labels of the code; None where none were found out.
        type: of the recommendation.
        direct: normalised names of what the user asks for.
    """

    environment: RuntimeEnvironment
    installed: Mapping[str, str] | None = None
    system: Mapping[str, str] | None = None
    symbols: UsedSymbols | None = None
    topics: frozenset[str] | None = None
    type: str = "stable"
    direct: frozenset[str] = frozenset()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the conditions of one alternative hold.

    Attributes:
        holds: None where that is not known.
        unknown: names of what would have to be known.
        evidence: what was seen, where they hold.
    """

    holds: bool | None
    unknown: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether they hold for certain, so that something may be refused for it."""
        return all(seen.confidence is Confidence.CERTAIN for seen in self.evidence)


_FAILS = Verdict(holds=False)


def verdict(match: Match, known: Circumstances) -> Verdict:
    """Whether the conditions of an alternative hold that do not look at a release or a stack."""
    if match.type and known.type not in as_list(match.type):
        return _FAILS
    unknown: list[str] = []
    evidence: list[Evidence] = []
    for found in _found(match, known):
        if found is False:
            return _FAILS
        if isinstance(found, str):
            unknown.append(found)
        elif isinstance(found, Evidence):
            evidence.append(found)
    if unknown:
        return Verdict(holds=None, unknown=tuple(unknown))
    return Verdict(holds=True, evidence=tuple(evidence))


def _found(match: Match, known: Circumstances) -> Iterator[Evidence | str | bool]:
    """For each condition what was seen, the name of what is not known, or False where it fails."""
    for name, condition in match.facts.items():
        fact = known.environment.facts.get(name)
        if fact is None:
            yield name
        elif not conditions.holds(condition, fact.value):
            yield False
        else:
            what = f"{name} is {_short(conditions.in_words(fact.value))}"
            if isinstance(fact.value, tuple):
                what = f"{name}: {conditions.told(condition)}"
            yield Evidence(what=what, where=fact.source, confidence=fact.confidence)
    yield from _packages(match.installed, known.installed, "the distributions of the image")
    yield from _packages(match.system, known.system, "the packages of the image")
    if match.symbols:
        yield from _any_symbol(as_list(match.symbols), known.symbols)
    if match.topics:
        wanted = frozenset(as_list(match.topics))
        if known.topics is None:
            yield "the topics of the code"
        elif shared := sorted(wanted & known.topics):
            yield Evidence(
                what=f"the code is about {shared[0]}", where="topics", confidence=Confidence.LIKELY
            )
        else:
            yield False


def _packages(
    wanted: Mapping[str, str], there: Mapping[str, str] | None, what: str
) -> Iterator[Evidence | str | bool]:
    if wanted and there is None:
        yield what
        return
    for name, specifier in wanted.items():
        version = (there or {}).get(name)
        if version is None:
            yield Evidence(what=f"{name} is not there", where="image") if specifier == ABSENT else False
        elif specifier == ABSENT or not admits(specifier, version):
            yield False
        else:
            yield Evidence(what=f"{name} {version} is there", where="image")


def _any_symbol(wanted: Iterable[str], used: UsedSymbols | None) -> Iterator[Evidence | str | bool]:
    if used is None:
        yield "what the code uses"
        return
    found = next((symbol for symbol in wanted if used.has(symbol)), None)
    yield False if found is None else Evidence(what=f"the code uses {found}", where="--source")


def admits(specifier: str, version: str) -> bool:
    """Whether a specifier admits a version; of one that PEP 440 does not know its first numbers count."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        numbers = _NUMBERS.match(version)
        if numbers is None:
            return not specifier
        parsed = Version(numbers[1])
    return SpecifierSet(specifier).contains(parsed, prereleases=True)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
