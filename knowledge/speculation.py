"""Guesses what the search will ask for, so that the index is asked before the search is that far.

A guess costs a request and never decides anything: what it brought is used only when the search asks for it.
A listing that arrives leads to the metadata of the release that would be tried first, and metadata leads to
the listings of its dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import msgspec

from knowledge.releases import File, Listing, Metadata

MOST_GUESSES = 3
"""Files of one project whose metadata may be guessed."""
_MOST_PROJECTS = 2000
_MOST_BOUNDS = 20


class Hint(NamedTuple):
    """A dependency: normalised name, specifier set as text (possibly empty), normalised extras."""

    project: str
    specifiers: str
    extras: tuple[str, ...] = ()


class Speculation(Protocol):
    """What the search would do first. Pure: the same question has the same answer at any time.

    An exception of `ValueError` (such as an invalid specifier or requirement) ends that guess alone.
    """

    def first_file(self, listing: Listing, bounds: str) -> File | None:
        """The file that would be read of the first release to be tried; None for no guess.

        Args:
            listing: of the project.
            bounds: specifier sets of all dependents that were seen, joined by commas.
        """

    def dependencies(self, metadata: Metadata, extras: frozenset[str]) -> Iterable[Hint]:
        """What the release asks for on the target, by itself and by these extras."""


class _Project(msgspec.Struct):
    """What is known and guessed of one project."""

    bounds: dict[str, None] = msgspec.field(default_factory=dict)
    extras: set[str] = msgspec.field(default_factory=set)
    listing: Listing | None = None
    guessed: dict[str, File] = msgspec.field(default_factory=dict)
    read: dict[str, Metadata] = msgspec.field(default_factory=dict)


class Guesses:
    """The state of the chain: facts that arrived enter, and what to ask for next leaves."""

    def __init__(self, speculation: Speculation) -> None:
        self._speculation = speculation
        self._projects: dict[str, _Project] = {}
        self._listings: dict[str, None] = {}
        self._files: list[tuple[str, File]] = []

    def asked_for(self, hints: Iterable[Hint]) -> None:
        """Something depends on these."""
        for hint in hints:
            if hint.project not in self._projects and len(self._projects) >= _MOST_PROJECTS:
                continue
            project = self._projects.setdefault(hint.project, _Project())
            new_extras = set(hint.extras) - project.extras
            project.extras |= new_extras
            new_bound = bool(hint.specifiers) and hint.specifiers not in project.bounds
            if new_bound and len(project.bounds) < _MOST_BOUNDS:
                project.bounds[hint.specifiers] = None
            if project.listing is None:
                self._listings[hint.project] = None
            elif new_bound:
                self._guess(hint.project, project)
            if new_extras:
                for metadata in list(project.read.values()):
                    self._follow(project, metadata)

    def listing_arrived(self, name: str, listing: Listing | None) -> None:
        """A listing is known now."""
        project = self._projects.get(name)
        if project is not None and listing is not None and project.listing is None:
            project.listing = listing
            self._guess(name, project)

    def metadata_arrived(self, name: str, filename: str, metadata: Metadata) -> None:
        """Metadata of a file is known now."""
        project = self._projects.get(name)
        if project is not None and filename in project.guessed and filename not in project.read:
            project.read[filename] = metadata
            self._follow(project, metadata)

    def wanted_listings(self) -> list[str]:
        """Projects whose listing should be asked for; each is given once."""
        wanted, self._listings = self._listings, {}
        return list(wanted)

    def wanted_files(self) -> list[tuple[str, File]]:
        """Projects with a file whose metadata should be asked for; each is given once."""
        wanted, self._files = self._files, []
        return wanted

    def _guess(self, name: str, project: _Project) -> None:
        assert project.listing is not None
        if len(project.guessed) >= MOST_GUESSES:
            return
        try:
            file = self._speculation.first_file(project.listing, ",".join(project.bounds))
        except ValueError:
            return
        if file is not None and file.filename not in project.guessed:
            project.guessed[file.filename] = file
            self._files.append((name, file))

    def _follow(self, project: _Project, metadata: Metadata) -> None:
        try:
            self.asked_for(list(self._speculation.dependencies(metadata, frozenset(project.extras))))
        except ValueError:
            return
