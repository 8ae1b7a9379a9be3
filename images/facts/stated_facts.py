"""Facts as users state them: ``NAME=VALUE`` on the command line, variables, tables of a project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from images.errors import FactValueError, UnknownFactError
from images.facts.environment import ABSENT, FACT_NAMES, Fact, FactValue, RuntimeEnvironment

OPEN = "unknown"
"""The value that says that nothing is known of a fact, whatever a weaker source knows."""

VARIABLE = "STACKWRIGHT_FACT_"
"""What begins the name of a variable that states a fact: ``STACKWRIGHT_FACT_CUDA_MAX=12.4``."""

_WHOLE_NUMBERS = frozenset(
    {"cores", "cores.seen", "cpu.level", "cpu.level.needed", "gpu.count", "memory_bytes"}
)
_YES_OR_NO = frozenset({"build.extensions", "display", "headers.python", "python.gil"})
_LISTS = frozenset({"build.headers", "build.tools", "cpu.flags", "libc.hwcaps", "libraries"})
_BOOLEANS: Mapping[str, bool] = {
    "true": True,
    "yes": True,
    "1": True,
    "false": False,
    "no": False,
    "0": False,
}
_RANGES = {"cpu.level": (0, 4), "cpu.level.needed": (1, 4), "cores": (1, 10**6), "cores.seen": (1, 10**6)}
"""Whole numbers that cannot be just any."""
_NUMBERED = frozenset(
    {
        *(
            "cuda.max",
            "cuda.runtime",
            "cudnn.version",
            "rocm.version",
            "gpu.driver",
            "gpu.sm",
            "libc.version",
        ),
        *("libstdcxx.cxxabi", "libstdcxx.glibcxx"),
    }
)
"""Texts that are compared as versions."""
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")
_VERSION = re.compile(r"3\.[0-9]{1,2}(\.[0-9]{1,3})?((a|b|rc)[0-9]{1,3})?")
_STARTS_WITH_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}[A-Za-z0-9.+_-]{0,40}")
_MOST_ITEMS = 1000
_LONGEST_NUMBER = 18


class StatedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one source states.

    Attributes:
        open: names of facts of which it says that they are not known.
    """

    known: RuntimeEnvironment = RuntimeEnvironment()
    open: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self.known or name in self.open

    def joined(self, other: StatedFacts) -> StatedFacts:
        """Both; what `other` says of a fact counts."""
        facts = {name: fact for name, fact in self.known.facts.items() if name not in other}
        known = RuntimeEnvironment(facts={**facts, **other.known.facts})
        return StatedFacts(known=known, open=(self.open - set(other.known)) | other.open)


def stated_fact(name: str, value: object, source: str) -> StatedFacts:
    """What a user says of one fact.

    Args:
        name: of `FACT_NAMES`.
        value: text as on a command line, or what a table holds: text, number, yes or no, or texts.
        source: where it is said.

    Raises:
        UnknownFactError: there is no fact of that name.
        FactValueError: the fact cannot have that value.
    """
    if name not in FACT_NAMES:
        raise UnknownFactError(name, source, _near(name))
    if value == OPEN:
        return StatedFacts(open=frozenset({name}))
    fact = Fact(value=_read(name, value, source), source=source)
    return StatedFacts(known=RuntimeEnvironment(facts={name: fact}))


def stated_facts(values: Iterable[tuple[str, object]], source: str) -> StatedFacts:
    """What a user says of several facts; the last word on one counts. Raises as `stated_fact` does."""
    found = StatedFacts()
    for name, value in values:
        found = found.joined(stated_fact(name, value, source))
    return found


def facts_of_variables(environ: Mapping[str, str]) -> StatedFacts:
    """What the variables of a process state.

    Raises:
        UnknownFactError: a variable that begins as they do names no fact.
        FactValueError: a fact cannot have that value.
    """
    names = {name.replace(".", "_").upper(): name for name in FACT_NAMES}
    found = StatedFacts()
    for variable in sorted(environ):
        if not variable.startswith(VARIABLE) or not environ[variable]:
            continue
        suffix = variable[len(VARIABLE) :]
        name = names.get(suffix, suffix.lower().replace("_", "."))
        found = found.joined(stated_fact(name, environ[variable], f"variable {variable}"))
    return found


def flattened(table: Mapping[str, object], above: str = "") -> list[tuple[str, object]]:
    """The facts of a table in which dots of names may be tables in tables: ``gpu.vendor = "nvidia"``."""
    found: list[tuple[str, object]] = []
    for name, value in table.items():
        full = f"{above}{name}"
        if isinstance(value, dict) and len(full) < 100:
            found.extend(flattened(value, f"{full}."))
        else:
            found.append((full, value))
    return found


def _read(name: str, value: object, source: str) -> FactValue:
    if value == ABSENT:
        return ABSENT
    if name in _WHOLE_NUMBERS:
        return _number(name, value, source)
    if name in _YES_OR_NO:
        return _yes_or_no(name, value, source)
    if name in _LISTS:
        return _list(name, value, source)
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    if name == "python.version" and not _VERSION.fullmatch(text):
        raise FactValueError(name, value, source, "write it like 3.12 or 3.12.4")
    if name in _NUMBERED and not _STARTS_WITH_NUMBER.fullmatch(text):
        raise FactValueError(name, value, source, "it takes a version, such as 12.4, or none")
    if not _TEXT.fullmatch(text):
        raise FactValueError(name, value, source, "it takes a text of at most 200 characters, or none")
    return text


def _number(name: str, value: object, source: str) -> int:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise FactValueError(name, value, source, "it takes a whole number, or none")
    least, most = _RANGES.get(name, (0, 10**_LONGEST_NUMBER))
    if not least <= int(text) <= most:
        raise FactValueError(
            name, value, source, f"it takes a whole number from {least:,} to {most:,}, or none"
        )
    return int(text)


def _yes_or_no(name: str, value: object, source: str) -> bool:
    found = value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())
    if found is None:
        raise FactValueError(name, value, source, "it takes true or false, or none")
    return found


def _list(name: str, value: object, source: str) -> tuple[str, ...]:
    items = [item.strip() for item in value.split(",")] if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > _MOST_ITEMS:
        raise FactValueError(name, value, source, "it takes texts, with commas between them, or none")
    if not all(isinstance(item, str) and _TEXT.fullmatch(item) for item in items):
        raise FactValueError(name, value, source, "it takes texts, with commas between them, or none")
    return tuple(items)


def _near(name: str) -> tuple[str, ...]:
    import difflib

    return tuple(difflib.get_close_matches(name[:100], FACT_NAMES, n=3, cutoff=0.6))
