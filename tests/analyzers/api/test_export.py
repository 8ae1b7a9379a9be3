"""What a module binds and exports, whatever is written in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.api.conditions import Target
from analyzers.api.export import exported
from analyzers.api.surface import SymbolKind
from fakes.sources.surfaces import LINUX, only, surface_of


def _names(text: str, target: Target = LINUX) -> set[str]:
    symbols = surface_of(text, target).symbols
    return {name for name, found in symbols.items() if not all(each.is_type_only for each in found)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b, c.d as e", {"a", "e"}),
        ("from . import x\nfrom ..y import (z as w,\n  v,)", {"x", "w", "v"}),
        ("from __future__ import annotations", {"annotations"}),
        ("a = b = 1\nc, (d, *e) = f()\n[g] = h", {"a", "b", "c", "d", "e", "g"}),
        ("x: int = 1\ny: int", {"x"}),
        ("for i, j in k: m = 1\nelse: n = 2", {"i", "j", "m", "n"}),
        ("while a: b = 1", {"b"}),
        ("with a as b, c() as (d, e): f = 1", {"b", "d", "e", "f"}),
        ("try: a = 1\nexcept E: b = 1\nelse: c = 1\nfinally: d = 1", {"a", "b", "c", "d"}),
        ("try: a = 1\nexcept* E: b = 1", {"a", "b"}),
        ("match q:\n  case 1: a = 1\n  case _: b = 1", {"a", "b"}),
        ("if (n := 1) and q: a = 1\ndef f(): (m := 1)", {"a", "n", "f"}),
        ("(n := 1)", {"n"}),
        ("type A[T] = list[T]", {"A"}),
        ("async def f(): pass\nclass C: x = 1", {"f", "C"}),
        ("a = 1\nb = 2\ndel a, x.y", {"b"}),
        ("def f():\n    global g\n    g = 1", {"f", "g"}),
        ("if TYPE_CHECKING:\n    from a import g\ndef f():\n    global g\n    from a import g", {"f", "g"}),
        ("x = 1\nif q:\n    del x", {"x"}),
        ("if q:\n  if r:\n    def f(): pass", {"f"}),
        ("print 'old'\na = 1", {"a"}),
        ("from x import *", set()),
        ("def f():\n    inner = 1\n    def g(): pass", {"f"}),
        ("\n\x0c\na = 1", {"a"}),
    ],
)
def test_binds(text: str, names: set[str]) -> None:
    assert _names(text) == names


@pytest.mark.parametrize(
    ("test", "python", "platform", "expected"),
    [
        ("sys.version_info >= (3, 9)", (3, 11), None, {"yes"}),
        ("sys.version_info >= (3, 12)", (3, 11), None, {"no"}),
        ("sys.version_info[:2] == (3, 11)", (3, 11), None, {"yes"}),
        ("sys.version_info[0] < 3", (3, 11), None, {"no"}),
        ("sys.version_info.major == 2", (3, 11), None, {"no"}),
        ("_sys.version_info < (3,)", (3, 11), None, {"no"}),
        ("sys.version_info >= (3, 12)", None, None, {"yes", "no"}),
        ("sys.platform == 'win32'", None, "linux", {"no"}),
        ("sys.platform.startswith('win')", None, "win32", {"yes"}),
        ("os.name == 'nt'", None, "linux", {"no"}),
        ("sys.platform in ('linux', 'darwin')", None, "linux", {"yes"}),
        ("sys.platform == 'win32'", None, None, {"yes", "no"}),
        ("platform.python_implementation() == 'PyPy'", None, None, {"no"}),
        ("not six.PY2", None, None, {"yes"}),
        ("PY2", (3, 11), None, {"no"}),
        ("not TYPE_CHECKING", None, None, {"yes"}),
        ("True", None, None, {"yes"}),
        ("unknown", (3, 11), "linux", {"yes", "no"}),
        ("unknown and sys.version_info < (3,)", (3, 11), None, {"no"}),
        ("unknown or sys.version_info > (3,)", (3, 11), None, {"yes"}),
        ("__name__ == '__main__'", None, None, {"no"}),
        ("x < 'a' < 3", None, None, {"yes", "no"}),
    ],
)
def test_decides_conditions(
    test: str, python: tuple[int, int] | None, platform: str | None, expected: set[str]
) -> None:
    text = f"import sys\nPY2 = sys.version_info[0] == 2\nif {test}:\n    yes = 1\nelse:\n    no = 1\n"
    assert _names(text, Target(python=python, platform=platform)) & {"yes", "no"} == expected


def test_a_decided_elif_ends_the_alternatives() -> None:
    text = "if q: a = 1\nelif sys.version_info >= (3,): b = 1\nelif r: c = 1\nelse: d = 1"
    assert _names(text) == {"a", "b"}


def test_keeps_alternatives_and_the_last_of_plain_bindings() -> None:
    surface = surface_of(
        """
        try:
            from ujson import loads
        except ImportError:
            loads = None
        x = 1
        def x(): pass
        """
    )
    assert [symbol.kind for symbol in surface.symbols["loads"]] == [SymbolKind.ALIAS, SymbolKind.VALUE]
    assert only(surface, "x").kind is SymbolKind.FUNCTION


def test_what_only_type_checkers_see_is_marked() -> None:
    surface = surface_of(
        "from t import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import B\ndef f() -> B: ..."
    )
    assert only(surface, "B").is_type_only
    assert only(surface, "B").values == ("a.B",)
    assert only(surface, "f").values == (":B()",)


def test_a_stub_imports_for_itself_what_it_does_not_export() -> None:
    surface = surface_of(
        """
        import a, b as b, c.d as e
        from f import g, h as h, i as j, k
        from . import l
        __all__ = ['k']
        """,
        is_stub=True,
    )
    assert {name for name in surface.symbols if not only(surface, name).is_type_only} == set("bhkl") | {
        "__all__"
    }


@pytest.mark.parametrize(
    ("text", "exports", "modules", "is_open"),
    [
        ("__all__ = ['a', \"b\"]", ("a", "b"), (), False),
        ("__all__: list[str] = ('a',)", ("a",), (), False),
        ("__all__ = ['a'] + ['b']\n__all__ += ('c',)", ("a", "b", "c"), (), False),
        ("__all__ = ['a']\n__all__.extend(['b'])\n__all__.append('c')", ("a", "b", "c"), (), False),
        ("__all__ = [*core.__all__, 'a']", ("a",), (":core",), False),
        ("__all__ = list(set(core.__all__) | {'a'})", ("a",), (":core",), False),
        ("_x = ['a']\n__all__ = _x + ['b']", ("a", "b"), (), False),
        ("__all__ = 'a b'.split()", ("a", "b"), (), False),
        ("__all__ = [n for n in dir()]", (), (), True),
        ("__all__ = ['a']\ndef export(f):\n    __all__.append(f.__name__)\n    return f", ("a",), (), True),
        ("__all__ = [f.__name__]", ("f",), (), False),
        ("if q: __all__ = ['a']\nelse: __all__ = ['b']", ("a", "b"), (), False),
        ("a = 1", None, (), False),
    ],
)
def test_reads_exports(
    text: str, exports: tuple[str, ...] | None, modules: tuple[str, ...], is_open: bool
) -> None:
    surface = surface_of(text)
    assert (surface.exports, surface.exports_of, surface.are_exports_open) == (exports, modules, is_open)


def test_star_imports() -> None:
    assert surface_of(
        "from .a import *\nfrom b.c import *\ntry:\n    from d import *\nexcept E: ..."
    ).stars == (
        ".a",
        "b.c",
        "d",
    )


@given(st.text(alphabet="()[]{}:=,.'\"\\\n\t \0abdefimoprst*@#\ud800", max_size=200))
def test_no_text_fails(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert all(name in text for name in exported(text).symbols)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "x = " + "[" * 10_000 + "]" * 10_000,
        "if q:\n" + "".join(" " * depth + "if q:\n" for depth in range(1, 300)) + " " * 300 + "x = 1",
        "a = " + "b." * 20_000 + "c",
        "a = " + "f(" * 3_000 + ")" * 3_000,
        "a" * 1_000_000,
        "(" * 5_000 + "a, " + "), " * 5_000 + " = 1",
        "async def f(): pass\n" + "await " * 5_000 + "f()",
        "__path__" + "[0]" * 5_000 + " = 1",
        "x = globals()\n" + "a" * 1_000_000 + "\n" + "a." * 500_000,
        "import sys\nx = sys.modules[__name__]\na:" + " " * 1_000_000 + "\nb",
        "def __getattr__(n):\n  return T[n]\nT = {'a': '" + "." * 100_000 + "!'}",
        "globals().x" * 3_000,
        "f(" + "setattr(a, b, c), " * 5_000 + ")",
        "not " * 5_000 + "x\nif " + "not " * 5_000 + "x: pass",
        "lambda: " * 3_000 + "globals()[x]",
        "x = 1\0\ny = 2",
        "__all__ = " + "[" * 2_000 + "]" * 2_000,
        "def f() -> " + "Optional[" * 3_000 + "A" + "]" * 3_000 + ": ...",
        "def f() -> '" + "Optional[" * 30 + "A" + "]" * 30 + "': ...",
    ],
)
def test_hostile_texts_end(text: str) -> None:
    started_s = time.process_time()
    exported(text, LINUX)
    assert time.process_time() - started_s < 20


def test_what_is_nested_too_deeply_leaves_the_module_open() -> None:
    text = "if q:\n" + "".join(" " * depth + "if q:\n" for depth in range(1, 300)) + " " * 300 + "x = 1"
    assert exported(text).open


def test_what_is_not_understood_leaves_the_module_open() -> None:
    assert exported("def f(:\n  )( class").open
    assert exported("def f(): pass").open == ()
