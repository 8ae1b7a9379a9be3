"""Which files bind an imported name to something else too."""

from __future__ import annotations

import pytest

from analyzers.source.extraction import extracted
from analyzers.source.precise.bound_anew import binds_imports_anew


@pytest.mark.parametrize(
    "text",
    [
        "import a\na = 1",
        "import a\na: int = 1",
        "import a\na += 1",
        "import a\nif (a := 1): pass",
        "import a\nfor a in x: pass",
        "import a\nwith x as a: pass",
        "import a\ntry: pass\nexcept E as a: pass",
        "import a\ndel a",
        "import a\ndef a(): pass",
        "import a\nasync def a(): pass",
        "import a\nclass a: pass",
        "import a\ndef f(a): pass",
        "import a\ndef f(*, a): pass",
        "import a\ndef f(**a): pass",
        "import a\nlambda a: 0",
        "import a\n[a for a in x]",
        "import a\nmatch x:\n    case a: pass",
        "import a\nmatch x:\n    case [*a]: pass",
        "import a\nmatch x:\n    case {**a}: pass",
        "import a\nmatch x:\n    case C() as a: pass",
        "import b as a\nx, (y, *a) = z",
        "from b import a\na = 1",
        "import a.b\na = 1",
        "import a\nfrom b import a",
        "try:\n    import a\nexcept ImportError:\n    a = None",
    ],
)
def test_names_that_are_bound_anew(text: str) -> None:
    assert binds_imports_anew(extracted(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\nx = 2",
        "import a\na.b = 1\na[0] = 2\nf(a=1)\nx.a = 3",
        "import a.b, a.c",
        "import a as x, b as y",
        "from a import *",
        "import a\nx = 1\nx = 2",
        "import a\na = (",
        "import a\na = 1\0",
        "import a\na = " + "(" * 1000 + ")" * 1000,
        "import a\na = 1\n" + "#" * 2_000_000,
        "import a\nx = '\\d'",
    ],
)
def test_names_that_are_not_or_where_nothing_can_be_told(text: str) -> None:
    assert not binds_imports_anew(extracted(text), text)
