"""What the search will probably read first, for knowledge that fetches ahead; never influences a decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.releases import File, Listing, Metadata
from knowledge.speculation import Hint
from resolver.context import Context
from resolver.rules.index_rules import index_rules
from resolver.states.dependencies import live_dependencies
from resolver.states.versions import Versions, bit, positions
from resolver.targets.target import PythonFit


class FirstChoice:
    """Guesses by the plainest rule: the newest stable release with a file for the target.

    Args:
        context: of the run that will follow.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._versions: dict[str, Versions] = {}

    def hints(self) -> list[Hint]:
        """What the user's requirements name."""
        asked = [requirement.dependency for requirement in self._context.requirements]
        return [Hint(one.project, one.specifiers, one.extras) for one in asked]

    def first_file(self, listing: Listing, bounds: str) -> File | None:
        """The file whose metadata would be read, of the releases that `bounds` admit."""
        if self._is_elsewhere(listing.project):
            return None
        versions = self._versions.setdefault(listing.project, Versions(listing.versions))
        admitted = versions.mask(bounds)
        prereleases = sum(map(bit, listing.prereleases))
        target, formats = self._context.target, self._context.formats.of(listing.project)
        for mask in (admitted & ~prereleases, admitted & prereleases):
            for position in positions(mask):
                shapes = listing.shapes[listing.shape_of[position]]
                usable = target.shape_fit(shapes, formats) is PythonFit.ADMITTED
                if usable and position not in listing.yanked:
                    return target.usable_files(listing.files(position), formats)[0]
        return None

    def _is_elsewhere(self, project: str) -> bool:
        """Whether a project probably comes from the index of a rule, which no guess is about."""
        context = self._context
        return context.recommendation.strides and any(index_rules(context.rules, project))

    def dependencies(self, metadata: Metadata, extras: frozenset[str]) -> Iterable[Hint]:
        """What a release asks for on the target, with some of its extras."""
        return list(self._dependencies(metadata, extras))

    def _dependencies(self, metadata: Metadata, extras: frozenset[str]) -> Iterator[Hint]:
        for part in (None, *sorted(extras)):
            for one in live_dependencies(metadata.requires_dist, self._context.target, part):
                yield Hint(one.project, one.specifiers, one.extras)
