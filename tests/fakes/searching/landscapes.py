"""Instances made up by chance, and plain words for what a valid stack of one is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from resolver.landscapes.instance import Asking, Instance, InstanceLandscape, InstanceProject, PairLoss
from resolver.landscapes.landscape import Ask

EXTRAS = ("fast", "slow")


def drawn(chance: random.Random, projects: int, releases: int = 5, refuted: int = 2) -> Instance:
    """An instance with extras, circles, losses of pairs and refutations."""
    numbers = range(projects)
    sizes = [chance.randint(1, releases) for _ in numbers]
    return Instance(
        name="drawn",
        projects=tuple(_project(chance, number, sizes) for number in numbers),
        requirements=tuple(_ask(chance, n, sizes) for n in chance.sample(numbers, min(projects, 2))),
        refuted=tuple(
            tuple((n, _mask(chance, sizes[n])) for n in sorted(chance.sample(numbers, min(projects, 2))))
            for _ in range(refuted)
        ),
    )


def _project(chance: random.Random, number: int, sizes: list[int]) -> InstanceProject:
    asks, losses = [], []
    for part in (None, *EXTRAS):
        others = chance.sample(range(len(sizes)), min(len(sizes), chance.randint(0, 2)))
        for other in others:
            if other != number or part is not None:
                asks.append(Asking(_mask(chance, sizes[number]), part, _ask(chance, other, sizes)))
            if other != number and chance.random() < 0.5:
                mine, beside = _mask(chance, sizes[number]), _mask(chance, sizes[other])
                losses.append(PairLoss(mine, part, other, beside, -chance.randint(1, 50)))
    scores = tuple(-chance.choice((0, 0, 10, 25, 70)) for _ in range(sizes[number]))
    versions = tuple(str(at + 1) for at in range(sizes[number]))
    return InstanceProject(
        name=f"p{number}", versions=versions, scores=scores, asks=tuple(asks), losses=tuple(losses)
    )


def _mask(chance: random.Random, size: int) -> int:
    return sum(2 << at for at in range(size) if chance.random() < 0.6) or 2 << chance.randrange(size)


def _ask(chance: random.Random, project: int, sizes: list[int]) -> Ask:
    mask = _mask(chance, sizes[project]) if chance.random() < 0.6 else (2 << sizes[project]) - 2
    extras = tuple(sorted(extra for extra in EXTRAS if chance.random() < 0.15))
    return Ask(project, mask, extras)


def faults(instance: Instance, stack: Mapping[int, int]) -> list[str]:
    """What is wrong with a stack; empty where it is valid."""
    landscape = InstanceLandscape(instance)
    found = []
    nodes: set[tuple[int, str | None]] = set()
    queue = [("requirements", ask) for ask in instance.requirements]
    while queue:
        who, ask = queue.pop()
        if ask.project not in stack or not ask.mask & (2 << stack[ask.project]):
            found.append(f"{who} is not served by p{ask.project}")
            continue
        for part in (None, *ask.extras):
            if (ask.project, part) not in nodes:
                nodes.add((ask.project, part))
                asked = landscape.asks(ask.project, stack[ask.project], part)
                queue += [(f"p{ask.project}[{part}]", further) for further in asked]
    found += [f"nobody asks for p{p}" for p in stack if (p, None) not in nodes]
    for terms in instance.refuted:
        if all(mask & (2 << stack[p] if p in stack else 1) for p, mask in terms):
            found.append(f"refuted: {terms}")
    return found


def total(instance: Instance, stack: Mapping[int, int]) -> int:
    """The score of a valid stack."""
    active: set[tuple[int, str | None]] = set()
    queue = list(instance.requirements)
    landscape = InstanceLandscape(instance)
    while queue:
        ask = queue.pop()
        for part in (None, *ask.extras):
            if (ask.project, part) not in active:
                active.add((ask.project, part))
                queue += landscape.asks(ask.project, stack[ask.project], part)
    score = sum(instance.projects[p].scores[at] for p, at in stack.items())
    for project, part in active:
        for loss in instance.projects[project].losses:
            is_there = loss.part == part and loss.releases & (2 << stack[project])
            if is_there and loss.project in stack and loss.beside & (2 << stack[loss.project]):
                score += loss.score
    return score


def stacks(instance: Instance) -> Iterator[dict[int, int]]:
    """Every valid stack of a small instance."""

    def grown(stack: dict[int, int]) -> Iterator[dict[int, int]]:
        missing = _missing(instance, stack)
        if missing is None:
            if not faults(instance, stack):
                yield stack
            return
        for at in range(len(instance.projects[missing].versions)):
            yield from grown({**stack, missing: at})

    seen = set()
    for stack in grown({}):
        key = tuple(sorted(stack.items()))
        if key not in seen:
            seen.add(key)
            yield stack


def _missing(instance: Instance, stack: Mapping[int, int]) -> int | None:
    landscape = InstanceLandscape(instance)
    nodes: set[tuple[int, str | None]] = set()
    queue = list(instance.requirements)
    while queue:
        ask = queue.pop()
        if ask.project not in stack:
            return ask.project
        for part in (None, *ask.extras):
            if (ask.project, part) not in nodes:
                nodes.add((ask.project, part))
                queue += landscape.asks(ask.project, stack[ask.project], part)
    return None
