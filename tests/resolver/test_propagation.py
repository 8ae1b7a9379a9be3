from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from fakes.searching.proofs import leaves
from resolver.states.incompatibilities import Assumptions, Derived, Incompatibility, Missing, resolve
from resolver.states.propagation import Propagation, UnsatisfiableError

GIVEN = Missing("given")
Masks = Mapping[int, int]


def clause(masks: Masks, assumptions: int = 0) -> Incompatibility:
    return Incompatibility(dict(masks), GIVEN, assumptions)


def started(domains: Sequence[int], *clauses: Masks) -> Propagation:
    propagation = Propagation()
    for domain in domains:
        propagation.variable(domain)
    for masks in clauses:
        propagation.add(clause(masks))
    return propagation


# Unit propagation


def test_the_last_open_term_is_denied() -> None:
    propagation = started([0b11, 0b111], {0: 0b10, 1: 0b110})
    propagation.propagate()
    assert propagation.domains == [0b11, 0b111]
    propagation.decide(0, 0b10)
    propagation.propagate()
    assert propagation.domains == [0b10, 0b001]


def test_a_clause_of_one_term_holds_at_once() -> None:
    propagation = started([0b111], {0: 0b011})
    propagation.propagate()
    assert propagation.domains == [0b100]
    assert (propagation.level, propagation.conflicts) == (0, 0)


def test_conclusions_follow_from_conclusions() -> None:
    steps = [{i: 0b10, i + 1: 0b01} for i in range(5)]
    propagation = started([0b11] * 6, *steps)
    propagation.decide(0, 0b10)
    propagation.propagate()
    assert propagation.domains == [0b10] * 6


def test_going_back_restores_every_domain() -> None:
    propagation = started([0b11, 0b11, 0b111], {0: 0b10, 1: 0b01})
    propagation.decide(2, 0b011)
    propagation.decide(0, 0b10)
    propagation.propagate()
    propagation.backjump(1)
    assert (propagation.domains, propagation.level) == ([0b11, 0b11, 0b011], 1)
    propagation.backjump(5)
    assert propagation.level == 1
    propagation.backjump(0)
    assert (propagation.domains, propagation.level) == ([0b11, 0b11, 0b111], 0)


# Conflicts


def test_a_conflict_is_learned_and_undoes_only_what_it_rests_on() -> None:
    # 3 asks for two things of 4 that exclude each other; 1 and 2 have nothing to do with it.
    propagation = started([0b11] * 5, {3: 0b10, 4: 0b01}, {0: 0b10, 3: 0b10, 4: 0b10})
    for variable in (0, 1, 2):
        propagation.decide(variable, 0b10)
        propagation.propagate()
    propagation.decide(3, 0b10)
    propagation.propagate()
    assert propagation.conflicts == 1
    assert propagation.level == 1, "the decisions on 1 and 2 were jumped over"
    assert propagation.domains == [0b10, 0b11, 0b11, 0b01, 0b11]


def test_what_was_learned_is_not_met_again() -> None:
    propagation = started([0b11] * 5, {3: 0b10, 4: 0b01}, {0: 0b10, 3: 0b10, 4: 0b10})
    for variable in (0, 3):
        propagation.decide(variable, 0b10)
        propagation.propagate()
    propagation.backjump(0)
    propagation.decide(3, 0b10)
    propagation.propagate()
    assert propagation.domains[0] == 0b01
    assert propagation.conflicts == 1


def test_a_conflict_without_decisions_is_a_proof() -> None:
    given_clauses = [{0: 0b10, 1: 0b01}, {0: 0b10, 1: 0b10}, {0: 0b01}]
    propagation = started([0b11, 0b11], *given_clauses)
    with pytest.raises(UnsatisfiableError) as caught:
        propagation.propagate()
    assert caught.value.proof.masks == {}
    assert isinstance(caught.value.proof.cause, Derived)
    assert sorted(str(leaf.masks) for leaf in leaves(caught.value.proof)) == sorted(map(str, given_clauses))


