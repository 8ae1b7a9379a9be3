"""Contradictions, rules that never fire, and dubious links; and what is none of these."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.searching.rules import rule_text
from resolver.rules.checking import dubious_link, findings
from resolver.rules.conditions import holds
from resolver.rules.reading import read_rules
from resolver.rules.records import FactCondition, FactTest, Match
from resolver.rules.witnesses import can_meet, is_possible, witness


def found(*rules: str) -> list[str]:
    placed = read_rules(("rules:\n" + "".join(rules)).encode(), "r.yaml")
    return [f"{finding.id} {finding.subject}" for finding in findings(placed)]


NO_GPU, NVIDIA = "facts: {gpu.vendor: none}", "facts: {gpu.vendor: nvidia}"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([("x", f"{{project: a, {NO_GPU}}}", "{replace: {by: b}}")], []),
        (
            [
                ("x", f"{{project: a, {NO_GPU}}}", "{replace: {by: b}}"),
                ("y", "{project: b}", "{replace: {by: a}}"),
            ],
            ["rules-contradict x"],
        ),
        (
            [
                ("x", f"{{project: a, {NO_GPU}}}", "{replace: {by: b}}"),
                ("y", f"{{project: b, {NVIDIA}}}", "{replace: {by: a}}"),
            ],
            [],
        ),
        (
            [
                ("x", "{project: a}", "{replace: {by: b}}"),
                ("y", "{project: b}", "{replace: {by: a, preferred: false}}"),
            ],
            [],
        ),
        (
            [("x", "{project: a}", "{replace: {by: b}}"), ("y", "{project: b}", "{refuse: true}")],
            ["rules-contradict x"],
        ),
        (
            [
                ("x", "{project: a}", "{add: 'b>=1'}"),
                ("y", "{project: [a, b]}", "{conflict: true}"),
            ],
            ["rules-contradict x"],
        ),
        (
            [
                ("x", "{project: a}", "{replace: {by: b}}"),
                ("y", f"{{project: a, {NO_GPU}}}", "{replace: {by: c}}"),
            ],
            ["rule-comes-second y"],
        ),
        (
            [
                ("x", f"{{project: a, {NO_GPU}}}", "{replace: {by: b}}"),
                ("y", "{project: a}", "{replace: {by: c}}"),
            ],
            [],
        ),
        ([("x", "{project: a, facts: {cuda.max: '<11,>=12'}}", "{refuse: true}")], ["rule-never-fires x"]),
        ([("x", "{project: a, specifier: '<1,>2'}", "{refuse: true}")], ["rule-never-fires x"]),
        ([("x", "{project: a, stack: {a: none}}", "{message: info}")], ["rule-never-fires x"]),
    ],
)
def test_what_is_odd_about_rules(rules: list[tuple[str, str, str]], expected: list[str]) -> None:
    assert found(*(rule_text(*rule) for rule in rules)) == expected


@pytest.mark.parametrize(
    ("link", "is_dubious"),
    [
        ("https://peps.python.org/pep-0508/", False),
        ("http://peps.python.org/pep-0508/", True),
        ("https://example.com/x", True),
        ("https://host.local/x", True),
        ("https://user:word@peps.python.org/", True),
        ("https://192.0.2.1/x", True),
        ("https://[peps.python.org/", True),
    ],
)
def test_links_that_lead_nowhere(link: str, is_dubious: bool) -> None:
    assert (dubious_link(link) is not None) is is_dubious


numbers = st.integers(0, 30).map(str) | st.tuples(st.integers(0, 30), st.integers(0, 9)).map(
    lambda pair: f"{pair[0]}.{pair[1]}"
)
comparisons = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map("".join)
texts = (
    st.sampled_from(["none", "nvidia", "amd"])
    | numbers
    | comparisons
    | (st.tuples(comparisons, comparisons).map(",".join))
)
conditions = st.one_of(
    texts,
    st.lists(texts, min_size=1, max_size=3).map(tuple),
    st.builds(FactTest, any=st.lists(texts, min_size=1, max_size=2).map(tuple), none=st.just(("amd",))),
)


@pytest.mark.slow
@given(conditions, conditions, numbers | st.sampled_from(["none", "nvidia", "amd", "intel"]))
def test_where_a_value_meets_both_conditions_a_witness_is_found(
    one: FactCondition, other: FactCondition, value: str
) -> None:
    found = witness([one, other])
    if holds(one, value) and holds(other, value):
        assert found is not None
    if found is not None:
        assert holds(one, found)
        assert holds(other, found)


def test_alternatives_that_meet() -> None:
    old, new = Match(facts={"cuda.max": "<12"}), Match(facts={"cuda.max": ">=12"})
    assert not can_meet(old, new)
    assert can_meet(old, Match(facts={"gpu.vendor": "nvidia"}))
    assert not can_meet(Match(type="latest"), Match(type="stable"))
    assert not can_meet(Match(direct=True), Match(direct=False))
    assert is_possible(Match(facts={"cpu.flags": FactTest(all=("avx",), lacks=("avx2",))}))
    assert not is_possible(Match(facts={"cpu.flags": FactTest(all=("avx",), none=("avx",))}))
