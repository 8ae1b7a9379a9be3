"""Instances small enough to try every stack: extras, stand-ins, circles and refutations."""

from __future__ import annotations

import random

from resolver.landscapes.instance import Asking, Instance, InstanceProject, PairLoss
from resolver.landscapes.landscape import Ask
from resolver.states.versions import span

EXTRAS = ("a", "b")


def tiny_instance(seed: int, projects: int = 5, releases: int = 3) -> Instance:
    """One of so many projects at most."""
    chance = random.Random(seed)
    sizes = [chance.randint(1, releases) for _ in range(chance.randint(2, projects))]
    return Instance(
        name=f"tiny {seed}",
        projects=tuple(_project(chance, sizes, number) for number in range(len(sizes))),
        requirements=tuple(_ask(chance, sizes, n) for n in chance.sample(range(len(sizes)), 2)),
        refuted=tuple(_refutation(chance, sizes) for _ in range(chance.randint(0, 2))),
    )


def _project(chance: random.Random, sizes: list[int], number: int) -> InstanceProject:
    others = [other for other in range(len(sizes)) if other != number]
    asks: list[Asking] = []
    losses = []
    for part in (None, None, *EXTRAS):
        wanted = chance.choice([*others, number]) if part else chance.choice(others)
        releases = _mask(chance, sizes[number])
        if chance.random() < 0.6 and not any(a.part == part and a.ask.project == wanted for a in asks):
            asks.append(Asking(releases, part, _ask(chance, sizes, wanted)))
            if wanted != number and chance.random() < 0.7:
                beside = _mask(chance, sizes[wanted])
                losses.append(PairLoss(releases, part, wanted, beside, -chance.randint(1, 9)))
    return InstanceProject(
        name=f"p{number}",
        versions=tuple(str(position) for position in range(sizes[number])),
        scores=tuple(-chance.choice((0, 0, 1, 3, 8)) for _ in range(sizes[number])),
        domain=_mask(chance, sizes[number]) if chance.random() < 0.2 else None,
        asks=tuple(asks),
        losses=tuple(losses),
    )


def _ask(chance: random.Random, sizes: list[int], project: int) -> Ask:
    extras = tuple(extra for extra in EXTRAS if chance.random() < 0.25)
    others = [other for other in range(len(sizes)) if other != project and chance.random() < 0.15]
    mask = _mask(chance, sizes[project]) if chance.random() < 0.7 else span(0, sizes[project])
    return Ask(project, mask, extras, tuple((other, _mask(chance, sizes[other])) for other in others))


def _refutation(chance: random.Random, sizes: list[int]) -> tuple[tuple[int, int], ...]:
    """Two terms; now and then one holds where its project is absent."""
    chosen = sorted(chance.sample(range(len(sizes)), 2))
    return tuple((n, _mask(chance, sizes[n]) | (chance.random() < 0.25)) for n in chosen)


def _mask(chance: random.Random, size: int) -> int:
    return sum(2 << position for position in range(size) if chance.random() < 0.6) or 2 << (size - 1)