def test_a_clause_without_terms_is_its_own_proof() -> None:
    propagation = started([0b11], {})
    with pytest.raises(UnsatisfiableError) as caught:
        propagation.propagate()
    assert caught.value.proof.cause is GIVEN


def test_a_refuted_decision_leaves_the_rest_of_the_domain() -> None:
    propagation = started([0b111, 0b11], {0: 0b100, 1: 0b01}, {0: 0b100, 1: 0b10})
    propagation.decide(0, 0b100)
    propagation.propagate()
    assert (propagation.domains, propagation.level) == ([0b011, 0b11], 0)


# What is added late


def test_a_late_clause_that_was_unit_below_is_looked_at_again() -> None:
    propagation = started([0b11, 0b11, 0b11])
    propagation.decide(0, 0b10)
    propagation.decide(1, 0b10)
    propagation.propagate()
    propagation.add(clause({0: 0b10, 2: 0b01}))  # unit at level 1 already
    propagation.propagate()
    assert propagation.domains[2] == 0b10
    propagation.backjump(1)
    propagation.propagate()
    assert propagation.domains[2] == 0b10
    propagation.backjump(0)
    propagation.propagate()
    assert propagation.domains[2] == 0b11


def test_a_late_clause_is_carried_down_through_several_jumps() -> None:
    propagation = started([0b11] * 6)
    propagation.add(clause({0: 0b01, 5: 0b01}))
    for variable in range(4):
        propagation.decide(variable, 0b10)
        propagation.propagate()
    late = clause({0: 0b10, 4: 0b01})
    propagation.add(late)
    propagation.propagate()
    for level in (3, 2, 1):
        propagation.backjump(level)
        propagation.propagate()
        assert propagation.domains[4] == 0b10, level


def test_a_late_clause_that_fails_below_jumps_far_enough() -> None:
    propagation = started([0b11] * 4)
    for variable in (0, 1, 2):
        propagation.decide(variable, 0b10)
    propagation.propagate()
    propagation.add(clause({0: 0b10, 1: 0b10}))
    propagation.propagate()
    assert propagation.domains == [0b10, 0b01, 0b11, 0b11]
    assert propagation.level == 1


def test_widening_acts_at_once_and_below() -> None:
    propagation = started([0b111, 0b11, 0b11])
    needs = clause({0: 0b010, 1: 0b01})
    propagation.add(needs)
    propagation.decide(0, 0b100)
    propagation.decide(2, 0b10)
    propagation.propagate()
    assert propagation.domains[1] == 0b11
    propagation.widen(needs, 0, 0b100)
    propagation.propagate()
    assert (needs.masks, propagation.domains[1]) == ({0: 0b110, 1: 0b01}, 0b10)
    propagation.backjump(1)
    propagation.propagate()
    assert propagation.domains[1] == 0b10


# What can be asked


def test_levels_and_their_decisions() -> None:
    propagation = started([0b111, 0b111, 0b11], {0: 0b100, 1: 0b001})
    propagation.decide(0, 0b110)
    propagation.propagate()
    propagation.decide(0, 0b100)
    propagation.propagate()
    propagation.decide(2, 0b10)
    propagation.propagate()
    assert [propagation.decided_at(level) for level in (1, 2, 3)] == [0, 0, 2]
    assert [propagation.level_of_decision(variable) for variable in (0, 1, 2)] == [1, 0, 3]
    assert [propagation.domain_at(0, level) for level in range(4)] == [0b111, 0b110, 0b100, 0b100]
    assert [propagation.domain_at(1, level) for level in range(4)] == [0b111, 0b111, 0b110, 0b110]
    assert propagation.decisions == 3


def test_what_removed_a_value() -> None:
    propagation = started([0b111, 0b111], {0: 0b100}, {0: 0b010, 1: 0b001})
    propagation.propagate()
    assert propagation.removal(0, 0b100) is not None
    assert propagation.removal(1, 0b001) is None, "nothing removed it"
    propagation.decide(0, 0b010)
    propagation.propagate()
    assert propagation.removal(0, 0b001) is None, "a decision removed it"
    reason = propagation.removal(1, 0b001)
    assert reason is not None
    assert reason.masks == {0: 0b010, 1: 0b001}


