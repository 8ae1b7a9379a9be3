"""What would exhaust a recursive parser is known before; ordinary code is not affected."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.source.reading.nesting import is_too_deep

N = 10_000
HOSTILE = {
    "brackets": "(" * N + ")" * N,
    "brackets never closed": "[" * N,
    "signs": "x = " + "-" * N + "1",
    "words": "x = " + "not " * N + "1",
    "sum": "x = " + "+".join("a" * N),
    "attributes": "x = a" + ".b" * N,
    "calls": "x = a" + "()" * N,
    "lambdas": "x = " + "lambda: " * N + "1",
    "alternatives": "x = " + "1 if a else " * N + "1",
    "strings": "x = " + '"a" ' * N,
    "branches": "if a:\n pass\n" + "elif a:\n pass\n" * N,
    "sums within brackets": "x = " + ("(" + "a+" * 90) * 20 + "1" + ")" * 20,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_too_deep(text: str) -> None:
    assert is_too_deep(text)


HARMLESS = {
    "long table": "x = [\n" + "    {'a': (1, 2), 'b': -1},\n" * N + "]\n",
    "many statements": "x = a.b(c) + 1\n" * N,
    "brackets in a string": "x = '" + "(" * N + "'\n",
    "brackets in a comment": "#" + "(" * N + "\n",
    "brackets in a docstring": '"""' + "((\n" * N + '"""\n',
    "escaped quote": "x = '\\'" + "[" * N + "'\n",
    "arguments": "f(" + "a=-1, " * N + ")\n",
    "functions with branches": "def f():\n    if a:\n        pass\n    elif b:\n        pass\n" * N,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_long_text_is_not_deep(text: str) -> None:
    assert not is_too_deep(text)


@pytest.mark.slow
def test_no_source_of_ours_is_too_deep() -> None:
    folders = [Path(__file__).parents[4] / name for name in ("analyzers", "knowledge", "resolver")]
    deep = [path for folder in folders for path in folder.rglob("*.py") if is_too_deep(path.read_text())]
    assert deep == []
