"""`Asked`: everything a user asks for, read and reduced to what is live on the target."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.declared import Index
from analyzers.reports import InputFile, Unknown
from resolver.context import Constraint, DirectRequirement, Lock, Preference
from resolver.states.overrides import NO_OVERRIDES, Overrides


class FileWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What manifests wish beside requirements; formats are normalised names or ``:all:``.

    Attributes:
        prereleases: they may be used like other releases.
        requires_hashes: the file that demands hashes.
    """

    indexes: tuple[Index, ...] = ()
    pinned: Mapping[str, tuple[str, Location]] = msgspec.field(default_factory=dict)
    no_index: bool = False
    prereleases: bool = False
    requires_hashes: str | None = None
    no_binary: frozenset[str] = frozenset()
    no_build: frozenset[str] = frozenset()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `resolver.asked.reading.read_asked`.

    Attributes:
        preferences: by normalised project name.
        locks: the one that will be replaced and those to be preferred, as far as they can be read.
        files: every file that was read, with its digest.
        pipfile: path and content of the Pipfile among them.
        projects: normalised names of the projects whose manifests they are.
        notes: what the user should know, a line each.
        unknowns: what could not be read in the files.
    """

    requirements: tuple[DirectRequirement, ...]
    constraints: tuple[Constraint, ...] = ()
    overrides: Overrides = NO_OVERRIDES
    preferences: Mapping[str, Preference] = {}
    locks: tuple[Lock, ...] = ()
    wishes: FileWishes = FileWishes()
    files: tuple[InputFile, ...] = ()
    pipfile: bytes | None = None
    projects: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
