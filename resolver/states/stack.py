"""A complete stack: one release of every project that the requirements reach, and who asked for it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from resolver.states.projects import Project


class Member(msgspec.Struct):
    """One release in a stack.

    Attributes:
        extras: active extras, sorted.
        dependents: normalised names of the projects that ask for it, sorted; empty for a direct requirement
            that nothing else needs.
        dependencies: normalised names of the projects it asks for.
        asked: name of each dependent to the specifier sets with which it asks.
        direct: whether the user asks for it.
        links: see `knowledge.releases.Metadata.links`.
    """

    project: Project
    position: int
    extras: tuple[str, ...] = ()
    dependents: set[str] = msgspec.field(default_factory=set)
    dependencies: set[str] = msgspec.field(default_factory=set)
    asked: dict[str, set[str]] = msgspec.field(default_factory=dict)
    direct: bool = False
    links: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> str:
        """Canonical version."""
        return self.project.version(self.position)


class Stack(msgspec.Struct, frozen=True):
    """A complete stack, by normalised project name, sorted."""

    members: Mapping[str, Member]

    def __str__(self) -> str:
        return " ".join(f"{name}=={member.version}" for name, member in self.members.items())
