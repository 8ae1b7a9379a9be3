"""Modules that are objects with a table of what has moved: what they have, and what they do not have."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from textwrap import dedent

import pytest

from analyzers.importing.failures import FailureKind
from fakes.sources.simulated_imports import PYTHON, assert_clean, failure, run

_TABLE = """
    import sys, types
    PY3 = sys.version_info[0] == 3
    def _import_module(name):
        __import__(name)
        return sys.modules[name]
    class _Lazy(object):
        def __init__(self, name):
            self.name = name
        def __get__(self, obj, tp):
            result = self._resolve()
            setattr(obj, self.name, result)
            delattr(obj.__class__, self.name)
            return result
    class Module(_Lazy):
        def __init__(self, name, old, new=None):
            super(Module, self).__init__(name)
            self.mod = (new or name) if PY3 else old
        def _resolve(self):
            return _import_module(self.mod)
    class Attribute(_Lazy):
        def __init__(self, name, mod, attr):
            super(Attribute, self).__init__(name)
            self.mod, self.attr = mod, attr
        def _resolve(self):
            return getattr(_import_module(self.mod), self.attr)
    class _Moves(types.ModuleType):
        __path__ = []
    for move in [
        Module("html_parser", "HTMLParser", "html.parser"),
        Module("inspect", "inspect"),
        Attribute("range", "builtins", "range"),
        Attribute("load", "imp", "reload"),
    ]:
        setattr(_Moves, move.name, move)
    def add_move(move):
        setattr(_Moves, move.name, move)
    """
_PLACED = dedent(_TABLE) + 'moves = sys.modules[__name__ + ".moves"] = _Moves(__name__ + ".moves")\n'
_FINDER = """
    class _Finder(object):
        def __init__(self, name):
            self.name = name
            self.known = {}
        def add(self, module, *names):
            for each in names:
                self.known[self.name + "." + each] = module
        def find_module(self, fullname, path=None):
            if fullname in self.known:
                return self
            return None
        def load_module(self, fullname):
            return self.known[fullname]
    finder = _Finder(__name__)
    moves = _Moves(__name__ + ".moves")
    finder.add(moves, "moves")
    __path__ = []
    sys.meta_path.append(finder)
    """
_FOUND = dedent(_TABLE) + dedent(_FINDER)
_NEWER = _FOUND.replace(
    "    def load_module",
    "    def find_spec(self, fullname, path, target=None):\n"
    "        if fullname in self.known:\n"
    "            return spec_from_loader(fullname, self)\n"
    "        return None\n"
    "    def load_module",
)
_WAYS = pytest.mark.parametrize("library", [_PLACED, _FOUND, _NEWER], ids=["placed", "found", "newer"])


@_WAYS
@pytest.mark.parametrize(
    "code",
    [
        "from lib.moves import range, html_parser",
        "from lib.moves import html_parser\nhtml_parser.HTMLParser",
        "import lib\nlib.moves.range(3)",
        "import lib.moves as moves\nmoves.inspect.signature",
        "import lib\nlib.moves.gone = 1\nfrom lib.moves import gone",
        "import lib\nlib.add_move(lib.Module('gone', 'a', 'json'))\nfrom lib.moves import gone",
        "import lib\nopaque(lib.moves)\nfrom lib.moves import gone",
        "import lib\nlib.moves.__dict__.update(x)\nfrom lib.moves import gone",
        "import lib\nfor name in names:\n    setattr(lib._Moves, name, 1)\nfrom lib.moves import gone",
        "import lib\nopaque(lambda: lib.add_move(lib.Module('gone', 'a')))\nfrom lib.moves import gone",
        "try:\n    from lib.moves import gone\nexcept ImportError:\n    pass",
    ],
)
def test_has_what_the_table_names_and_what_may_be_added(library: str, code: str) -> None:
    assert_clean(code, {"lib.py": library})


@_WAYS
@pytest.mark.parametrize(
    ("code", "kind", "provider"),
    [
        ("from lib.moves import urllib2", FailureKind.NAME, "lib"),
        ("import lib\nlib.moves.urllib2", FailureKind.ATTRIBUTE, "lib"),
        ("from lib.moves import HTMLParser", FailureKind.NAME, "lib"),
        (
            "from lib.moves import html_parser\nhtml_parser.HTMLParseError",
            FailureKind.STANDARD_LIBRARY,
            None,
        ),
        ("from lib.moves import inspect\ninspect.ArgSpec", FailureKind.STANDARD_LIBRARY, None),
    ],
)
def test_fails_where_nothing_has_the_name(
    library: str, code: str, kind: FailureKind, provider: str | None
) -> None:
    found = failure(code, {"lib.py": library})
    assert (found.kind, found.provider, found.consumer.path) == (kind, provider, "check.py")


@_WAYS
def test_what_the_library_lost_is_the_affair_of_the_one_that_asks(library: str) -> None:
    assert_clean("from lib.moves import load", {"lib.py": library})
    code = "import lib\nlib.moves.load"
    found = failure(code, {"lib.py": library}, python=(3, 12, 1))
    assert (found.kind, str(found.consumer), found.provider) == (
        FailureKind.STANDARD_LIBRARY, "check.py:2", "lib",
    )  # fmt: skip


@pytest.mark.parametrize("library", [_FOUND, _NEWER], ids=["found", "newer"])
def test_a_finder_says_which_modules_it_has(library: str) -> None:
    found = failure("import lib.moves.urllib2", {"lib.py": library})
    assert (found.kind, found.message) == (FailureKind.MODULE, "No module named 'lib.moves.urllib2'")
    vague = library.replace("return None", "return guess(fullname)")
    assert_clean("import lib.moves.urllib2", {"lib.py": vague})


def test_python_asks_no_finder_that_gives_no_specification_any_more() -> None:
    code = "from lib.moves import range"
    found = failure(code, {"lib.py": _FOUND}, python=(3, 12, 1))
    assert (found.kind, found.message) == (FailureKind.MODULE, "No module named 'lib.moves'")
    for library in (_PLACED, _NEWER):
        assert_clean(code, {"lib.py": library}, python=(3, 12, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    __path__ = []", "    def __getattr__(self, name):\n        return name"),
        ("    __path__ = []", "    def fill(self, names):\n        self.__dict__.update(names)"),
        ("class _Moves(types.ModuleType)", "class _Moves(base(), types.ModuleType)"),
        ("class _Moves(types.ModuleType)", "@enriched\nclass _Moves(types.ModuleType)"),
        ('Module("inspect", "inspect"),', "*more(),"),
        ("for move in [", "for move in more() or ["),
    ],
)
def test_proves_nothing_where_the_table_is_not_known(before: str, after: str) -> None:
    assert _PLACED.count(before) == 1
    assert_clean("from lib.moves import gone", {"lib.py": _PLACED.replace(before, after)})


def test_a_copy_within_a_package() -> None:
    files = {
        "user/__init__.py": "from user.vendored.lib.moves import range, html_parser\n",
        "user/vendored/__init__.py": "",
        "user/vendored/lib.py": _FOUND,
    }
    assert_clean("import user", files)
    files["user/__init__.py"] += "html_parser.HTMLParseError\n"
    assert str(failure("import user", files).consumer) == "user/__init__.py:2"


def _installed() -> str:
    try:
        held = distribution("six").locate_file("six.py")
    except PackageNotFoundError:
        pytest.skip("six is not installed")
    return Path(str(held)).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["six.py", "user/packages/six.py"])
def test_a_table_as_it_is_published(path: str) -> None:
    name = path.removesuffix(".py").replace("/", ".")
    files = {path: _installed(), "user/__init__.py": "", "user/packages/__init__.py": ""}
    assert_clean(
        f"""
        from {name}.moves import range, urllib, html_parser, reload_module, builtins, cPickle
        from {name}.moves.urllib.parse import quote, urlencode
        from {name}.moves.urllib_request import urlopen
        import {name}.moves.http_client, {name}.moves.urllib.error
        {name}.moves.urllib.parse.quote
        html_parser.HTMLParser
        """,
        files,
    )
    for wrong in (
        f"from {name}.moves import urllib2",
        f"from {name}.moves.html_parser import HTMLParseError",
        f"import {name}.moves.urllib.gone",
        f"import {name}\n{name}.moves.inspect",
    ):
        found = run(wrong, files, python=PYTHON)
        assert [each.consumer.path for each in found.failures] == ["check.py"], wrong
