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
        same_versions: whether only those can whose version is asked for of the project that it stands in for.
        preferred: whether it is taken where both could serve.
    """

    project: str
    specifiers: str
    reason: Justification
    same_versions: bool = False
    preferred: bool = False


class Liftable(msgspec.Struct, frozen=True, order=True):
    """What a refusal stands for that the user can give up.

    Attributes:
        project: normalised name.
        what: is kept by the refusal.
        where: it stands.
        option: that gives it up.
    """

    project: str
    what: str
    where: str
    option: str


class Refusal(msgspec.Struct, frozen=True):
    """Releases that may not be used.

    Attributes:
        releases: mask; never holds "not in the stack".
        liftable: None where no option admits the releases.
    """

    releases: int
    reason: Justification
    liftable: Liftable | None = None


class Refutation(msgspec.Struct, frozen=True):
    """Releases that cannot be in one stack together.

    Attributes:
        releases: normalised project name to the mask of its releases for which the reason holds.
        examined: likewise, those of which it is certain; the rest is assumed. None where all are.
    """

    releases: Mapping[str, int]
    reason: Justification
    examined: Mapping[str, int] | None = None
