"""Names and modules that come to be otherwise than by the statements of their own module."""

from __future__ import annotations

import pytest

from analyzers.importing.failures import FailureKind
from fakes.sources.simulated_imports import assert_clean, failure, run


@pytest.mark.parametrize(
    "line",
    [
        "sys.modules[name] = type(name, (), {})()",
        "sys.modules[name.lower()] = object()",
        "sys.modules[compute(name)] = object()",
        "sys.modules.update({name: object()})",
        "sys.modules.setdefault(name, object())",
        "module = sys.modules[name] = object()",
    ],
)
def test_a_module_that_another_one_replaces(line: str) -> None:
    files = {
        "lib/__init__.py": "from . import lazy\nlazy.replace(__name__)",
        "lib/lazy.py": f"import sys\ndef replace(name):\n    {line}",
    }
    assert_clean("from lib import gone", files)
    assert_clean("import lib\nlib.gone\nimport lib.gone_too", files)


@pytest.mark.parametrize(
    "library",
    [
        "from __future__ import annotations as gone",
        "from __future__ import division as gone, annotations",
        "run = compute()\nrun('\\ndef gone(): ...')",
        "from helper import Told\nclass A(Told): ...",
        "from helper import shown\n@shown\nclass A: ...",
        "from helper import shown\n@shown\ndef f(): ...",
        "import sys\nsetattr(sys.modules[compute()], 'gone', 1)",
    ],
)
def test_names_that_come_into_a_module_by_a_side_way(library: str) -> None:
    helper = """
        import sys
        class Told:
            def __init_subclass__(cls, **kwargs):
                setattr(sys.modules[cls.__module__], "gone", cls)
        def shown(it):
            setattr(sys.modules[it.__module__], "gone", it)
            return it
        """
    assert_clean("from lib import gone", {"lib.py": library, "helper.py": helper})


@pytest.mark.parametrize("key", ["'lib.chosen'", "__name__", "compute()"])
def test_a_module_that_takes_itself_out_for_another(key: str) -> None:
    files = {
        "lib/__init__.py": "",
        "lib/chosen.py": f"import sys\ndel sys.modules[{key}]\nfrom lib import choice\nchoice.install()",
        "lib/choice.py": """
            import sys
            def install():
                if "lib.chosen" in sys.modules:
                    raise ImportError("there is one")
                sys.modules["lib.chosen"] = object()
            """,
    }
    assert_clean("from lib import chosen\nchosen.gone", files)


def test_setting_what_a_class_manages_may_set_anything() -> None:
    library = """
        class Client:
            def __init__(self):
                self._host = ""
            @property
            def host(self):
                return self._host
            @host.setter
            def host(self, value):
                self._host = value
            def connect(self, host):
                self.host = host
                if len(self._host) == 0:
                    raise ValueError("no host")
        class Noted(dict):
            def __init__(self):
                self.note = ""
            def __setattr__(self, name, value):
                self.__dict__["note"] = "x"
            def told(self):
                self.other = 1
                if self.note == "":
                    raise ValueError("no note")
        """
    assert_clean("import lib\nlib.Client().connect('x')\nlib.Noted().told()", {"lib.py": library})


def test_what_is_compiled_has_names_beside_those_of_its_source() -> None:
    files: dict[str, str | bytes] = {"lib.py": "kept = 1", "lib.abi3.so": b"\x7fELF\0made\0"}
    assert_clean("from lib import kept, made", files)
    assert failure("from lib import gone", files).kind is FailureKind.NAME


def test_a_base_that_refuses_a_keyword_of_its_subclass() -> None:
    files = {
        "user.py": "import lib\nclass A(lib.B, frozen=True): ...",
        "lib.py": "class B:\n    def __init_subclass__(cls): ...",
    }
    found = failure("import user", files)
    assert (found.kind, str(found.consumer)) == (FailureKind.ARGUMENTS, "user.py:2")


def test_telling_the_next_base_of_a_subclass() -> None:
    library = """
        class A:
            def __init_subclass__(cls, **kwargs):
                super().__init_subclass__(**kwargs)
        class B(A):
            @classmethod
            def __init_subclass__(cls, **kwargs):
                super().__init_subclass__(**kwargs)
        """
    assert_clean("import lib\nclass C(lib.B): ...", {"lib.py": library})


def test_path_files_may_bring_back_what_the_library_lost() -> None:
    code, python = "import distutils", (3, 12, 0)
    assert failure(code, {"lib.py": ""}, python=python).kind is FailureKind.STANDARD_LIBRARY
    assert_clean(code, {"lib.py": "", "lib-start.pth": "import lib\n"}, python=python)


@pytest.mark.parametrize(
    ("line", "is_open"),
    [
        ("sys.modules['lib.' + name] = object()", True),
        ("found = sys.modules[name] = object()", True),
        ("sys.modules.update(made)", True),
        ("register(sys.modules)", True),
        ("del sys.modules[name]", True),
        ("found = sys.modules[name]", False),
        ("found = sys.modules[name].__file__", False),
        ("found = sys.modules.get(name)", False),
        ("found = name in sys.modules", False),
        ("if sys.modules[name] == name: found = 1", False),
    ],
)
def test_what_may_make_submodules(line: str, is_open: bool) -> None:
    files = {
        "lib/__init__.py": "from . import names",
        "lib/names.py": f"import sys\ndef f(name):\n    {line}",
    }
    found = run("import lib.gone", files)
    assert bool(found.failures) is not is_open


