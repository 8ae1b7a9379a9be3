"""Traits of the syntax that tell which Pythons can read a file.

A walk over a tree costs a seventh of its parse, whatever it looks for, and each kind of node that is looked
for besides next to nothing. So who walks anyway adds `rules` to its own and hands the nodes to `named`;
`features` is for who does not. What 3.5 and older brought is not looked for, nor
f-strings without a brace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from analyzers.source.module_facts import Feature
from analyzers.source.signals.shallow_nodes import shallow
from analyzers.source.signals.syntax_traits import AMBIGUOUS_EXCEPT, KINDS, hinted, names

if TYPE_CHECKING:
    from ast_grep_py import Rule, SgNode

MINIMUM: Mapping[str, tuple[int, int] | None] = MappingProxyType(
    {
        "f-string": (3, 6),
        "underscore-in-number": (3, 6),
        "walrus": (3, 8),
        "positional-only-parameter": (3, 8),
        "f-string-self-documenting": (3, 8),
        "unpacking-in-return": (3, 8),
        "parenthesised-with": (3, 9),
        "relaxed-decorator": (3, 9),
        "unpacking-in-for": (3, 9),
        "match-statement": (3, 10),
        "except-star": (3, 11),
        "unpacking-in-subscript": (3, 11),
        "unpacking-in-annotation": (3, 11),
        "type-alias-statement": (3, 12),
        "type-parameter": (3, 12),
        "f-string-nested-quote": (3, 12),
        "f-string-backslash": (3, 12),
        "f-string-several-lines": (3, 12),
        "type-parameter-default": (3, 13),
        "template-string": (3, 14),
        "except-without-parentheses": (3, 14),
        "lazy-import": (3, 15),
        "unpacking-in-comprehension": (3, 15),
        "print-statement": None,
        "exec-statement": None,
        "backticks": None,
        "except-comma": None,
        "raise-comma": None,
        "old-octal": None,
        "long-integer": None,
        "old-string-prefix": None,
        "diamond-operator": None,
        "tuple-parameter": None,
    }
)
"""The first Python that has it, by name of feature; None where none but Python 2 has."""


_ALWAYS = ", ".join(KINDS)


def features(root: SgNode) -> tuple[Feature, ...]:
    """Each feature of a module once, at its first line, in the order of `MINIMUM`."""
    return named(root.find_all({"rule": {"any": rules(root.text())}}))


def rules(text: str) -> list[Rule]:
    """The alternatives for a walk over the tree of a text; those without need are left out."""
    return [{"kind": _ALWAYS}, *hinted(text)]


def kinds_of(rules: Iterable[Rule]) -> set[str]:
    """The kinds of nodes that `rules` look for."""
    found: set[str] = set(KINDS)
    for rule in rules:
        found.update(each["kind"] for each in rule.get("any", [rule]) if "kind" in each)
    return found


def named(nodes: Iterable[SgNode]) -> tuple[Feature, ...]:
    """As `features`, from what a walk by `rules` found; nodes of other kinds are passed over."""
    found: dict[str, int] = {}
    for node in shallow(nodes):
        for name in names(node, found):
            line = node.range().start.line + 1
            found[name] = min(found.get(name, line), line)
    _settle(found)
    return tuple(Feature(name, found[name]) for name in MINIMUM if name in found)


def _settle(found: dict[str, int]) -> None:
    """Decides what ``except A, b:`` is: Python 2's ``as``, or two classes since 3.14.

    Other syntax of the file decides where it can; else Python 2, for a class written in lower case is rare.
    """
    line = found.pop(AMBIGUOUS_EXCEPT, None)
    if line is not None:
        minima = [MINIMUM[name] for name in found]
        name = "except-without-parentheses" if minima and None not in minima else "except-comma"
        found[name] = min(found.get(name, line), line)
