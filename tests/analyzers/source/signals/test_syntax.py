"""Each feature where it stands, and text that looks like it where it does not."""

from __future__ import annotations

import textwrap

import pytest
from ast_grep_py import Rule, SgRoot
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.signals.syntax import MINIMUM, features, named, rules

SHOWS = {
    "f-string": ['f"{x}"', "rF'{x!r:>{w}}'", 'a("b" f"{c}")'],
    "underscore-in-number": ["x = 1_000", "y = 0xff_ff", "z = 1_0.5"],
    "walrus": ["if (n := len(a)) > 1: pass", "[y := f(x), y**2]", 'f"{(x := 5)}"'],
    "positional-only-parameter": [
        "def f(a, b, /, c): pass",
        "lambda a, /: a",
        "def f(\n    a,\n    /,\n): pass",
    ],
    "f-string-self-documenting": ['f"{x=}"', "f'{x = !r}'", 'f"{x=:>5}"'],
    "unpacking-in-return": ["def f():\n    return 1, *a", "def f():\n    yield *a, b"],
    "parenthesised-with": [
        "with (open(a) as f, open(b) as g): pass",
        "with (\n    a as b,\n    c,\n): pass",
        "with (a as b): pass",
        "async def f():\n    async with (a, b): pass",
    ],
    "relaxed-decorator": ["@a[0]\ndef f(): pass", "@a.b().c\nclass D: pass", "@(yes or no)\ndef f(): pass"],
    "unpacking-in-for": ["for x in *a, b: pass", "for x in b, *a:\n    pass"],
    "match-statement": ["match x:\n    case 1: pass", "match (a, b):\n    case [1, *_]: pass"],
    "except-star": ["try: pass\nexcept* A: pass", "try: pass\nexcept *(A, B) as e: pass"],
    "unpacking-in-subscript": ["x[*a]", "x[0, *a]", "def f(a: Tuple[int, *Ts]): pass"],
    "unpacking-in-annotation": ["def f(*args: *Ts): pass"],
    "type-alias-statement": ["type X = int", "type Y[T] = list[T]"],
    "type-parameter": ["def f[T](a: T): pass", "class A[T: int, *Ts, **P](B): pass"],
    "f-string-nested-quote": ['f"{x["a"]}"', "f'{a}, {', '.join(b)}'", 'f"""{x["""a"""]}"""', "f'{f'{x}'}'"],
    "f-string-backslash": ["f\"{'\\n'.join(x)}\""],
    "f-string-several-lines": ['f"{\n x\n}"', 'f"""{x  # why\n}"""'],
    "type-parameter-default": [
        "def f[T = int](): pass",
        "class A[T: int = bool]: pass",
        "type X[T = int] = T",
    ],
    "template-string": ['t"{x}"', "rt'{x}'", "T'{x:{y}}'"],
    "except-without-parentheses": [
        "try: pass\nexcept A, B, c: pass",
        "try: pass\nexcept A, B: pass",
        "try: pass\nexcept* A, B: pass",
        "try: pass\nexcept a.B, c.d: pass",
        'try: pass\nexcept A, b: pass\nf"{x}"',
    ],
    "lazy-import": ["lazy import json", "x = 1\nlazy from a.b import c as d\n", "lazy import a, b"],
    "unpacking-in-comprehension": [
        "[*x for x in y]",
        "{*x for x in y}",
        "f(*x for x in y)",
        "(*x for x in y)",
    ],
    "print-statement": ['print "a"', "if x: print a.b, c", "print >>f, 'a'", 'print "%s" % x'],
    "exec-statement": ["exec code in d", "exec 'x = 1'"],
    "backticks": ["x = `y`", "f(`y`)"],
    "except-comma": [
        "try: pass\nexcept A, e: pass",
        "try: pass\nexcept (A, B), e: pass",
        "try: pass\nexcept a.B, error:\n    raise",
        "try: pass\nexcept (A, B), E: pass",
        'print "a"\ntry: pass\nexcept A, e: pass',
    ],
    "raise-comma": ['raise E, "x"', "raise a.E, b, c"],
    "old-octal": ["os.chmod(p, 0755)", "x = 0777L", "[00017]"],
    "long-integer": ["x = 10L", "0xFFL"],
    "old-string-prefix": ['ur"x"', "a(ur'x')"],
    "diamond-operator": ["a <> b", "if a<>b: pass"],
    "tuple-parameter": ["def f(a, (b, c)): pass", "lambda (a, b): a", "def f((a, b)=(1, 2)): pass"],
}
SHOWS_NOTHING = [
    "",
    "def f(a, *b, c=1, **d): return a + b * c",
    '"""Docstring with f"{x}", t"{y}", `backticks`, 0777, 10L and lazy.\n\nlazy import x\nprint "a"\n"""',
    "# f'{x}' print 'a' a <> b except A, e: raise E, 'x'",
    'r"{x}"; rb"{x}"; u"{x}"; "{x}"; b\'ur"\'; "a <> b"; "raise E, x"',
    "match = re.match(a)\nmatch.group(1)\nmatch[0]\nmatch(x)\ncase = 1",
    "type = 3\ntype(x)\ntype.x = 1",
    "lazy = 1\nlazy(x)\nimport lazy",
    "print(a, file=b)\nprint()\nprint\nprint (a)\nprint -1",
    "exec(code, d)\nexec (code)",
    "try: pass\nexcept (A, B): pass\nexcept A as e: pass\nexcept (A, B) as f: pass\nexcept: pass",
    "with open(a) as f, open(b) as g: pass\nwith (yield x): pass\nwith (open(a)) as f: pass",
    "@a\n@a.b\n@a.b(c[0])\n@a.b.c('(')\nclass D: pass",
    "for x in a, b: pass\nfor a, *b in c: pass\nfor (a, b) in c: pass",
    "a, *b = c\n[*a, *b]\nf(*a, **b)\n(*a, b)\n{*a}\nf(*[x for x in y])",
    "x: Dict[str, int] = 1\ndef f(*a: int) -> List[T]: return a[0]",
    "x = 0\ny = 00\nz = 0o777 + 0x1F + 1e10 + 0.07 + 0j\nx_1_2 = 1",
    "raise E('a, b')\nraise E(a, b) from c",
    "a < b > c; a != b",
    "a / b, c // d",
    "x = {'a': 1}\ny = x['a']",
]
CASES = [(name, text) for name, texts in SHOWS.items() for text in texts]


