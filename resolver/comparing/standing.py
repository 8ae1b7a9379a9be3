"""What a lock is worth on the target: what can be installed, how large it is, its score by unit."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from packaging.specifiers import InvalidSpecifier

from analyzers.evidence import Justification, Level
from knowledge.errors import KnowledgeError
from knowledge.releases import File
from resolver.advising.existing import UNIT, Violation, followed
from resolver.comparing.locked import Locked
from resolver.context import Context, DirectRequirement
from resolver.pipeline import Pipeline
from resolver.score import Scorer
from resolver.states.dependencies import Dependency
from resolver.states.hashes import matches
from resolver.states.stack import Stack
from resolver.states.universe import Universe


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A lock as the target would install it.

    Attributes:
        files: name to the file that would be installed, of those that can be.
        roots: names of those that no other release of the lock asks for.
        is_complete: whether every release is there and could be read, so that a score means something.
    """

    stack: Stack
    files: dict[str, File]
    violations: tuple[Violation, ...]
    roots: frozenset[str]
    is_complete: bool

    @property
    def download_bytes(self) -> int:
        """As far as sizes are known."""
        return sum(file.size_bytes or 0 for file in self.files.values())


def standing(locked: Locked, universe: Universe) -> Standing:
    """What becomes of a lock; reads metadata of what it pins."""
    lock = locked.lock
    requirements = [_pinned(name, versions, locked.path) for name, versions in lock.pins.items()]
    stack, violations, is_complete = followed(lock, universe, requirements)
    files, others = {}, []
    for name, member in stack.members.items():
        usable = member.project.files(member.position, universe.context.target)
        stated = locked.hashes(name, member.project.versions[member.position])
        admitted = [file for file in usable if not stated or matches(file, [stated])]
        if admitted:
            files[name] = admitted[0]
        elif usable:
            message = "no file that the target can install has a hash that the lock states"
            reason = Justification(unit=UNIT, level=Level.ERROR, message=message)
            others.append(Violation(name=name, version=member.version, reason=reason))
    return Standing(
        stack=stack,
        files=files,
        violations=tuple(sorted((*violations, *others), key=lambda one: one.name)),
        roots=frozenset(stack.members.keys() - _asked_for(stack, universe)),
        is_complete=is_complete,
    )


def scored(
    stood: Standing, universe: Universe, units: Pipeline, asked: Collection[str]
) -> tuple[int | None, dict[str, int]]:
    """The score of a lock, and what each unit takes off it; None and nothing where it is not complete.

    Args:
        stood: of the lock.
        universe: in which it was followed.
        units: that apply to the run.
        asked: names of projects that count as asked for.
    """
    if not stood.is_complete:
        return None, {}
    context: Context = msgspec.structs.replace(
        universe.context,
        requirements=tuple(
            DirectRequirement(Dependency(name, (), ""), name, "the lock") for name in sorted(asked)
        ),
    )
    reader = universe.reader.dependencies
    scorer = Scorer(units.steps, units.pair_steps, context, reader, lambda name: name in asked)
    found: dict[str, int] = {}
    for member in stood.stack.members.values():
        factors = [*scorer.factors(member.project, member.position)]
        factors += (factor for _, factor in scorer.pair_factors(member, stood.stack))
        for factor in factors:
            found[factor.unit] = found.get(factor.unit, 0) + (factor.score or 0)
    by_unit = {unit: score for unit, score in sorted(found.items()) if score}
    return scorer.stack_score(stood.stack), by_unit


def _pinned(name: str, versions: Collection[str], path: str) -> DirectRequirement:
    (version,) = versions
    return DirectRequirement(Dependency(name, (), f"=={version}"), f"{name}=={version}", path)


def _asked_for(stack: Stack, universe: Universe) -> set[str]:
    """Names that the members ask for; who cannot be read asks for nothing."""
    found: set[str] = set()
    for name, member in stack.members.items():
        try:
            lines = universe.reader.dependencies(member.project, member.position, None)
        except (KnowledgeError, InvalidSpecifier):
            continue
        found.update(line.project for line in lines if line.project != name)
    return found
