"""What another C library would serve: releases of which wheels are there for glibc, or for a newer one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from analyzers.evidence import Evidence, Justification, Level
from images.facts.distribution_libcs import distributions_with
from images.facts.environment import Fact, RuntimeEnvironment
from images.facts.tags import TagSet, supported_tags
from images.native.symbol_ceilings import policy_minor
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.stack import Member
from resolver.states.versions import bit, positions, span
from resolver.targets.target import PythonFit

_NEWEST = "2.99"
_MOST_NAMED = 5


class Served(msgspec.Struct, frozen=True, order=True):
    """A release that a wheel serves where glibc has at least a minor version.

    Attributes:
        now: what the target has of the project, in words.
    """

    project: str
    version: str
    minor: int
    now: str


def served_by_glibc(project: Project, position: int, context: Context) -> int | None:
    """The oldest minor version of glibc 2 for which a release has a wheel for this Python and machine.

    None where the target can install a wheel of it as it is, or no glibc would do, or it is not on Linux.
    """
    environment = context.target.environment
    if project.listing is None or environment.text("libc.name") is None:
        return None
    if environment.text("os.kernel") != "linux":
        return None
    tags = _of_newest_glibc(_Key(environment))
    found = []
    for shape in project.listing.shapes[project.listing.shape_of[position]]:
        if not shape.tags or context.target.python_fit(shape.requires_python) is PythonFit.REFUSED:
            continue
        if context.target.tags.rank(shape.tags) is not None:
            return None
        if tags.rank(shape.tags) is not None:
            found.append(_minor(shape.tags, tags))
    return min(found, default=None)


def held_back(member: Member, context: Context) -> Served | None:
    """The newest stable release above a member's that its tags alone keep out and a newer glibc would serve.

    None where a newer release could be used as it is, or nobody asks for one: then something else holds the
    project back.
    """
    project = member.project
    if project.ascending or project.listing is None:
        return None
    newer = span(member.position + 1, len(project.versions)) & _stable(project)
    for specifiers in (
        *_stated(project, context),
        *(text for each in member.asked.values() for text in each),
    ):
        newer &= project.versions.mask(specifiers)
    if newer & project.usable:
        return None
    for position in sorted(positions(newer), reverse=True):
        minor = _if_tags_alone(project, position, context)
        if minor is not None:
            return Served(project.name, project.version(position), minor, f"at {member.version}")
    return None


def kept_out(project: Project, context: Context) -> Served | None:
    """The newest stable release that is asked for, where the target can use none and a newer glibc could."""
    admitted = project.versions.everything
    for specifiers in _stated(project, context):
        admitted &= project.versions.mask(specifiers)
    if admitted & project.usable:
        return None
    for position in sorted(positions(_stable(project) & admitted), reverse=True):
        minor = _if_tags_alone(project, position, context)
        if minor is not None:
            return Served(project.name, project.version(position), minor, "not at all")
    return None


def remark(unit: str, served: Sequence[Served], context: Context, *, level: Level) -> Justification:
    """One remark about all that another C library would serve, and which systems have it."""
    environment = context.target.environment
    facts = [environment.facts[name] for name in ("libc.name", "libc.version") if name in environment]
    has = " ".join(str(fact.value) for fact in facts)
    told = [f"{one.project} {one.now} (glibc 2.{one.minor} would serve {one.version})" for one in served]
    shown = "; ".join(told[:_MOST_NAMED])
    if len(told) > _MOST_NAMED:
        shown += f"; and {len(told) - _MOST_NAMED} more"
    minor = max(one.minor for one in served)
    systems = distributions_with(minor)
    bases = f"; glibc 2.{minor} is in {', '.join(systems)} and newer" if systems else ""
    evidence = [Evidence(what=f"libc is {has}", where=facts[0].source, confidence=facts[0].confidence)]
    evidence += [
        Evidence(what=f"{one.project} {one.version} has a wheel for glibc 2.{one.minor}", where="index")
        for one in served
    ]
    message = f"{has} serves {shown}{bases}"
    return Justification(unit=unit, level=level, message=message, evidence=tuple(evidence))


def without_stack(unit: str, projects: Iterable[Project], context: Context) -> Iterator[Justification]:
    """What another C library would serve of that for which there is no stack."""
    found = sorted(one for project in projects if (one := kept_out(project, context)) is not None)
    if found:
        yield remark(unit, found, context, level=Level.WARNING)


def _stated(project: Project, context: Context) -> Iterator[str]:
    """The specifiers with which the user asks for a project or limits it."""
    yield from (statement.specifiers for statement in context.statements(project.name))


def _stable(project: Project) -> int:
    return project.versions.everything & ~project.prereleases()


def _if_tags_alone(project: Project, position: int, context: Context) -> int | None:
    assert project.listing is not None
    against = {refusal.reason.unit for refusal in project.refusals if refusal.releases & bit(position)}
    if position in project.listing.yanked or against - {"tags"}:
        return None
    return served_by_glibc(project, position, context)


class _Key(msgspec.Struct, frozen=True):
    """An environment, to remember by: equal ones are few, and the same one comes many times."""

    environment: RuntimeEnvironment

    def __hash__(self) -> int:
        return id(self.environment)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.environment is self.environment


@functools.lru_cache(64)
def _of_newest_glibc(key: _Key) -> TagSet:
    facts = {
        "libc.name": Fact(value="glibc", source="a newer one"),
        "libc.version": Fact(value=_NEWEST, source="a newer one"),
    }
    return supported_tags(RuntimeEnvironment(facts={**key.environment.facts, **facts}))


def _minor(tags: str, admitted: TagSet) -> int:
    """The minor version that the least demanding platform of a wheel asks for."""
    interpreters, abis, platforms = tags.lower().split("-")
    fitting = (
        one for one in platforms.split(".") if admitted.rank(f"{interpreters}-{abis}-{one}") is not None
    )
    return min((minor for one in fitting if (minor := policy_minor(one)) is not None), default=0)
