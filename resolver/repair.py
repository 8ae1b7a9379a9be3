"""Moves on complete stacks without propagation: change one release, repair what that breaks.

A changed project has its unmet dependencies changed, and those of its dependents that do not tolerate it;
each project changes at most once, else the move fails. What comes out is followed anew from the requirements:
it meets all of them, every dependency and every refutation that is known, and holds nothing that nobody asks
for. Cost: linear in the dependencies of the stack; no more than a fixed number of releases is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import msgspec
from packaging.specifiers import InvalidSpecifier

from analyzers.reports import Unknown
from knowledge.errors import OfflineError, TransportError
from resolver.dependencies import Dependency
from resolver.projects import Project
from resolver.universe import Universe
from resolver.versions import ABSENT, bit

MOST_READ = 100
"""Releases that are read for moves."""
MOST_TRIED = 10
"""Releases of a dependent that are tried in place of one that does not tolerate a change."""


class Asking(msgspec.Struct):
    """What a release asks for, by itself or for one of its extras.

    Attributes:
        masks: name of a project to the releases that serve.
        extras: name of a project to extras that are asked for.
        specifiers: distinct pairs of a project and what is asked of it.
    """

    masks: dict[str, int] = msgspec.field(default_factory=dict)
    extras: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    specifiers: list[tuple[str, str]] = msgspec.field(default_factory=list)


class Assignment(msgspec.Struct):
    """One release for every project that the requirements reach.

    Attributes:
        at: name to position, sorted.
        parts: name to None, for the release itself, and its active extras.
        dependents: name to those that ask for it.
    """

    at: dict[str, int]
    parts: dict[str, list[str | None]]
    dependents: dict[str, list[str]]


class Repairs:
    """Makes moves in one universe, whose propagation stands without decisions."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._asking: dict[tuple[str, int, str | None], Asking | None] = {}
        self._read = 0
        self._direct = self._collected([r.dependency for r in universe.context.requirements])

    def domain(self, name: str) -> int:
        """The releases of a project that are possible whatever is decided."""
        return self._universe.propagation.domains[self.project(name).variable] & ~ABSENT

    def asking(self, name: str, position: int, part: str | None) -> Asking | None:
        """What a release asks for; None where it cannot be had, or not be read any more."""
        key = (name, position, part)
        if key not in self._asking:
            reader, project = self._universe.reader, self._universe.projects[name]
            if not reader.was_read(project, position):
                if self._read >= MOST_READ:
                    return None
                self._read += 1
            try:
                self._asking[key] = self._asked(project, position, part)
            except (OfflineError, TransportError) as error:
                self._asking[key] = None
                if (
                    self._read < MOST_READ
                ):  # what is known suffices to go on, and every attempt takes its time
                    self._read = MOST_READ
                    reader.unknowns.add(Unknown(what="better stacks", where=name, reason=str(error)))
        return self._asking[key]

    def hint(self, moves: Iterable[tuple[str, int]]) -> None:
        """Tell which releases will probably be read."""
        universe = self._universe
        for name, position in moves:
            project = universe.projects[name]
            if self._read < MOST_READ and not universe.reader.was_read(project, position):
                for file in project.files(position, universe.context.target)[:1]:
                    universe.source.prefetch_metadata(name, file)

    def reached(self, at: Mapping[str, int]) -> Assignment | None:
        """The part of an assignment that the requirements reach; None where it meets not all of it."""
        assert self._direct is not None
        parts: dict[str, list[str | None]] = {}
        dependents: dict[str, list[str]] = {}
        queue: list[tuple[str | None, Asking]] = [(None, self._direct)]
        for asker, asking in queue:
            for wanted, mask in asking.masks.items():
                name = self.serving(wanted, mask, at)
                if name is None or not self.domain(name) & bit(at[name]):
                    return None
                known = parts.setdefault(name, [])
                if asker is not None:
                    dependents.setdefault(name, []).append(asker)
                for part in (None, *asking.extras.get(wanted, ())):
                    if part not in known:
                        known.append(part)
                        further = self.asking(name, at[name], part)
                        if further is None:
                            return None
                        queue.append((name, further))
        found = {name: at[name] for name in sorted(parts)}
        return None if self._is_refuted(found) else Assignment(found, parts, dependents)

    def moved(self, start: Assignment, name: str, position: int) -> Assignment | None:
        """The assignment with one project at another release, all others as they were where that can be."""
        at = _Move(self, start).repaired(name, position)
        return None if at is None else self.reached(at)

    def specifiers(self, found: Assignment, name: str) -> Iterable[tuple[str, str]]:
        """What one member asks of which project, each once."""
        position, parts = found.at[name], found.parts[name]
        followed = [asking for part in parts if (asking := self.asking(name, position, part)) is not None]
        return dict.fromkeys(pair for asking in followed for pair in asking.specifiers)

    def serving(self, name: str, mask: int, at: Mapping[str, int]) -> str | None:
        """The project that serves where one is asked for: itself or an alternative; None for neither."""
        position = at.get(name)
        if position is not None:
            return name if mask & bit(position) else None
        for other, serving in self._universe.alternatives(name, mask):
            position = at.get(other)
            if position is not None and serving & bit(position):
                return other
        return None

    def _is_refuted(self, at: Mapping[str, int]) -> bool:
        return any(
            all(name in at and mask & bit(at[name]) for name, mask in refuted.items())
            for refuted in self._universe.refutations
        )

    def _asked(self, project: Project, position: int, part: str | None) -> Asking | None:
        reader = self._universe.reader
        if isinstance(reader.metadata(project, position), Unknown):
            return None
        return self._collected(reader.dependencies(project, position, part))

    def _collected(self, dependencies: Iterable[Dependency]) -> Asking | None:
        """Several dependencies as one; None where one of them can never be met."""
        found = Asking()
        for asked in dependencies:
            try:
                mask = self.project(asked.project).versions.mask(asked.specifiers)
            except InvalidSpecifier:
                return None
            if asked.url is not None:
                return None
            name = asked.project
            found.masks[name] = found.masks.get(name, -1) & mask
            found.extras[name] = tuple(dict.fromkeys((*found.extras.get(name, ()), *asked.extras)))
            if (name, asked.specifiers) not in found.specifiers:
                found.specifiers.append((name, asked.specifiers))
        return found

    def project(self, name: str) -> Project:
        """A project; what is known of one that is met for the first time is drawn at once."""
        if name not in self._universe.projects:
            self._universe.project(name)
            self._universe.propagation.propagate()
        return self._universe.projects[name]


