"""Values that travel between the files of a project."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from analyzers.evidence import Confidence
from analyzers.source.extraction import extracted
from analyzers.source.linking import linker
from analyzers.source.linking.project_files import SourceFile
from analyzers.source.protocols import NoSurfaces
from analyzers.source.reading.notebooks import Cells
from analyzers.source.records import Role, Use, UseKind, Via
from fakes.sources import scans


def _uses(files: dict[str, str], path: str = "p/main.py") -> list[Use]:
    return [
        use
        for use in scans.linked({"p/__init__.py": "", **files})[path].uses
        if use.kind is not UseKind.IMPORT
    ]


def _calls(files: dict[str, str], path: str = "p/main.py") -> set[str]:
    return {use.symbol for use in _uses(files, path)}


@pytest.mark.parametrize(
    ("other", "main", "expected"),
    [
        ("import lib\nx = lib.A()", "from .other import x\nx.go()", "lib.A.go"),
        ("import lib\nx = lib.A()", "from p.other import x as y\ny.go()", "lib.A.go"),
        ("import lib\nx = lib.A()", "from . import other\nother.x.go()", "lib.A.go"),
        ("import lib\nx = lib.A()", "import p.other\np.other.x.go()", "lib.A.go"),
        ("import lib\nx = lib.A()", "import p.other as o\no.x.go()", "lib.A.go"),
        ("import lib as x", "from .other import x\nx.go()", "lib.go"),
        ("from lib import go", "from .other import go\ngo()", "lib.go"),
        ("from lib import go", "from .other import *\ngo()", "lib.go"),
        ("from lib import go\n__all__ = []", "from .other import *\ngo()", ""),
        ("from lib import _go", "from .other import *\n_go()", ""),
        ("import lib\ndef f(): return lib.a()", "from .other import f\nf().go()", "lib.a().go"),
        (
            "import lib\ndef f(): return lib.A(), lib.B()",
            "from .other import f\nx, y = f()\nf()[1].go()\ny.run()",
            "lib.B.go lib.B.run",
        ),
        ("import lib\ndef f():\n    yield lib.A()", "from .other import f\nfor x in f(): x.go()", "lib.A.go"),
        (
            "import lib\nclass K:\n    def f(self): return lib.a()",
            "from .other import K\nK().f().go()",
            "lib.a().go",
        ),
        (
            "import lib\nclass K:\n    def __init__(self): self.x = lib.A()",
            "from .other import K\nK().x.go()",
            "lib.A.go",
        ),
        (
            "import lib\nclass K:\n    @property\n    def x(self): return lib.A()",
            "from .other import K\nK().x.go()",
            "lib.A.go",
        ),
        ("import lib\nclass K(lib.A): pass", "from .other import K\nK().go()", "lib.A lib.A.go"),
        (
            "import lib\nclass K(lib.A): pass",
            "from .other import K\nclass L(K): pass\nL().go()",
            "lib.A lib.A.go",
        ),
        (
            "import lib\nclass K(lib.A): pass",
            "from .other import K\nclass L(K):\n    def f(self): self.go()",
            "lib.A.go",
        ),
        (
            "import lib\nclass K(lib.A): pass",
            "from .other import K\nclass L(K):\n    def f(self): super().f()",
            "lib.A.f",
        ),
        ("import lib\nclass K(lib.A):\n    def go(self): pass", "from .other import K\nK().go()", "lib.A"),
        ("import lib\nclass K(lib.A):\n    def __init__(self): pass", "from .other import K\nK()", ""),
        ("import lib\nclass K(lib.A):\n    x = 3", "from .other import K\nK().x.bit_length()", "lib.A"),
        ("import lib\nclass K:\n    x: lib.A", "from .other import K\ndef f(k: K): k.x.go()", "lib.A.go"),
        (
            "import lib\nclass K:\n    @classmethod\n    def f(cls): return cls()\n    x = lib.A()",
            "from .other import K\nK.f().x.go()",
            "lib.A.go",
        ),
        (
            "import lib\n@lib.group()\ndef f(): pass",
            "from .other import f\n@f.command()\ndef g(): pass",
            "lib.group()().command",
        ),
        ("from .main import x", "from .other import x\nx.go()", ""),
        ("x = 3", "from .other import x, y\nx.go(); y.go()", ""),
        ("import lib\nx = [lib.A()]", "from .other import x\nfor y in x: y.go()", "lib.A.go"),
        (
            "import lib\nclass K:\n    def __call__(self): return lib.a()",
            "from .other import K\nK()().go()",
            "lib.a().go",
        ),
    ],
)
def test_across_two_files(other: str, main: str, expected: str) -> None:
    assert _calls({"p/other.py": other, "p/main.py": main}) == set(expected.split())


def test_through_a_package_and_its_reexports() -> None:
    files = {
        "p/db/__init__.py": "from .engine import session\nfrom . import engine as e\n",
        "p/db/engine.py": "from ..compat import lib\nsession = lib.Session()\n",
        "p/compat.py": "try:\n    import lib\nexcept ImportError:\n    lib = None\n",
        "p/main.py": "from p.db import session, e\nsession.add(1)\ne.session.commit()\n",
    }
    assert _calls(files) == {"lib.Session.add", "lib.Session.commit"}


def test_a_cycle_of_star_imports_ends() -> None:
    files = {
        "p/a.py": "from .b import *\nimport lib\nx = lib.A()\n",
        "p/b.py": "from .a import *\n",
        "p/main.py": "from .b import *\nx.go()\n",
    }
    assert _calls(files) == {"lib.A.go"}


def test_a_cycle_of_values_ends() -> None:
    files = {
        "p/a.py": "from .b import x\ndef f(): return x.y()\n",
        "p/b.py": "from .a import f\nx = f()\n",
        "p/main.py": "from .b import x\nx.go()\n",
    }
    assert _calls(files) == set()


def test_a_long_way_is_given_up() -> None:
    files = {f"p/m{i}.py": f"from .m{i + 1} import x\n" for i in range(300)}
    files |= {"p/m300.py": "import lib\nx = lib.A()\n", "p/main.py": "from .m0 import x\nx.go()\n"}
    assert _calls(files) == set()
    assert _calls({**files, "p/main.py": "from .m290 import x\nx.go()\n"}) == {"lib.A.go"}


def test_own_modules_win_over_others_of_their_name() -> None:
    found = scans.linked({"requests.py": "def get(): pass\n", "main.py": "import requests\nrequests.get()\n"})
    assert found["main.py"].uses == ()


def test_namespaces_are_shared() -> None:
    found = scans.linked(
        {
            "google/mine/a.py": "x = 1\n",
            "main.py": "import google.cloud.storage as s\nimport google.mine.a\ns.Client()\n",
        }
    )
    assert {use.symbol for use in found["main.py"].uses} == {
        "google.cloud.storage",
        "google.cloud.storage.Client",
    }


def test_the_standard_library_is_apart() -> None:
    found = scans.linked({"main.py": "import os, lib, distutils.core\nos.path.join('a')\nlib.go()\n"})[
        "main.py"
    ]
    assert {use.symbol for use in found.standard_uses} == {"os", "os.path.join", "distutils.core"}
    assert {use.symbol for use in found.uses} == {"lib", "lib.go"}


def test_ways() -> None:
    text = "import lib\nx = lib.A()\ny = lib\nlib.a(); y.b(); x.c(); lib.a().d()\n"
    text += "class K(lib.B): pass\nK().e()\n"
    found = {use.symbol: use.via for use in _uses({"p/main.py": text}) if use.kind is UseKind.CALL}
    assert found == {
        "lib.A": Via.DIRECT,
        "lib.a": Via.DIRECT,
        "lib.b": Via.ALIAS,
        "lib.A.c": Via.INSTANCE,
        "lib.a().d": Via.CHAIN,
        "lib.B": Via.INHERITED,
        "lib.B.e": Via.INHERITED,
    }


class _Surfaces(NoSurfaces):
    def star_names(self, module: str) -> Collection[str] | None:
        return {"a": {"go", "run"}, "b": {"stop"}}.get(module)

    def returned(self, symbol: str) -> str | None:
        return {"lib.make": "lib.core.Thing", "lib.core.Thing.other": "lib.core.Other"}.get(symbol)


def test_surfaces_say_what_stars_bind() -> None:
    text = "from a import *\nfrom b import *\nfrom c import *\ngo(); stop(); other()\n"
    found = scans.uses(text, _Surfaces())
    assert {use.symbol for use in found} >= {"a.go", "b.stop", "c.other"}
    assert "b.go" not in {use.symbol for use in found}


def test_surfaces_say_what_calls_give() -> None:
    found = {use.symbol: use.via for use in scans.uses("import lib\nlib.make().other().go()\n", _Surfaces())}
    assert found == {
        "lib.make": Via.DIRECT,
        "lib.core.Thing.other": Via.INSTANCE,
        "lib.core.Other.go": Via.INSTANCE,
    }


def test_cells_and_roles() -> None:
    facts = extracted("import lib\n\nlib.a()\nlib.b()\n")
    file = SourceFile(facts=facts, role=Role.TEST, cells=Cells((1, 3, 4), (0, 1, 2)))
    found = linker.linked({"n.ipynb": file}, surfaces=NoSurfaces())["n.ipynb"]
    assert [(use.symbol, use.cell, use.line, use.role) for use in found.uses] == [
        ("lib", 0, 1, Role.TEST),
        ("lib.a", 1, 1, Role.TEST),
        ("lib.b", 2, 1, Role.TEST),
    ]


def test_several_ways_are_not_certain() -> None:
    files = {
        "p/other.py": "import lib\nclass K(lib.A, lib.B): pass\n",
        "p/main.py": "from .other import K\nK().go()\n",
    }
    assert {use.symbol: use.confidence for use in _uses(files) if use.symbol.endswith("go")} == {
        "lib.A.go": Confidence.LIKELY,
        "lib.B.go": Confidence.LIKELY,
    }
