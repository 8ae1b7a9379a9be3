"""Functions, classes and their members in the surface of a module."""

from __future__ import annotations

from textwrap import dedent

import pytest

from analyzers.api.surface import Parameter, ParameterKind
from fakes.sources.surfaces import only, surface_of


def test_reads_parameters() -> None:
    kind = ParameterKind
    surface = surface_of(
        "def f(a, b=1, /, c: int = 2, *args: str, d, e: int = 3, **kw): ...\ndef g(*, a): ..."
    )
    assert only(surface, "f").parameters == (
        Parameter("a", kind.POSITIONAL_ONLY),
        Parameter("b", kind.POSITIONAL_ONLY, True),
        Parameter("c", kind.POSITIONAL, True),
        Parameter("args", kind.VAR_POSITIONAL, True),
        Parameter("d", kind.KEYWORD_ONLY),
        Parameter("e", kind.KEYWORD_ONLY, True),
        Parameter("kw", kind.VAR_KEYWORD, True),
    )
    assert only(surface, "g").parameters == (Parameter("a", kind.KEYWORD_ONLY),)


@pytest.mark.parametrize(
    ("annotation", "values"),
    [
        ("A", (":A()",)),
        ("m.A", (":m.A()",)),
        ("'A'", (":A()",)),
        ("Optional[A]", (":A()",)),
        ("t.Optional['A']", (":A()",)),
        ("A | None", (":A()",)),
        ("'A | B'", (":A()", ":B()")),
        ("Union[A, B, None]", (":A()", ":B()")),
        ("A[int]", (":A()",)),
        ("Annotated[A, 1]", (":A()",)),
        ("type[A]", (":A",)),
        ("Awaitable[A]", (":A()",)),
        ("Iterator[A]", (":Iterator()",)),
        ("Any", ()),
        ("None", ()),
        ("Literal['x']", ()),
        ("Callable[..., A]", ()),
        ("'not ( valid'", ()),
    ],
)
def test_reads_annotations(annotation: str, values: tuple[str, ...]) -> None:
    assert only(surface_of(f"def f() -> {annotation}: ..."), "f").values == values


def test_a_context_manager_gives_what_its_generator_yields() -> None:
    surface = surface_of(
        """
        @contextlib.contextmanager
        def f() -> Iterator[A]: ...
        @contextmanager
        def g():
            yield B()
        def h():
            yield B()
        """
    )
    assert [only(surface, name).values for name in "fgh"] == [(":A()",), (":B()",), ()]


def test_infers_what_functions_return() -> None:
    surface = surface_of(
        """
        def a(x):
            def inner():
                return No()
            if x:
                return Yes()
            return [1]
        def b():
            result = m.make()
            return result
        def c(x: Given, y):
            return x or y
        async def d():
            return await e()
        def f(x):
            return x
        class C:
            @classmethod
            def make(cls, x):
                return cls(x)
            def me(self):
                return self
            def again(self):
                return type(self)()
            def other(self):
                return self.me().x[0]
            @staticmethod
            def s():
                return C()
        """
    )
    assert only(surface, "a").values == (":Yes()",)
    assert only(surface, "b").values == (":m.make()",)
    assert only(surface, "c").values == (":Given()",)
    assert only(surface, "d").values == (":e()",)
    assert only(surface, "f").values == ()
    members = only(surface, "C").members
    assert {name: members[name][0].values for name in members} == {
        "make": ("@",),
        "me": ("@",),
        "again": ("@",),
        "other": ("@.me().x[]",),
        "s": (":C()",),
    }


def test_reads_classes() -> None:
    surface = surface_of(
        """
        class C(Base, Generic[T], metaclass=ABCMeta):
            x: int
            y = None
            def __init__(self, a: A, b):
                self.a, self.b = a, b
                self.c: D = b
                self.d = Engine(a)
                other.e = 1
                def inner(self):
                    self.no = 1
            @property
            def p(self) -> A: ...
            @p.setter
            def p(self, value): ...
            @cached_property
            def q(self):
                return self.d
            class Inner:
                def f(self) -> Inner: ...
            def g(self) -> Inner: ...
            def h(self: S) -> S: ...
            @classmethod
            def k(cls): ...
        """
    )
    symbol = only(surface, "C")
    assert symbol.values == (":Base", ":Generic")
    assert symbol.open is None
    assert {name: found[0].kind.value for name, found in symbol.members.items()} == {
        "x": "value",
        "y": "value",
        "__init__": "function",
        "a": "value",
        "b": "value",
        "c": "value",
        "d": "value",
        "p": "property",
        "q": "property",
        "Inner": "class",
        "g": "function",
        "h": "function",
        "k": "function",
    }
    members = symbol.members
    assert members["c"][0].values == (":D()",)
    assert members["d"][0].values == (":Engine()",)
    assert members["p"][0].values == (":A()",)
    assert members["q"][0].values == ("@.d",)
    assert members["g"][0].values == (":C.Inner()",)
    assert members["h"][0].values == ("@",)
    assert members["k"][0].is_class_method


def test_the_overload_for_a_plain_call_tells_what_is_returned() -> None:
    text = """
        @overload
        def f(a, *, lazy: Literal[True]) -> Lazy: ...
        @overload
        def f(a, *, lazy: Literal[False] = ...) -> Eager: ...
        """
    stub = surface_of(text, is_stub=True).symbols["f"]
    assert [symbol.values for symbol in stub] == [(":Eager()",), ()]
    implemented = only(surface_of(dedent(text) + "def f(a, lazy=False, **kw): pass"), "f")
    assert implemented.values == (":Eager()",)
    assert [each.name for each in implemented.parameters or ()] == ["a", "lazy", "kw"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class C(metaclass=Meta): ...", "metaclass Meta"),
        ("class C(make()[0]): ...", None),
        ("class C(*bases): ...", "a base is not known"),
        ("class C:\n    def __getattr__(self, name): ...", "__getattr__"),
        ("@register\nclass C: ...", "decorated with register"),
        ("@total_ordering\nclass C: ...", None),
        ("class C: ...\nfor n in names: setattr(C, n, 1)", "setattr"),
        ("class C:\n    locals()[n] = 1", "setattr"),
        ("class C: ...\nC.x = 1", None),
    ],
)
def test_open_classes(text: str, reason: str | None) -> None:
    assert only(surface_of(text), "C").open == reason


def test_members_set_from_outside() -> None:
    surface = surface_of("class C: ...\nC.x = 1\nsetattr(C, 'y', 2)")
    assert set(only(surface, "C").members) == {"x", "y"}


def test_unknown_decorators_leave_the_signature_open() -> None:
    surface = surface_of("@deprecate_kwarg('a')\ndef f(b): ...\n@functools.lru_cache(None)\ndef g(b): ...")
    assert only(surface, "f").open == "decorated with deprecate_kwarg"
    assert only(surface, "g").open is None
