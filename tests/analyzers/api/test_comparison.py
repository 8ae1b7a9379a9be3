"""What differs between two releases: what is told of each change, how often, and how heavy it weighs."""

from __future__ import annotations

import pytest

from analyzers.api.changes import ApiChange, ChangeKind, Weight
from analyzers.api.comparison import compared
from fakes.indexes.packages import offered

BREAKING, NOTABLE, NEW = Weight
CLASS = "class C:\n    def m(self, a, b=1): ...\n"


def changes(before: str | dict[str, str], after: str | dict[str, str]) -> tuple[ApiChange, ...]:
    sides = [{"lib.py": side} if isinstance(side, str) else side for side in (before, after)]
    return compared(offered(sides[0]), offered(sides[1]))


def told(before: str | dict[str, str], after: str | dict[str, str]) -> list[tuple[str, str, str]]:
    return [(each.weight.value, each.kind.value, each.path) for each in changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "weight", "kind"),
    [
        ("def f(a): ...", "def f(): ...", BREAKING, ChangeKind.PARAMETER_GONE),
        ("def f(a): ...", "def f(*a): ...", BREAKING, ChangeKind.PARAMETER_KIND),
        ("def f(a): ...", "def f(*args, **kwargs): ...", NOTABLE, ChangeKind.PARAMETER_GONE),
        ("def f(a): ...", "def f(b): ...", BREAKING, ChangeKind.PARAMETER_RENAMED),
        ("def f(a, /): ...", "def f(b, /): ...", NOTABLE, ChangeKind.PARAMETER_RENAMED),
        ("def f(a=1): ...", "def f(a): ...", BREAKING, ChangeKind.PARAMETER_REQUIRED),
        ("def f(): ...", "def f(a): ...", BREAKING, ChangeKind.PARAMETER_REQUIRED),
        ("def f(): ...", "def f(a=1): ...", NEW, ChangeKind.PARAMETER_NEW),
        ("def f(a): ...", "def f(*, a): ...", BREAKING, ChangeKind.PARAMETER_KIND),
        ("def f(*, a): ...", "def f(a): ...", None, None),
        ("def f(a, b): ...", "def f(b, a): ...", BREAKING, ChangeKind.PARAMETER_MOVED),
        ("def f(a=1): ...", "def f(a=2): ...", NOTABLE, ChangeKind.DEFAULT),
        ("def f() -> int: ...", "def f(): ...", NOTABLE, ChangeKind.RETURN_GONE),
        ("def f() -> int: ...", "def f() -> str: ...", None, None),
        ("def f(a): ...", "def f(\n    a,  # why\n): ...", None, None),
    ],
)
def test_signatures(before: str, after: str, weight: Weight | None, kind: ChangeKind | None) -> None:
    found = changes(before, after)
    assert {(each.weight, each.kind) for each in found} >= ({(weight, kind)} if weight and kind else set())
    assert bool(found) is (weight is not None)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("def f(): ...", "", ("breaking", "gone", "lib.f")),
        ("def f(): ...", "class f: ...", ("breaking", "kind-changed", "lib.f")),
        ("x = 1", "x = 2", ("notable", "value-changed", "lib.x")),
        ("", "def f(): ...", ("new", "new", "lib.f")),
        ("class C(A, B): ...", "class C(A): ...", ("breaking", "base-gone", "lib.C")),
        (CLASS, "class C: ...", ("breaking", "gone", "lib.C.m")),
        (CLASS, CLASS + "    def n(self): ...\n", ("new", "new", "lib.C.n")),
        (CLASS, CLASS.replace("b=1", "b"), ("breaking", "parameter-required", "lib.C.m")),
        (
            CLASS,
            CLASS.replace("    def", "    @staticmethod\n    def"),
            ("notable", "kind-changed", "lib.C.m"),
        ),
        ("import os", "", ("notable", "gone", "lib.os")),
        ("def f(): ...", "def __getattr__(n): return g(n)", ("notable", "gone", "lib.f")),
    ],
)
def test_things(before: str, after: str, expected: tuple[str, str, str]) -> None:
    assert told(before, after) == [expected]


def test_modules_that_are_gone_are_told_without_their_names() -> None:
    before = {"lib/__init__.py": "", "lib/a/__init__.py": "x = 1", "lib/a/b.py": "y = 1"}
    assert told(before, {"lib/__init__.py": ""}) == [("breaking", "gone", "lib.a")]


def test_a_symbol_with_several_paths_is_told_once() -> None:
    before = {"lib/__init__.py": "from lib.a import f", "lib/a.py": "def f(x): ...\n"}
    (gone,) = changes(before, {"lib/__init__.py": "", "lib/a.py": ""})
    assert (gone.path, gone.also) == ("lib.f", ("lib.a.f",))
    (changed,) = changes(before, {**before, "lib/a.py": "def f(): ...\n"})
    assert (changed.path, changed.defined) == ("lib.f", "lib.a.f")
    (moved,) = changes(before, {**before, "lib/__init__.py": ""})
    assert (moved.kind, moved.path) == (ChangeKind.PATH_GONE, "lib.f")
    assert moved.told == "is still at lib.a.f alone"


def test_a_thing_that_moved_is_told_with_its_new_place() -> None:
    before = {"lib/__init__.py": "", "lib/a.py": "class Deep: ...\n", "lib/b.py": ""}
    after = {"lib/__init__.py": "", "lib/a.py": "", "lib/b.py": "class Deep: ...\n"}
    moved, _ = changes(before, after)
    assert (moved.path, moved.told) == ("lib.a.Deep", "is now at lib.b.Deep alone")


def test_inherited_members_are_told_once_and_moving_to_a_base_is_no_loss() -> None:
    base = "class B:\n    def m(self): ...\nclass C(B): ...\nclass D(B): ...\n"
    (gone,) = changes(base, base.replace("def m(self): ...", "pass"))
    assert (gone.path, gone.also) == ("lib.B.m", ("lib.C.m", "lib.D.m"))
    before = "class B: ...\nclass C(B):\n    def m(self): ...\n"
    after = "class B:\n    def m(self): ...\nclass C(B): ...\n"
    assert told(before, after) == [("new", "new", "lib.B.m")]


def test_members_of_classes_within_classes() -> None:
    before = "class C:\n    class D:\n        def m(self): ...\n"
    assert told(before, before.replace("def m(self): ...", "pass")) == [("breaking", "gone", "lib.C.D.m")]


def test_what_stays_open_in_the_same_way_hides_nothing() -> None:
    before = "class C:\n    def __getattr__(self, n): ...\n    def m(self): ...\n"
    assert told(before, before.replace("    def m(self): ...\n", "")) == [("breaking", "gone", "lib.C.m")]
    decorated = "@wrapped\ndef f(a): ...\n"
    assert told(decorated, "@wrapped\ndef f(): ...\n") == [("breaking", "parameter-gone", "lib.f")]
    (change,) = changes("def f(a): ...\n", "@wrapped\ndef f(): ...\n")
    assert (change.weight, change.doubt) == (NOTABLE, "decorated with wrapped")


def test_places_are_those_of_the_definition() -> None:
    before = {"lib/__init__.py": "from lib.a import C\n", "lib/a.py": "\n" + CLASS}
    (change,) = changes(before, {**before, "lib/a.py": CLASS.replace(", b=1", "")})
    assert (change.path, change.before_at, change.after_at) == ("lib.C.m", "lib/a.py:3", "lib/a.py:2")
