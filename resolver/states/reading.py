"""Reads releases: which metadata a release has, what it depends on, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from packaging.specifiers import InvalidSpecifier

from analyzers.reports import Unknown
from knowledge.errors import InvalidMetadataError, MetadataUnavailableError, OfflineError
from knowledge.releases import File, Metadata
from resolver.rules.active import NO_RULES, ActiveRules
from resolver.rules.additions import additions, is_skipped
from resolver.source import ReleaseSource
from resolver.states.dependencies import Dependency, InvalidRequirement, lines_by_extra, live_dependencies
from resolver.states.overrides import NO_OVERRIDES, Overrides
from resolver.states.projects import Project
from resolver.states.variant_markers import WheelVariant, decided
from resolver.states.versions import Versions, positions
from resolver.targets.formats import FormatPolicy
from resolver.targets.target import PythonFit, Target

_ANY_FORMATS = FormatPolicy()
_MOST_FILES = 3
"""So many files of a release are tried before its metadata counts as unreadable."""


class ReleaseReader:
    """Reads each release at most once.

    Attributes:
        unknowns: what could not be read.
        releases_read: number of releases of which metadata was asked for.
    """

    def __init__(
        self,
        source: ReleaseSource,
        target: Target,
        overrides: Overrides = NO_OVERRIDES,
        rules: ActiveRules = NO_RULES,
        formats: FormatPolicy = _ANY_FORMATS,
    ) -> None:
        self.unknowns: set[Unknown] = set()
        self.releases_read = 0
        self._source = source
        self._target = target
        self._overrides = overrides
        self._rules = rules
        self._formats = formats
        self._usable: dict[Dependency, bool] = {}
        self._metadata: dict[tuple[str, int], Metadata | Unknown] = {}
        self._dependencies: dict[tuple[str, int, str | None], list[Dependency]] = {}
        self._by_extra: dict[tuple[str, int], dict[str, list[str]]] = {}

    def metadata(self, project: Project, position: int) -> Metadata | Unknown:
        """Core metadata of a release, or why it cannot be had."""
        key = (project.name, position)
        if key not in self._metadata:
            self.releases_read += 1
            self._metadata[key] = self._read(project, position)
        return self._metadata[key]

    def releases(self) -> list[tuple[str, int]]:
        """Names and positions of all that metadata was asked for, in that order."""
        return list(self._metadata)

    def was_read(self, project: Project, position: int) -> bool:
        """Whether the metadata of a release has been asked for."""
        return (project.name, position) in self._metadata

    def dependencies(self, project: Project, position: int, part: str | None) -> list[Dependency]:
        """What a release asks for on the target; `part` is an extra, or None for the release itself."""
        key = (project.name, position, part)
        if key not in self._dependencies:
            metadata = self.metadata(project, position)
            lines = () if isinstance(metadata, Unknown) else self._lines(key[:2], metadata, part)
            stated = list(live_dependencies(lines, self._target, part))
            asked = self._overrides.applied(project.name, stated)
            if self._rules:
                extras = () if isinstance(metadata, Unknown) else metadata.extras
                wanted = (
                    additions(self._rules, project, position, self._target, extras) if part is None else ()
                )
                added = [one for one in wanted if self._is_served(key[:2], one)]
                asked = [*(one for one in asked if not is_skipped(self._rules, one)), *added]
            self._dependencies[key] = list(asked)
        return self._dependencies[key]

    def _is_served(self, release: tuple[str, int], added: Dependency) -> bool:
        """Whether what a rule adds to a release can be had: nothing fails for what nobody asked for."""
        if added.project != release[0]:
            return self._has_release(added)
        metadata = self._metadata[release]
        if isinstance(metadata, Unknown):
            return False
        for extra in added.extras:
            lines = self._lines(release, metadata, extra)
            if not all(map(self._has_release, live_dependencies(lines, self._target, extra))):
                return False
        return True

    def _has_release(self, dependency: Dependency) -> bool:
        """Whether the target can use a release that a dependency admits, as far as listings say."""
        if dependency not in self._usable:
            try:
                listing = self._source.listing(dependency.project)
                versions = Versions(listing.versions if listing else ())
                admitted = positions(versions.mask(dependency.specifiers))
            except (OfflineError, InvalidSpecifier):
                listing, admitted = None, iter(())
            formats = self._formats.of(dependency.project)
            self._usable[dependency] = listing is not None and any(
                at not in listing.yanked
                and self._target.shape_fit(listing.shapes[listing.shape_of[at]], formats)
                is not PythonFit.REFUSED
                for at in admitted
            )
        return self._usable[dependency]

    def _lines(self, release: tuple[str, int], metadata: Metadata, part: str | None) -> Sequence[str]:
        if part is None:
            return metadata.requires_dist
        if release not in self._by_extra:
            self._by_extra[release] = lines_by_extra(metadata.requires_dist)
        return self._by_extra[release].get(part, ())

    def _read(self, project: Project, position: int) -> Metadata | Unknown:
        what = f"metadata of {project.name} {project.version(position)}"
        unknown = Unknown(what=what, where="index", reason="the target can use none of its files")
        for file in project.files(position, self._target)[:_MOST_FILES]:
            try:
                metadata = _for_variant(self._source.metadata(project.name, file), file, project, position)
                list(live_dependencies(metadata.requires_dist, self._target))
            except (MetadataUnavailableError, InvalidMetadataError) as error:
                unknown = Unknown(what=what, where=file.filename, reason=error.reason)
            except InvalidRequirement as error:
                reason = f"invalid dependency: {str(error).splitlines()[0]}"
                unknown = Unknown(what=what, where=file.filename, reason=reason)
            else:
                return metadata
            self.unknowns.add(unknown)
        return unknown


def _for_variant(metadata: Metadata, file: File, project: Project, position: int) -> Metadata:
    """Metadata as the wheel of a variant means them on the target."""
    variants = None if project.listing is None else project.listing.variants_of(position)
    if variants is None or file.place is None:
        return metadata
    variant = variants.variants[file.place]
    wheel = WheelVariant(label=variant.label, properties=variant.properties)
    lines = decided(metadata.requires_dist, wheel)
    return (
        metadata
        if lines == metadata.requires_dist
        else msgspec.structs.replace(metadata, requires_dist=lines)
    )
