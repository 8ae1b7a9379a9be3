"""Markers over the variant of the wheel that asks: decided for that wheel before anything else reads them.

The packaging library does not know them, so each comparison becomes one that holds or does not.
Source: PEP 825, "Environment markers".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_VALUE = r"""(?:"[^"]*"|'[^']*')"""
_LABEL = re.compile(
    rf"""\bvariant_label\b \s* (?P<after>[<>=!~]=?=?|not\s+in\b|in\b) \s* (?P<right>{_VALUE})
        | (?P<left>{_VALUE}) \s* (?P<before>[<>=!~]=?=?|not\s+in\b|in\b) \s* \bvariant_label\b""",
    re.VERBOSE,
)
_SETS = re.compile(
    rf"(?P<value>{_VALUE})\s*(?P<operator>not\s+in\b|in\b)\s*\bvariant_(?P<set>namespaces|features|properties)\b"
)
_HOLDS, _FAILS = "python_version >= '0'", "python_version < '0'"


class WheelVariant(msgspec.Struct, frozen=True, kw_only=True):
    """The variant of one wheel on a target.

    Attributes:
        label: empty for a wheel that is no variant.
        properties: those of its properties that the target has, such as ``x86_64 :: level :: v3``.
    """

    label: str = ""
    properties: tuple[str, ...] = ()

    def named(self, kind: str) -> frozenset[str]:
        """One of its ``namespaces``, ``features`` and ``properties``, without spaces."""
        count = {"namespaces": 1, "features": 2}.get(kind, 3)
        parts = ([part.strip() for part in text.split("::")] for text in self.properties)
        return frozenset("::".join(part[:count]) for part in parts)


PLAIN = WheelVariant()


def decided(lines: Sequence[str], variant: WheelVariant) -> tuple[str, ...]:
    """Dependency specifiers with the markers over variants decided."""
    return tuple(decided_line(line, variant) if "variant_" in line else line for line in lines)


def decided_line(line: str, variant: WheelVariant) -> str:
    """The same for one of them."""
    requirement, semicolon, marker = line.partition(";")
    if not semicolon:
        return line

    def of_set(match: re.Match[str]) -> str:
        value = "".join(match["value"][1:-1].split())
        return _told((value in variant.named(match["set"])) is (match["operator"] == "in"))

    def of_label(match: re.Match[str]) -> str:
        if match["after"] is not None:
            return _told(_compared(variant.label, match["after"], match["right"][1:-1]))
        return _told(_compared(match["left"][1:-1], match["before"], variant.label))

    return f"{requirement};{_LABEL.sub(of_label, _SETS.sub(of_set, marker))}"


def _told(holds: bool) -> str:
    return _HOLDS if holds else _FAILS


def _compared(left: str, operator: str, right: str) -> bool:
    """A comparison of texts; of an order of texts the specification knows nothing, so that never holds."""
    match operator.split():
        case ["==" | "==="]:
            return left == right
        case ["!="]:
            return left != right
        case ["in"]:
            return left in right
        case ["not", "in"]:
            return left not in right
        case _:
            return False
