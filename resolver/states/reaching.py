"""Follows the requirements through a state in which all that they lead to is settled."""

from __future__ import annotations

from knowledge.releases import Metadata
from resolver.states.dependencies import Dependency
from resolver.states.stack import Member, Stack
from resolver.states.universe import Universe


def reached(universe: Universe) -> Stack:
    """The stack that the requirements reach in the present state."""
    members: dict[str, Member] = {}
    seen: set[tuple[str, str | None]] = set()
    queue: list[tuple[str | None, Dependency]] = [(None, r.dependency) for r in universe.context.requirements]
    for dependent, dependency in queue:
        project = universe.stand_ins.serving(dependency)
        domain = universe.propagation.domains[project.variable]
        member = members.setdefault(project.name, Member(project, domain.bit_length() - 2))
        if dependent is None:
            member.direct = True
        elif dependent != project.name:
            member.dependents.add(dependent)
            member.asked.setdefault(dependent, set()).add(dependency.specifiers)
            members[dependent].dependencies.add(project.name)
        member.extras = tuple(sorted({*member.extras, *dependency.extras}))
        for part in (None, *dependency.extras):
            if (project.name, part) not in seen:
                seen.add((project.name, part))
                asked = universe.reader.dependencies(project, member.position, part)
                queue.extend((project.name, line) for line in asked)
    for member in members.values():
        metadata = universe.reader.metadata(member.project, member.position)
        member.links = metadata.links if isinstance(metadata, Metadata) else ()
    return Stack(dict(sorted(members.items())))
