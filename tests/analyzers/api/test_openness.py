from __future__ import annotations

import pytest

from analyzers.api.export import exported


@pytest.mark.parametrize(
    "text",
    [
        "globals()[key] = 1",
        "for key in keys(): globals()[key] = 1",
        "globals().update(other)",
        "globals().update({key: 1})",
        "vars()[key] = 1",
        "locals()[key] = 1",
        "register(globals())",
        "names = globals()\nnames[key] = 1",
        "def f():\n    names = globals()\n    names.update(x)",
        "def f():\n    globals()[key] = 1",
        "def fill(into):\n    into[key] = 1\nfill(globals())",
        "def fill(into):\n    other(into)\nfill(globals())",
        "exec(code)",
        "exec(code, globals())",
        "import sys\nsetattr(sys.modules[__name__], key, 1)",
        "import sys\nthis = sys.modules[__name__]\nfor key in keys: setattr(this, key, 1)",
        "import sys\nthis = sys.modules[__name__]\nthis.x = 1",
        "import sys\nsys.modules[__name__].__class__ = Special",
        "import sys\nsys.modules[__name__].__dict__.update(x)",
        "import sys\nfill(sys.modules[__name__])",
        "import sys\ndel sys.modules['pkg.mod']\nfrom . import install",
        "import sys\ndel x, sys.modules[__name__]",
        "import inspect\ninspect.currentframe().f_locals[key] = 1",
        "_builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, 'x_pb2', globals())",
    ],
)
def test_open(text: str) -> None:
    assert exported(text).open


@pytest.mark.parametrize(
    "text",
    [
        "x = globals()['y']",
        "if 'x' in globals(): pass",
        "x = globals().get('y')",
        "for x in list(globals()): pass",
        "__all__ = [n for n in globals() if n[0] != '_']",
        "names = globals()\nx = names['y']",
        "def f(into):\n    return len(into)\nf(globals())",
        "def f():\n    x = locals()\n    x['a'] = 1",
        "def f():\n    exec(code)",
        "exec(code, namespace)",
        "import sys\nx = getattr(sys.modules[__name__], 'y')",
        "import sys\nx = sys.modules['other']",
        "setattr(thing, 'x', 1)",
        "def __getattr__(name):\n  if name == 'x':\n    globals()[name] = 1\n    return 1\n  raise E",
        "__import__('x', globals(), locals(), [])",
        "import logging\nlog = logging.getLogger(__name__)",
        "globals = 1\nmodules = 2",
    ],
)
def test_closed(text: str) -> None:
    assert exported(text).open == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("globals()['x'] = 1", {"x"}),
        ("globals().update({'x': 1, 'y': 2})", {"x", "y"}),
        ("for name in ('x', 'y'): globals()[name] = 1", {"x", "y", "name"}),
        ("KEYS = ['x']\nfor name in KEYS: globals()[name] = 1", {"x", "name", "KEYS"}),
        ("globals().setdefault('x', 1)", {"x"}),
        ("import sys\nsetattr(sys.modules[__name__], 'x', 1)", {"x", "sys"}),
    ],
)
def test_names_that_are_spelled_out(text: str, names: set[str]) -> None:
    surface = exported(text)
    assert surface.open == ()
    assert set(surface.symbols) == names


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.modules[__name__ + '.sub'] = x",
        "import sys\nsys.modules['pkg.sub'] = x",
        "import sys\nsys.modules.update(x)",
        "__path__ = extend_path(__path__, __name__)",
        "__path__.append(x)",
        "__path__[0] = x",
        "import sys\nsys.meta_path.append(Finder())",
        "from six import add_move\nadd_move(x)",
    ],
)
def test_open_submodules(text: str) -> None:
    assert exported(text).open_submodules


def test_reading_the_path_leaves_submodules_closed() -> None:
    assert exported("for x in walk_packages(__path__): pass").open_submodules == ()
