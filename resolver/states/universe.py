"""Every project, extra and dependency clause that the search has met, over one propagation.

Knowledge comes in from here only: a listing when a project is first named, metadata when a release is tried.
What arrives becomes incompatibilities at once, in the order in which the search asked.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec
from packaging.specifiers import InvalidSpecifier

from analyzers.reports import Unknown
from knowledge.errors import OfflineError, TransportError
from resolver.context import Context, DirectRequirement
from resolver.rules.active import NO_RULES
from resolver.source import ReleaseSource
from resolver.states.agenda import Agenda
from resolver.states.assumed import Conjecture, RequiredBound, refuted
from resolver.states.dependencies import Dependency
from resolver.states.hashes import stated_hashes
from resolver.states.incompatibilities import (
    Assumptions,
    Cause,
    Constrained,
    Depends,
    Incompatibility,
    Missing,
    Refused,
    Refuted,
    Replaced,
    Required,
    Unreadable,
)
from resolver.states.preference import preferred, tiers
from resolver.states.projects import Project
from resolver.states.propagation import Propagation
from resolver.states.reading import ReleaseReader
from resolver.states.stand_ins import StandIns
from resolver.states.versions import ABSENT, bit
from resolver.units.verbs import Pseudonym, Sieve
from resolver.units.verdicts import Alternative, Refutation

INACTIVE, ACTIVE = 1, 2
"""Masks of an extra's variable."""


