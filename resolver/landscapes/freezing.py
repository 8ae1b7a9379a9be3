"""What is known of a landscape, written down: nothing is read for it, and nothing of it is read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from resolver.landscapes.instance import Asking, Instance, InstanceProject, PairLoss
from resolver.landscapes.landscape import Ask, Landscape, Part
from resolver.states.versions import bit, positions


def frozen(landscape: Landscape, name: str = "frozen") -> Instance:
    """An instance of everything that the requirements can lead to by releases that are known.

    Numbers and positions stay what they are, so that the stacks of one are those of the other. Releases that
    were not read are in no stack of it. Versions are told by position: a landscape does not know their names.
    """
    return _Freezing(landscape).instance(name)


class _Freezing:
    def __init__(self, landscape: Landscape) -> None:
        self._landscape = landscape
        self._known: dict[int, int] = {}  # of each project that is reached: releases that can be had
        self._asks: dict[Part, dict[int, Sequence[Ask] | None]] = {}
        self._follow(landscape.requirements)

    def instance(self, name: str) -> Instance:
        landscape = self._landscape
        numbers = range(len(landscape.names))
        return Instance(
            name=name,
            projects=tuple(self._project(number) for number in numbers),
            requirements=tuple(self._clamped(ask) for ask in landscape.requirements),
            refuted=tuple(
                tuple((project, mask & _full(self._size(project))) for project, mask in sorted(terms.items()))
                for terms in landscape.refutations
            ),
        )

    def _follow(self, asked: Sequence[Ask]) -> None:
        queue = [part for ask in asked for part in ask.parts()]
        for part in queue:
            if part not in self._asks:
                found = self._asks[part] = dict(self._answers(*part))
                for asks in found.values():
                    queue.extend(part for ask in asks or () for part in ask.parts())

    def _answers(self, project: int, part: str | None) -> Iterator[tuple[int, Sequence[Ask] | None]]:
        landscape = self._landscape
        if part is not None:
            for position in positions(self._known[project]):
                yield position, landscape.asks(project, position, part)
            return
        self._known[project] = 0
        for position in positions(landscape.domain(project)):
            if landscape.is_known(project, position):
                asks = landscape.asks(project, position, None)
                if asks is not None:
                    self._known[project] |= bit(position)
                    yield position, asks

    def _size(self, project: int) -> int:
        """How many positions count."""
        return max(0, self._known.get(project, 0).bit_length() - 1)

    def _clamped(self, ask: Ask) -> Ask:
        others = tuple((other, mask & _full(self._size(other))) for other, mask in ask.others)
        return Ask(ask.project, ask.mask & _full(self._size(ask.project)), ask.extras, others)

    def _project(self, number: int) -> InstanceProject:
        landscape, size = self._landscape, self._size(number)
        domain = self._known.get(number, 0) & landscape.domain(number)
        return InstanceProject(
            name=landscape.names[number],
            versions=tuple(map(str, range(size))),
            scores=tuple(landscape.score(number, at) if domain & bit(at) else 0 for at in range(size)),
            domain=domain,
            ranks=tuple(at for at in landscape.ranked(number) if domain & bit(at)) if domain else (),
            kept=landscape.kept(number) & _full(size) if domain else 0,
            asks=tuple(self._askings(number)),
            losses=tuple(self._losses(number)),
        )

    def _askings(self, number: int) -> Iterator[Asking]:
        masks: dict[tuple[str | None, Ask], int] = {}
        for (project, part), found in self._asks.items():
            for position, asks in found.items() if project == number else ():
                # what cannot be had asks for what it is not
                for ask in (Ask(project, 0),) if asks is None else map(self._clamped, asks):
                    masks[part, ask] = masks.get((part, ask), 0) | bit(position)
        for (part, ask), mask in masks.items():
            yield Asking(mask, part, ask)

    def _losses(self, number: int) -> Iterator[PairLoss]:
        landscape = self._landscape
        masks: dict[tuple[str | None, int, int, int, int], int] = {}
        for (project, part), found in self._asks.items():
            for position in found if project == number else ():
                alike: Counter[tuple[int, int, int]] = Counter()
                for pair in landscape.pairs(project, position, part):
                    beside: dict[int, int] = {}
                    for other in positions(self._known.get(pair.project, 0)):
                        score = landscape.pair_score(project, position, pair, other)
                        beside[score] = beside.get(score, 0) | bit(other)
                    for score, mask in beside.items():
                        if score:
                            alike[pair.project, mask, score] += 1
                for (other, mask, score), times in alike.items():
                    for time in range(times):
                        key = part, other, mask, score, time
                        masks[key] = masks.get(key, 0) | bit(position)
        for (part, other, mask, score, _), releases in masks.items():
            yield PairLoss(releases, part, other, mask, score)


def _full(size: int) -> int:
    return (2 << size) - 1
