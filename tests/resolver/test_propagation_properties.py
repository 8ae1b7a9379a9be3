"""Propagation driven at random, against brute force and another solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.card import CardEnc, EncType
from pysat.solvers import Solver

from fakes.searching.proofs import leaves
from resolver.states.incompatibilities import Incompatibility, Missing
from resolver.states.propagation import Propagation, UnsatisfiableError

pytestmark = pytest.mark.slow

Masks = Mapping[int, int]


def clause(masks: Masks) -> Incompatibility:
    return Incompatibility(dict(masks), Missing("given"))


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[Masks]]:
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=5))
    domains = [(1 << size) - 1 for size in sizes]

    def term(variable: int) -> st.SearchStrategy[int]:
        return st.integers(1, domains[variable] - 1)

    clauses = st.lists(st.integers(0, len(sizes) - 1), min_size=1, max_size=3, unique=True)
    chosen = draw(st.lists(clauses, max_size=14))
    return domains, [{variable: draw(term(variable)) for variable in variables} for variables in chosen]


def models(domains: Sequence[int], clauses: Sequence[Masks]) -> list[tuple[int, ...]]:
    """Every assignment of one bit to each variable in which some term of each clause fails."""
    values = [[1 << i for i in range(domain.bit_length()) if domain >> i & 1] for domain in domains]
    return [
        model
        for model in product(*values)
        if all(any(not model[v] & mask for v, mask in masks.items()) for masks in clauses)
    ]


def sat_agrees(domains: Sequence[int], clauses: Sequence[Masks]) -> bool:
    values = [(variable, 1 << i) for variable, d in enumerate(domains) for i in range(d.bit_length())]
    numbers = {value: number for number, value in enumerate(values, 1)}
    with Solver(name="minisat22") as solver:
        for variable, domain in enumerate(domains):
            literals = [numbers[variable, 1 << i] for i in range(domain.bit_length())]
            solver.append_formula(CardEnc.equals(literals, encoding=EncType.pairwise).clauses)
        for masks in clauses:
            allowed = (value for value in values if value[0] in masks and not value[1] & masks[value[0]])
            solver.add_clause([numbers[value] for value in allowed])
        return bool(solver.solve())


class Recording(Propagation):
    """Keeps what was added."""

    def __init__(self) -> None:
        super().__init__()
        self.added: list[Incompatibility] = []

    def add(self, incompatibility: Incompatibility) -> None:
        self.added.append(incompatibility)
        super().add(incompatibility)


def drive(
    domains: Sequence[int], clauses: Sequence[Masks], choose: Callable[[int], int], late: int
) -> tuple[Recording, Incompatibility | None]:
    """Decides at random to the end; the last `late` clauses are added one by one on the way."""
    propagation = Recording()
    for domain in domains:
        propagation.variable(domain)
    waiting = list(clauses[len(clauses) - late :]) if late else []
    for masks in clauses[: len(clauses) - late]:
        propagation.add(clause(masks))
    try:
        propagation.propagate()
        while True:
            open_variables = [v for v, domain in enumerate(propagation.domains) if domain & (domain - 1)]
            if waiting and (not open_variables or choose(2)):
                propagation.add(clause(waiting.pop()))
            elif open_variables:
                variable = open_variables[choose(len(open_variables))]
                domain = propagation.domains[variable]
                values = [1 << i for i in range(domain.bit_length()) if domain >> i & 1]
                rest = domain ^ values[choose(len(values))]
                propagation.decide(variable, rest if choose(4) == 0 else domain ^ rest)
            else:
                return propagation, None
            propagation.propagate()
    except UnsatisfiableError as error:
        return propagation, error.proof


@settings(max_examples=400, deadline=None)
@given(problems(), st.randoms(use_true_random=False), st.integers(0, 6))
def test_however_it_is_driven_it_ends_in_a_model_or_a_proof(
    problem: tuple[list[int], list[Masks]], random: Random, late: int
) -> None:
    domains, clauses = problem
    propagation, proof = drive(domains, clauses, random.randrange, min(late, len(clauses)))
    found = models(domains, clauses)
    assert bool(found) == (proof is None) == sat_agrees(domains, clauses)
    if proof is None:
        assert tuple(propagation.domains) in found
    else:
        assert proof.masks == {}
        stated = [leaf.masks for leaf in leaves(proof)]
        assert all(masks in clauses for masks in stated)
        assert models(domains, stated) == [], "what the proof rests on is refuted by itself"


@settings(max_examples=300, deadline=None)
@given(problems(), st.randoms(use_true_random=False), st.integers(0, 6))
def test_whatever_is_learned_follows_from_what_was_given(
    problem: tuple[list[int], list[Masks]], random: Random, late: int
) -> None:
    domains, clauses = problem
    propagation, _ = drive(domains, clauses, random.randrange, min(late, len(clauses)))
    for learned in propagation.added:
        stated = [leaf.masks for leaf in leaves(learned)]
        assert all(learned.masks.values())
        for model in models(domains, stated):
            assert any(not model[v] & mask for v, mask in learned.masks.items())


@settings(max_examples=200, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_widening_step_by_step_is_the_same_as_stating_it_at_once(
    problem: tuple[list[int], list[Masks]], random: Random
) -> None:
    domains, clauses = problem
    propagation = Propagation()
    for everything in domains:
        propagation.variable(everything)
    narrow: list[tuple[Incompatibility, int, int]] = []
    for masks in clauses:
        variable = next(iter(masks))
        low = masks[variable] & -masks[variable]
        incompatibility = clause({**masks, variable: low})
        propagation.add(incompatibility)
        narrow.append((incompatibility, variable, masks[variable] ^ low))
    expected = bool(models(domains, clauses))
    try:
        propagation.propagate()
        while narrow or any(domain & (domain - 1) for domain in propagation.domains):
            open_variables = [v for v, domain in enumerate(propagation.domains) if domain & (domain - 1)]
            if narrow and (not open_variables or random.randrange(3) == 0):
                propagation.widen(*narrow.pop())
            else:
                variable = random.choice(open_variables)
                domain = propagation.domains[variable]
                propagation.decide(variable, domain & -domain)
            propagation.propagate()
    except UnsatisfiableError as error:
        assert not expected
        assert models(domains, [leaf.masks for leaf in leaves(error.proof)]) == []
    else:
        assert tuple(propagation.domains) in models(domains, clauses)
