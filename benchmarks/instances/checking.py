"""Judges stacks of an instance in plain words; shares nothing with the search but the records.

A stack is a mapping of project numbers to positions. An ask is served by the first of its project and those
that may stand in for it that is in the stack at a release that serves; the extras that are asked for are
those of what serves.
"""

from __future__ import annotations

from collections.abc import Mapping

from resolver.landscapes.instance import Instance
from resolver.landscapes.landscape import Ask

Stack = Mapping[int, int]
Part = tuple[int, str | None]


def server(ask: Ask, stack: Stack) -> int | None:
    """The number of the project that serves an ask; None where nothing does."""
    for project, mask in ((ask.project, ask.mask), *ask.others):
        if project in stack and mask >> (stack[project] + 1) & 1:
            return project
    return None


def followed(instance: Instance, stack: Stack) -> tuple[set[Part], list[str]]:
    """The parts that the requirements reach, and what is not served on the way."""
    active: set[Part] = set()
    unserved = []
    queue = [("the requirements", ask) for ask in instance.requirements]
    while queue:
        asker, ask = queue.pop()
        serving = server(ask, stack)
        if serving is None:
            unserved.append(f"{asker}: nothing serves for {instance.projects[ask.project].name}")
            continue
        for part in {(serving, None), *((serving, extra) for extra in ask.extras)} - active:
            active.add(part)
            project, position = instance.projects[serving], stack[serving]
            queue += [
                (f"{project.name} {project.versions[position]}", asking.ask)
                for asking in project.asks
                if asking.part == part[1] and asking.releases >> (position + 1) & 1
            ]
    return active, unserved


def check(instance: Instance, stack: Stack) -> list[str]:
    """What is wrong with a stack, one sentence each; empty where it is valid."""
    found = []
    for number, position in stack.items():
        project = instance.projects[number]
        if not 0 <= position < len(project.versions):
            return [f"{project.name} has no release {position}"]
        if project.domain is not None and not project.domain >> (position + 1) & 1:
            found.append(f"{project.name} {project.versions[position]} cannot be in a stack")
    active, unserved = followed(instance, stack)
    found += unserved
    reached = {number for number, _ in active}
    found += [
        f"nobody asks for {instance.projects[number].name}" for number in sorted(stack.keys() - reached)
    ]
    for terms in instance.refuted:
        if all(mask >> (stack[number] + 1 if number in stack else 0) & 1 for number, mask in terms):
            found.append(f"{' and '.join(instance.projects[number].name for number, _ in terms)} are refuted")
    return found


def score(instance: Instance, stack: Stack) -> int:
    """The score of a valid stack, in millionths."""
    total = sum(instance.projects[number].scores[position] for number, position in stack.items())
    for number, part in followed(instance, stack)[0]:
        for loss in instance.projects[number].losses:
            is_there = loss.part == part and loss.releases >> (stack[number] + 1) & 1
            if is_there and loss.project in stack and loss.beside >> (stack[loss.project] + 1) & 1:
                total += loss.score
    return total
