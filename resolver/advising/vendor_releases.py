"""Releases as indexes and rules have them: where a rule certainly names an index, a project comes from there.

That is as if the user had assigned the project to the index, with one difference: an index of a rule never
makes a run fail. One that cannot be reached, lists nothing that can be used, or says what is not so is given
up as a whole, so that projects which belong together never come from two builds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec
from packaging.specifiers import InvalidSpecifier

from knowledge.errors import (
    ConfigurationError,
    KnowledgeError,
    OfflineError,
    RangesUnsupportedError,
    StoreError,
)
from knowledge.indexes.choice import Indexes
from knowledge.indexes.narrowed_listings import narrowed
from knowledge.indexes.vendor_indexes import VendorIndexes
from knowledge.releases import File, FileKind, Listing, Metadata
from resolver.context import Context, PrereleasePolicy
from resolver.rules.active import ActiveRule
from resolver.rules.index_rules import index_rules, meant_by
from resolver.source import ReleaseSource, Taken
from resolver.states.projects import Project
from resolver.states.versions import Versions, bit, positions
from resolver.targets.target import PythonFit

_UNSOLVED = "with its releases alone no stack meets the requirements"


class IndexedReleases(ReleaseSource, Protocol):
    """A source that can be asked for the releases of any index."""

    indexes: Indexes
    vendors: VendorIndexes

    def listing_at(self, project: str, index_url: str) -> Listing | None:
        """The releases of a project (normalised name) on one index; None where it has none."""

    def size_bytes(self, file: File) -> int:
        """The size of a file that is there."""


class VendorIndexError(Exception):
    """An index that a rule names cannot be used, which came out after some of its releases were."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class VendorReleases:
    """Releases of a source, those of some projects from the indexes that rules choose.

    Args:
        source: of everything else.
        context: of the run.
        given_up: address of an index to the reason why it is not asked.
        only: normalised names of the projects for which rules may choose; None for all.

    Attributes:
        usual: the source.
    """

    def __init__(
        self,
        source: IndexedReleases,
        context: Context,
        given_up: Mapping[str, str] | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        self._source = source
        self.usual: ReleaseSource = source
        self._context = context
        self._given_up = dict(given_up or {})
        self._only = only
        self._listings: dict[str, Listing | None] = {}
        self._taken: dict[str, Taken] = {}

    # What the search asks

    def listing(self, project: str) -> Listing | None:
        """The releases of a project (normalised name): of the index of a rule, else of the source.

        Raises:
            VendorIndexError: an index must be given up, and releases of it were used already.
        """
        if project not in self._listings:
            usual = self._source.listing(project)
            taken = next(self._choices(project, usual), None)
            if taken is not None:
                self._taken[project] = taken
            self._listings[project] = usual if taken is None else taken.listing
        return self._listings[project]

    def metadata(self, project: str, file: File) -> Metadata:
        """Core metadata of a release, read from one of its files.

        Raises:
            VendorIndexError: the index of a rule does not have what it lists.
        """
        taken = self._taken.get(project)
        if taken is None or file.index_url != taken.url:
            return self._source.metadata(project, file)
        try:
            return self._source.metadata(project, file)
        except KnowledgeError as error:
            raise self._lost(taken.url, error) from error

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """See `ReleaseSource`."""
        self._source.prefetch_listings(projects)

    def prefetch_metadata(self, project: str, file: File) -> None:
        """See `ReleaseSource`."""
        self._source.prefetch_metadata(project, file)

    # What is told

    def taken(self, project: str) -> Taken | None:
        """Where the releases of a project (normalised name) come from, if a rule says so."""
        return self._taken.get(project)

    def given_up(self, index: str) -> str | None:
        """Why an index, as rules call it, is not used; None where nothing speaks against it."""
        url = self._source.vendors.address(index)
        return "nothing says where it is" if url is None else self._given_up.get(url)

    def address(self, index: str) -> str:
        """Where an index is, as rules call it."""
        return self._source.vendors.address(index) or index

    def size_bytes(self, file: File, index_url: str) -> int | None:
        """The size of a file of the index of a rule, which is asked for it; None where it does not tell.

        Raises:
            VendorIndexError: the file is not there.
        """
        try:
            return self._source.size_bytes(file)
        except (OfflineError, RangesUnsupportedError):
            return file.size_bytes
        except KnowledgeError as error:
            raise self._lost(index_url, error) from error

    def without(self) -> dict[str, str]:
        """The indexes to give up where no stack was found with them; empty where none was used."""
        return {taken.url: _UNSOLVED for taken in self._taken.values()}

    # How an index is chosen

    def _choices(self, project: str, usual: Listing | None) -> Iterator[Taken]:
        rules = list(index_rules(self._context.rules, project))
        if not rules or not self._is_free(project, usual):
            return
        known = Project(project, usual, self._context.formats.of(project), 0)
        for active in rules:
            url = self._source.vendors.address(active.rule.do.index or "")
            if url is None or url in self._given_up or not meant_by(active, known, self._context.target):
                continue
            if url == self._source.indexes.default_url:
                continue
            try:
                listing = self._usable(project, active, self._source.listing_at(project, url))
            except _UnusableError as error:
                self._give_up(url, str(error))
            except KnowledgeError as error:
                self._give_up(url, self._lost(url, error).reason)
            else:
                yield Taken(rule=active, url=url, listing=listing, usual=usual)

    def _is_free(self, project: str, usual: Listing | None) -> bool:
        """Whether the user leaves it to rules where a project comes from."""
        indexes, context = self._source.indexes, self._context
        if not context.recommendation.strides or not indexes.order or project in indexes.pinned:
            return False
        if self._only is not None and project not in self._only:
            return False
        if any(statement.hashes for statement in context.statements(project)):
            return False
        return usual is None or (usual.index_url == indexes.default_url and not usual.found_links)

    def _usable(self, project: str, active: ActiveRule, listing: Listing | None) -> Listing:
        """What the target can use of a listing: wheels, with hashes, of what the rule means.

        Raises:
            _UnusableError: nothing of it, or nothing of what is asked for.
        """
        if listing is None:
            raise _UnusableError(f"it does not list {project}")
        context = self._context
        if context.cutoff is not None:
            listing = context.cutoff.restricted(listing)
        versions = Versions(listing.versions)
        meant = 0
        for match, _ in active.alternatives:
            meant |= versions.mask(match.specifier)
        kept = [at for at in positions(meant) if self._is_usable(listing, at)]
        if not kept:
            raise _UnusableError(f"it has no usable wheel of {project} with a hash")
        asked = versions.everything
        try:
            for statement in context.statements(project):
                asked &= versions.mask(statement.specifiers)
        except InvalidSpecifier:
            asked = 0
        if context.prereleases is not PrereleasePolicy.ALLOW:
            asked &= ~sum(map(bit, listing.prereleases))
        if not any(bit(at) & asked for at in kept):
            raise _UnusableError(f"it has no release of {project} that is asked for and usable")
        return narrowed(listing, kept)

    def _is_usable(self, listing: Listing, position: int) -> bool:
        target, formats = self._context.target, self._context.formats.of(listing.project)
        shapes = listing.shapes[listing.shape_of[position]]
        if position in listing.yanked or target.shape_fit(shapes, formats) is PythonFit.REFUSED:
            return False
        files = target.usable_files(listing.files(position), formats)
        return bool(files) and files[0].kind is FileKind.WHEEL and all(file.hashes for file in files)

    def _lost(self, url: str, error: KnowledgeError) -> VendorIndexError:
        """What an error of one of its files or pages means for an index.

        Raises:
            KnowledgeError: it is not the fault of the index.
        """
        if isinstance(error, (StoreError, ConfigurationError)):
            raise error
        return VendorIndexError(url, str(error))

    def _give_up(self, url: str, reason: str) -> None:
        if any(taken.url == url for taken in self._taken.values()):
            raise VendorIndexError(url, reason)
        self._given_up[url] = reason


class _UnusableError(Exception):
    """A listing has nothing that can be used."""


def with_vendors(context: Context, releases: VendorReleases) -> Context:
    """The context of a run that takes its releases from there."""
    return msgspec.structs.replace(context, vendors=releases)
