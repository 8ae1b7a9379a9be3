"""Instances made up by chance, each kind with one difficulty planted; `mixed` ones have most of them.

Every kind is a function of a size in projects and of a seed. Bounds that go along with the releases of both
projects, regrets that grow with age and losses among the newest are what real indexes have, too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from math import sqrt

from benchmarks.instances.draft import Draft
from benchmarks.instances.greedy import first_stack
from resolver.landscapes.instance import Instance
from resolver.states.versions import bit, span

UNIT = 20_000
"""What the second newest release loses, in millionths."""


def ages(count: int, weight: float = 1.0) -> list[int]:
    """Scores by age alone, oldest first."""
    return [-min(round(weight * sqrt(age) * UNIT), 1_000_000) for age in reversed(range(count))]


def clusters(size: int, seed: int) -> Instance:
    """Hubs that ask for spokes of their own: every hub is a problem by itself (see `best_of_clusters`)."""
    chance = random.Random(f"clusters {size} {seed}")
    draft = Draft(f"clusters-{size}-{seed}", "hubs with spokes of their own")
    while len(draft.projects) < size:
        hub = draft.add(f"hub{len(draft.projects)}", ages(chance.randint(4, 30)))
        draft.require(hub)
        for _ in range(min(4, size - len(draft.projects))):
            spoke = draft.add(f"spoke{len(draft.projects)}", ages(chance.randint(4, 40), 0.35))
            draft.ask(hub, draft.every(hub), spoke)
            newest = chance.randint(1, draft.size(spoke) // 2)
            own = draft.newest(hub, chance.randint(1, draft.size(hub) // 2))
            loss = -round(chance.uniform(0.2, 3) * UNIT)
            draft.lose(hub, own, spoke, draft.newest(spoke, newest), loss)
    return draft.instance()


def best_of_clusters(instance: Instance) -> int:
    """The best score of an instance of clusters: for each release of a hub, each spoke is chosen alone."""
    total = 0
    for ask in instance.requirements:
        hub = instance.projects[ask.project]
        best = []
        for position, own in enumerate(hub.scores):
            for loss in hub.losses:
                lost = loss.score if loss.releases & bit(position) else 0
                spoke = instance.projects[loss.project].scores
                own += max(s + (lost if loss.beside & bit(at) else 0) for at, s in enumerate(spoke))
            best.append(own)
        total += max(best)
    return total


def cures(size: int, seed: int) -> Instance:
    """Pairs in which everything but what is far down a list loses."""
    chance = random.Random(f"cures {size} {seed}")
    draft = Draft(f"cures-{size}-{seed}", "the cure is far down a list")
    while len(draft.projects) < size:
        long = draft.add(f"long{len(draft.projects)}", ages(chance.randint(40, 90), 0.2))
        user = draft.add(f"user{len(draft.projects)}", ages(chance.randint(2, 6)))
        draft.require(user)
        draft.ask(user, draft.every(user), long)
        ill = draft.newest(long, chance.randint(20, 35))
        draft.lose(user, draft.every(user), long, ill, -round(chance.uniform(3, 6) * UNIT))
    return draft.instance()


def chains(size: int, seed: int) -> Instance:
    """Chains in which neighbours move in step, and the newest releases of the last one lose."""
    chance = random.Random(f"chains {size} {seed}")
    draft = Draft(f"chains-{size}-{seed}", "chains whose projects move in step")
    while len(draft.projects) < size:
        count = chance.randint(6, 12)
        links = [
            draft.add(f"link{len(draft.projects)}", ages(count, 0.2))
            for _ in range(min(chance.randint(3, 6), size - len(draft.projects)))
        ]
        draft.require(links[0])
        for link, further in pairwise(links):
            for position in range(count):
                draft.ask(link, bit(position), further, span(max(0, position - 1), min(count, position + 2)))
        end = draft.add(f"end{len(draft.projects)}", [0])
        draft.ask(links[-1], draft.every(links[-1]), end)
        ill = draft.newest(links[-1], chance.randint(1, count // 2))
        draft.lose(links[-1], ill, end, bit(0), -round(chance.uniform(2, 5) * UNIT))
    return draft.instance()


def circles(size: int, seed: int) -> Instance:
    """Rings of projects that ask for each other, entered by releases of which only some ask for the ring."""
    chance = random.Random(f"circles {size} {seed}")
    draft = Draft(f"circles-{size}-{seed}", "rings that hold themselves up when nobody asks for them")
    while len(draft.projects) < size:
        count = chance.randint(4, 10)
        door = draft.add(f"door{len(draft.projects)}", ages(count))
        draft.require(door)
        ring = [
            draft.add(f"ring{len(draft.projects)}", ages(chance.randint(2, 8), 0.35))
            for _ in range(min(chance.randint(2, 4), max(2, size - len(draft.projects))))
        ]
        asking = draft.newest(door, chance.randint(1, count - 1))
        draft.ask(door, asking, ring[0])
        for one, further in zip(ring, [*ring[1:], ring[0]], strict=True):
            draft.ask(one, draft.every(one), further)
            loss = -round(chance.uniform(0.2, 2) * UNIT)
            draft.lose(one, draft.newest(one, 2), further, draft.newest(further, 2), loss)
    return draft.instance()


def refutations(size: int, seed: int) -> Instance:
    """Clusters in which pairs and triples among the newest releases of several clusters are refuted."""
    chance = random.Random(f"refutations {size} {seed}")
    draft = Draft(f"refutations-{size}-{seed}", "refuted pairs and triples")
    for number in range(size):
        one = draft.add(f"project{number}", ages(chance.randint(3, 20), chance.choice((0.35, 1.0))))
        if number < max(3, size // 5):
            draft.require(one)
        else:
            asker = chance.randrange(number)
            draft.ask(asker, draft.every(asker), one)
    for _ in range(size):
        several = sorted(chance.sample(range(size), chance.randint(2, 3)))
        draft.refute(*((one, draft.newest(one, chance.randint(1, draft.size(one) - 1))) for one in several))
    return draft.instance()


def alternatives(size: int, seed: int) -> Instance:
    """Projects for which another may stand in, one of the two at a time."""
    chance = random.Random(f"alternatives {size} {seed}")
    draft = Draft(f"alternatives-{size}-{seed}", "projects for which others may stand in")
    while len(draft.projects) < size:
        user = draft.add(f"user{len(draft.projects)}", ages(chance.randint(2, 12)))
        original = draft.add(f"original{len(draft.projects)}", ages(chance.randint(2, 12), 0.35))
        base = round(chance.uniform(0, 2.5) * UNIT)
        regrets = [score - base for score in ages(chance.randint(2, 12), 0.35)]
        other = draft.add(f"other{len(draft.projects)}", regrets)
        draft.require(user)
        serving = draft.newest(other, chance.randint(1, draft.size(other)))
        mask = draft.newest(original, chance.randint(1, draft.size(original)))
        draft.ask(user, draft.every(user), original, mask, others=((other, serving),))
        draft.refute((original, draft.every(original)), (other, draft.every(other)))
        if len(draft.projects) < size:
            needed = draft.add(f"needed{len(draft.projects)}", ages(chance.randint(2, 12), 0.35))
            draft.ask(original, draft.every(original), needed)
            draft.lose(original, draft.every(original), needed, draft.newest(needed, 2), -2 * UNIT)
        draft.lose(user, draft.newest(user, 2), original, mask, -round(chance.uniform(0.5, 3) * UNIT))
    return draft.instance()


def mixed(size: int, seed: int) -> Instance:
    """A sparse graph of projects with bounds and losses, a few edges back, extras, and refutations."""
    chance = random.Random(f"mixed {size} {seed}")
    draft = Draft(f"mixed-{size}-{seed}", "a sparse graph of projects, with circles, extras and refutations")
    direct = max(2, size // 8)
    for number in range(size):
        draft.add(f"project{number}", ages(chance.randint(2, 30), 1.0 if number < direct else 0.35))
        for _ in range(2):
            position = chance.randrange(draft.size(number))
            scores = list(draft.projects[number].scores)
            scores[position] -= round(chance.uniform(0, 2) * UNIT)
            draft.rescore(number, scores)
    for number in range(direct):
        draft.require(number, extras=("more",) if chance.random() < 0.3 else ())
    for number in range(direct, size):
        for asker in sorted({chance.randrange(number) for _ in range(chance.randint(1, 3))}):
            _edge(draft, chance, asker, number)
    for _ in range(size // 12):  # circles
        asker, asked = sorted(chance.sample(range(direct, size), 2), reverse=True)
        if all(asking.ask.project != asked for asking in draft.projects[asker].asks):
            _edge(draft, chance, asker, asked)
    for _ in range(size // 10):
        pair = sorted(chance.sample(range(size), 2))
        draft.refute(*((one, draft.newest(one, chance.randint(1, 3))) for one in pair if draft.size(one) > 3))
    draft.refuted = [terms for terms in draft.refuted if len(terms) > 1]
    return draft.instance()


def _edge(draft: Draft, chance: random.Random, asker: int, asked: int) -> None:
    """Bounds in a few steps along the releases of the asker, and losses on a third of the edges."""
    part = "more" if chance.random() < 0.15 else None
    count, serving = draft.size(asker), draft.size(asked)
    steps = sorted({0, count, *(chance.randrange(count) for _ in range(chance.randint(0, 2)))})
    for low, high in pairwise(steps):
        if chance.random() < 0.5:
            mask = draft.every(asked)
        else:  # the bound goes along with the releases
            center = round((high / count) * serving)
            start = chance.randint(0, max(0, center - 1))
            mask = span(start, max(start + 1, min(serving, center + chance.randint(0, serving // 2))))
        draft.ask(asker, span(low, high), asked, mask, part=part)
    if chance.random() < 0.33:
        own = draft.newest(asker, chance.randint(1, count))
        beside = draft.newest(asked, chance.randint(1, serving))
        draft.lose(asker, own, asked, beside, -round(chance.uniform(0.2, 3) * UNIT), part)


KINDS: Mapping[str, Callable[[int, int], Instance]] = {
    one.__name__: one for one in (clusters, cures, chains, circles, refutations, alternatives, mixed)
}
SIZES: Mapping[str, tuple[int, ...]] = {
    "clusters": (10, 40, 150),
    "cures": (10, 40),
    "chains": (12, 40),
    "circles": (12, 40),
    "refutations": (15, 60),
    "alternatives": (12, 40),
    "mixed": (10, 20, 40, 75, 150, 300),
}


def planted(seed: int = 0) -> Iterator[Instance]:
    """One instance of each kind and size, of those that have a stack at all."""
    for kind, sizes in SIZES.items():
        for size in sizes:
            instance = KINDS[kind](size, seed)
            if first_stack(instance) is not None:
                yield instance
