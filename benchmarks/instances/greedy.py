"""The first stack of an instance: the best ranked release of each project in order of mention, with learning.

What it starts from is what every predictor is measured against. It is complete: it finds a stack wherever
there is one, unless a refutation asks for a project that nothing else asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.instances.checking import check
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.landscape import Ask
from resolver.states.incompatibilities import Incompatibility, Required
from resolver.states.propagation import Propagation, UnsatisfiableError
from resolver.states.versions import ABSENT, bit

_INACTIVE, _ACTIVE = 1, 2


def first_stack(instance: Instance) -> dict[int, int] | None:
    """Project number to position; None where there is no stack."""
    try:
        return _First(instance).stack()
    except UnsatisfiableError:
        return None


class _First:
    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._landscape = InstanceLandscape(instance)
        self._propagation = Propagation()
        self._cause = Required("an instance", instance.name)
        count = len(instance.projects)
        self._everything = [self._landscape.domain(number) | ABSENT for number in range(count)]
        for everything in self._everything:
            self._propagation.variable(everything)
        self._extras: dict[tuple[int, str], int] = {}
        for ask in instance.requirements:
            self._asked({}, ask)
        for number, project in enumerate(instance.projects):
            for asking in project.asks:
                asker = {number: asking.releases & self._everything[number]}
                if asking.part is not None:
                    asker[self._extra(number, asking.part)] = _ACTIVE
                self._asked(asker, asking.ask)
        for terms in instance.refuted:
            self._add({number: mask & self._everything[number] for number, mask in terms})

    def stack(self) -> dict[int, int] | None:
        propagation = self._propagation
        while True:
            propagation.propagate()
            stack, choice = self._reached()
            if choice is None:
                idle = (n for n in range(len(self._everything)) if n not in stack)
                choice = next(((n, ABSENT) for n in idle if propagation.domains[n].bit_count() > 1), None)
            if choice is None:
                return None if check(self._instance, stack) else dict(sorted(stack.items()))
            propagation.decide(*choice)

    def _reached(self) -> tuple[dict[int, int], tuple[int, int] | None]:
        """What is settled, in order of mention, and what to decide about the first project that is not."""
        stack: dict[int, int] = {}
        seen: set[tuple[int, str | None]] = set()
        queue = list(self._instance.requirements)
        for ask in queue:
            serving, choice = self._serving(ask)
            if choice is not None:
                return stack, choice
            stack[serving] = position = self._propagation.domains[serving].bit_length() - 2
            for part in (None, *ask.extras):
                if (serving, part) not in seen:
                    seen.add((serving, part))
                    queue += self._landscape.asks(serving, position, part)
        return stack, None

    def _serving(self, ask: Ask) -> tuple[int, tuple[int, int] | None]:
        """The project that serves, and what to decide about it where that is open."""
        domains = self._propagation.domains
        options = [(n, domains[n] & mask) for n, mask in ((ask.project, ask.mask), *ask.others)]
        options = [(number, fitting) for number, fitting in options if fitting]
        number, fitting = options[0]
        if domains[number].bit_count() == 1:
            return number, None
        is_served = any(domains[other] == other_fitting for other, other_fitting in options[1:])
        if is_served and (elsewhere := domains[number] & ~fitting):
            return number, (number, elsewhere)
        ranked = self._landscape.ranked(number)
        return number, (number, bit(next(at for at in ranked if bit(at) & fitting)))

    def _asked(self, asker: Mapping[int, int], ask: Ask) -> None:
        """One of the projects has to serve, and the first that does gets the extras."""
        options = ((ask.project, ask.mask), *ask.others)
        for terms in self._before(asker, options, len(options)):
            self._add(terms)
        for index, (number, mask) in enumerate(options):
            for terms in self._before(asker, options, index):
                for extra in ask.extras:
                    self._add(_both(terms, {number: mask, self._extra(number, extra): _INACTIVE}))

    def _before(
        self, asker: Mapping[int, int], options: tuple[tuple[int, int], ...], index: int
    ) -> Iterator[dict[int, int]]:
        """The asker holds, and none of the first so many options serves."""
        terms = dict(asker)
        for number, mask in options[:index]:
            terms = _both(terms, {number: self._everything[number] & ~mask})
        yield terms

    def _extra(self, number: int, extra: str) -> int:
        key = number, extra
        if key not in self._extras:
            self._extras[key] = self._propagation.variable(_INACTIVE | _ACTIVE)
            self._add({number: ABSENT, self._extras[key]: _ACTIVE})
        return self._extras[key]

    def _add(self, terms: Mapping[int, int]) -> None:
        """Add an incompatibility, without the terms that hold whatever is decided."""
        everything = self._propagation.everything
        within = {variable: mask & everything[variable] for variable, mask in terms.items()}
        if all(within.values()):
            open_terms = {variable: mask for variable, mask in within.items() if mask != everything[variable]}
            self._propagation.add(Incompatibility(open_terms, self._cause))


def _both(left: Mapping[int, int], right: Mapping[int, int]) -> dict[int, int]:
    found = dict(left)
    for number, mask in right.items():
        found[number] = found[number] & mask if number in found else mask
    return found
