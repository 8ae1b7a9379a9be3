"""The properties in which scanners differ: written anew here, and the collected corpus where it is."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from analyzers.evidence import Confidence
from analyzers.source.extraction import extracted
from analyzers.source.records import Guard, ImportKind, Origin, Use, UseKind, Via
from fakes.cases import case_files
from fakes.sources import scans


def _use(text: str, symbol: str) -> Use:
    return next(use for use in scans.uses(text) if use.symbol == symbol)


def test_places_arguments_and_ways() -> None:
    use = _use(
        "import pandas as pd\ndf = pd.read_csv('x')\ndf.groupby(\n  'a', sort=False, **k).sum()\n",
        "pandas.read_csv().groupby",
    )
    assert (use.line, use.column, use.end_line, use.end_column) == (3, 4, 3, 11)
    assert (use.positional, use.keywords, use.star_arguments, use.via) == (1, ("sort",), True, Via.CHAIN)


def test_a_chain_over_lines_is_placed_at_its_names() -> None:
    found = scans.uses("import lib\nx = (lib\n  .a(1)\n  .b)\n")
    assert [(use.line, use.symbol, use.kind) for use in found] == [
        (3, "lib.a", UseKind.CALL),
        (4, "lib.a().b", UseKind.ATTRIBUTE),
    ]


def test_kinds() -> None:
    text = """
import lib
@lib.deco(1, k=2)
class K(lib.Base, metaclass=lib.Meta):
    x: lib.Type = lib.CONSTANT
    def f(self, a: "lib.Text") -> lib.Result:
        try: lib.call()
        except lib.Error: raise
