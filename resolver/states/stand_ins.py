"""Which projects may stand in for others, and which of them does.

What pseudonyms name is asked once for each project, by the universe; a dependency that several projects can
serve is a slot, which stays open until one of them does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.rules.records import Artifact
from resolver.rules.releases import with_artifact
from resolver.states.dependencies import Dependency
from resolver.states.incompatibilities import Incompatibility
from resolver.states.projects import Project
from resolver.states.propagation import Propagation
from resolver.states.versions import ABSENT, bit, positions
from resolver.units.verbs import Pseudonym
from resolver.units.verdicts import Alternative


class Slot(msgspec.Struct):
    """A dependency that one of several projects can serve, the first of those that can."""

    original: Project
    incompatibility: Incompatibility
    choices: list[Project] = msgspec.field(default_factory=list)


class StandIns:
    """Those of one universe.

    Args:
        projects: of the universe, by name.
        propagation: likewise.
        context: of the run.
        pseudonyms: that apply to it, in order.
    """

    def __init__(
        self,
        projects: Mapping[str, Project],
        propagation: Propagation,
        context: Context,
        pseudonyms: Sequence[Pseudonym],
    ) -> None:
        self._projects, self._propagation, self._context = projects, propagation, context
        self._pseudonyms = pseudonyms
        self._found: dict[str, list[Alternative]] = {}
        self._originals: dict[str, set[str]] = {}
        self._slots: list[Slot] = []

    def known(self, name: str) -> list[Alternative] | None:
        """What may stand in for a project; None where that was not asked yet."""
        return self._found.get(name)

    def ask(self, name: str) -> list[Alternative]:
        """Ask the pseudonyms what may stand in for a project."""
        found = [a for unit in self._pseudonyms for a in unit.alternatives(name, self._context)]
        self._found[name] = found
        for one in found:
            self._originals.setdefault(one.project, set()).add(name)
        return found

    def open(self, original: Project, incompatibility: Incompatibility, choices: list[Project]) -> None:
        """Take note of a dependency on a project that any of several can serve; preferred ones come first."""
        alternatives = self._found[original.name]
        first = {a.project for a in alternatives if self._is_preferred(a, original)}
        choices.sort(key=lambda choice: choice.name not in first)
        self._slots.append(Slot(original, incompatibility, choices))

    @property
    def has_slots(self) -> bool:
        """Whether any dependency can be served by several."""
        return bool(self._slots)

    def _is_preferred(self, alternative: Alternative, original: Project) -> bool:
        """Whether an alternative is taken first: never a source distribution in place of wheels."""
        if not alternative.preferred:
            return False
        other, target = self._projects[alternative.project], self._context.target
        return bool(
            other.usable & with_artifact(Artifact.WHEEL, other, target)
            or not original.usable & with_artifact(Artifact.WHEEL, original, target)
        )

    def named(self, name: str, wanted: int | None = None) -> Iterator[tuple[str, int]]:
        """The projects that may stand in for one that is asked for, with those of their releases that can.

        Args:
            name: of the project that is asked for.
            wanted: mask of its releases that would do; None for any.
        """
        for alternative in self._found.get(name, ()):
            project = self._projects[alternative.project]
            serving = project.versions.mask(alternative.specifiers)
            if alternative.same_versions and wanted is not None:
                serving &= self._of_versions(project, self._projects[name], wanted)
            yield project.name, serving

    @staticmethod
    def _of_versions(project: Project, original: Project, wanted: int) -> int:
        """The releases of a project whose versions are those of another one's in a mask."""
        if not original.versions.everything & ~wanted:
            return project.versions.everything
        texts = {original.version(position) for position in positions(wanted & ~ABSENT)}
        return sum(bit(at) for at, text in enumerate(project.versions.texts) if text in texts)

    def stood_in_for(self, name: str) -> Iterator[tuple[str, Justification]]:
        """The projects that one may stand in for and that are in no stack with it, each with the reason."""
        originals = {slot.original.name: None for slot in self._slots if self._is_live(slot)}
        for original in originals:
            for alternative in self._found[original]:
                if alternative.project == name and not self._is_present(self._projects[original]):
                    yield original, alternative.reason

    def is_asked(self, name: str) -> bool:
        """Whether a project is one that the user asks for, or may stand in for one."""
        direct = self._context.direct
        return bool(direct(name)) or any(map(direct, self._originals.get(name, ())))

    def serving(self, dependency: Dependency) -> Project:
        """The project that stands in a complete stack for a dependency: itself, or an alternative."""
        project = self._projects[dependency.project]
        if self._is_present(project):
            return project
        domains = self._propagation.domains
        serving = (
            (self._projects[a.project], self.admitted(a, dependency))
            for a in self._found.get(project.name, [])
        )
        return next(
            other
            for other, admitted in serving
            if self._is_present(other) and admitted & domains[other.variable]
        )

    def admitted(self, alternative: Alternative, dependency: Dependency) -> int:
        """The releases of an alternative that serve a dependency."""
        versions = self._projects[alternative.project].versions
        admitted = versions.mask(alternative.specifiers)
        return admitted & versions.mask(dependency.specifiers) if alternative.same_versions else admitted

    def open_slots(self) -> set[str]:
        """Projects that were asked for by a live dependency which an alternative could serve as well."""
        if not self._slots:
            return set()
        domains = self._propagation.domains
        found = set()
        for slot in self._slots:
            masks = slot.incompatibility.masks
            able = [p for p in slot.choices if domains[p.variable] & ~masks.get(p.variable, -1)]
            if self._is_live(slot) and all(domains[p.variable] & masks[p.variable] for p in able):
                found.add(able[0].name)
        return found

    def _is_live(self, slot: Slot) -> bool:
        """Whether the state has what asks for the dependency."""
        domains = self._propagation.domains
        choices = {project.variable for project in slot.choices}
        masks = slot.incompatibility.masks
        return all(not domains[v] & ~mask for v, mask in masks.items() if v not in choices)

    def _is_present(self, project: Project) -> bool:
        return not self._propagation.domains[project.variable] & ABSENT