# Resolution and assumptions


def test_resolution_joins_the_pivot_and_meets_the_rest() -> None:
    left, right = clause({0: 0b0011, 1: 0b0110}, 0b01), clause({0: 0b0100, 1: 0b0011, 2: 0b1}, 0b10)
    resolved = resolve(left, right, 0, 0b1111)
    assert resolved.masks == {0: 0b0111, 1: 0b0010, 2: 0b1}
    assert resolved.assumptions == 0b11
    assert resolved.cause == Derived(left, right, 0)


def test_a_pivot_that_covers_its_domain_is_dropped() -> None:
    assert resolve(clause({0: 0b01}), clause({0: 0b10, 1: 0b1}), 0, 0b11).masks == {1: 0b1}


def test_an_assumption_keeps_its_bit() -> None:
    assumptions = Assumptions()
    first, second = assumptions.bit("first"), assumptions.bit(("second", 2))
    assert assumptions.bit("first") == first
    assert first & second == 0
    assert assumptions.keys(second | first) == ["first", ("second", 2)]
    assert assumptions.keys(second) == [("second", 2)]


def test_restart_counts_what_rests_on_suspended_assumptions_no_more() -> None:
    propagation = Propagation()
    a, b = propagation.variable(0b111), propagation.variable(0b111)
    propagation.add(clause({a: 0b001}, 0b01))
    propagation.add(clause({a: 0b110, b: 0b011}, 0b10))
    propagation.propagate()
    assert propagation.domains == [0b110, 0b100]
    propagation.restart(suspended=0b10)
    propagation.propagate()
    assert propagation.domains == [0b110, 0b111]
    propagation.restart()
    propagation.propagate()
    assert propagation.domains == [0b110, 0b100]


def test_restart_makes_the_unsatisfiable_satisfiable_without_its_cause() -> None:
    propagation = Propagation()
    a = propagation.variable(0b11)
    propagation.add(clause({a: 0b01}, 0b01))
    propagation.add(clause({a: 0b10}, 0b10))
    with pytest.raises(UnsatisfiableError) as failure:
        propagation.propagate()
    assert failure.value.proof.assumptions == 0b11
    propagation.restart(suspended=0b10)
    propagation.propagate()
    assert propagation.domains == [0b10]


# Refusals


def test_a_refusal_names_what_was_assumed_and_spans_all_that_the_reasons_do() -> None:
    # 0 in {b, c} needs 1 in {c}; 1 in {c} needs 2 in {b}; 3 has no part in it.
    chain = [{0: 0b110, 1: 0b011}, {1: 0b100, 2: 0b101}]
    propagation = started([0b111, 0b111, 0b111, 0b11], *chain)
    assumed = {0: 0b010, 3: 0b01, 2: 0b001}
    for variable in (0, 3):
        propagation.decide(variable, assumed[variable])
        propagation.propagate()
    assert not propagation.domains[2] & assumed[2]
    assert propagation.refusal(2, assumed).masks == {0: 0b110, 2: 0b101}


def test_a_refusal_spans_what_was_assumed_though_part_of_that_was_lost_before() -> None:
    # 1 loses b to 0, then is decided within {a, b}: only with 0 is what follows from {a} held.
    propagation = started([0b11, 0b111, 0b11], {0: 0b10, 1: 0b010}, {1: 0b001, 2: 0b01})
    assumed = {0: 0b10, 1: 0b011, 2: 0b01}
    for variable in (0, 1):
        propagation.decide(variable, assumed[variable])
        propagation.propagate()
    assert propagation.refusal(2, assumed).masks == {0: 0b10, 1: 0b011, 2: 0b01}


def test_a_refusal_leaves_out_what_rests_on_no_decision() -> None:
    propagation = started([0b11, 0b11, 0b11], {0: 0b01}, {0: 0b10, 1: 0b10, 2: 0b10})
    propagation.propagate()
    propagation.decide(1, 0b10)
    propagation.propagate()
    assert propagation.refusal(2, {1: 0b10, 2: 0b10}).masks == {1: 0b10, 2: 0b10}
