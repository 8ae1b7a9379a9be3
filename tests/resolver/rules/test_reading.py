"""Files of rules, good, wrong and hostile: every fault has its file and line."""

from __future__ import annotations

import pytest

from resolver.rules.errors import RuleError
from resolver.rules.reading import read_rules
from resolver.rules.records import FactTest, RuleKind

RULE = """\
rules:
  - name: first
    match: {project: a, facts: {gpu.vendor: none}}
    do: {refuse: true}
    because: it is only an example
    link: https://peps.python.org/pep-0508/
    checked: 2026-01-31
    examples:
      - {fires: true, project: a, facts: {gpu.vendor: none}}
      - {fires: false, project: b}
"""


def changed(old: str, new: str) -> bytes:
    assert old in RULE
    return RULE.replace(old, new, 1).encode()


def fault(data: bytes) -> RuleError:
    with pytest.raises(RuleError) as caught:
        read_rules(data, "r.yaml")
    return caught.value


def test_a_rule_and_where_it_stands() -> None:
    (placed,) = read_rules(RULE.encode(), "r.yaml")
    assert (placed.where, placed.rule.name, placed.rule.kind) == ("r.yaml:2:5", "first", RuleKind.SIEVE)
    assert placed.rule.matches[0].facts == {"gpu.vendor": "none"}


@pytest.mark.parametrize(
    ("do", "kind"),
    [
        ("{replace: {by: b}}", RuleKind.PSEUDONYM),
        ("{refuse: true}", RuleKind.SIEVE),
        ("{skip: true}", RuleKind.SIEVE),
        ("{score: -0.5}", RuleKind.STEP),
        ("{add: 'b>=1'}", RuleKind.STEP),
        ("{extra: [x, y]}", RuleKind.STEP),
        ("{message: warning}", RuleKind.WRAP),
        ("{environment: {A: b}}", RuleKind.WRAP),
        ("{manifest: {file: Dockerfile, change: something}}", RuleKind.WRAP),
        ("{index: 'https://wheels.numpy.org/simple'}", RuleKind.WRAP),
    ],
)
def test_the_kind_follows_from_the_effect(do: str, kind: RuleKind) -> None:
    (placed,) = read_rules(changed("{refuse: true}", do), "r.yaml")
    assert placed.rule.kind is kind


def test_kinds_that_follow_from_the_match() -> None:
    beside = changed("project: a, facts: {gpu.vendor: none}", "project: a, stack: {b: '>=1'}")
    assert read_rules(beside, "r")[0].rule.kind is RuleKind.STRIDE
    nothing = changed("project: a, facts: {gpu.vendor: none}", "facts: {gpu.vendor: none}")
    assert read_rules(nothing.replace(b"refuse: true", b"message: info"), "r")[0].rule.kind is RuleKind.BOOT
    group = changed("project: a, facts: {gpu.vendor: none}", "project: [a, b]")
    assert read_rules(group.replace(b"refuse: true", b"conflict: true"), "r")[0].rule.kind is RuleKind.STRIDE


def test_alternatives_and_tests_of_facts() -> None:
    more = "match: [{project: a}, {project: b, facts: {cpu.flags: {lacks: [avx2]}, arch: [x86_64, aarch64]}}]"
    (placed,) = read_rules(changed("match: {project: a, facts: {gpu.vendor: none}}", more), "r.yaml")
    assert placed.rule.projects == ("a", "b")
    assert placed.rule.matches[1].facts == {
        "cpu.flags": FactTest(lacks=("avx2",)),
        "arch": ("x86_64", "aarch64"),
    }


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        ("project: a, facts", "projet: a, facts", "3:12", "unknown field `projet`"),
        ("refuse: true", "refuse: maybe", "4:18", "do.refuse"),
        ("refuse: true", "refuse: false", "2:5", "refuse can only be true"),
        ("{refuse: true}", "{refuse: true, skip: true}", "2:5", "states refuse and skip"),
        ("{refuse: true}", "{}", "2:5", "states nothing"),
        ("refuse: true", "score: 0.5", "2:5", "a score is below 0"),
        ("refuse: true", "score: .nan", "4:17", "do.score"),
        ("refuse: true", "replace: {by: b*}", "2:5", "a replacement is named in full"),
        ("refuse: true", "replace: {by: a}", "2:5", "a cannot stand in for itself"),
        ("refuse: true", "add: 'b @ https://x.y/z'", "2:5", "has an address or a marker"),
        ("refuse: true", "add: '!'", "2:5", "is no requirement"),
        ("refuse: true", "extra: 'A B'", "2:5", "is no normalised name of an extra"),
        ("refuse: true", "index: here", "2:5", "index is neither a web address nor"),
        ("refuse: true", "conflict: true", "2:5", "one of two projects at least"),
        ("project: a, facts", "project: A_b, facts", "2:5", "no normalised name of a project"),
        ("gpu.vendor: none}}", "gpu.vndor: none}}", "2:5", "there is no fact named 'gpu.vndor'"),
        ("gpu.vendor: none}}", "cuda.max: '<<3'}}", "2:5", "is no comparison"),
        ("gpu.vendor: none}}", "gpu.vendor: []}}", "2:5", "the condition on gpu.vendor is empty"),
        ("project: a, facts", "project: a, specifier: nine, facts", "2:5", "is no specifier"),
        ("project: a, facts", "specifier: '>1', facts", "2:5", "none is named"),
        ("project: a, facts", "project: a, stack: {b: none}, facts", "2:5", "for what is not in the stack"),
        ("name: first", "name: First", "2:5", "lower-case words"),
        ("link: https:", "link: ftp:", "2:5", "link is no web address"),
        ("checked: 2026-01-31", "checked: last year", "2:5", "checked is no day"),
        ("because: it is only an example", "because: ''", "2:5", "because is no text"),
        ("fires: false", "fires: true", "2:5", "one that does not"),
        ("checked: 2026-01-31", "because: again", "7:5", "because is stated twice"),
        ("name: first", "name: &first first", None, ""),
        ("{refuse: true}", "*first", "4:9", "aliases are not allowed"),
        ("because: it is", "because: [it is", "6", "is no valid YAML"),
        ("rules:", "rule:", "1:1", "unknown field"),
    ],
)
def test_every_fault_has_its_place(old: str, new: str, where: str | None, told: str) -> None:
    data = changed(old, new)
    if where is None:
        assert read_rules(data, "r.yaml")  # an anchor that nobody uses does no harm
        return
    error = fault(data)
    assert str(error).startswith(f"r.yaml:{where.partition(':')[0]}")
    assert told in str(error)


def test_hostile_files_are_refused_at_once() -> None:
    bomb = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(1000))
    assert "aliases are not allowed" in str(fault(bomb.encode()))
    assert "nested more than" in str(fault(b"[" * 1000))
    assert "larger than" in str(fault(b"#" * (5 << 20)))
    assert "too many values" in str(fault(b"rules: [" + b"a," * 600_000 + b"]"))
    assert fault(b"rules: !!python/object/apply:os.system [echo]\n").reason
    assert fault(b"\xff\xfe\x00").reason
    assert fault(b"").reason
