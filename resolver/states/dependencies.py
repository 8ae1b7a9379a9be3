"""What one release asks for: its ``Requires-Dist`` lines, read for one target.

Most lines of most releases sit behind an extra that nobody asks for, so a line is split by one regular
expression and parsed in full only where that does not suffice. Source: PEP 508, PEP 685.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from packaging.markers import InvalidMarker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from resolver.states.variant_markers import PLAIN, decided_line
from resolver.targets.target import Target


class Dependency(msgspec.Struct, frozen=True):
    """One dependency that is live on the target.

    Attributes:
        project: normalised name.
        extras: normalised, sorted.
        specifiers: specifier set as text, possibly empty.
        url: a direct reference (PEP 508 ``name @ url``), or None.
        override: where the user states it in place of what the metadata say; None for what they say.
    """

    project: str
    extras: tuple[str, ...]
    specifiers: str
    url: str | None = None
    override: str | None = None


_SHOWN = 200
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_NAME = r"(?>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
_LINE = re.compile(
    rf"""\s*+ (?P<name>{_NAME}) \s*+
        (?: \[ \s*+ (?P<extras> (?:{_NAME} (?: \s*+,\s*+ {_NAME} )*+ )? ) \s*+ \] \s*+ )?
        (?: \( (?P<parenthesised>[^][();@]*+) \) \s*+ | (?P<plain>[^][();@]*+) )
        (?: ; \s*+ (?P<marker>.+) )? $""",
    re.VERBOSE | re.DOTALL,
)
"""Never gives back what it took: a hostile line must not cost more than its length."""


def live_dependencies(lines: Iterable[str], target: Target, extra: str | None = None) -> Iterator[Dependency]:
    """The dependencies that are active on the target, in their order.

    Markers over the variant of the wheel are those of a wheel that is none, where they are not decided yet.

    Args:
        lines: ``Requires-Dist`` values as written.
        extra: yields what this extra adds; None: what the release asks for without any extra.

    Raises:
        InvalidRequirement: a line is no dependency specifier.
    """
    for line in lines:
        if extra is not None and "extra" not in line:
            continue
        if "variant_" in line:
            line = decided_line(line, PLAIN)
        match = _LINE.match(line)
        if match is None:
            parsed = _parsed(line)
            marker = str(parsed.marker) if parsed.marker else ""
        else:
            parsed, marker = None, (match["marker"] or "").strip()
        try:
            if not _is_added(marker, target, extra):
                continue
        except InvalidMarker as error:
            raise InvalidRequirement(f"{line[:_SHOWN]}: {str(error).splitlines()[0]}") from error
        if parsed is not None:
            yield of_requirement(parsed)
        elif match is not None:
            names = sorted(
                {canonicalize_name(e.strip()) for e in (match["extras"] or "").split(",") if e.strip()}
            )
            specifiers = (match["parenthesised"] or match["plain"] or "").strip()
            yield Dependency(canonicalize_name(match["name"]), tuple(names), specifiers)


def lines_by_extra(lines: Iterable[str]) -> dict[str, list[str]]:
    """For each extra (normalised) the lines that it may add; a line behind none of them is in no list."""
    found: dict[str, list[str]] = {}
    for line in lines:
        _, _, marker = line.partition(";")
        if "extra" in marker:
            for name in {canonicalize_name(quoted[1:-1]) for quoted in _QUOTED.findall(marker)}:
                found.setdefault(name, []).append(line)
    return found


def _parsed(line: str) -> Requirement:
    try:
        return Requirement(line)
    except InvalidRequirement:
        raise
    except (ValueError, RecursionError) as error:  # numbers and nesting beyond what Python takes
        raise InvalidRequirement(f"{line[:_SHOWN]}: {type(error).__name__}") from error


def of_requirement(requirement: Requirement) -> Dependency:
    """A parsed requirement without its marker."""
    return Dependency(
        canonicalize_name(requirement.name),
        tuple(sorted({canonicalize_name(extra) for extra in requirement.extras})),
        str(requirement.specifier),
        requirement.url,
    )


def _is_added(marker: str, target: Target, extra: str | None) -> bool:
    if "extra" not in marker:
        return extra is None and target.is_live(marker)
    without = target.is_live(marker)
    return without if extra is None else not without and target.is_live(marker, extra)


__all__ = ["Dependency", "InvalidRequirement", "live_dependencies", "of_requirement"]
