"""Imports of code that no package index can serve: the records."""

from __future__ import annotations

import enum

import msgspec

from analyzers.evidence import Location


class UnavailableKind(enum.StrEnum):
    """Why an import cannot be served from an index.

    APPLICATION: the module belongs to an application that embeds Python. SYSTEM: to packages of the
    operating system. PLATFORM: to another operating system. PYTHON2: to Python 2 and what ran there alone.
    PYTHON: to the standard library of other Pythons than the target. OWN: to the project, and was left
    behind. MISSPELLED: it is one slip away from a well-known name. UNKNOWN: nothing tells. NO_RELEASE: there
    is a distribution, and no release of it that the target can use.
    """

    APPLICATION = "application"
    SYSTEM = "system"
    PLATFORM = "platform"
    PYTHON2 = "python-2"
    PYTHON = "other-python"
    OWN = "own-module"
    MISSPELLED = "misspelled"
    UNKNOWN = "unknown"
    NO_RELEASE = "no-release"


class UnavailableImport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An import that cannot be served.

    Attributes:
        name: dotted, as far as it was recognised.
        location: of the first such import.
        distribution: normalised name of one that may be meant.
        source: address of a page that says so.
        is_top_level: whether it runs when the code is imported.
    """

    name: str
    kind: UnavailableKind
    message: str
    location: Location
    distribution: str | None = None
    source: str | None = None
    is_top_level: bool = True
