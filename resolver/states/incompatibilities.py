"""Incompatibilities in PubGrub's form: a set of terms that cannot all hold, with the cause of it.

A term is a variable and a mask; it holds when the variable's domain lies within the mask. "A in m needs B in
S" is {A in m, B in everything but S}. Source: https://github.com/dart-lang/pub/blob/master/doc/solver.md
"""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from analyzers.evidence import Justification
from analyzers.reports import Unknown


class Required(msgspec.Struct, frozen=True):
    """The user asks for it.

    Attributes:
        text: the requirement as written.
        where: the file and line, or ``command line``.
    """

    text: str
    where: str


class Constrained(msgspec.Struct, frozen=True):
    """The user limits a project, without asking for it.

    Attributes:
        text: the constraint as written.
        where: the file and line.
    """

    text: str
    where: str


class Depends(msgspec.Struct, frozen=True):
    """Releases of `dependent` ask for it in their metadata.

    Attributes:
        extra: the extra of the dependent that asks, or None.
        text: specifier set, possibly empty.
        override: where the user says so in place of the metadata, or None.
    """

    dependent: str
    extra: str | None
    dependency: str
    text: str
    override: str | None = None


class Refused(msgspec.Struct, frozen=True):
    """A unit refuses releases of `project`, for the reason it gives."""

    project: str
    reason: Justification


class Refuted(msgspec.Struct, frozen=True):
    """A stride refutes that its releases stand in one stack."""

    reason: Justification


class Missing(msgspec.Struct, frozen=True):
    """No index has `project`, or none lists a release of it.

    Attributes:
        unparsed: files that are listed and whose names no release can be read from.
    """

    project: str
    listed: bool = False
    unparsed: tuple[str, ...] = ()


class Unreadable(msgspec.Struct, frozen=True):
    """The metadata of a release could not be had."""

    project: str
    unknown: Unknown


class Replaced(msgspec.Struct, frozen=True):
    """Two projects exclude each other because one stands in for the other."""

    project: str
    alternative: str


class Skipped(msgspec.Struct, frozen=True):
    """Releases of `project` that were not read; it is assumed that they fail on `against` as others do."""

    project: str
    against: str


class Derived(msgspec.Struct, frozen=True):
    """Follows from two others by resolution on `pivot`."""

    left: Incompatibility
    right: Incompatibility
    pivot: int


Cause = (
    Required | Constrained | Depends | Refused | Refuted | Missing | Unreadable | Replaced | Skipped | Derived
)


class Incompatibility(msgspec.Struct, eq=False):
    """Terms that cannot all hold; it counts only while all its assumptions do.

    Attributes:
        masks: variable to mask, in the order in which the terms are told.
        assumptions: bits of the assumptions it rests on; see `Assumptions`.
    """

    masks: dict[int, int]
    cause: Cause
    assumptions: int = 0


class Assumptions:
    """Numbers whatever a clause may rest on: a requirement, a refusal, a rule."""

    def __init__(self) -> None:
        self._bits: dict[Hashable, int] = {}

    def bit(self, key: Hashable) -> int:
        """The bit of `key`, made when first asked for."""
        return self._bits.setdefault(key, 1 << len(self._bits))

    def keys(self, mask: int) -> list[Hashable]:
        """What the bits of a mask stand for, in the order of their making."""
        return [key for key, value in self._bits.items() if value & mask]


def resolve(left: Incompatibility, right: Incompatibility, pivot: int, everything: int) -> Incompatibility:
    """What follows when one of two incompatibilities must fail because the other holds.

    Args:
        pivot: a variable of both.
        everything: the whole domain of the pivot.
    """
    masks = dict(left.masks)
    for variable, mask in right.masks.items():
        if variable == pivot:
            masks[pivot] |= mask
        else:
            masks[variable] = masks[variable] & mask if variable in masks else mask
    if masks[pivot] == everything:
        del masks[pivot]
    return Incompatibility(masks, Derived(left, right, pivot), left.assumptions | right.assumptions)
