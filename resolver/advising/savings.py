"""What a choice of artifacts saves: files of a member and what it alone brings, beside those of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from knowledge.errors import KnowledgeError
from knowledge.releases import Listing
from resolver.context import Context
from resolver.source import ReleaseSource
from resolver.states.dependencies import Dependency, InvalidRequirement, live_dependencies
from resolver.states.preference import tiers
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import ABSENT

_MEGABYTE = 1_000_000
_LEAST_BYTES = 50_000
"""What is less would be told as 0.0 MB."""
_MOST_PROJECTS = 200
_MOST_NAMED = 3


class Saving(msgspec.Struct, frozen=True, kw_only=True):
    """What a member takes, and what another release in its place would take.

    Attributes:
        own_bytes: of the member's file and of the members that it alone brings.
        other_bytes: of the other release and what that brings besides.
        left_out: names of the projects that only the other one brings, with their sizes, the largest first.
        is_complete: whether everything that the other one brings could be looked at; else it takes more.
    """

    own_bytes: int
    other_bytes: int
    left_out: tuple[tuple[str, int], ...] = ()
    is_complete: bool = True

    @property
    def saved_bytes(self) -> int:
        """At least so much is saved; below 0 it costs."""
        return self.other_bytes - self.own_bytes

    def in_words(self) -> str | None:
        """Such as ``saves 299.0 MB (274.0 MB in place of 573.0 MB)``; None where next to nothing is saved."""
        if self.saved_bytes < _LEAST_BYTES:
            return None
        least = "" if self.is_complete else "at least "
        told = f"saves {least}{_megabytes(self.saved_bytes)} ({_megabytes(self.own_bytes)} in place of "
        told += f"{least}{_megabytes(self.other_bytes)}"
        if not self.left_out:
            return f"{told})"
        names = [name for name, _ in self.left_out[:_MOST_NAMED]]
        more = len(self.left_out) - len(names)
        total = _megabytes(sum(size for _, size in self.left_out))
        return f"{told}, of which {total} are of {', '.join(names)}" + (f" and {more} more)" if more else ")")


def saving(
    member: Member,
    own_bytes: int | None,
    stack: Stack,
    original: Project,
    source: ReleaseSource,
    context: Context,
) -> Saving | None:
    """What is saved by a member that stands where a release of `original` would.

    The release of the original is that of the same version, local labels aside, or else the newest that the
    target can use. What it brings is counted by the newest releases that it admits, without a search.

    Args:
        own_bytes: size of the member's file; None where it is not known.
        source: of the original and of what it brings.

    Returns:
        None where a size of the two files is not known, or nothing of the original can be used.
    """
    other = _Others(stack, source, context)
    position = _counterpart(member, original, context)
    size = None if position is None else other.size(original, position)
    if position is None or size is None or own_bytes is None:
        return None
    other.follow(original, position, member)
    brought = _brought_by(member, stack) - other.seen
    sizes = [own_bytes, *(_size(stack.members[name], context) or 0 for name in brought)]
    left_out = sorted(other.sizes.items(), key=lambda entry: (-entry[1], entry[0]))
    return Saving(
        own_bytes=sum(sizes),
        other_bytes=size + sum(other.sizes.values()),
        left_out=tuple(left_out),
        is_complete=other.is_complete,
    )


def known_project(name: str, listing: Listing | None, context: Context) -> Project:
    """A project apart from any search."""
    project = Project(name, listing, context.formats.of(name), 0)
    project.tiers = tiers(project, context)
    return project


class _Others:
    """What another release brings besides the members of a stack, level by level."""

    def __init__(self, stack: Stack, source: ReleaseSource, context: Context) -> None:
        self._stack, self._source, self._context = stack, source, context
        self.sizes: dict[str, int] = {}
        self.seen: set[str] = set()
        self.is_complete = True

    def size(self, project: Project, position: int) -> int | None:
        files = project.files(position, self._context.target)
        return files[0].size_bytes if files else None

    def follow(self, original: Project, position: int, member: Member) -> None:
        wanted = list(self._asked(original, position, member.extras))
        while wanted:
            new = [one for one in wanted if one.project not in self.seen]
            self.seen.update(one.project for one in new)
            self.is_complete &= len(self.seen) <= _MOST_PROJECTS
            if len(self.seen) > _MOST_PROJECTS:
                return
            outside = [one for one in new if one.project not in self._stack.members]
            outside = [one for one in outside if one.project != original.name]
            self._source.prefetch_listings(one.project for one in outside)
            chosen = [found for one in outside if (found := self._chosen(one)) is not None]
            for project, at, _ in chosen:
                self._source.prefetch_metadata(project.name, project.files(at, self._context.target)[0])
            wanted = [one for project, at, extras in chosen for one in self._asked(project, at, extras)]

    def _chosen(self, dependency: Dependency) -> tuple[Project, int, tuple[str, ...]] | None:
        """The newest release that serves a dependency, whose size is noted."""
        context = self._context
        try:
            project = known_project(dependency.project, self._source.listing(dependency.project), context)
            admitted = project.versions.mask(dependency.specifiers) & ~ABSENT
        except (KnowledgeError, ValueError):
            self.is_complete = False
            return None
        for position in project.ordered(admitted):
            size = self.size(project, position)
            if size is not None:
                self.sizes[project.name] = size
                return project, position, dependency.extras
        self.is_complete = False
        return None

    def _asked(self, project: Project, position: int, extras: Iterable[str]) -> Iterator[Dependency]:
        try:
            file = project.files(position, self._context.target)[0]
            lines = self._source.metadata(project.name, file).requires_dist
            for part in (None, *extras):
                yield from live_dependencies(lines, self._context.target, part)
        except (KnowledgeError, InvalidRequirement):
            self.is_complete = False


def _counterpart(member: Member, original: Project, context: Context) -> int | None:
    """The release of the original that would be there instead."""
    public = member.version.partition("+")[0]
    for text in (member.version, public):
        if text in original.versions.texts:
            return original.versions.texts.index(text)
    usable = (at for at in original.ordered(original.usable) if original.files(at, context.target))
    return next(usable, None)


def _brought_by(member: Member, stack: Stack) -> set[str]:
    """Names of the members that nothing but one member brings into a stack."""
    roots = [name for name, one in stack.members.items() if one.direct and one is not member]
    without = _reached(roots, stack, member.project.name)
    return _reached([member.project.name], stack, None) - without - {member.project.name}


def _reached(roots: Iterable[str], stack: Stack, barrier: str | None) -> set[str]:
    queue, seen = list(roots), set(roots)
    for name in queue:
        for other in stack.members[name].dependencies - seen - {barrier}:
            seen.add(other)
            queue.append(other)
    return seen


def _size(member: Member, context: Context) -> int | None:
    files = member.project.files(member.position, context.target)
    return files[0].size_bytes if files else None


def file_bytes(member: Member, context: Context) -> int | None:
    """The size of a member's file; None where its index does not say."""
    return _size(member, context)


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / _MEGABYTE:,.1f} MB"
