"""Names and modules that come to be otherwise than by the statements of their own module."""

from __future__ import annotations

import pytest

from analyzers.importing.failures import FailureKind
from fakes.simulated_imports import assert_clean, failure, run


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
