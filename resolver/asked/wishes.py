"""What a command line says about inputs, before any file is read."""

from __future__ import annotations

import msgspec

STANDARD_INPUT = "-"


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """Names of files are as the user wrote them; `STANDARD_INPUT` stands for that.

    Attributes:
        texts: requirements given as arguments.
        files: manifests whose requirements count.
        constraints, overrides: files of them.
        preferences: locks whose pins are kept while they fit.
        existing: the lock that the result will replace; it is preferred where it can be read.
        extras, groups: names as written.
        all_extras: every extra of every manifest.
        upgrade_all: preferences do not count.
        upgrade: projects for which they do not count.
    """

    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()
    existing: str | None = None
    extras: tuple[str, ...] = ()
    all_extras: bool = False
    groups: tuple[str, ...] = ()
    upgrade_all: bool = False
    upgrade: tuple[str, ...] = ()
