"""Every project, extra and dependency clause that the search has met, over one propagation.

Knowledge comes in from here only: a listing when a project is first named, metadata when a release is tried.
What arrives becomes incompatibilities at once, in the order in which the search asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from packaging.specifiers import InvalidSpecifier

from analyzers.reports import Unknown
from knowledge.errors import InvalidMetadataError, MetadataUnavailableError
from knowledge.releases import File, Listing, Metadata
from resolver.context import Context, DirectRequirement
from resolver.dependencies import Dependency, InvalidRequirement, live_dependencies
from resolver.incompatibilities import (
    Assumptions,
    Cause,
    Depends,
    Incompatibility,
    Missing,
    Refused,
    Refuted,
    Replaced,
    Required,
    Unreadable,
)
from resolver.preference import tiers
from resolver.projects import Project
from resolver.propagation import Propagation
from resolver.units.verbs import Pseudonym, Sieve
from resolver.units.verdicts import Alternative, Refutation
from resolver.versions import ABSENT, bit

INACTIVE, ACTIVE = 1, 2
"""Masks of an extra's variable."""


class ReleaseSource(Protocol):
    """What the search asks of stored and fetched knowledge; `prefetch_…` are hints that never block."""

    def listing(self, project: str) -> Listing | None:
        """The releases of a project; None when no index has it."""

    def metadata(self, project: str, file: File) -> Metadata:
        """Core metadata of a release, read from one of its files."""

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """These listings will be asked for."""

    def prefetch_metadata(self, project: str, file: File) -> None:
        """This file's metadata will probably be asked for."""


@dataclass(slots=True)
class _Slot:
    """A dependency that one of several projects can serve; the first is the one that was asked for."""

    incompatibility: Incompatibility
    choices: list[Project] = field(default_factory=list)


