"""What units answer: releases refused, stacks refuted, alternatives named; each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Justification


class Alternative(msgspec.Struct, frozen=True):
    """A project that can stand in for another one.

    Attributes:
        project: normalised name.
        specifiers: which of its releases can.
    """

    project: str
    specifiers: str
    reason: Justification


class Refusal(msgspec.Struct, frozen=True):
    """Releases that may not be used.

    Attributes:
        releases: mask; never holds "not in the stack".
    """

    releases: int
    reason: Justification


class Refutation(msgspec.Struct, frozen=True):
    """Releases that cannot be in one stack together.

    Attributes:
        releases: normalised project name to the mask of its releases for which the reason holds.
        examined: likewise, those of which it is certain; the rest is assumed. None where all are.
    """

    releases: Mapping[str, int]
    reason: Justification
    examined: Mapping[str, int] | None = None