class _Move:
    """One move under way.

    Attributes:
        at: name to position; what nothing asks for any more stays in it.
        changed: name to the parts that count, of each project that has changed or got another extra.
    """

    def __init__(self, repairs: Repairs, start: Assignment) -> None:
        self.at = dict(start.at)
        self.changed: dict[str, dict[str | None, None]] = {}
        self._repairs = repairs
        self._start = start
        self._fixed: dict[str, int] = {}
        self._queue: list[str] = []

    def repaired(self, name: str, position: int) -> dict[str, int] | None:
        """Put one project to a release, and others where they have to be; None where that fails."""
        self._put(name, position)
        for one in self._queue:
            if not (self._meet_dependencies(one) and self._meet_dependents(one)):
                return None
        return self.at

    def _put(self, name: str, position: int) -> None:
        self.at[name] = self._fixed[name] = position
        self.changed.setdefault(name, dict.fromkeys(self._start.parts.get(name, (None,))))
        self._queue.append(name)

    def _meet_dependencies(self, name: str) -> bool:
        for part in list(self.changed[name]):
            asking = self._repairs.asking(name, self.at[name], part)
            if asking is None:
                return False
            for wanted, mask in asking.masks.items():
                serving = self._repairs.serving(wanted, mask, self.at)
                if serving is None:
                    release = self._release(wanted, mask)
                    if wanted in self._fixed or release is None:
                        return False
                    self._put(wanted, release)
                self._activate(serving or wanted, asking.extras.get(wanted, ()))
        return True

    def _activate(self, name: str, extras: Iterable[str]) -> None:
        """Have the extras of a project followed that were not active before."""
        parts = self.changed.get(name) or dict.fromkeys(self._start.parts.get(name, (None,)))
        if any(extra not in parts for extra in extras):
            self.changed[name] = {**parts, **dict.fromkeys(extras)}
            self._queue.append(name)

    def _meet_dependents(self, name: str) -> bool:
        beside = {name: self.at[name]}
        for dependent in self._start.dependents.get(name, ()):
            if dependent not in self._fixed and not self._tolerates(dependent, self.at[dependent], beside):
                release = self._tolerant(dependent)
                if release is None:
                    return False
                self._put(dependent, release)
        return True

    def _release(self, name: str, mask: int) -> int | None:
        """The best release within a mask, if possible one that all present dependents tolerate."""
        serving = common = self._repairs.domain(name) & mask
        for dependent in self._start.dependents.get(name, ()):
            for part in self.changed.get(dependent, self._start.parts[dependent]):
                asking = self._repairs.asking(dependent, self.at[dependent], part)
                if asking is not None:
                    common &= asking.masks.get(name, -1)
        return self._repairs.project(name).best(common or serving)

    def _tolerant(self, name: str) -> int | None:
        """The best release of a dependent that tolerates everything that has changed."""
        possible = self._repairs.domain(name) & ~bit(self.at[name])
        tried = islice(self._repairs.project(name).ordered(possible), MOST_TRIED)
        return next((at for at in tried if self._tolerates(name, at, self._fixed)), None)

    def _tolerates(self, name: str, position: int, beside: Mapping[str, int]) -> bool:
        for part in self.changed.get(name, self._start.parts[name]):
            asking = self._repairs.asking(name, position, part)
            if asking is None:
                return False
            if any(not asking.masks.get(other, -1) & bit(at) for other, at in beside.items()):
                return False
        return True
