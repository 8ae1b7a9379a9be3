"""What one advisory says about one project, as it is stored."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Releases from one on, up to another.

    Attributes:
        introduced: the first that is affected; None for the first of all.
        fixed: the first after it that is not; None where `last` says more, or no release is known to be safe.
        last: the last that is affected.
    """

    introduced: str | None = None
    fixed: str | None = None
    last: str | None = None


class Advisory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one advisory says about one project.

    Attributes:
        aliases: other names of the same vulnerability.
        modified: RFC 3339.
        severity: CVSS base score, in tenths; None where it is not stated.
        rating: in the advisory's words, such as ``HIGH``; empty where there is none.
        spans: affected releases.
        versions: affected releases by name, besides.
        withdrawn: whether it no longer holds.
        link: where it can be read; empty where none is stated.
    """

    id: str
    project: str
    modified: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: int | None = None
    rating: str = ""
    spans: tuple[Span, ...] = ()
    versions: tuple[str, ...] = ()
    withdrawn: bool = False
    link: str = ""
