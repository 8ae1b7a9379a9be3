"""What a release offers: names, kinds, where they are told, and why there may be more."""

from __future__ import annotations

from analyzers.api.offers import OfferKind
from fakes.indexes.packages import by_path, offered


def test_kinds_signatures_values_and_lines() -> None:
    told = by_path(
        offered(
            {
                "lib.py": "LIMIT = 3\n\n\nclass C(dict):\n    size: int = 1\n\n"
                "    def __init__(self, a, *, b=2):\n"
                "        self.a = a\n\n    @property\n    def p(self) -> str:\n        return ''\n\n\n"
                "def f(x,  # first\n      /, y: int = 1) -> C:\n    pass\n"
            }
        )
    )
    assert (told["lib.LIMIT"].kind, told["lib.LIMIT"].value) == (OfferKind.VALUE, "3")
    assert told["lib.f"].signature == "(x, /, y: int = 1) -> C"
    assert told["lib.C"].signature == "(self, a, *, b=2)"
    assert told["lib.C"].bases == ("builtins.dict",)
    assert told["lib.C.p"].kind is OfferKind.PROPERTY
    assert told["lib.C.a"].kind is told["lib.C.size"].kind is OfferKind.VALUE
    assert [told[path].line for path in ("lib.LIMIT", "lib.C", "lib.f")] == [1, 4, 15]


def test_what_is_reached_by_several_paths_is_told_under_the_plainest() -> None:
    told = by_path(
        offered(
            {
                "lib/__init__.py": "from lib._impl import C\nfrom lib.api import f\n",
                "lib/_impl.py": "class C:\n    def m(self): ...\n",
                "lib/api.py": "from lib._impl import C\ndef f(): ...\n",
            }
        )
    )
    assert (told["lib.C"].defined, told["lib.C"].told_at) == ("lib._impl.C", None)
    assert told["lib.C"].file == "lib/_impl.py"
    assert (told["lib.api.C"].told_at, told["lib.api.C"].members) == ("lib.C", ())
    assert told["lib.api.f"].told_at == "lib.f"
    assert not told["lib.api.C"].is_exported
    assert told["lib.C"].is_exported


def test_all_decides_what_is_meant_for_others() -> None:
    told = by_path(offered({"lib.py": "import os\n__all__ = ['f']\ndef f(): ...\ndef g(): ...\n"}))
    exported = {path: offer.is_exported for path, offer in told.items()}
    assert exported == {"lib.f": True, "lib.g": False, "lib.os": False}
    assert told["lib.os"].kind is OfferKind.OUTSIDE


def test_what_a_class_inherits_is_told_with_its_origin() -> None:
    told = by_path(
        offered({"lib.py": "class _Base:\n    def m(self, a): ...\nclass C(_Base):\n    def n(self): ...\n"})
    )
    assert told["lib.C.m"].defined == "lib._Base.m"
    assert told["lib.C.n"].defined is None
    assert "lib._Base" not in told


def test_stars_conditions_and_lazy_tables_are_followed() -> None:
    release = offered(
        {
            "lib/__init__.py": "import sys\nfrom lib.names import *\nif sys.platform == 'win32':\n    w = 1\n"
            "else:\n    u = 1\n_LAZY = {'late': 'lib._late'}\ndef __getattr__(name):\n"
            "    if name in _LAZY:\n        return load(name)\n    raise AttributeError(name)\n",
            "lib/names.py": "a = 1\n_b = 2\n",
            "lib/_late.py": "def late(): ...\n",
        }
    )
    told = by_path(release)
    assert {"lib.a", "lib.u", "lib.late"} <= told.keys()
    assert not {"lib.w", "lib._b"} & told.keys()
    assert next(module for module in release.modules if module.name == "lib").open is None


def test_names_that_one_module_sets_on_another() -> None:
    told = by_path(
        offered(
            {
                "lib/__init__.py": "",
                "lib/base.py": "x = 1\n",
                "lib/more.py": "from lib import base\nbase.extra = base.x\nsetattr(base, 'named', 2)\n",
            }
        )
    )
    assert {"lib.base.extra", "lib.base.named"} <= told.keys()


def test_a_name_given_to_something_from_outside_is_a_value_of_its_own() -> None:
    told = by_path(offered({"lib.py": "from os import path\ntest = callable\n"}))
    assert (told["lib.test"].kind, told["lib.test"].value) == (OfferKind.VALUE, "callable")
    assert told["lib.path"].defined == "os.path"


def test_directories_without_a_file_are_names_of_their_parents() -> None:
    told = by_path(offered({"lib/__init__.py": "", "lib/deep/one.py": "x = 1\n"}))
    assert told["lib.deep"].kind is OfferKind.MODULE
