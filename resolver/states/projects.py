"""One project in the state space: its releases as bits, what refuses them, and their order."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.releases import File, Listing
from resolver.states.hashes import matches
from resolver.states.versions import Versions, bit, newest, oldest, positions, span
from resolver.targets.formats import Formats
from resolver.targets.target import PythonFit, Target
from resolver.units.verdicts import Refusal


class Project:
    """A project that the search knows of.

    Attributes:
        name: normalised.
        listing: None when no index has the project.
        variable: number of its domain in the propagation.
        usable: the releases that no sieve refused.
        refusals: what the sieves refused, with their reasons.
        preferred: mask of the releases that come before all others, whatever they score.
        hashes: what the user states; a file must match one hash of each of these sets.
        tiers: masks in order of preference; a release of an earlier tier is tried before any of a later one.
        ascending: whether older releases of a tier are tried before newer ones.
        extras: normalised name to the variable that says whether the extra is active.
    """

    __slots__ = (
        "_files",
        "ascending",
        "extras",
        "formats",
        "hashes",
        "listing",
        "name",
        "preferred",
        "refusals",
        "tiers",
        "usable",
        "variable",
        "versions",
    )

    def __init__(self, name: str, listing: Listing | None, formats: Formats, variable: int) -> None:
        self.name = name
        self.listing = listing
        self.formats = formats
        self.variable = variable
        self.versions = Versions(listing.versions if listing else ())
        self.usable = self.versions.everything
        self.refusals: list[Refusal] = []
        self.preferred = 0
        self.ascending = False
        self.hashes: tuple[frozenset[str], ...] = ()
        self.tiers: tuple[int, ...] = (self.versions.everything,)
        self.extras: dict[str, int] = {}
        self._files: dict[int, list[File]] = {}

    def version(self, position: int) -> str:
        """The canonical text of one release's version."""
        return self.versions.texts[position]

    def best(self, mask: int) -> int | None:
        """Position of the release to try first among those in `mask`."""
        for tier in (self.preferred, *self.tiers):
            if mask & tier:
                return oldest(mask & tier) if self.ascending else newest(mask & tier)
        return None

    def ordered(self, mask: int) -> Iterator[int]:
        """Positions of the releases in a mask, tier after tier in the order in which they are tried."""
        for tier in self.tiers:
            found = positions(mask & tier)
            yield from reversed(list(found)) if self.ascending else found

    def beyond(self, position: int) -> int:
        """The releases that come after one if nothing but age counts."""
        if self.ascending:
            return span(position + 1, len(self.versions))
        return span(0, position)

    def preferred_to(self, position: int) -> int:
        """The usable releases that are tried before the one at `position`."""
        before = 0
        for tier in self.tiers:
            if tier & bit(position):
                before |= tier & ~self.beyond(position) & ~bit(position)
                break
            before |= tier
        return before & self.usable

    def files(self, position: int, target: Target) -> list[File]:
        """The files of one release that the target can install, best first."""
        files = self._files.get(position)
        if files is None:
            assert self.listing is not None
            files = target.usable_files(self.listing.files(position), self.formats)
            if self.hashes:
                files = [file for file in files if matches(file, self.hashes)]
            self._files[position] = files
        return files

    def shape_mask(self, target: Target, fit: PythonFit) -> int:
        """The releases whose usable files fit the target's Python exactly that well."""
        if self.listing is None:
            return 0
        fits = [target.shape_fit(shapes, self.formats) is fit for shapes in self.listing.shapes]
        return sum(bit(position) for position, shape in enumerate(self.listing.shape_of) if fits[shape])

    def installable(self, target: Target, formats: Formats) -> int:
        """The releases of which the target can install a file of these kinds."""
        if self.listing is None:
            return 0
        fits = [target.shape_fit(shapes, formats) is not PythonFit.REFUSED for shapes in self.listing.shapes]
        return sum(bit(position) for position, shape in enumerate(self.listing.shape_of) if fits[shape])

    def prereleases(self) -> int:
        """The pre-releases and development releases."""
        return sum(map(bit, self.listing.prereleases)) if self.listing else 0
