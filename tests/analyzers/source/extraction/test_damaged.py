"""Sources that no one wrote: soups of tokens and files with holes; the facts of each hold together."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from analyzers.source.extraction import extracted, special_calls
from analyzers.source.module_facts import ModuleFacts

_SOUP = [
    "import",
    "lib",
    "from",
    ".",
    "as",
    "def",
    "class",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "=",
    "==",
    ":=",
    "->",
    "@",
    "*",
    "**",
    "lambda",
    "x:",
    "if",
    "else",
    "elif",
    "for",
    "in",
    "while",
    "with",
    "try",
    "except",
    "finally",
    "return",
    "yield",
    "await",
    "async",
    "not",
    "and",
    "or",
    "is",
    "None",
    "True",
    "'a'",
    '"b"',
    'f"{',
    "}",
    "rf'",
    '"""',
    "'''",
    "#",
    "1",
    ".5",
    "...",
    "x",
    "y",
    "lib.a",
    "super()",
    "self",
    "del",
    "global",
    "nonlocal",
    "match",
    "case",
    "_",
    "type",
    "T",
    "print",
    "exec",
    "raise",
    "\\",
    "\n",
    "\n\n",
    "\t",
    "\r",
    "\x00",
    "é",
    "%",
]


def _check(facts: ModuleFacts, text: str) -> None:
    lines = text.count("\n") + 1
    for use in facts.uses:
        assert 1 <= use.site.line <= use.site.end_line <= lines
        assert all(target[0] not in "[(<" and "^" not in target for target in use.targets)
    for name, definition in facts.definitions.items():
        assert name
        assert all("^" not in value for value in definition.values)


@pytest.mark.parametrize("seed", range(60))
def test_soups_of_tokens(seed: int) -> None:
    chance = random.Random(seed)
    words = chance.choices(_SOUP, k=400)
    text = "".join(word + chance.choice(["", " ", " ", "\n", "\n    "]) for word in words)
    _check(extracted(text), text)


@pytest.mark.parametrize("seed", range(30))
def test_files_with_holes(seed: int) -> None:
    chance = random.Random(seed)
    text = Path(special_calls.__file__).read_text()
    for _ in range(chance.randint(1, 20)):
        start = chance.randrange(len(text))
        text = (
            text[:start] + chance.choice(["", chance.choice(_SOUP)]) + text[start + chance.randint(0, 40) :]
        )
    _check(extracted(text), text)


def test_the_same_text_gives_the_same_facts() -> None:
    text = Path(special_calls.__file__).read_text()
    assert extracted(text) == extracted(text)
