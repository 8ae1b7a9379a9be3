"""What libcst's scopes prove of names, and how the first tier's uses fare against it."""

from __future__ import annotations

import textwrap

import pytest

from analyzers.evidence import Confidence
from analyzers.source.module_facts import ModuleFacts, Site, UseFact
from analyzers.source.precise.confirming import confirmed, precise
from analyzers.source.records import UseKind, Via


def names(text: str, *, certain: bool = True) -> list[str]:
    found = precise(textwrap.dedent(text))
    assert found.error is None
    return [use.qualified for use in found.uses if use.is_certain is certain]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b.c\na.b.c.d", ["a", "a.b", "a.b.c", "a.b.c.d"]),
        ("import a.b.c as x\nx.d", ["a.b.c", "a.b.c.d"]),
        ("from a.b import c\nc.d", ["a.b.c", "a.b.c.d"]),
        ("from . import c\nc", [".c"]),
        ("from ..p import c as x\nx.y", ["..p.c", "..p.c.y"]),
        ("import a\na.b().c", ["a", "a.b"]),
        ("import a\nt = a\nt.b", ["a"]),
        ("from a import *\nb.c", []),
        ("import a\ndef f(a): a.b", []),
        ("import a\n[a.b for a in a.c]", ["a", "a.c"]),
        ("import a\nlambda a: a.b", []),
        ("import a\nclass C:\n    a = 1\n    def f(self): a.b", ["a", "a.b"]),
        ("import a\nmatch x:\n    case a: a.b", []),
        ("try:\n    import a\nexcept ImportError:\n    a = None\na.b", ["a", "a.b"]),
        ("import a\n@a.b\ndef f(x: a.c = a.d) -> a.e: pass", ["a"] * 4 + ["a.b", "a.c", "a.d", "a.e"]),
        ("import a\ndef f():\n    global a\n    a.b", ["a", "a.b"]),
        ("import a\nx.a.b", []),
        ("import a\nf(a=1)", []),
        ("import a\na.b = 1", ["a", "a.b"]),
    ],
)
def test_chains_by_their_qualified_names(text: str, expected: list[str]) -> None:
    assert sorted(names(text)) == sorted(expected)


def test_what_is_bound_to_something_else_too_is_not_certain() -> None:
    text = "import a\nif x:\n    a = f()\na.b"
    assert names(text) == []
    assert names(text, certain=False) == ["a", "a.b"]


def test_alternatives_give_both_names() -> None:
    text = "try:\n    import ujson as json\nexcept ImportError:\n    import json\njson.loads"
    assert sorted(names(text, certain=False)) == ["json", "json.loads", "ujson", "ujson.loads"]


def test_the_end_of_a_chain_is_known() -> None:
    found = precise("import a\na.b.c\na.d()\n").uses
    assert [use.qualified for use in found if use.is_whole] == ["a.b.c", "a.d"]


def test_places_count_from_one_in_characters() -> None:
    (first, second) = precise("import a\n'ä', a.b\n").uses
    assert (first.line, first.column, first.qualified) == (2, 6, "a")
    assert (second.line, second.column, second.qualified) == (2, 8, "a.b")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("print 3", "no Python 3"),
        ("(" * 20_000, "too deep"),
        ("x = a" + ".b" * 20_000, "too deep"),
        ("x\0", "NUL"),
        ("x = 1\n" * 400_000, "larger"),
    ],
)
def test_what_cannot_be_read_is_an_error(text: str, reason: str) -> None:
    found = precise(text)
    assert found.uses == ()
    assert found.error is not None
    assert reason in found.error


def use(column: int, *targets: str, line: int = 2, via: Via = Via.DIRECT, sure: str = "certain") -> UseFact:
    site = Site(line, column, line, column + 1)
    confidence = Confidence(sure)
    return UseFact(site=site, targets=targets, kind=UseKind.ATTRIBUTE, via=via, confidence=confidence)


def test_uses_of_another_binding_are_dropped() -> None:
    facts = ModuleFacts(uses=(use(10, "a.b"), use(12, "a.b", line=3)))
    text = "import a\nlambda a: a.b; a.b\ndef f(a): a.b\n"
    assert confirmed(ModuleFacts(uses=(use(13, "a.b"),)), text).uses == ()
    assert confirmed(facts, "import a\nx = y = (a.b)\n       ...\n").uses == facts.uses


def test_uses_that_are_proven_become_certain() -> None:
    facts = ModuleFacts(uses=(use(3, "a.b", "c.b", sure="possible"),))
    assert confirmed(facts, "import a\na.b\n").uses == (use(3, "a.b"),)


def test_uses_of_what_is_bound_twice_are_likely_at_most() -> None:
    text = "import a\na.b\na = f()\n"
    assert confirmed(ModuleFacts(uses=(use(3, "a.b"),)), text).uses == (use(3, "a.b", sure="likely"),)
    possible = ModuleFacts(uses=(use(3, "a.b", sure="possible"),))
    assert confirmed(possible, text) == possible


@pytest.mark.parametrize("via", [Via.ALIAS, Via.INSTANCE, Via.INHERITED, Via.CHAIN])
def test_other_uses_are_left_to_the_first_tier(via: Via) -> None:
    facts = ModuleFacts(uses=(use(12, "a.b", via=via),))
    assert confirmed(facts, "import a\nlambda a: a.b\n") == facts


def test_what_libcst_cannot_read_stays_as_it_was() -> None:
    facts = ModuleFacts(uses=(use(7, "a.b"),))
    assert confirmed(facts, "import a\nprint a.b\n") == facts
