from __future__ import annotations

from textwrap import dedent

import pytest

from analyzers.api.export import exported


def _getattr(body: str, before: str = "") -> str:
    return (
        dedent(before)
        + "\ndef __getattr__(name):\n"
        + "\n".join(f"    {line}" for line in dedent(body).splitlines())
    )


@pytest.mark.parametrize(
    ("body", "before", "names"),
    [
        ("raise AttributeError(name)", "", set()),
        ("if name == 'a':\n    return 1\nraise AttributeError(name)", "", {"a"}),
        ("if 'a' == name or name == 'b':\n    return 1\nraise AttributeError", "", {"a", "b"}),
        ("if name == 'gone':\n    raise AttributeError('gone')\nraise AttributeError", "", set()),
        (
            "if name in ('a', 'b'):\n    return 1\nelif name == 'c':\n    return 2\nelse:\n    raise E",
            "",
            {"a", "b", "c"},
        ),
        ("if name in T:\n    return import_module(T[name])\nraise AttributeError", "T = {'a': 'x'}", {"a"}),
        (
            "if name not in T:\n    raise AttributeError\nreturn make(name)",
            "T = ['a']\nT += ['b']",
            {"a", "b"},
        ),
        ("if not name in T:\n    raise AttributeError\nreturn make(name)", "T = {'a'}", {"a"}),
        (
            "try:\n    m = T[name]\nexcept KeyError:\n    raise E from None\nreturn load(m)",
            "T = {'a': '.x'}",
            {"a"},
        ),
        ("m = T.get(name)\nif m is None:\n    raise E\nreturn load(m)", "T = {'a': '.x'}", {"a"}),
        ("if (m := T.get(name)) is not None:\n    return load(m)\nraise E", "T = {'a': '.x'}", {"a"}),
        ("if m := T.get(name):\n    return load(m)\nraise E", "T = {'a': '.x'}", {"a"}),
        ("m = T.get(name, MISSING)\nif m is MISSING:\n    raise E\nreturn m", "T = {'a': '.x'}", {"a"}),
        ("local = {'a': 1}\nif name in local:\n    warn()\n    return local[name]\nraise E", "", {"a"}),
        ("warn(name)\nif name in T:\n    pass\nraise E", "", set()),
        ("if name == 'a':\n    from m import a\n    return a\nreturn T[name]", "T = {'b': 1}", {"a", "b"}),
        ("try:\n    return globals()[name]\nexcept KeyError:\n    raise E", "", set()),
        ("if name in seen:\n    return globals()[name]\nraise E", "", set()),
        ("match name:\n    case 'a' | 'b':\n        return 1\n    case _:\n        raise E", "", {"a", "b"}),
        ("if name.startswith('_'):\n    raise E\nif name == 'a':\n    return 1\nraise E", "", {"a"}),
        ("globals()[name] = T[name]\nreturn T[name]", "T = {'a': 1}", {"a"}),
    ],
)
def test_closed(body: str, before: str, names: set[str]) -> None:
    surface = exported(_getattr(body, before))
    assert surface.open == ()
    assert set(surface.symbols) - {"__getattr__", "T"} == names


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("return 1", ""),
        ("return import_module(f'.{name}', __name__)", ""),
        ("if name == 'a':\n    return 1", ""),
        ("if name == 'a':\n    return 1\nreturn other(name)", ""),
        ("if name.startswith('x_'):\n    return make(name)\nraise E", ""),
        ("if name in T():\n    return 1\nraise E", ""),
        ("for key in T:\n    if key == name:\n        return 1\nraise E", "T = ['a']"),
        ("try:\n    return T[name]\nexcept KeyError:\n    return None", "T = {'a': 1}"),
        ("_give_up(name)", ""),
    ],
)
def test_open(body: str, before: str) -> None:
    assert exported(_getattr(body, before)).open


def test_a_stub_with_getattr_is_open() -> None:
    assert exported("def __getattr__(name: str) -> Any: ...", is_stub=True).open


def test_delegates() -> None:
    body = "from a import b\nfound = getattr(b, name, None)\nif found is None:\n    raise E\nreturn found"
    surface = exported(_getattr(body))
    assert (surface.open, surface.delegates) == ((), ("a.b",))


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("'.sub'", ".sub.A"),
        ("'pkg.sub'", "pkg.sub.A"),
        ("'pkg.sub:A'", "pkg.sub.A"),
        ("'pkg.sub.A'", "pkg.sub.A"),
        ("(__spec__.parent, '.sub')", ".sub.A"),
        ("('pkg.sub', 'A')", "pkg.sub.A"),
    ],
)
def test_tables_tell_where_names_come_from(value: str, target: str) -> None:
    text = _getattr("if name not in T:\n    raise E\nreturn load(T[name])", f"T = {{'A': {value}}}")
    (symbol,) = exported(text).symbols["A"]
    assert target in symbol.values


def test_attached() -> None:
    surface = exported(
        "import lazy_loader as lazy\n"
        "__getattr__, __dir__, __all__ = lazy.attach(\n"
        "    __name__, submodules={'filters'}, submod_attrs={'data': ['camera'], '.io': ['read']})\n"
    )
    assert surface.open == ()
    assert surface.symbols["camera"][0].values == (".data.camera",)
    assert surface.symbols["read"][0].values == (".io.read",)
    assert surface.symbols["filters"][0].values == (".filters",)
    assert set(surface.exports or ()) == {"filters", "camera", "read", "data", "io"}


def test_attached_to_its_stub() -> None:
    surface = exported("__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)")
    assert surface.is_completed_by_stub
    assert surface.open == ()


def test_attached_in_an_unknown_way() -> None:
    assert exported("__getattr__, __dir__ = make(__name__)").open
    assert exported("__getattr__, __dir__, x = attach(__name__, submod_attrs=table())").open


LAZY_MODULE = """
import sys
_import_structure = {"models.bert": ["BertModel"], "utils": []}
try:
    import torch
except ImportError:
    pass
else:
    _import_structure["trainer"] = ["Trainer"]
    _import_structure["utils"].append("logging")
if TYPE_CHECKING:
    from .models.bert import BertModel
else:
    sys.modules[__name__] = _LazyModule(__name__, globals()["__file__"], _import_structure)
"""


def test_a_module_replaced_by_a_lazy_one_with_a_table() -> None:
    surface = exported(LAZY_MODULE)
    assert surface.open == ()
    assert surface.symbols["Trainer"][-1].values == (".trainer.Trainer",)
    assert surface.symbols["logging"][-1].values == (".utils.logging",)
    assert not all(symbol.is_type_only for symbol in surface.symbols["BertModel"])


def test_a_replaced_module_is_open() -> None:
    assert exported("import sys\nsys.modules[__name__] = Lazy()").open
    assert exported(LAZY_MODULE.replace('["Trainer"]', "names()")).open
