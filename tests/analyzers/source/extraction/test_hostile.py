"""Sources that are made to hurt: the work is bounded, and what is given up is said."""

from __future__ import annotations

import pytest

from analyzers.source.extraction import MAX_CHARACTERS, extracted
from analyzers.source.extraction.uses import MAX_USES

_HOSTILE = {
    "brackets": "x = " + "(" * 10_000 + "lib.a" + ")" * 10_000,
    "unclosed": "x = " + "([{" * 5_000 + "lib.a",
    "closers": ")]}" * 10_000,
    "chain": "lib" + ".b" * 50_000,
    "calls": "lib.a" + "()" * 50_000,
    "subscripts": "lib.a" + "[0]" * 50_000,
    "chained": "x = " * 5_000 + "lib.a()\nx.go()",
    "aliases": "x0 = lib.a()\n" + "".join(f"x{i} = x{i - 1}\n" for i in range(1, 5_000)) + "x4999.go()",
    "aliases backwards": "def f(): x4999.go()\n"
    + "".join(f"x{i} = x{i - 1}\n" for i in range(4_999, 0, -1))
    + "x0 = lib.a()",
    "lambdas": "x = " + "lambda: " * 2_000 + "lib.a",
    "functions": "".join(" " * i + f"def f{i}():\n" for i in range(300)) + " " * 300 + "return lib.a()",
    "classes": "class C0(lib.A): pass\n"
    + "".join(f"class C{i}(C{i - 1}): pass\n" for i in range(1, 2_000))
    + "C1999().go()",
    "recursion": "".join(f"def f{i}(): return f{i + 1}() or f{i + 2}() or lib.a{i}()\n" for i in range(500))
    + "f0().go()",
    "one name": "def f(x):\n    return lib.a()\n" * 2_000 + "f().go()",
    "itself": "class K(K): pass\nx = x.y\nx.z\ndef f(): return f().a\nf().b",
    "f-strings": "x = " + 'f"{' * 100 + "lib.a" + '}"' * 100,
    "quotes": "'" * 50_001,
    "annotations": "def f(x: " + "list[" * 2_000 + "lib.A" + "]" * 2_000 + "): x[0].go()",
    "operands": "x = " + " or ".join(["lib.a()"] * 3_000) + "\nx.go()",
    "guards": "try: import a\nexcept ImportError: import b\n" * 1_000,
    "nulls": "\0\0lib.a()\n" * 1_000,
    "comments": "x = 1\n" + "# \n" * 100_000,
    "comments apart": "if x:\n    y = 1\n" + "    # \n\n" * 100_000 + "lib.a()",
    "comments with code": "x = 1 # \n" * 50_000,
    "a line of hashes": "try: lib.a()\nexcept A:\n    # " + "#" * 200 + "\n    b()",
    "dots": "from " + "." * 50_000 + "a import b\nb.go()",
    "surrogates": "x = '\udcff'\nlib.a()",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _HOSTILE)
def test_is_survived(name: str) -> None:
    facts = extracted(f"import lib\n{_HOSTILE[name]}\n")
    assert "lib" in [fact.module for fact in facts.imports]
    assert all(len(target) < 400 for use in facts.uses for target in use.targets)
    assert all(len(use.targets) <= 16 for use in facts.uses)


def test_what_stands_behind_many_comments_keeps_its_place() -> None:
    facts = extracted("import lib\n" + "# \N{GREEK SMALL LETTER ALPHA}\n" * 5_000 + "lib.a()\n")
    assert [(use.targets, use.site.line, use.site.column) for use in facts.uses] == [(("lib.a",), 5_002, 5)]


@pytest.mark.slow
def test_one_name_assigned_a_hundred_thousand_times() -> None:
    facts = extracted("import lib\n" + "x = lib.a()\nx.go()\n" * 60_000)
    assert MAX_USES <= len(facts.uses) <= MAX_USES + 2
    assert "uses" in facts.errors[0][1]


@pytest.mark.parametrize(
    "much",
    ["y" * MAX_CHARACTERS, "' \\\n" + " \\\n" * 5_000 + "'", "', a" + " < a" * 50_000 + ", '"],
    ids=["long", "joined", "one line"],
)
def test_what_is_too_much_for_the_parser_keeps_its_imports(much: str) -> None:
    facts = extracted(f"import lib\nfrom a.b import (\n    c as d,\n    e,\n)\nx = '{much}'\n")
    assert [(fact.module, fact.name, fact.asname, fact.site.line) for fact in facts.imports] == [
        ("lib", None, None, 1),
        ("a.b", "c", "d", 3),
        ("a.b", "e", None, 4),
    ]
    assert "only imports" in facts.errors[0][1]
