"""Poetry's version constraints to PEP 440: carets, tildes, wildcards, bare versions.

Source: https://python-poetry.org/docs/dependency-specification/#version-constraints
"""

from __future__ import annotations

import re

from packaging.specifiers import SpecifierSet
from packaging.version import Version

_LIMIT_CHARACTERS = 1000
_SEPARATORS = re.compile(r"\s*,\s*|(?<=[0-9A-Za-z*])\s+(?=[<>=!~^0-9])")
_OPERATORS = re.compile(r"(\^|~=|~|===|==|=|!=|<=|>=|<|>|)\s*(.+)")
_WILDCARD = re.compile(r"v?((?:[0-9]+!)?[0-9]+(?:\.[0-9]+){0,2})(?:\.[xX*])+")


class VersionConstraintError(ValueError):
    """A constraint is malformed or has no form in PEP 440."""


def specifier_of(constraint: str) -> str:
    """The PEP 440 specifier of a constraint; empty where any version will do.

    Raises:
        VersionConstraintError: it is malformed, or states alternatives (``||``), for which PEP 440 has no
            form.
    """
    parts = {_conjunction(part) for part in alternatives(constraint)}
    if len(parts) == 1:
        return parts.pop()
    if "" in parts:
        return ""
    raise VersionConstraintError("alternatives (||) have no form in PEP 440")


def alternatives(constraint: str) -> list[str]:
    """The parts between ``|`` or ``||``.

    Raises:
        VersionConstraintError: the constraint is absurdly long.
    """
    if len(constraint) > _LIMIT_CHARACTERS:
        raise VersionConstraintError("too long")
    return [part.strip() for part in constraint.replace("||", "|").split("|")]


def _conjunction(text: str) -> str:
    found = [_single(part) for part in _SEPARATORS.split(text.strip()) if part]
    specifiers = ",".join(specifier for specifier in found if specifier)
    try:
        return str(SpecifierSet(specifiers))
    except ValueError as error:
        raise VersionConstraintError("no valid version constraint") from error


def _single(text: str) -> str:
    if text.strip() in ("*", "x", "X"):
        return ""
    found = _OPERATORS.fullmatch(text.strip())
    if found is None:
        raise VersionConstraintError("no valid version constraint")
    operator, version = found[1], found[2].strip()
    if wildcard := _WILDCARD.fullmatch(version):
        return _wildcard(operator, wildcard[1])
    try:
        parsed = Version(version)
    except ValueError as error:
        raise VersionConstraintError("no valid version constraint") from error
    if operator == "^":
        return f">={parsed},<{_next_breaking(parsed)}"
    if operator == "~":
        return f">={parsed},<{_raised(parsed, min(len(parsed.release), 2) - 1)}"
    return f"{'==' if operator in ('', '=') else operator}{version}"


def _wildcard(operator: str, stem: str) -> str:
    """``2.x`` means any 2; with an order only the stem counts."""
    match operator:
        case "" | "=" | "==":
            return f"=={stem}.*"
        case "!=":
            return f"!={stem}.*"
        case "^":
            return f">={stem},<{_next_breaking(Version(stem))}"
        case "~":
            return f">={stem},<{_raised(Version(stem), min(stem.count('.') + 1, 2) - 1)}"
        case ">=" | "<":
            return f"{operator}{stem}"
    raise VersionConstraintError(f"a wildcard cannot stand behind {operator}")


def _next_breaking(version: Version) -> str:
    """The first version that a caret excludes: the leftmost part that is not zero is raised."""
    for position, part in enumerate(version.release[:3]):
        if part:
            return _raised(version, position)
    return _raised(version, min(len(version.release), 3) - 1)


def _raised(version: Version, position: int) -> str:
    release = [*version.release[:position], version.release[position] + 1]
    release += [0] * (len(version.release) - len(release))
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, release))
