"""Small programs by category: which library symbols they call, whatever way the value takes."""

from __future__ import annotations

import re
import textwrap

import pytest

from fakes.sources import scans

# Category, program, symbols that are called; each program imports lib.
CASES: list[tuple[str, str, str]] = [
    ("assignments", "x = lib.A()\nx.go()", "lib.A lib.A.go"),
    ("assignments", "x = y = lib.make()\ny.go(); x.stop()", "lib.make lib.make().go lib.make().stop"),
    ("assignments", "x, y = lib.A(), lib.B()\ny.go()", "lib.A lib.B lib.B.go"),
    ("assignments", "(x, [y, *z]) = lib.A(), (lib.B(), lib.C())\ny.go()", "lib.A lib.B lib.C lib.B.go"),
    ("assignments", "x = lib\ny = x.sub\ny.go()", "lib.sub.go"),
    ("assignments", "x: object = lib.A()\nx.go()", "lib.A lib.A.go"),
    ("assignments", "x = lib.A()\nx = 3\nx.go()", "lib.A"),
    ("assignments", "x = lib.A()\nx += 3\nx.go()", "lib.A lib.A.go"),
    ("assignments", "x = 3\nx = lib.A()\nx.go()", "lib.A lib.A.go"),
    (
        "assignments",
        "if q:\n    x = lib.A()\nelse:\n    x = lib.B()\nx.go()",
        "lib.A lib.B lib.A.go lib.B.go",
    ),
    ("assignments", "x = lib.A() if q else lib.B()\nx.go()", "lib.A lib.B lib.A.go lib.B.go"),
    ("assignments", "x = q or lib.A()\nx.go()", "lib.A lib.A.go"),
    ("assignments", "(lib.a() or lib.b()).go()", "lib.a lib.b lib.a().go lib.b().go"),
    ("assignments", "if (x := lib.A()):\n    x.go()", "lib.A lib.A.go"),
    ("assignments", "x = lib.A()\ndel x\nx.go()", "lib.A"),
    ("assignments", "def f():\n    global x\n    x = lib.A()\nx.go()", "lib.A lib.A.go"),
    (
        "assignments",
        "def f():\n    x = None\n    def g():\n        nonlocal x\n        x = lib.A()\n    x.go()",
        "lib.A lib.A.go",
    ),
    ("args", "def f(x: lib.A): x.go()", "lib.A.go"),
    ("args", "def f(x: 'lib.A'): x.go()", "lib.A.go"),
    ("args", "def f(x: lib.A | None = None): x.go()", "lib.A.go"),
    ("args", "from typing import Optional\ndef f(x: Optional[lib.A]): x.go()", "lib.A.go"),
    ("args", "from typing import Union\ndef f(x: Union[lib.A, 'lib.B']): x.go()", "lib.A.go lib.B.go"),
    ("args", "def f(x: list[lib.A]):\n    x[0].go()\n    for y in x: y.run()", "lib.A.go lib.A.run"),
    ("args", "def f(x: dict[str, lib.A]):\n    x['k'].go()\n    x.get('k').run()", "lib.A.go lib.A.run"),
    ("args", "def f(x: type[lib.A]): x().go()", "lib.A lib.A.go"),
    ("args", "from typing import Annotated\ndef f(x: Annotated[lib.A, lib.b]): x.go()", "lib.A.go"),
    ("args", "from typing import Literal\ndef f(x: Literal['lib.A']): x.go()", ""),
    ("args", "def f(*x: lib.A): x[0].go()", "lib.A.go"),
    ("kwargs", "def f(*, x=lib.A()): x.go()", "lib.A lib.A.go"),
    ("kwargs", "def f(x=lib.go): x()", "lib.go"),
    ("kwargs", "print(lib=3)\nf(sep=lib.go())", "lib.go"),
    (
        "classes",
        "class K:\n    def __init__(self): self.x = lib.A()\n    def f(self): self.x.go()",
        "lib.A lib.A.go",
    ),
    ("classes", "class K:\n    x = lib.A()\n    def f(self): self.x.go()", "lib.A lib.A.go"),
    ("classes", "class K:\n    x: lib.A\n    def f(self): self.x.go()", "lib.A.go"),
    ("classes", "class K:\n    def f(this): this.x = lib.A()\nK().x.go()", "lib.A lib.A.go"),
    ("classes", "class K:\n    def f(self): return lib.A()\nk = K()\nk.f().go()", "lib.A lib.A.go"),
    ("classes", "class K:\n    @property\n    def f(self): return lib.A()\nK().f.go()", "lib.A lib.A.go"),
    (
        "classes",
        "class K:\n @classmethod\n def f(cls): return cls()\n def g(self): return lib.a()\nK.f().g().go()",
        "lib.a lib.a().go",
    ),
    ("classes", "class K:\n    @staticmethod\n    def f(x: lib.A): x.go()", "lib.A.go"),
    (
        "classes",
        "class K:\n    class L:\n        def f(self): return lib.a()\nK.L().f().go()",
        "lib.a lib.a().go",
    ),
    ("classes", "class K:\n    lib = 3\n    def f(self): lib.go()", "lib.go"),
    ("classes", "class K:\n    lib = 3\n    lib.go()", ""),
    ("mro", "class K(lib.A): pass\nK().go()", "lib.A lib.A.go"),
    ("mro", "class K(lib.A):\n    def __init__(self): pass\nK().go()", "lib.A.go"),
    ("mro", "class K(lib.A):\n    def go(self): pass\nK().go()", "lib.A"),
    ("mro", "class K(lib.A):\n    go = None\nK().go()", "lib.A"),
    ("mro", "class K(lib.A):\n    def f(self): self.go()", "lib.A.go"),
    ("mro", "class K(lib.A):\n    def f(self): super().f()", "lib.A.f"),
    ("mro", "class K(lib.A): pass\nclass L(K): pass\nL().go()", "lib.A lib.A.go"),
    (
        "mro",
        "class B:\n    def go(self): return lib.a()\nclass K(B, lib.A): pass\nK().go().run()",
        "lib.A lib.a lib.a().run",
    ),
    ("mro", "class K(lib.A[int]): pass\nK().go()", "lib.A lib.A.go"),
    ("mro", "from abc import ABC\nclass K(ABC): pass\nK().go()", ""),
    ("decorators", "@lib.deco\ndef f(): pass", "lib.deco"),
    (
        "decorators",
        "@lib.group()\ndef f(): pass\n@f.command()\ndef g(): pass",
        "lib.group lib.group()().command",
    ),
    ("decorators", "import functools\n@functools.cache\ndef f(): return lib.A()\nf().go()", "lib.A lib.A.go"),
    ("decorators", "@lib.deco\ndef f(): return lib.A()\nf().go()", "lib.deco lib.A lib.A.go"),
    (
        "decorators",
        "import contextlib as c\n@c.contextmanager\ndef f():\n    yield lib.A()\nwith f() as x: x.go()",
        "lib.A lib.A.go",
    ),
    ("exceptions", "try: pass\nexcept lib.E as e: e.go()", "lib.E.go"),
    ("exceptions", "try: pass\nexcept (lib.E, lib.F) as e: e.go()", "lib.E.go lib.F.go"),
    ("exceptions", "try: pass\nexcept q.E as lib: lib.go()", ""),
    ("exceptions", "raise lib.E('x')", "lib.E"),
    ("functions", "def f(): return lib.A()\nf().go()", "lib.A lib.A.go"),
    ("functions", "def f() -> lib.A: ...\nf().go()", "lib.A.go"),
    ("functions", "def f():\n    x = lib.A()\n    def g(): x.go()", "lib.A lib.A.go"),
    ("functions", "def f(): return g()\ndef g(): return lib.a()\nf().go()", "lib.a lib.a().go"),
    ("functions", "def f(): return f()\nf().go()", ""),
    (
        "functions",
        "if q:\n    def f(): return lib.A()\nelse:\n    def f(): return 3\nf().go()",
        "lib.A lib.A.go",
    ),
    ("exceptions", "try: pass\nexcept E as e:\n    with lib.a() as x: x.go()", "lib.a lib.a().go"),
    ("functions", "def f(lib): lib.go()", ""),
    ("functions", "f = lib.go\nf()", "lib.go"),
    ("functions", "import functools\nf = functools.partial(lib.go, 1)\nf()", "lib.go"),
    (
        "functions",
        "async def f():\n    x = await lib.a()\n    x.go()\n    (await lib.b()).run()",
        "lib.a lib.a().go lib.b lib.b().run",
    ),
    ("generators", "def f():\n    yield lib.A()\nfor x in f(): x.go()", "lib.A lib.A.go"),
    ("generators", "for x in lib.a(): x.go()", "lib.a lib.a()[].go"),
    ("generators", "[x.go() for x in lib.a()]", "lib.a lib.a()[].go"),
    ("generators", "{lib.go(): lib for lib in lib.a()}", "lib.a lib.a()[].go"),
    ("generators", "next(x.go() for x in lib.a()).run()", "lib.a lib.a()[].go lib.a()[].go().run"),
    ("imports", "import lib.sub\nlib.sub.go()", "lib.sub.go"),
    ("imports", "import lib.sub as s\ns.go()", "lib.sub.go"),
    ("imports", "from lib import A as B\nB().go()", "lib.A lib.A.go"),
    ("imports", "import lib.a\nimport lib.b\nlib.a.go(); lib.b.go()", "lib.a.go lib.b.go"),
    ("imports", "import importlib\nm = importlib.import_module('lib.x')\nm.go()", "lib.x.go"),
    ("imports", "from importlib import import_module as im\nN = 'li' + 'b'\nim(f'{N}.x').go()", "lib.x.go"),
    (
        "imports",
        "import importlib\nfor n in ('lib.x', 'lib.y'):\n    importlib.import_module(n).go()",
        "lib.x.go lib.y.go",
    ),
    ("imports", "__import__('lib.x').go()", "lib.go"),
    ("imports", "getattr(lib, 'go')(1)", "lib.go"),
    ("lambdas", "f = lambda: lib.A()\nf().go()", "lib.A lib.A.go"),
    ("lambdas", "f = lambda lib: lib.go()", ""),
    ("lambdas", "f = lambda x=lib.A(): x.go()", "lib.A lib.A.go"),
    ("lists", "x = [lib.A(), lib.B()]\nfor y in x: y.go()", "lib.A lib.B lib.A.go lib.B.go"),
    ("lists", "x = [lib.A() for _ in y]\nx[0].go()", "lib.A lib.A.go"),
    ("lists", "x = (lib.A(), lib.B())\nx[1].go()", "lib.A lib.B lib.B.go"),
    ("lists", "for i, x in enumerate([lib.A()]): x.go()", "lib.A lib.A.go"),
    ("lists", "for x, y in zip([lib.A()], [lib.B()]): y.go()", "lib.A lib.B lib.B.go"),
    ("returns", "def f(): return lib.A(), lib.B()\nx, y = f()\ny.go()", "lib.A lib.B lib.B.go"),
    (
        "returns",
        "def f():\n    if q: return lib.A()\n    return lib.B()\nf().go()",
        "lib.A lib.B lib.A.go lib.B.go",
    ),
    ("returns", "def f(): return lib\nf().go()", "lib.go"),
    ("with", "with lib.a() as x, x.b() as y: y.go()", "lib.a lib.a().b lib.a().b().go"),
    ("with", "with (lib.a() as x, lib.b() as (y, z)): x.go()", "lib.a lib.b lib.a().go"),
    ("with", "async def f():\n    async with lib.a() as x: x.go()", "lib.a lib.a().go"),
    ("match", "match x:\n    case [lib, {'k': lib}]:\n        lib.go()", ""),
    ("match", "match x:\n    case lib.A(y=lib.B()) as z: z.go()", ""),
    ("strings", "f'{lib.go()!r:>{lib.width()}} lib.no() {{lib.no()}}'", "lib.go lib.width"),
    ("strings", "x = '''\nlib.no()\n''' # lib.no()\nlib.go()", "lib.go"),
]


@pytest.mark.parametrize(("category", "program", "expected"), CASES)
def test_what_is_called(category: str, program: str, expected: str) -> None:
    assert scans.calls(f"import lib\n{program}\n") == set(expected.split())


@pytest.mark.parametrize(("category", "program", "expected"), CASES)
def test_the_same_within_a_function(category: str, program: str, expected: str) -> None:
    if "global " in program:
        pytest.skip("global means something else there")
    body = textwrap.indent(f"import lib\n{program}\n", "    ").replace(
        "\n    lib.no()\n    '''", "\nlib.no()\n'''"
    )
    assert scans.calls(f"async def around():\n{body}") == set(expected.split())


@pytest.mark.parametrize(("category", "program", "expected"), CASES)
def test_the_same_under_another_name(category: str, program: str, expected: str) -> None:
    if "'lib" in program or "'li'" in program or "import lib." in program or "from lib" in program:
        pytest.skip("names the module itself")
    renamed = re.sub(r"\blib\b", "other", program)
    assert scans.calls(f"import lib as other\n{renamed}\n") == set(expected.split())
