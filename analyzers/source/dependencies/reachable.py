"""What declared distributions bring along, by the metadata of what is installed and by the locks."""

from __future__ import annotations

from collections import deque

from analyzers.source.dependencies.project import Project


def brought_along(project: Project) -> dict[str, str]:
    """Distributions that are not declared and come all the same, each with what brings it.

    Returns:
        Normalised name to the normalised name of what requires it; to an empty text where only a lock says
        that it comes.
    """
    declared = project.dependencies.by_name
    brought: dict[str, str] = {}
    waiting: deque[tuple[str, frozenset[str]]] = deque()
    seen: set[tuple[str, frozenset[str]]] = set()
    for name, dependency in declared.items():
        asked = {extra for one in dependency.declarations for extra in one.declared.extras}
        waiting.append((name, frozenset(asked)))
    while waiting:
        item = name, extras = waiting.popleft()
        if item in seen:
            continue
        seen.add(item)
        installed = project.names.installed(name)
        for required in installed.requires if installed else ():
            if required.wanted_by is None or required.wanted_by in extras:
                if required.name not in declared:
                    brought.setdefault(required.name, name)
                waiting.append((required.name, required.extras))
    for name in project.dependencies.locked - declared.keys() - project.dependencies.own:
        brought.setdefault(name, "")
    return brought
