"""Whether a condition on a fact holds: yes, no, or not known; a fact that is not known never holds."""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from images.facts.environment import ABSENT, FactValue
from resolver.rules.records import FactCondition, FactTest

_COMPARISON = re.compile(r"\s*(?:[<>]=?|[=!~]=)")


def is_comparison(text: str) -> bool:
    """Whether a condition compares versions or numbers."""
    return _COMPARISON.match(text) is not None


@lru_cache(maxsize=4096)
def comparison(text: str) -> SpecifierSet | None:
    """A comparison, parsed; None where it is none that can be understood."""
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def holds(condition: FactCondition, value: FactValue) -> bool:
    """Whether a condition holds of the value of a fact, which is known."""
    match condition:
        case str():
            return _fits(condition, value)
        case FactTest(all=every, lacks=lacking, any=some, none=without):
            return (
                all(_fits(text, value) for text in every)
                and (not lacking or any(not _fits(text, value) for text in lacking))
                and (not some or any(_fits(text, value) for text in some))
                and not any(_fits(text, value) for text in without)
            )
        case _:
            return any(_fits(text, value) for text in condition)


def told(condition: FactCondition) -> str:
    """A condition in words."""
    match condition:
        case str():
            return condition
        case FactTest(all=every, lacks=lacking, any=some, none=without):
            parts = [
                *([f"all of {', '.join(every)}"] if every else []),
                *([f"not all of {', '.join(lacking)}"] if lacking else []),
                *([f"any of {', '.join(some)}"] if some else []),
                *([f"none of {', '.join(without)}"] if without else []),
            ]
            return " and ".join(parts)
        case _:
            return " or ".join(condition)


def in_words(value: FactValue) -> str:
    """The value of a fact as it is told."""
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _fits(text: str, value: FactValue) -> bool:
    if isinstance(value, tuple):
        return text in value
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if is_comparison(text):
        return value != ABSENT and _compares(text, str(value))
    return text == str(value)


@lru_cache(maxsize=4096)
def _compares(text: str, value: str) -> bool:
    wanted = comparison(text)
    try:
        return wanted is not None and wanted.contains(Version(value), prereleases=True)
    except InvalidVersion:
        return False
