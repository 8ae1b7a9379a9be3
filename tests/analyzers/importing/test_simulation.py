"""The rules by which imports succeed and fail, each on a stack of a few lines."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from analyzers.importing.failures import FailureKind
from analyzers.importing.machine import Target
from analyzers.importing.simulation import Code, script, simulated
from fakes.sources.simulated_imports import PYTHON, assert_clean, failure, run, stack


def test_finds_a_name_that_is_gone() -> None:
    found = failure(
        "import user", {"user/__init__.py": "\nfrom lib import gone\n", "lib/__init__.py": "kept = 1"}
    )
    assert (found.kind, str(found.consumer), found.consumer.distribution) == (
        FailureKind.NAME, "user/__init__.py:2", "user",
    )  # fmt: skip
    assert (found.provider, found.where) == ("lib", "lib")
    assert [str(site) for site in found.chain] == ["check.py:1", "user/__init__.py:2"]


def test_says_which_distributions_it_looked_into() -> None:
    found = run(
        "import a", {"a/__init__.py": "import b.c", "b/__init__.py": "import d", "b/c.py": "", "d.py": ""}
    )
    assert found.reached == (("a", "b"), ("b", "d"))


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    from lib import gone\nexcept ImportError:\n    pass",
        "try:\n    from lib import gone\nexcept (AttributeError, ImportError):\n    pass",
        "try:\n    from lib import gone\nexcept:\n    pass",
        "try:\n    import lib.gone\nexcept ModuleNotFoundError:\n    pass",
        "try:\n    import lib\n    lib.gone\nexcept AttributeError:\n    pass",
        "from contextlib import suppress\nwith suppress(ImportError):\n    from lib import gone",
        "from lib import guard\nwith guard():\n    from lib import gone",
        "import sys\nif sys.version_info < (3, 8):\n    from lib import gone",
        "import sys\nif sys.platform == 'win32':\n    from lib import gone",
        "import os\nif os.environ.get('X'):\n    from lib import gone",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib import gone",
        "import lib\nif hasattr(lib, 'gone'):\n    lib.gone",
        "import lib\ngetattr(lib, 'gone', None)",
        "def f():\n    from lib import gone",
        "if __name__ != '__main__':\n    from lib import gone",
        "f = lambda: lib.gone",
        "import lib\ng = (lib.gone for _ in [])",
        "from __future__ import annotations\nimport lib\ndef f(a: lib.gone) -> lib.gone: ...",
    ],
)
def test_guards_guard(code: str) -> None:
    library = "import contextlib\n@contextlib.contextmanager\ndef guard():\n    yield\n"
    assert_clean(code, {"lib/__init__.py": library})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("try:\n    from lib import gone\nexcept ModuleNotFoundError:\n    pass", FailureKind.NAME),
        ("try:\n    from lib import gone\nexcept AttributeError:\n    pass", FailureKind.NAME),
        ("try:\n    from lib import gone\nexcept ImportError:\n    raise", FailureKind.NAME),
        ("try:\n    import nothing\nexcept ImportError:\n    from lib import gone", FailureKind.NAME),
        ("import lib\nclass A:\n    x = lib.gone", FailureKind.ATTRIBUTE),
        ("import lib\n@lib.gone\ndef f(): ...", FailureKind.ATTRIBUTE),
        ("import lib\ndef f(a=lib.gone): ...", FailureKind.ATTRIBUTE),
        ("import lib\ndef f(a: lib.gone): ...", FailureKind.ATTRIBUTE),
        ("import lib\ndef f():\n    return lib.gone\nf()", FailureKind.ATTRIBUTE),
        ("import lib.gone", FailureKind.MODULE),
        ("import lib\nlib.f(b=1)", FailureKind.ARGUMENTS),
        ("import lib\nlib.f()", FailureKind.ARGUMENTS),
        ("import lib\nlib.f(1, 2)", FailureKind.ARGUMENTS),
    ],
)
def test_what_is_no_guard(code: str, kind: FailureKind) -> None:
    assert failure(code, {"lib/__init__.py": "def f(a): ..."}).kind is kind


def test_keywords_are_followed_through_super() -> None:
    files = {
        "user.py": """
            from lib import Client
            class Wrapper(Client):
                def __init__(self, **kwargs):
                    kwargs.setdefault("proxies", None)
                    super().__init__(**kwargs)
            """,
        "lib.py": "class Client:\n    def __init__(self, *, timeout=None): ...",
    }
    found = failure("import user\nuser.Wrapper(timeout=3)", files)
    assert (found.message, str(found.consumer), found.provider) == (
        "__init__() got an unexpected keyword argument 'proxies'", "user.py:6", "lib",
    )  # fmt: skip


def test_a_module_that_refuses_to_be_imported() -> None:
    files = {
        "user.py": "import lib.part",
        "lib/__init__.py": "",
        "lib/part.py": "try:\n    import moved\n"
        "except ImportError:\n    raise ImportError('it moved') from None",
    }
    found = failure("import user", files)
    assert (found.kind, found.message, str(found.consumer), found.where) == (
        FailureKind.RAISE, "it moved", "user.py:1", "lib.part:4",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "is_there"),
    [
        ("if name in _TABLE: return _TABLE[name]\n    raise AttributeError(name)", False),
        ("return _TABLE[name]", False),
        ("if name.startswith('go'): return 1\n    raise AttributeError(name)", True),
        ("return compute(name)", True),
        ("raise AttributeError(f'{name} is gone')", False),
    ],
)
def test_asks_a_module_for_names_it_makes_on_demand(answer: str, is_there: bool) -> None:
    library = f"_TABLE = {{'kept': 1}}\ndef __getattr__(name):\n    {answer}"
    found = run("from lib import gone", {"lib.py": library})
    assert [each.kind for each in found.failures] == ([] if is_there else [FailureKind.NAME])


def test_a_name_that_is_refused_on_a_line_of_its_own_is_gone_even_from_an_open_module() -> None:
    library = """
        exec("a = 1")
        def __getattr__(name):
            if name in {"gone"}:
                raise AttributeError("use kept")
            raise AttributeError(name)
        """
    assert failure("import lib\nlib.gone", {"lib.py": library}).message == "use kept"
    assert_clean("import lib\nlib.other", {"lib.py": library})


@pytest.mark.parametrize(
    "library",
    [
        "exec('gone = 1')",
        "import sys\nsys.modules[__name__] = object()",
        "globals().update(compute())",
        "for name in compute():\n    globals()[name] = 1",
        "f(globals())",
        "import sys\nsetattr(sys.modules[__name__], compute(), 1)",
        "import json\nfrom helper import fill\nfill()",
        "from native import *",
        "for name in 'gone', 'other':\n    globals()[name] = name",
        "vars()['gone'] = 1",
        "gone: int = 1",
        "def f():\n    global gone\n    gone = 1\nf()",
        (
            "import enum, sys\nclass E(enum.IntEnum):\n    gone = 1\n"
            "for e in E:\n    setattr(sys.modules[__name__], e.name, e.value)"
        ),
        "if compute():\n    gone = 1",
        "try:\n    compute()\nexcept Exception:\n    gone = 1",
        "while compute():\n    gone = 1",
        "with compute() as gone: ...",
        "import lib.gone",
        "(gone := 1)",
        "match compute():\n    case gone: ...",
    ],
)
def test_a_module_that_may_have_the_name(library: str) -> None:
    files: dict[str, str | bytes] = {
        "lib.py": library,
        "helper.py": "import sys\ndef fill():\n    sys._getframe(1).f_globals['gone'] = 1",
        "native.abi3.so": b"\0gone\0",
    }
    if library == "import lib.gone":
        files = {"lib/__init__.py": library, "lib/gone.py": ""}
    assert_clean("from lib import gone", files)


def test_a_star_of_a_list_of_names_brings_these_alone() -> None:
    files = {"lib.py": "from open import *", "open.py": "__all__ = ['kept']\nkept = 1\nexec('gone = 1')"}
    assert failure("from lib import gone", files).kind is FailureKind.NAME


def test_a_star_of_an_extension_brings_the_strings_in_it() -> None:
    files: dict[str, str | bytes] = {"lib.py": "from native import *", "native.abi3.so": b"\0kept\0"}
    assert_clean("from lib import kept", files)
    assert failure("from lib import gone", files).kind is FailureKind.NAME


def test_source_beside_an_extension_tells_its_names_but_does_not_fail_for_it() -> None:
    files: dict[str, str | bytes] = {"lib.py": "kept = 1", "lib.abi3.so": b"\x7fELF"}
    assert failure("from lib import gone", files).kind is FailureKind.NAME
    assert_clean("from lib import gone", {**files, "lib.py": "from lib2 import x", "lib2.py": ""})


def test_a_failure_that_was_guarded_fails_who_does_not_guard() -> None:
    files = {"user.py": "from lib import gone", "lib.py": ""}
    code = "try:\n    import user\nexcept ImportError:\n    pass\nimport user"
    assert str(failure(code, files).consumer) == "user.py:1"


def test_circular_imports_may_still_bind_what_their_text_names() -> None:
    assert_clean("import a", {"a.py": "import b\nlate = 1", "b.py": "from a import late"})


def test_a_missing_distribution_never_refutes() -> None:
    (found,) = run("import lib", {"lib.py": "import nowhere"}).doubtful
    assert (found.kind, found.confidence) == (FailureKind.DISTRIBUTION, Confidence.POSSIBLE)


def test_a_module_that_a_distribution_of_the_stack_gave_once() -> None:
    found = failure("import user", {"user.py": "import pkg_resources"}, versions={"setuptools": "90"})
    assert (found.kind, found.provider) == (FailureKind.MODULE, "setuptools")


def test_what_a_distribution_asks_of_itself_is_likely_alone() -> None:
    (found,) = run("import lib", {"lib/__init__.py": "from .part import gone", "lib/part.py": ""}).doubtful
    assert found.confidence is Confidence.LIKELY


def test_a_check_of_arguments_never_refutes() -> None:
    (found,) = run("import lib\nlib.f()", {"lib.py": "def f():\n    raise ValueError('no')"}).doubtful
    assert (found.confidence, found.message) == (Confidence.POSSIBLE, "no")


def test_import_hooks_open_what_is_below() -> None:
    files = {"six.py": "import sys\nsys.meta_path.append(object())"}
    assert_clean("import six.moves.urllib", files)
    assert_clean("from six.moves import urllib", files)


@pytest.mark.parametrize(
    ("code", "python", "is_there"),
    [
        ("from collections import Mapping", (3, 9, 0), True),
        ("from collections import Mapping", (3, 10, 0), False),
        ("import imp", (3, 11, 0), True),
        ("import imp", (3, 12, 0), False),
        ("import asyncio\nasyncio.coroutine", (3, 11, 0), False),
        ("import asyncio\nclass E(asyncio.TimeoutError, TimeoutError): ...", (3, 11, 0), False),
        ("import asyncio\nclass E(asyncio.TimeoutError, TimeoutError): ...", (3, 10, 0), True),
    ],
)
def test_what_the_target_python_lacks(code: str, python: tuple[int, int, int], is_there: bool) -> None:
    found = run("import user", {"user.py": code}, python=python)
    assert [each.kind for each in found.failures] == ([] if is_there else [FailureKind.STANDARD_LIBRARY])


def test_names_that_are_asked_for_by_trying() -> None:
    library = "try:\n    unicode\nexcept NameError:\n    from gone import x"
    assert failure("import lib", {"lib.py": library, "gone.py": ""}).kind is FailureKind.NAME


def test_what_the_users_code_starts_as_a_module() -> None:
    files = {
        "tool/__init__.py": "",
        "tool/__main__.py": "if __name__ == '__main__':\n    from lib import gone",
        "lib.py": "",
    }
    code = "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'tool', '--version'])"
    found = failure(code, files)
    assert (found.kind, str(found.consumer), str(found.chain[0])) == (
        FailureKind.NAME, "tool/__main__.py:2", "check.py:2",
    )  # fmt: skip
    assert failure("import runpy\nrunpy.run_module('tool')", files).kind is FailureKind.NAME


def test_console_scripts_are_roots() -> None:
    files = {"tool.py": "def main():\n    from lib import gone", "lib.py": ""}
    found = simulated(stack(files), Target(PYTHON), code=[script("tool", "tool:main [extra]")])
    assert str(found.failures[0].consumer) == "tool.py:2"


def test_what_may_not_happen_does_not_fail() -> None:
    library = """
        class Options:
            names = []
            def add(self, name): self.names.append(name)
        O = Options()
        if f():
            O.add(1)
        """
    assert_clean("import lib\nif not lib.O.names:\n    from lib import gone", {"lib.py": library})


def test_every_root_is_tried() -> None:
    files = {"a.py": "from lib import x", "b.py": "from lib import y", "lib.py": ""}
    found = simulated(stack(files), Target(PYTHON), roots=["a", "b"])
    assert [str(each.consumer) for each in found.failures] == ["a.py:1", "b.py:1"]


def test_the_same_twice() -> None:
    files = {
        "a.py": "from lib import *\nfrom b import gone",
        "b.py": "from lib import *",
        "lib.py": "x = {1, 2}",
    }
    assert run("import a", files) == run("import a", files)


def test_code_that_is_no_python() -> None:
    assert not simulated(stack({}), Target(PYTHON), code=[Code("check.py", "print 'x'")]).is_complete
    assert_clean("import lib\nlib.anything", {"lib.py": "print 'two'"})


def test_a_wrapper_has_the_name_of_what_it_wraps() -> None:
    user = """
        import functools, lib
        def wrap(f):
            @functools.wraps(f)
            def wrapped(): ...
            return wrapped
        @wrap
        def kept(): ...
        getattr(lib, kept.__name__)
        """
    assert_clean("import user", {"user.py": user, "lib.py": "kept = 1"})


@pytest.mark.parametrize(
    "test",
    [
        "from packaging.version import Version\nif Version(lib.__version__) >= Version('2'):",
        "from packaging.version import parse\nif parse(lib.__version__).major > 1:",
        "from packaging import version\nif version.parse(lib.__version__) >= version.parse('2.0'):",
        "from tool._vendor.packaging.version import Version\nif Version(lib.__version__).release > (1, 10):",
        "from distutils.version import LooseVersion as V\nif V(lib.__version__) > V('1.10'):",
        "if tuple(map(int, lib.__version__.split('.')[:2])) >= (2, 0):",
        "if [int(part) for part in lib.__version__.split('.')] > [1, 10]:",
        "from importlib.metadata import version\nif version('lib').startswith('2.'):",
        "from importlib import metadata\nif int(metadata.version('lib').partition('.')[0]) >= 2:",
    ],
)
def test_versions_decide_branches(test: str) -> None:
    version = "class Version:\n    def __init__(self, text): ...\ndef parse(text): return Version(text)"
    files = {
        "user.py": f"import lib\n{test}\n    from lib import new\nelse:\n    from lib import old",
        "packaging/__init__.py": "",
        "packaging/version.py": version,
        "tool/__init__.py": "",
        "tool/_vendor/__init__.py": "",
        "tool/_vendor/packaging/__init__.py": "",
        "tool/_vendor/packaging/version.py": version,
    }
    one, two = {"lib.py": "__version__ = '1.9.0'\nold = 1"}, {"lib.py": "__version__ = '2.0.1'\nnew = 1"}
    assert_clean("import user", {**files, **one}, versions={"lib": "1.9.0"})
    assert_clean("import user", {**files, **two}, versions={"lib": "2.0.1"})
    two["lib.py"] = "__version__ = '2.0.1'"
    assert failure("import user", {**files, **two}, versions={"lib": "2.0.1"}).consumer.line == 4 - (
        "\n" not in test
    )


def test_one_import_of_the_code_that_fails_does_not_hide_the_next() -> None:
    code = (
        "import gone\nfrom lib import kept, lost\nimport lib.none, urllib2\nlost()\nfrom broken import a, b"
    )
    found = run(code, {"lib/__init__.py": "kept = 1", "broken.py": "from lib import absent"})
    told = [(each.message, each.consumer.line) for each in (*found.doubtful, *found.failures)]
    assert told == [
        ("No module named 'gone'", 1),
        ("cannot import name 'lost' from 'lib'", 2),
        ("No module named 'lib.none'", 3),
        ("No module named 'urllib2' in Python 3.11", 3),
        ("cannot import name 'absent' from 'lib'", 1),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "import string\nstring.letters",
        "from html.parser import HTMLParseError",
        "import html.parser as parser\nparser.HTMLParseError",
        "import re\nre._pattern_type",
        "import email.MIMEText",
    ],
)
def test_what_python_lost_long_ago(line: str) -> None:
    found = failure("import lib", {"lib.py": line})
    assert (found.kind, found.consumer.distribution) == (FailureKind.STANDARD_LIBRARY, "lib")
    assert_clean(
        "import lib", {"lib.py": f"try:\n    {'; '.join(line.splitlines())}\nexcept Exception: pass"}
    )


def test_what_is_no_import_ends_the_code() -> None:
    found = run("import lib\nlib.gone\nfrom lib import lost", {"lib/__init__.py": ""})
    assert [each.message for each in found.failures] == ["module 'lib' has no attribute 'gone'"]