LOADED = """
    def __getattr__(name):
        return load(name)
    def load(name):
        if name == 'kept':
            globals()[name] = 1
            return 1
        raise AttributeError(name)
    """


@pytest.mark.parametrize(
    "library",
    [
        "globals()['kept'] = 1",
        "globals().update({'kept': 1}, )",
        "for each in ('kept', 'kept_too'):\n    globals()[each] = 1",
        "import sys\nsys.modules[__name__].__dict__.update(kept=1)",
        "import sys\nsetattr(sys.modules[__name__], 'ke' + 'pt', 1)",
        "import enum\n@enum.global_enum\nclass Kind(enum.IntEnum):\n    kept = 1",
        "import enum\nX_ONE = 1\nenum.IntEnum._convert_('kept', __name__, str.isupper)",
        "def bind(it):\n    it.__globals__['kept'] = it\n    return it\n@bind\ndef f(): ...",
        "def bind():\n    global kept\n    kept = 1\nbind()",
        "[kept := each for each in (1, 2)]",
        LOADED,
    ],
)
def test_a_module_of_which_all_names_are_computed_stays_closed(library: str) -> None:
    assert_clean("from lib import kept", {"lib.py": library})
    assert failure("from lib import gone", {"lib.py": library}).kind is FailureKind.NAME


@pytest.mark.parametrize(
    "library",
    [
        "def add(it, name):\n    import lib\n    setattr(lib, it.__name__, it)",
        "def add(it):\n    globals()[it.__name__] = it",
        "import sys\nspace = sys.modules[__name__].__dict__\ndef add(names):\n    space.update(names)",
        "def load():\n    global gone\n    gone = 1",
        "class Late:\n    def load(self):\n        globals()['gone'] = 1",
        "from typing import Any\ngone: Any",
        "__all__ = ['gone']",
    ],
)
def test_names_that_code_may_bind_that_nobody_saw_running(library: str) -> None:
    assert_clean("from lib import gone", {"lib.py": library})


def test_names_of_modules_that_are_no_identifiers() -> None:
    files = {"lib/__init__.py": "", "lib/0001_first.py": "kept = 1", "lib/data-9.py": ""}
    code = """
        from importlib import import_module
        import_module("lib.0001_first").kept
        import_module("lib.data-9")
        """
    assert_clean(code, files)


def test_modules_that_a_package_brings_along_on_a_path_of_its_own() -> None:
    files = {
        "lib/__init__.py": "import sys\nsys.path.append(__file__.replace('__init__.py', 'vendor'))",
        "lib/vendor/inner.py": "",
        "lib/use.py": "import inner",
    }
    assert_clean("import lib.use", files)
    found = run("import lib\nimport nothing", files)
    assert [each.kind for each in found.doubtful] == [FailureKind.DISTRIBUTION]


def test_a_module_that_takes_itself_out_of_the_modules() -> None:
    maker = """
        import sys
        def make():
            if 'lib.made' in sys.modules:
                raise ImportError('made twice')
            sys.modules['lib.made'] = object()
        """
    made = "import sys\ndel sys.modules['lib.made']\nfrom lib import maker\nmaker.make()"
    files = {"lib/__init__.py": "", "lib/made.py": made, "lib/maker.py": maker}
    assert_clean("import lib.made\nfrom lib.made import anything", files)


def test_raising_where_nothing_was_raised_is_not_certain() -> None:
    library = "try:\n    1 / zero()\nexcept ArithmeticError:\n    pass\nelse:\n    raise ImportError"
    assert_clean("import lib", {"lib.py": library})


def test_what_a_base_that_is_not_known_does_to_an_object() -> None:
    library = """
        import ast
        class Names(ast.NodeVisitor):
            def __init__(self):
                self.names = []
            def visit_Name(self, node):
                self.names.append(node.id)
        names = Names()
        names.visit(ast.parse("gone"))
        def __getattr__(name):
            if name in names.names:
                return 1
            raise AttributeError(name)
        """
    assert_clean("from lib import gone", {"lib.py": library})


def test_what_is_set_on_an_object_that_is_not_known() -> None:
    files = {
        "lib/__init__.py": "from lib import plugin\nfor each in found():\n    setattr(load(each), 'gone', 1)",
        "lib/plugin.py": "",
    }
    assert_clean("from lib.plugin import gone", files)


def test_what_another_module_of_the_distribution_sets_when_it_is_used() -> None:
    files = {
        "lib/__init__.py": "from lib import plugin\ndef use(module):\n    setattr(module, 'gone', 1)",
        "lib/plugin.py": "",
    }
    assert_clean("from lib.plugin import gone", files)
    assert failure("from lib.plugin import gone_too", files).kind is FailureKind.NAME