def shown(text: str) -> dict[str, int]:
    return {feature.name: feature.line for feature in features(SgRoot(text, "python").root())}


def test_every_feature_has_a_case() -> None:
    assert list(SHOWS) == list(MINIMUM)


@pytest.mark.parametrize(("name", "text"), CASES)
def test_feature_is_shown(name: str, text: str) -> None:
    assert name in shown(text)


@pytest.mark.parametrize(("name", "text"), CASES)
def test_nothing_newer_or_older_is_shown_beside_it(name: str, text: str) -> None:
    """What else a case shows is no newer than what it is for, and of Python 2 only if it is."""
    least = MINIMUM[name]
    others = [MINIMUM[other] for other in shown(text)]
    assert (
        all(other is None for other in others)
        if least is None
        else all(other and other <= least for other in others)
    )


@pytest.mark.parametrize("text", SHOWS_NOTHING)
def test_nothing_is_shown(text: str) -> None:
    assert shown(text) == {}


@given(
    st.sampled_from(CASES),
    st.integers(0, 3),
    st.sampled_from(["", "x = 1\n", "import os  # a\n\n", '"""Text."""\n']),
)
def test_place_does_not_matter(case: tuple[str, str], depth: int, before: str) -> None:
    """Under any number of blocks, after anything, the feature is the same and its line moves along."""
    name, text = case
    nested = textwrap.indent(text, "    " * depth) if '"""' not in text else text
    heads = "".join(f"{'    ' * level}if a{level}:\n" for level in range(depth if nested != text else 0))
    assert shown(f"{before}{heads}{nested}")[name] == shown(text)[name] + before.count("\n") + heads.count(
        "\n"
    )


def test_line_is_the_first() -> None:
    assert shown('x = 1\ny = f"{x}"\nz = f"{y}"\n') == {"f-string": 2}


@pytest.mark.slow
@given(st.lists(st.sampled_from(CASES), min_size=1, max_size=4))
def test_nodes_of_another_walk_do_no_harm(cases: list[tuple[str, str]]) -> None:
    text = "\n".join(text for _, text in cases)
    root = SgRoot(text, "python").root()
    others: list[Rule] = [
        {"kind": kind} for kind in ("call", "identifier", "import_statement", "string", "decorator")
    ]
    assert named(root.find_all({"rule": {"any": [*others, *rules(text)]}})) == features(root)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(['f"{a}"'] * 5_000),
        "x[" * 3_000 + "*a",
        "except (" * 20_000,
        "raise a " * 20_000,
        "@a(" * 9_000,
    ],
    ids=["operators", "subscripts", "excepts", "raises", "decorators"],
)
def test_hostile_text_takes_no_more_than_a_parse_or_two(text: str) -> None:
    """Each would take minutes if its time grew with the square of its length."""
    assert set(shown(text)) <= set(MINIMUM)