class Universe:
    """The state space as far as it is known.

    Args:
        sieves: those that apply to this run, in order.
        pseudonyms: likewise.
    """

    def __init__(
        self,
        source: ReleaseSource,
        context: Context,
        sieves: Sequence[Sieve] = (),
        pseudonyms: Sequence[Pseudonym] = (),
    ) -> None:
        self.source = source
        self.context = context
        self.target = context.target
        self.propagation = Propagation()
        self.assumptions = Assumptions()
        self.projects: dict[str, Project] = {}
        self.unknowns: set[Unknown] = set()
        self.releases_read = 0
        self._sieves = sieves
        self._pseudonyms = pseudonyms
        self._clauses: dict[tuple[object, ...], Incompatibility] = {}
        self._metadata: dict[tuple[str, int], Metadata | None] = {}
        self._expanded: set[tuple[str, int, str | None]] = set()
        self._alternatives: dict[str, list[Alternative]] = {}
        self._slots: list[_Slot] = []
        self._by_variable: dict[int, Project] = {}
        self._pinned: set[str] = set()

    # What exists

    def project(self, name: str) -> Project:
        """A project by normalised name; its listing is read when it is first named."""
        project = self.projects.get(name)
        if project is None:
            project = self._add_project(name)
        return project

    def owner(self, variable: int) -> Project:
        """The project whose releases, or one of whose extras, a variable stands for."""
        return self._by_variable[variable]

    def extra(self, project: Project, name: str) -> int:
        """The variable that says whether an extra is active."""
        if name not in project.extras:
            project.extras[name] = variable = self.propagation.variable(INACTIVE | ACTIVE)
            self._by_variable[variable] = project
        return project.extras[name]

    def _add_project(self, name: str) -> Project:
        listing = self.source.listing(name)
        releases = max(1, len(listing.versions) if listing else 0)
        variable = self.propagation.variable((2 << releases) - 1)
        project = Project(name, listing, self.context.formats.of(name), variable)
        project.tiers = tiers(project, self.context)
        self.projects[name] = self._by_variable[variable] = project
        if listing is None or not listing.versions:
            # A bit stands for any release there might have been, so that its absence has a cause of its own.
            self._add({variable: bit(0)}, Missing(name), ("missing", name))
        for sieve in self._sieves:
            for refusal in sieve.refuse(project, self.context):
                self._add({variable: refusal.releases}, Refused(name, refusal.reason), (sieve.name, name))
                project.usable &= ~refusal.releases
                project.refusals.append(refusal)
        return project

    def _add(self, masks: dict[int, int], cause: Cause, assumption: object = None) -> Incompatibility:
        everything = self.propagation.everything
        masks = {v: mask for v, mask in masks.items() if mask != everything[v]}
        assumptions = self.assumptions.bit(assumption) if assumption is not None else 0
        incompatibility = Incompatibility(masks, cause, assumptions)
        self.propagation.add(incompatibility)
        return incompatibility

    # What is asked for

    def require(self, requirements: Iterable[DirectRequirement]) -> None:
        """Add the user's requirements.

        Raises:
            InvalidSpecifier: a version in a specifier is invalid.
        """
        requirements = list(requirements)
        self.source.prefetch_listings([r.dependency.project for r in requirements])
        for number, requirement in enumerate(requirements):
            dependency = requirement.dependency
            cause = Required(requirement.text, requirement.where)
            self._need({}, dependency, cause, ("required", number))

    def _need(
        self, condition: Mapping[int, int], dependency: Dependency, cause: Cause, assumption: object = None
    ) -> list[Incompatibility]:
        """Clauses for "where the condition holds, the dependency is in the stack"."""
        project = self.project(dependency.project)
        if is_exact(dependency.specifiers):
            self._pinned.add(project.name)
        outside = self._outside(project, dependency.specifiers)
        choices, masks = [project], {**condition, project.variable: outside}
        asked: list[dict[int, int]] = []
        for alternative in self._alternatives_of(project):
            other = self.project(alternative.project)
            if other.variable not in condition:
                masks[other.variable] = beside = self._outside(other, alternative.specifiers)
                choices.append(other)
                serving = self.propagation.everything[other.variable] & ~beside
                asked.extend(
                    {**condition, other.variable: serving, self.extra(other, name): INACTIVE}
                    for name in dependency.extras
                )
        clauses = [self._add(masks, cause, assumption)]
        if len(choices) > 1:
            self._slots.append(_Slot(clauses[0], choices))
            # Where the project itself is there, no alternative is, so it must serve.
            asked.append({**condition, project.variable: outside & ~ABSENT})
        asked.extend({**condition, self.extra(project, name): INACTIVE} for name in dependency.extras)
        clauses.extend(self._add(masks, cause, assumption) for masks in asked)
        return clauses

    def _outside(self, project: Project, specifiers: str) -> int:
        """Everything but the releases that a specifier set admits; "not in the stack" included."""
        everything = self.propagation.everything[project.variable]
        return everything & ~(project.versions.mask(specifiers) if project.versions.texts else bit(0))

    def _alternatives_of(self, project: Project) -> list[Alternative]:
        found = self._alternatives.get(project.name)
        if found is None:
            found = [a for unit in self._pseudonyms for a in unit.alternatives(project.name, self.context)]
            self._alternatives[project.name] = found
            for alternative in found:
                other = self.project(alternative.project)
                masks = {
                    p.variable: self.propagation.everything[p.variable] & ~ABSENT for p in (project, other)
                }
                self._add(masks, Replaced(project.name, other.name), ("replaced", project.name, other.name))
                self._alternatives_of(other)  # so that what excludes an alternative is known before it serves
        return found

    def refute(self, refutation: Refutation) -> None:
        """Add a refutation of a complete stack."""
        masks = {self.projects[name].variable: mask for name, mask in refutation.releases.items()}
        unit = refutation.reason.unit
        self._add(masks, Refuted(refutation.reason), (unit, *sorted(refutation.releases.items())))

    def serving(self, dependency: Dependency) -> Project:
        """The project that stands in a complete stack for a dependency: itself, or an alternative."""
        project = self.projects[dependency.project]
        if self.is_present(project):
            return project
        domains = self.propagation.domains
        serving = ((self.projects[a.project], a.specifiers) for a in self._alternatives.get(project.name, []))
        return next(
            other
            for other, specifiers in serving
            if self.is_present(other) and other.versions.mask(specifiers) & domains[other.variable]
        )

    # What is read

    def metadata(self, project: Project, position: int) -> Metadata | None:
        """Metadata of a release, read when first asked for; None when it cannot be had."""
        key = (project.name, position)
        if key not in self._metadata:
            self.releases_read += 1
            self._metadata[key] = self._read_metadata(project, position)
        return self._metadata[key]

    def _read_metadata(self, project: Project, position: int) -> Metadata | None:
        for file in project.files(position, self.target):
            try:
                metadata = self.source.metadata(project.name, file)
                for line in live_dependencies(metadata.requires_dist, self.target):
                    self._check_specifiers(line)
            except (MetadataUnavailableError, InvalidMetadataError) as error:
                reason = str(error)
            except (InvalidRequirement, InvalidSpecifier) as error:
                reason = f"invalid dependency: {str(error).splitlines()[0]}"
            else:
                return metadata
            self.unknowns.add(Unknown(what=f"metadata of {project.name}", where=file.filename, reason=reason))
            self._unreadable(project, position, file.filename, reason)
            return None
        self._unreadable(project, position, project.version(position), "no usable file")
        return None

    @staticmethod
    def _check_specifiers(dependency: Dependency) -> None:
        if dependency.url is not None:
            raise InvalidSpecifier(f"{dependency.project} is asked for by URL")

    def _unreadable(self, project: Project, position: int, where: str, reason: str) -> None:
        unknown = Unknown(
            what=f"metadata of {project.name} {project.version(position)}", where=where, reason=reason
        )
        self._add(
            {project.variable: bit(position)}, Unreadable(project.name, unknown), ("unreadable", project.name)
        )

    def active_extras(self, project: Project) -> list[str]:
        """The extras of a project that the state has switched on."""
        domains = self.propagation.domains
        return [name for name, variable in project.extras.items() if domains[variable] == ACTIVE]

    def unread_parts(self, project: Project, position: int) -> list[str | None]:
        """The extras (None: the release itself) whose dependencies the state needs and has not read."""
        parts: list[str | None] = [None, *self.active_extras(project)]
        return [part for part in parts if (project.name, position, part) not in self._expanded]

    def expand(self, project: Project, position: int) -> list[Dependency]:
        """Read what a release needs in this state and add its clauses; returns its new dependencies."""
        metadata = self.metadata(project, position)
        added: list[Dependency] = []
        for part in self.unread_parts(project, position):
            self._expanded.add((project.name, position, part))
            if metadata is not None:
                lines = live_dependencies(metadata.requires_dist, self.target, part)
                added.extend(self._expand(project, position, part, list(lines)))
        return added

    def _expand(
        self, project: Project, position: int, part: str | None, dependencies: list[Dependency]
    ) -> Iterator[Dependency]:
        self.source.prefetch_listings([d.project for d in dependencies if d.project not in self.projects])
        for dependency in dependencies:
            try:
                self._check_specifiers(dependency)
                self._depend(project, position, part, dependency)
            except InvalidSpecifier as error:
                self._unreadable(project, position, dependency.project, str(error))
            else:
                yield dependency

    def _depend(self, project: Project, position: int, part: str | None, dependency: Dependency) -> None:
        own = bit(position)
        condition = {project.variable: own}
        if part is not None:
            condition[self.extra(project, part)] = ACTIVE
        key = (project.name, part, dependency)
        cause = Depends(project.name, part, dependency.project, dependency.specifiers)
        if self._serves_itself(project, own, dependency):
            for name in dependency.extras:
                self._add({**condition, self.extra(project, name): INACTIVE}, cause)
        elif dependency.project == project.name:
            self._add(condition, cause)
        elif key in self._clauses:
            self._widen(key, project, own)
        else:
            for number, clause in enumerate(self._need(condition, dependency, cause)):
                self._clauses[(*key, number) if number else key] = clause

    def _widen(self, key: tuple[object, ...], project: Project, own: int) -> None:
        number = 0
        clause: Incompatibility | None = self._clauses[key]
        while clause is not None:
            self.propagation.widen(clause, project.variable, own)
            number += 1
            clause = self._clauses.get((*key, number))

    def _serves_itself(self, project: Project, own: int, dependency: Dependency) -> bool:
        """Whether a release is what it asks for, or may stand in for it."""
        if dependency.project == project.name:
            return bool(project.versions.mask(dependency.specifiers) & own)
        alternatives = self._alternatives_of(self.project(dependency.project))
        return any(
            a.project == project.name and project.versions.mask(a.specifiers) & own for a in alternatives
        )

    # What is open

    def is_present(self, project: Project) -> bool:
        """Whether the state needs the project."""
        return not self.propagation.domains[project.variable] & ABSENT

    def is_pinned(self, project: Project) -> bool:
        """Whether some requirement met so far names one release of the project by a plain ``==``."""
        return project.name in self._pinned

    def open_projects(self) -> Iterator[Project]:
        """Projects that the state needs and has not settled, in the order in which they were first named."""
        domains = self.propagation.domains
        slots = self._open_slots()
        for project in list(self.projects.values()):
            domain = domains[project.variable]
            if domain & ABSENT:
                if project.name in slots:
                    yield project
            elif domain & (domain - 1) or self.unread_parts(project, domain.bit_length() - 2):
                yield project

    def _open_slots(self) -> set[str]:
        """Projects that were asked for by a live dependency which an alternative could serve as well."""
        if not self._slots:
            return set()
        domains = self.propagation.domains
        found = set()
        for slot in self._slots:
            masks = slot.incompatibility.masks
            choices = {project.variable for project in slot.choices}
            live = all(not domains[v] & ~mask for v, mask in masks.items() if v not in choices)
            able = [p for p in slot.choices if domains[p.variable] & ~masks.get(p.variable, -1)]
            if live and all(domains[p.variable] & masks[p.variable] for p in able):
                found.add(able[0].name)
        return found


def is_exact(specifiers: str) -> bool:
    """Whether a specifier set asks for one release by a plain ``==``."""
    return "==" in specifiers and "===" not in specifiers and "*" not in specifiers