"""
    assert [(use.symbol, use.kind) for use in scans.uses(text)] == [
        ("lib.deco", UseKind.DECORATOR),
        ("lib.Base", UseKind.BASE),
        ("lib.Meta", UseKind.BASE),
        ("lib.Type", UseKind.ANNOTATION),
        ("lib.CONSTANT", UseKind.ATTRIBUTE),
        ("lib.Text", UseKind.ANNOTATION),
        ("lib.Result", UseKind.ANNOTATION),
        ("lib.call", UseKind.CALL),
        ("lib.Error", UseKind.EXCEPT),
    ]


def test_a_prefix_is_no_use_of_its_own() -> None:
    assert [use.symbol for use in scans.uses("import torch\ntorch.nn.Linear\ntorch\nf(torch)\n")] == [
        "torch.nn.Linear"
    ]


def test_literals_are_kept_for_signals() -> None:
    (use,) = extracted("import lib\nlib.to('cuda', 3, x=-1.5, y=z, w=None)\n").uses
    assert use.literals == (("0", "'cuda'"), ("1", "3"), ("x", "-1.5"), ("w", "None"))


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lib", Guard.TYPE_CHECKING),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import lib", Guard.TYPE_CHECKING),
        ("if not TYPE_CHECKING:\n    pass\nelse:\n    import lib", Guard.TYPE_CHECKING),
        ("try:\n    import lib\nexcept ImportError:\n    lib = None", Guard.IMPORT_ERROR),
        ("try:\n    pass\nexcept (KeyError, ModuleNotFoundError):\n    import lib", Guard.IMPORT_ERROR),
        ("from contextlib import suppress\nwith suppress(ImportError):\n    import lib", Guard.IMPORT_ERROR),
        ("from importlib.util import find_spec\nif find_spec('lib'):\n    import lib", Guard.IMPORT_ERROR),
        ("import sys\nif sys.version_info >= (3, 11):\n    pass\nelse:\n    import lib", Guard.VERSION),
        ("import six\nif six.PY2:\n    import lib", Guard.VERSION),
        ("import sys\nif sys.platform == 'win32':\n    import lib", Guard.PLATFORM),
        ("import os\nif x:\n    pass\nelif os.name == 'nt':\n    import lib", Guard.PLATFORM),
        (
            "import platform\nWINDOWS = platform.system() == 'Windows'\nif WINDOWS:\n    import lib",
            Guard.PLATFORM,
        ),
        (
            "import sys\ndef f():\n    if sys.platform != 'win32':\n        return\n    import lib",
            Guard.PLATFORM,
        ),
    ],
)
def test_guards(text: str, guard: Guard) -> None:
    (found,) = [
        fact for fact in extracted(text).imports if fact.module == "lib" and fact.kind is ImportKind.STATIC
    ]
    assert found.guard == (guard,)


def test_what_is_not_guarded() -> None:
    facts = extracted(
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b\nif x:\n    import c\n"
        "try:\n    import d\nfinally:\n    pass\n"
    )
    assert {fact.module: fact.guard for fact in facts.imports} == {
        "a": (Guard.TYPE_CHECKING,), "b": (), "c": (), "d": (),
    }  # fmt: skip


def test_uses_inherit_the_guard_of_their_import() -> None:
    text = "try:\n    import fast as lib\nexcept ImportError:\n    import slow as lib\nlib.go()\n"
    found = {use.symbol: use for use in scans.uses(text)}
    assert set(found) == {"fast.go", "slow.go"}
    assert all(
        use.guard == (Guard.IMPORT_ERROR,) and use.confidence is Confidence.LIKELY for use in found.values()
    )
    assert {fact.alternative for fact in extracted(text).imports} == {0}


def test_a_probe_makes_no_demand() -> None:
    assert _use("import lib\nx = hasattr(lib, 'new')\n", "lib.new").guard == (Guard.HASATTR,)
    assert _use("import lib\nx = lib.new if hasattr(lib, 'new') else lib.old\n", "lib.old").guard == (
        Guard.HASATTR,
    )
    (probe,) = [
        fact
        for fact in extracted("import importlib.util\nimportlib.util.find_spec('lib')").imports
        if fact.module == "lib"
    ]
    assert probe.guard == (Guard.IMPORT_ERROR,)


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import importlib\nm = importlib.import_module('lib.a')", {"lib.a"}),
        ("from importlib import import_module as f\nf('lib')", {"lib"}),
        ("n = __import__('lib')", {"lib"}),
        ("import pytest\nlib = pytest.importorskip('lib', minversion='1')", {"lib"}),
        ("NAME = 'lib'\nimport importlib\nimportlib.import_module(NAME + '.a')", {"lib.a"}),
        ("import importlib\nimportlib.import_module('.a', package='lib.b')", {"lib.b.a"}),
        ("import importlib\nimportlib.import_module(f'lib.{name}')", set()),
        ("exec('import lib; from other import x')", {"lib", "other"}),
    ],
)
def test_dynamic_imports(text: str, modules: set[str]) -> None:
    assert {fact.module for fact in extracted(text).imports if fact.kind is ImportKind.DYNAMIC} == modules


def test_executed_text_is_only_possible() -> None:
    (fact,) = extracted("exec('import lib')").imports
    assert fact.confidence is Confidence.POSSIBLE


@pytest.mark.parametrize(
    "text",
    [
        "import lib\nprint 'x'\nlib.go()\n",
        "import lib\nexec 'x'\nraise E, 'x'\nlib.go()\n",
        "import lib\ntry: pass\nexcept A, B: pass\nlib.go()\n",
        "import lib\ntype X[T] = list[T]\ndef f[T: int](a: T) -> T: return a\nclass K[T]: pass\nlib.go()\n",
        "import lib\nx = t'{lib.go()}'\n",
        "lazy import lib\nlib.go()\n",
        "import lib\nx = f\"{lib.go()['a']}\"\n",
        'import lib\nx = f"{d["a"]}"; lib.go()\n',
        "import lib\n\x0c\r\nlib.go()\r\n",
        "import lib\ndef broken(:\n    pass\nlib.go()\n",
        "import lib\nx = ur'x'\nlib.go()\n",
        "import lib\nasync def f():\n    async for x in lib.go(): await x\n",
        "import lib\ntry: lib.go()\nexcept* E as e: pass\n",
        "from __future__ import annotations\nimport lib\nlib.go()",
        "\tx = 1\nimport lib\nlib.go()\n",
    ],
)
def test_syntax_of_any_age(text: str) -> None:
    assert "lib.go" in scans.calls(text)
    assert [fact.module for fact in extracted(text).imports] == ["lib"]


def test_lazy_is_said() -> None:
    (fact,) = extracted("lazy from lib import x\n").imports
    assert (fact.kind, fact.module, fact.name) == (ImportKind.LAZY, "lib", "x")
    assert extracted("lazy import lib\n").errors == ()


def test_what_does_not_parse_is_said() -> None:
    facts = extracted("import lib\ndef broken(:\n    pass\n")
    assert facts.errors and facts.errors[0][0] == 2


def test_star_imports() -> None:
    found = scans.linked({"main.py": "from a import *\nfrom b import *\nx = go(1)\nprint(len(x))\n"})[
        "main.py"
    ]
    calls = [(use.symbol, use.confidence) for use in found.uses if use.kind is UseKind.CALL]
    assert calls == [("a.go", Confidence.POSSIBLE), ("b.go", Confidence.POSSIBLE)]


def test_relative_imports_and_origins() -> None:
    found = scans.linked(
        {
            "p/__init__.py": "",
            "p/a.py": "from . import b\nfrom .b import x\nimport os, lib\n",
            "p/b.py": "x = 1\n",
        }
    )
    assert [(one.module, one.name, one.origin) for one in found["p/a.py"].imports] == [
        ("p", "b", Origin.FIRST_PARTY),
        ("p.b", "x", Origin.FIRST_PARTY),
        ("os", None, Origin.STDLIB),
        ("lib", None, Origin.THIRD_PARTY),
    ]


# The same few facts in any order, at any depth, under any names.

_PIECES: tuple[tuple[str, set[str]], ...] = (
    ("{0} = {m}.A(1, k=2)\n{0}.go()\n", {"lib.A", "lib.A.go"}),
    ("def {0}({m}):\n    return {m}.no()\n", set()),
    ("def {0}():\n    return {m}.make()\n{0}().run()\n", {"lib.make", "lib.make().run"}),
    ("class {0}({m}.Base):\n    def {1}(self):\n        return self.inherit()\n", {"lib.Base.inherit"}),
    ("with {m}.ctx() as {0}:\n    {0}.enter()\n", {"lib.ctx", "lib.ctx().enter"}),
    ("for {0} in {m}.rows():\n    {0}.cell()\n", {"lib.rows", "lib.rows()[].cell"}),
    ("{0} = [{m} for {m} in ()]\n", set()),
    ("{0} = lambda {m}: {m}.no()\n", set()),
    ("try:\n    {m}.risk()\nexcept {m}.E as {0}:\n    {0}.say()\n", {"lib.risk", "lib.E.say"}),
    ("{0}, {1} = {m}.P(), {m}.Q()\n{1}.second()\n", {"lib.P", "lib.Q", "lib.Q.second"}),
    ("class {0}:\n    {m} = 3\n    def {1}(self):\n        return {m}.outer()\n", {"lib.outer"}),
    (
        "class {0}:\n def __init__(self): self.{1} = {m}.R()\n def f(self):\n  self.{1}.held()\n",
        {"lib.R", "lib.R.held"},
    ),
)


@pytest.mark.parametrize("seed", range(40))
def test_generated_variants(seed: int) -> None:
    chance = random.Random(seed)
    names = (f"n{index}_{chance.choice('abcé')}" for index in itertools.count())
    pieces = chance.sample(_PIECES, k=chance.randint(3, len(_PIECES)))
    module = chance.choice(["lib", "library", "x"])
    header = "import lib\n" if module == "lib" else f"import lib as {module}\n"
    body = "".join(text.format(next(names), next(names), m=module) for text, _ in pieces)
    if chance.random() < 0.3:
        other = next(names)
        body = (
            body.replace(f"{module}.", f"{other}.")
            if not any(f"({module})" in text or f" {module}:" in text for text in [body])
            else body
        )
        header += f"{other} = {module}\n"
    for _ in range(chance.randint(0, 3)):
        kind = chance.choice(["def {}():\n", "if {}:\n", "while {}:\n"]).format(next(names))
        body = kind + "".join(f"    {line}\n" if line else "\n" for line in (header + body).splitlines())
        header = ""
    assert scans.calls(header + body) == set().union(*(expected for _, expected in pieces))


# The collected corpus.

_EDGE: dict[str, set[tuple[str, int, str]]] = {
    "plain.py": {
        ("numpy.arange", 7, "call"), ("pandas.DataFrame", 7, "call"), ("pandas.DataFrame.groupby", 7, "call"),
        ("sklearn.linear_model.LogisticRegression", 8, "call"),
        ("sklearn.linear_model.LogisticRegression.fit", 8, "call"),
        ("google.cloud.storage.Client", 8, "call"),
    },
    "shadow.py": {("requests.post", 9, "call")},
    "cond.py": {("ujson.dumps", 8, "call")},
    "py2.py": set(),
    "latin.py": set(),
    "lazy.py": {("scipy.optimize.minimize", 2, "call")},
    "py314.py": {("attrs.define", 4, "call")},
    "rebind.py": {
        ("torch.nn", 2, "attribute"), ("torch.nn.Module", 3, "base"), ("torch.nn.Module.__init__", 4, "call"),
        ("torch.nn.Linear", 4, "call"), ("torch.nn.Module.cuda", 5, "call"),
        ("numpy.zeros", 7, "call"), ("numpy.zeros().reshape", 7, "call"),
        ("torch.cuda.amp.autocast", 8, "call"),
    },
    "star.py": {
        ("pylab.Flask", 3, "call"), ("flask.Flask", 3, "call"),
        ("pylab.plot", 4, "call"), ("flask.plot", 4, "call"),
        ("pylab.Flask.route", 5, "decorator"), ("flask.Flask.route", 5, "decorator"),
        ("pylab.jsonify", 6, "call"), ("flask.jsonify", 6, "call"),
    },
    "dyn.py": {
        ("torch.nn.Linear", 8, "call"), ("yaml.safe_load", 8, "call"), ("yaml.safe_load", 8, "attribute"),
        ("pytest.importorskip", 9, "call"),
    },
}  # fmt: skip
_EDGE_IMPORTS = {
    "plain.py": {"numpy", "os.path", "google.cloud.storage", "sklearn.linear_model", "pandas"},
    "cond.py": {"typing", "ujson", "json", "mypy_boto3_s3"},
    "py2.py": {"six", "MySQLdb"},
    "latin.py": {"bs4"},
    "dyn.py": {"importlib", "torch.nn", "yaml", "tensorflow", "lxml", "redis", "pytest", "hypothesis"},
}


def _edge() -> list[Path]:
    return [path for path in case_files("source/edge", "app/*.py") if path.name in _EDGE]


@pytest.mark.parametrize("path", _edge(), ids=lambda path: path.name)
def test_the_edge_corpus(path: Path) -> None:
    text = path.read_text(encoding="latin-1" if path.name == "latin.py" else "utf-8")
    assert {(use.symbol, use.line, use.kind.value) for use in scans.uses(text)} == _EDGE[path.name]
    if path.name in _EDGE_IMPORTS:
        assert {fact.module for fact in extracted(text).imports} == _EDGE_IMPORTS[path.name]
