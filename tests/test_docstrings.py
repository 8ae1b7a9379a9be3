"""Docstrings name parameters and fields that are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("analyzers", "images", "topics", "knowledge", "resolver")
RECORDS = {"msgspec.Struct", "Struct", "NamedTuple"}


def named(docstring: str, section: str) -> list[str]:
    """What a section of a docstring (Google's convention) names."""
    found = re.search(rf"^{section}:\n((?: {{4}}.*\n?|\n)+)", docstring, re.MULTILINE)
    return re.findall(r"^ {4}\*{0,2}(\w+): ", found[1], re.MULTILINE) if found else []


def fields(record: ast.ClassDef) -> set[str]:
    """Fields and properties of a record."""
    stated = (each.target for each in record.body if isinstance(each, ast.AnnAssign))
    made = {each.name for each in record.body if isinstance(each, ast.FunctionDef)}
    return {target.id for target in stated if isinstance(target, ast.Name)} | made


def parameters(function: ast.FunctionDef) -> set[str]:
    """Every parameter of a function."""
    each = function.args
    return {
        one.arg for one in (*each.posonlyargs, *each.args, *each.kwonlyargs, each.vararg, each.kwarg) if one
    }


def strangers(text: str) -> Iterator[str]:
    """What docstrings of a module name twice, or without its being there."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.FunctionDef():
                there, section = parameters(node), "Args"
            case ast.ClassDef() if node.bases and {ast.unparse(base) for base in node.bases} <= RECORDS:
                there, section = fields(node), "Attributes"
            case _:
                continue
        names = named(ast.get_docstring(node) or "", section)
        yield from (f"{node.name}: {name}" for name in names if name not in there or names.count(name) > 1)


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_name_what_is_there(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {each}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for each in strangers(path.read_text())
    ]
    assert found == []


def test_what_is_gone_is_found() -> None:
    record = (
        'class A(NamedTuple):\n    """A.\n\n    Attributes:\n        a: one.\n        b: two.\n    """\n'
        "    a: int\n"
    )
    function = 'def f(a):\n    """F.\n\n    Args:\n        a: one.\n        a: again.\n    """\n'
    assert list(strangers(record)) == ["A: b"]
    assert list(strangers(function)) == ["f: a", "f: a"]
