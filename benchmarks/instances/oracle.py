"""The proven best stack of an instance, by constraint programming; shares nothing with the search.

Each release, each extra, each server of an ask and each loss of a pair is a boolean. What is in the stack,
and each active extra, needs an ask that it serves. A circle that holds only itself up satisfies that, so such
circles are looked for in every answer, and excluded until none is left. The score of an answer is counted
anew in integers: the objective of a solver is a float. Source: CP-SAT of OR-Tools; loop formulas as in Lin
and Zhao, "ASSAT: computing answer sets of a logic program by SAT solvers" (2004).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import msgspec
from ortools.sat.python import cp_model

from benchmarks.instances.checking import Part, check, followed, score
from resolver.landscapes.instance import Instance
from resolver.landscapes.landscape import Ask
from resolver.states.versions import ABSENT, positions, span

Literal = cp_model.LiteralT


class OracleError(Exception):
    """The oracle has no proof, or contradicts the checker."""


class Optimum(msgspec.Struct, frozen=True):
    """The best stack.

    Attributes:
        score: in millionths.
        circles: how often circles had to be excluded.
    """

    stack: dict[int, int]
    score: int
    circles: int = 0


def optimum(instance: Instance, limit_s: float = 120.0) -> Optimum | None:
    """The best stack of all, proven; None where there is none.

    Raises:
        OracleError: the time does not suffice.
    """
    model = _Model(instance)
    for circles in range(1_000):
        stack = model.solved(limit_s)
        if stack is None:
            return None
        held_up = model.active() - followed(instance, stack)[0]
        if not held_up:
            if faults := check(instance, stack):
                raise OracleError(f"{instance.name}: {faults[0]}")
            found = score(instance, stack)
            if found != model.objective():
                raise OracleError(f"{instance.name}: {found} is not {model.objective()}")
            return Optimum(stack, found, circles)
        model.exclude(held_up)
    raise OracleError(f"{instance.name}: too many circles")


def every_stack(instance: Instance) -> Iterator[dict[int, int]]:
    """All valid stacks of a tiny instance, by trying everything."""
    choices = [(None, *range(len(project.versions))) for project in instance.projects]
    for chosen in product(*choices):
        stack = {number: position for number, position in enumerate(chosen) if position is not None}
        if not check(instance, stack):
            yield stack


class _Model:
    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._model = cp_model.CpModel()
        self._true = self._model.new_constant(1)
        self._releases: list[dict[int, Literal]] = []
        self._domains: list[int] = []
        self._parts: dict[Part, Literal] = {}
        self._masks: dict[tuple[int, int], Literal] = {}
        self._supports: dict[Part, list[tuple[Part | None, Literal]]] = defaultdict(list)
        self._terms: list[tuple[int, Literal]] = []
        self._solver = cp_model.CpSolver()
        for number in range(len(instance.projects)):
            self._project(number)
        for ask in instance.requirements:
            self._asked(None, [], ask)
        for number, project in enumerate(instance.projects):
            for asking in project.asks:
                part = number, asking.part
                if releases := asking.releases & self._domains[number]:
                    self._asked(part, [self._part(part), self._within(number, releases)], asking.ask)
            for loss in project.losses:
                if loss.part is None or (number, loss.part) in self._parts:
                    self._lost(number, loss.part, loss.releases, loss.project, loss.beside, loss.score)
        for terms in instance.refuted:
            self._model.add_bool_or([~self._within(number, mask) for number, mask in terms])
        for part, literal in self._parts.items():
            self._model.add_bool_or([*(support for _, support in self._supports[part]), ~literal])
        self._model.maximize(sum(score * literal for score, literal in self._terms))

    def solved(self, limit_s: float) -> dict[int, int] | None:
        """The best stack of what is modelled so far."""
        self._solver.parameters.max_time_in_seconds = limit_s
        self._solver.parameters.num_workers = 1
        self._solver.parameters.random_seed = 1
        status = self._solver.solve(self._model)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise OracleError(f"{self._instance.name}: {self._solver.status_name(status)} after {limit_s} s")
        return {
            number: position
            for number, releases in enumerate(self._releases)
            for position, literal in releases.items()
            if self._solver.boolean_value(literal)
        }

    def active(self) -> set[Part]:
        """The parts that count in the last answer."""
        return {part for part, literal in self._parts.items() if self._solver.boolean_value(literal)}

    def objective(self) -> int:
        """The score of the last answer, summed from its literals."""
        return sum(score for score, literal in self._terms if self._solver.boolean_value(literal))

    def exclude(self, circle: Iterable[Part]) -> None:
        """Parts need an ask from outside of them."""
        inside = set(circle)
        outside = [
            support
            for part in sorted(inside, key=str)
            for asker, support in self._supports[part]
            if asker not in inside
        ]
        for part in inside:
            self._model.add_bool_or([*outside, ~self._parts[part]])

    def _project(self, number: int) -> None:
        project = self._instance.projects[number]
        everything = span(0, len(project.versions))
        domain = everything if project.domain is None else project.domain & everything
        releases: dict[int, Literal] = {
            position: self._model.new_bool_var(f"{number}={position}") for position in positions(domain)
        }
        present = self._model.new_bool_var(f"{number}")
        self._model.add_exactly_one([*releases.values(), ~present])
        self._releases.append(releases)
        self._domains.append(domain)
        self._parts[number, None] = present
        self._terms += [
            (project.scores[at], literal) for at, literal in releases.items() if project.scores[at]
        ]

    def _part(self, part: Part) -> Literal:
        """Whether a part counts."""
        if part not in self._parts:
            self._parts[part] = self._model.new_bool_var(f"{part[0]}[{part[1]}]")
            self._model.add_implication(self._parts[part], self._parts[part[0], None])
        return self._parts[part]

    def _within(self, number: int, mask: int) -> Literal:
        """Whether a project is at a release of a mask, or absent where the mask says so."""
        domain = self._domains[number] | ABSENT
        mask &= domain
        if mask == domain:
            return self._true
        if not mask:
            return ~self._true
        if mask & ABSENT:
            return ~self._within(number, domain & ~mask)
        if mask == self._domains[number]:
            return self._parts[number, None]
        if (number, mask) not in self._masks:
            inside = [self._releases[number][position] for position in positions(mask)]
            literal = inside[0] if len(inside) == 1 else self._model.new_bool_var(f"{number} in {mask}")
            if len(inside) > 1:
                self._model.add(sum(inside) == literal)
            self._masks[number, mask] = literal
        return self._masks[number, mask]

    def _asked(self, asker: Part | None, conditions: Sequence[Literal], ask: Ask) -> None:
        """The first that fits serves; one has to."""
        options = [(p, self._within(p, mask & ~ABSENT)) for p, mask in ((ask.project, ask.mask), *ask.others)]
        refused = [~condition for condition in conditions]
        self._model.add_bool_or([*refused, *(fits for _, fits in options)])
        for index, (number, fits) in enumerate(options):
            serves = self._all([*conditions, *(~other for _, other in options[:index]), fits])
            for part in ((number, None), *((number, extra) for extra in ask.extras)):
                self._model.add_implication(serves, self._part(part))
                self._supports[part].append((asker, serves))

    def _lost(
        self, number: int, extra: str | None, releases: int, other: int, beside: int, loss: int
    ) -> None:
        conditions = [
            self._parts[number, extra],
            self._within(number, releases & ~ABSENT),
            self._within(other, beside & ~ABSENT),
        ]
        self._terms.append((loss, self._all(conditions)))

    def _all(self, literals: Sequence[Literal]) -> Literal:
        """Whether all hold."""
        if len(literals) == 1:
            return literals[0]
        both = self._model.new_bool_var("")
        for literal in literals:
            self._model.add_implication(both, literal)
        self._model.add_bool_or([both, *(~literal for literal in literals)])
        return both
