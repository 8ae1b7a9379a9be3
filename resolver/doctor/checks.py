"""What looking at one thing gave, and whether the three uses work with it: the records of a diagnosis."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from analyzers.reports import Input, Tool


class State(enum.StrEnum):
    """How something is: it works, it is not there and need not be, it fails, or it was not asked."""

    WORKS = "works"
    MISSING = "missing"
    FAILS = "fails"
    NOT_ASKED = "not asked"


class Use(enum.StrEnum):
    """What the program is for."""

    SCAN = "scan"
    INSPECT = "inspect"
    ADVISE = "advise"


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What looking at one thing gave.

    Attributes:
        name: of what was looked at.
        found: what was found, in one line without credentials.
        needed_for: what goes without it only worse, or not at all.
        remedy: what to do where it does not work.
        stops: uses that cannot work as it is.
    """

    name: str
    state: State
    found: str
    needed_for: str
    remedy: str | None = None
    stops: tuple[Use, ...] = ()


class Examination(Protocol):
    """Looks at one thing; starts no process, and asks the network only where it is told that it may."""

    def checks(self) -> Iterator[Check]:
        """What it found; never raises for what is wrong."""


class UseReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a use works.

    Attributes:
        stopped_by: names of the checks that stop it; empty where it works.
    """

    use: Use
    works: bool
    stopped_by: tuple[str, ...] = ()


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The report of ``doctor``."""

    tool: Tool
    input: Input
    created_at: str
    uses: tuple[UseReport, ...]
    checks: tuple[Check, ...]

    @property
    def works(self) -> bool:
        """Whether all uses work."""
        return all(use.works for use in self.uses)


def uses_of(checks: Sequence[Check]) -> tuple[UseReport, ...]:
    """Which uses work, by the checks that stop them."""
    stopped = {use: tuple(check.name for check in checks if use in check.stops) for use in Use}
    return tuple(UseReport(use=use, works=not names, stopped_by=names) for use, names in stopped.items())
