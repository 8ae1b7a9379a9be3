"""Every breaking change that griffe finds between two versions of a module is told as one, too."""

from __future__ import annotations

import os
from pathlib import Path

import griffe
import pytest

from analyzers.api.comparison import compared
from fakes.indexes.packages import offered
from fakes.sources.griffe_kinds import OURS

CASES = {
    "parameter removed": ("def f(a, b): ...", "def f(a): ..."),
    "parameter moved": ("def f(a, b): ...", "def f(b, a): ..."),
    "parameter keyword-only": ("def f(a): ...", "def f(*, a): ..."),
    "parameter positional-only": ("def f(a): ...", "def f(a, /): ..."),
    "parameter to variadic": ("def f(a): ...", "def f(**a): ..."),
    "variadic removed": ("def f(*a, **b): ...", "def f(): ..."),
    "default changed": ("def f(a=1): ...", "def f(a=2): ..."),
    "made required": ("def f(a=1): ...", "def f(a): ..."),
    "added required": ("def f(a): ...", "def f(a, b): ..."),
    "keyword added required": ("def f(a): ...", "def f(a, *, b): ..."),
    "annotation gone": ("def f() -> int: ...", "def f(): ..."),
    "function gone": ("def f(): ...", ""),
    "class gone": ("class C: ...", ""),
    "value gone": ("x = 1", ""),
    "kind": ("def f(): ...", "f = 1"),
    "class to function": ("class f: ...", "def f(): ..."),
    "base gone": ("class A: ...\nclass C(A): ...", "class A: ...\nclass C: ..."),
    "method gone": ("class C:\n    def m(self): ...", "class C: ..."),
    "method parameter": ("class C:\n    def m(self, a): ...", "class C:\n    def m(self): ..."),
    "constructor": ("class C:\n    def __init__(self, a): ...", "class C:\n    def __init__(self): ..."),
    "attribute gone": ("class C:\n    x = 1", "class C: ..."),
    "own attribute gone": (
        "class C:\n    def __init__(self):\n        self.x = 1",
        "class C:\n    def __init__(self): ...",
    ),
    "inherited method": (
        "class A:\n    def m(self): ...\nclass C(A): ...",
        "class A: ...\nclass C(A): ...",
    ),
    "nested class": ("class C:\n    class D:\n        x = 1", "class C:\n    class D: ..."),
    "exports": ("__all__ = ['_f']\ndef _f(a): ...", "__all__ = ['_f']\ndef _f(): ..."),
    "property": ("class C:\n    @property\n    def p(self): ...", "class C: ..."),
}


def breakages(folder: Path, before: str, after: str) -> set[tuple[str, str]]:
    loaded = []
    for name, text in (("before", before), ("after", after)):
        (folder / name).mkdir()
        (folder / name / "lib.py").write_text(text + "\n", encoding="utf-8")
        place = os.fspath(folder / name)
        loaded.append(griffe.load("lib", search_paths=[place], allow_inspection=False))
    found = set()
    for each in griffe.find_breaking_changes(*loaded):
        thing = each.old_value if each.kind is griffe.BreakageKind.OBJECT_REMOVED else each.obj
        found.add((each.kind.name, thing.path))
    return found


@pytest.mark.parametrize("name", CASES)
def test_what_griffe_finds_is_found(name: str, tmp_path: Path) -> None:
    before, after = CASES[name]
    theirs = breakages(tmp_path, before, after)
    changes = compared(offered({"lib.py": before + "\n"}), offered({"lib.py": after + "\n"}))
    ours = {(each.kind.value, path) for each in changes for path in (each.path, *each.also, each.defined)}
    assert theirs
    for kind, path in theirs:
        assert any((mine, path) in ours for mine in OURS[kind]), (kind, path, ours)
