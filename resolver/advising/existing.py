"""An existing lock beside the advice: what it scores on the same scale, and what stands against it.

It is followed from the requirements through its own pins, as a stack would be; what it lacks ends the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from packaging.specifiers import InvalidSpecifier

from analyzers.evidence import Justification, Level
from analyzers.reports import Unknown
from knowledge.errors import KnowledgeError
from resolver.context import Context, DirectRequirement, Lock
from resolver.score import Scorer
from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.universe import Universe
from resolver.states.versions import bit

UNIT = "existing"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """What stands against a lock.

    Attributes:
        name: of a project, normalised.
        version: what the lock pins; None where it pins nothing.
        reason: at level info where the lock is merely larger than it has to be, at level warning where
            something could not be looked at.
    """

    name: str
    version: str | None
    reason: Justification


class Existing(msgspec.Struct, frozen=True, kw_only=True):
    """A lock that was there before.

    Attributes:
        path: as the user wrote it.
        score: in millionths, at most 0; None where a release that is needed is not there or cannot be read.
        violations: by name; empty where the lock still holds.
    """

    path: str
    score: int | None
    violations: tuple[Violation, ...]


def positions_of(lock: Lock, universe: Universe) -> dict[str, int]:
    """The releases that a lock pins, of the projects that the universe knows."""
    known = ((name, universe.projects.get(name)) for name in lock.pins)
    found = {name: _position(lock, project) for name, project in known if project is not None}
    return {name: position for name, position in found.items() if position is not None}


class Followed(NamedTuple):
    """What requirements reach through the pins of a lock.

    Attributes:
        violations: by name.
        is_complete: whether every release that is needed is there and could be read.
    """

    stack: Stack
    violations: tuple[Violation, ...]
    is_complete: bool


def followed(lock: Lock, universe: Universe, requirements: Iterable[DirectRequirement]) -> Followed:
    """Follow requirements through the pins of a lock; may read what the search has not."""
    walk = _Walk(lock, universe, tuple(requirements))
    walk.run()
    found = sorted(walk.violations, key=lambda one: (one.name, one.reason.unit, one.reason.message))
    return Followed(Stack(dict(sorted(walk.members.items()))), tuple(found), walk.is_complete)


def evaluated(lock: Lock, universe: Universe, scorer: Scorer) -> Existing:
    """What a lock is worth now; may read what the search has not."""
    stack, violations, is_complete = followed(lock, universe, universe.context.requirements)
    score = scorer.stack_score(stack) if is_complete else None
    return Existing(path=lock.path, score=score, violations=violations)


def _position(lock: Lock, project: Project) -> int | None:
    """The newest of the releases that a lock pins."""
    pinned = lock.pins[project.name]
    texts = project.versions.texts
    return next((at for at in range(len(texts) - 1, -1, -1) if texts[at] in pinned), None)


class _Walk(msgspec.Struct):
    lock: Lock
    universe: Universe
    requirements: tuple[DirectRequirement, ...]
    members: dict[str, Member] = msgspec.field(default_factory=dict)
    violations: list[Violation] = msgspec.field(default_factory=list)
    is_complete: bool = True
    _missing: set[str] = msgspec.field(default_factory=set)
    _parts: set[tuple[str, str | None]] = msgspec.field(default_factory=set)

    @property
    def context(self) -> Context:
        return self.universe.context

    def run(self) -> None:
        self._prefetch()
        queue = [(f"you require {r.text}", r.dependency) for r in self.requirements]
        for asker, asked in queue:
            try:
                queue.extend(self._follow(asker, asked))
            except (KnowledgeError, InvalidSpecifier) as error:
                self.is_complete = False
                self.object_to(asked.project, f"could not be looked at: {error}", Level.WARNING)
        for name in self.lock.pins:
            if name not in self.members and name not in self._missing:
                self.object_to(name, "nothing asks for it any more", Level.INFO)

    def object_to(self, name: str, message: str, level: Level = Level.ERROR) -> None:
        """Note what stands against the pin of a project, or against there being none."""
        self._note(name, Justification(unit=UNIT, level=level, message=message))
        self.is_complete &= level is not Level.ERROR or name in self.members

    def _note(self, name: str, reason: Justification) -> None:
        pinned = self.members[name].version if name in self.members else self._pinned(name)
        self.violations.append(Violation(name=name, version=pinned, reason=reason))

    def _pinned(self, name: str) -> str | None:
        return ", ".join(sorted(self.lock.pins.get(name, ()))) or None

    def _prefetch(self) -> None:
        for name, position in positions_of(self.lock, self.universe).items():
            project = self.universe.projects[name]
            if not self.universe.reader.was_read(project, position):
                for file in project.files(position, self.context.target)[:1]:
                    self.universe.source.prefetch_metadata(name, file)

    def _follow(self, asker: str, asked: Dependency) -> Iterator[tuple[str, Dependency]]:
        name = self._serving(asked.project)
        member = self._member(name, asker)
        if member is None:
            return
        project, position = member.project, member.position
        if name == asked.project and not project.versions.mask(asked.specifiers) & bit(position):
            self.object_to(name, asker)
        for part in (None, *asked.extras):
            if (name, part) in self._parts:
                continue
            self._parts.add((name, part))
            if part is not None:
                member.extras = tuple(sorted({*member.extras, part}))
            metadata = self.universe.reader.metadata(project, position)
            if isinstance(metadata, Unknown):
                self.is_complete = False
                if not any(refusal.releases & bit(position) for refusal in project.refusals):
                    self.object_to(name, f"its metadata cannot be read: {metadata.reason}")
                return
            for line in self.universe.reader.dependencies(project, position, part):
                if line.url is not None:
                    self.object_to(name, f"depends on {line.project} by URL")
                else:
                    yield f"{name} {member.version} depends on {line.project}{line.specifiers}", line

    def _serving(self, name: str) -> str:
        """The project that the lock has for one that is asked for: itself, or an alternative."""
        if name in self.lock.pins:
            return name
        others = (other for other, _ in self.universe.stand_ins.named(name) if other in self.lock.pins)
        return next(others, name)

    def _member(self, name: str, asker: str) -> Member | None:
        """The member that a lock has of a project; what stands against it is noted once."""
        if name in self.members or name in self._missing:
            return self.members.get(name)
        if name not in self.lock.pins:
            self._missing.add(name)
            self.object_to(name, f"is not pinned, and {asker}")
            return None
        project = self.universe.project(name)
        position = _position(self.lock, project)
        if position is None:
            self._missing.add(name)
            there = "no index has it" if project.listing is None else "the index does not list this release"
            self.object_to(name, there)
            return None
        self.members[name] = member = Member(project, position)
        for refusal in project.refusals:
            if refusal.releases & bit(position):
                self._note(name, msgspec.structs.replace(refusal.reason, level=Level.ERROR))
        for constraint in (c for c in self.context.constraints if c.project == name):
            if not project.versions.mask(constraint.specifiers) & bit(position):
                self.object_to(name, f"is excluded by {constraint.text} ({constraint.where})")
        return member