class Universe:
    """The state space as far as it is known.

    Attributes:
        refutations: of complete stacks: project name to the mask of its releases.
        conjectures: likewise, of what is only assumed; a search may pass it over, a bound must not.
        stand_ins: what serves in place of what is asked for.

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
        self.propagation = Propagation()
        self.assumptions = Assumptions()
        self.projects: dict[str, Project] = {}
        rules = context.rules if context.recommendation.strides else NO_RULES
        self.reader = ReleaseReader(source, context.target, context.overrides, rules, context.formats)
        self.refutations: list[Mapping[str, int]] = []
        self.conjectures: dict[Conjecture, Mapping[str, int]] = {}
        self._sieves = sieves
        self._clauses: dict[tuple[str, str | None, Dependency], list[Incompatibility]] = {}
        self._expanded: set[tuple[str, int, str | None]] = set()
        self._by_variable: dict[int, Project] = {}
        self._pinned: set[Project] = set()
        self._agenda = Agenda(self.propagation, self._by_variable, self._is_unread)
        self.stand_ins = StandIns(self.projects, self.propagation, context, pseudonyms)
        self._suspended = 0

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
        if listing is not None and self.context.cutoff is not None:
            listing = self.context.cutoff.restricted(listing)
        releases = max(1, len(listing.versions) if listing else 0)
        variable = self.propagation.variable((2 << releases) - 1)
        project = Project(name, listing, self.context.formats.of(name), variable)
        project.ascending = self.context.is_ascending(name)
        project.tiers = tiers(project, self.context)
        project.preferred = preferred(project, self.context)
        project.hashes = stated_hashes(name, self.context)
        self.projects[name] = self._by_variable[variable] = project
        if listing is None or not listing.versions:
            # A bit stands for any release there might have been, so that its absence has a cause of its own.
            unparsed = listing.unparsed if listing else ()
            self.add({variable: bit(0)}, Missing(name, listing is not None, unparsed), ("missing", name))
        for sieve in self._sieves:
            for refusal in sieve.refuse(project, self.context):
                rests_on = refusal.liftable or (sieve.name, name)
                self.add({variable: refusal.releases}, Refused(name, refusal.reason), rests_on)
                project.usable &= ~refusal.releases
                project.refusals.append(refusal)
        self._constrain(project)
        return project

    def _constrain(self, project: Project) -> None:
        """Add the user's constraints: they hold where the project is in the stack, and never bring it in."""
        for number, constraint in enumerate(self.context.limits(project.name)):
            outside = self._outside(project, constraint.specifiers) & ~ABSENT
            if outside:
                cause = Constrained(constraint.text, constraint.where)
                self.add({project.variable: outside}, cause, ("constrained", project.name, number))
            if is_exact(constraint.specifiers):
                self._pinned.add(project)

    def add(
        self, masks: Mapping[int, int], cause: Cause, assumption: Hashable | None = None
    ) -> Incompatibility:
        """Add an incompatibility; terms that always hold are left out.

        Args:
            masks: its terms.
            cause: where it comes from.
            assumption: what it rests on; None for what nothing can change.
        """
        everything = self.propagation.everything
        masks = {v: mask for v, mask in masks.items() if mask != everything[v]}
        assumptions = self.assumptions.bit(assumption) if assumption is not None else 0
        incompatibility = Incompatibility(masks, cause, assumptions)
        self.propagation.add(incompatibility)
        return incompatibility

    def suspend(self, assumptions: int) -> None:
        """Begin anew without some assumptions, besides those that were suspended before."""
        self._suspended |= assumptions
        self.propagation.restart(self._suspended)

    def restore(self, assumptions: int) -> None:
        """Begin anew with assumptions that were suspended."""
        self._suspended &= ~assumptions
        self.propagation.restart(self._suspended)

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
            if dependency.specifiers:
                # The clause below is what stays when this bound is relaxed; until then this one says more.
                self._need({}, dependency, cause, RequiredBound(number))
            self._need({}, msgspec.structs.replace(dependency, specifiers=""), cause)

    def _need(
        self,
        condition: Mapping[int, int],
        dependency: Dependency,
        cause: Cause,
        assumption: Hashable | None = None,
    ) -> list[Incompatibility]:
        """Clauses for "where the condition holds, the dependency is in the stack"."""
        project = self.project(dependency.project)
        if is_exact(dependency.specifiers):
            self._pinned.add(project)
        outside = self._outside(project, dependency.specifiers)
        choices, masks = [project], {**condition, project.variable: outside}
        asked: list[dict[int, int]] = []
        for alternative in self._alternatives_of(project):
            other = self.project(alternative.project)
            if other.variable not in condition:
                beside = self._outside(other, alternative.specifiers)
                if alternative.same_versions:
                    beside |= self._outside(other, dependency.specifiers)
                masks[other.variable] = beside
                choices.append(other)
                serving = self.propagation.everything[other.variable] & ~beside
                asked.extend(
                    {**condition, other.variable: serving, self.extra(other, name): INACTIVE}
                    for name in dependency.extras
                )
        clauses = [self.add(masks, cause, assumption)]
        if len(choices) > 1:
            self.stand_ins.open(project, clauses[0], choices)
            # Where the project itself is there, no alternative is, so it must serve.
            asked.append({**condition, project.variable: outside & ~ABSENT})
        asked.extend({**condition, self.extra(project, name): INACTIVE} for name in dependency.extras)
        clauses.extend(self.add(masks, cause, assumption) for masks in asked)
        return clauses

    def _outside(self, project: Project, specifiers: str) -> int:
        """Everything but the releases that a specifier set admits; "not in the stack" included."""
        admitted = project.versions.mask(specifiers)
        everything = self.propagation.everything[project.variable]
        return everything & ~(admitted if project.versions.texts else bit(0))

    def _alternatives_of(self, project: Project) -> list[Alternative]:
        found = self.stand_ins.known(project.name)
        if found is None:
            found = self.stand_ins.ask(project.name)
            for alternative in found:
                other = self.project(alternative.project)
                masks = {
                    p.variable: self.propagation.everything[p.variable] & ~ABSENT for p in (project, other)
                }
                self.add(masks, Replaced(project.name, other.name), ("replaced", project.name, other.name))
                self._alternatives_of(other)  # so that what excludes an alternative is known before it serves
        return found

    def refute(self, refutation: Refutation) -> None:
        """Add a refutation of a complete stack."""
        masks = {self.projects[name].variable: mask for name, mask in refutation.releases.items()}
        self.refutations.append(refutation.releases)
        self.add(masks, Refuted(refutation.reason), refuted(refutation))

    def lift(self, refutation: Refutation) -> None:
        """Begin anew without a refutation."""
        self.refutations = [each for each in self.refutations if each is not refutation.releases]
        self.suspend(self.assumptions.bit(refuted(refutation)))

    def conjecture(self, refutation: Refutation, *, can_lapse: bool) -> Conjecture:
        """Assume a refutation until it is withdrawn."""
        made = len(self.assumptions.keys(-1))
        key = Conjecture(made, can_lapse)
        masks = {self.projects[name].variable: mask for name, mask in refutation.releases.items()}
        self.conjectures[key] = refutation.releases
        self.add(masks, Refuted(refutation.reason), key)
        return key

    def withdraw(self, conjectures: Iterable[Conjecture]) -> None:
        """Begin anew without some conjectures."""
        given_up = list(conjectures)
        for key in given_up:
            self.conjectures.pop(key, None)
        self.suspend(sum(self.assumptions.bit(key) for key in given_up))

    @property
    def conjectured(self) -> int:
        """Bits of the conjectures that hold."""
        return sum(self.assumptions.bit(key) for key in self.conjectures)

    # What is read

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
        added: list[Dependency] = []
        for part in self.unread_parts(project, position):
            metadata = self.reader.metadata(project, position)
            if isinstance(metadata, Unknown):
                self._refuse_unreadable(project, {project.variable: bit(position)}, metadata)
            else:
                added.extend(self._expand(project, position, part))
            # Not before: what could not be had in the middle of it is asked for again.
            self._expanded.add((project.name, position, part))
            self.propagation.touched.add(project.variable)
        return added

    def expand_all(self) -> None:
        """Add the clauses of every release that was read for whatever reason, as far as they can be had."""
        for name, position in self.reader.releases():
            with suppress(OfflineError, TransportError):
                self.expand(self.projects[name], position)

    def _expand(self, project: Project, position: int, part: str | None) -> Iterator[Dependency]:
        dependencies = self.reader.dependencies(project, position, part)
        self.source.prefetch_listings([d.project for d in dependencies if d.project not in self.projects])
        condition = {project.variable: bit(position)}
        if part is not None:
            condition[self.extra(project, part)] = ACTIVE
        for dependency in dependencies:
            try:
                self._depend(project, part, condition, dependency)
            except InvalidSpecifier as error:
                what = f"metadata of {project.name} {project.version(position)}"
                unknown = Unknown(what=what, where=dependency.project, reason=str(error))
                self.reader.unknowns.add(unknown)
                self._refuse_unreadable(project, condition, unknown)
            else:
                yield dependency

    def _refuse_unreadable(self, project: Project, condition: dict[int, int], unknown: Unknown) -> None:
        self.add(condition, Unreadable(project.name, unknown), ("unreadable", project.name))

    def depend(self, project: Project, position: int, dependency: Dependency) -> None:
        """Add what one dependency of a release without extras says, whatever else the release asks for."""
        self._depend(project, None, {project.variable: bit(position)}, dependency)

    def _depend(
        self, project: Project, part: str | None, condition: dict[int, int], dependency: Dependency
    ) -> None:
        if dependency.url is not None:
            raise InvalidSpecifier(f"{dependency.project} is asked for by URL")
        own = condition[project.variable]
        key = (project.name, part, dependency)
        cause = Depends(project.name, part, dependency.project, dependency.specifiers, dependency.override)
        if self._serves_itself(project, own, dependency):
            for name in dependency.extras:
                self.add({**condition, self.extra(project, name): INACTIVE}, cause)
        elif dependency.project == project.name:
            self.add(condition, cause)
        elif key in self._clauses:
            for clause in self._clauses[key]:
                self.propagation.widen(clause, project.variable, own)
        else:
            self._clauses[key] = self._need(condition, dependency, cause)

    def _serves_itself(self, project: Project, own: int, dependency: Dependency) -> bool:
        """Whether a release is what it asks for, or may stand in for it."""
        if dependency.project == project.name:
            return bool(project.versions.mask(dependency.specifiers) & own)
        alternatives = self._alternatives_of(self.project(dependency.project))
        return any(
            a.project == project.name and self.stand_ins.admitted(a, dependency) & own for a in alternatives
        )

    # What is open

    def is_present(self, project: Project) -> bool:
        """Whether the state needs the project."""
        return not self.propagation.domains[project.variable] & ABSENT

    def pinned(self, projects: Iterable[Project]) -> Iterator[Project]:
        """Those of which some requirement met so far names one release by a plain ``==``."""
        return filter(self._pinned.__contains__, projects)

    def open_projects(self) -> list[Project]:
        """Projects that the state needs and has not settled, in the order in which they were first named."""
        found = self._agenda.open()
        asked = (self.projects[name] for name in self.stand_ins.open_slots())
        found += [p for p in asked if not self.is_present(p)]
        return sorted(found, key=lambda project: project.variable) if self.stand_ins.has_slots else found

    def present_and_settled(self) -> tuple[int, int]:
        """How many projects the state needs, and how many of them are down to one release."""
        return self._agenda.counts()

    def is_open(self, project: Project) -> bool:
        """Whether the state needs a project and has not settled it."""
        return self._is_unsettled(project, self.stand_ins.open_slots())

    def _is_unsettled(self, project: Project, slots: Container[str]) -> bool:
        domain = self.propagation.domains[project.variable]
        if domain & ABSENT:
            return project.name in slots
        return bool(domain & (domain - 1)) or self._is_unread(project, domain.bit_length() - 2)

    def _is_unread(self, project: Project, position: int) -> bool:
        return bool(self.unread_parts(project, position))


def is_exact(specifiers: str) -> bool:
    """Whether a specifier set asks for one release by a plain ``==``."""
    return "==" in specifiers and "===" not in specifiers and "*" not in specifiers
