"""Whom a failure is traced to; every stack is really installed, imported and run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fakes.probing.probed_stacks import probed
from knowledge.probing.records import Verdict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="probes are confined on Linux alone")
LIB = """
__all__ = ["Client", "work", "strict"]

class Client:
    def __init__(self, *, timeout=0):
        self.timeout = timeout
    def new(self):
        return Client()

def work(a, b):
    return a + b

def strict(value):
    if value < 0:
        raise ValueError("value must not be negative")

def __getattr__(name):
    if name == "moved":
        raise ImportError("moved has moved to lib.elsewhere")
    raise AttributeError(f"module lib has no attribute {name}")
"""
DIRECT = {
    "a name": ("from lib import gone", "ImportError"),
    "a name of a module": ("from lib.sub import gone", "ImportError"),
    "a module": ("import lib.gone", "ModuleNotFoundError"),
    "an attribute": ("import lib.sub\nlib.sub.gone", "AttributeError"),
    "an attribute that is refused": ("from lib import moved", "ImportError"),
    "a keyword": ("import lib\nlib.Client(proxies=1)", "TypeError"),
    "an argument": ("from lib import work\nwork(1)", "TypeError"),
    "an argument too many": ("from lib import work as w\nw(1, 2, 3)", "TypeError"),
    "a keyword of a base": (
        (
            "import lib\nclass C(lib.Client):\n    def __init__(self, **more):\n"
            "        super().__init__(**more)\nC(app=1)"
        ),
        "TypeError",
    ),
    "an attribute of an object": ("import lib\nlib.Client().new().execute()", "AttributeError"),
    "a value": ("import lib\nlib.strict(-1)", "ValueError"),
    "a reason that it gave another name": (
        "try:\n    from lib import gone\nexcept ImportError as e:\n    raise RuntimeError('no') from e",
        "RuntimeError",
    ),
    "a reason that it hid": (
        "try:\n    from lib import gone\nexcept ImportError:\n    raise RuntimeError('no') from None",
        "RuntimeError",
    ),
    "a crash": ("import lib.sub\nlib.sub.crash()", "SIGSEGV"),
}
SUB = "def crash():\n    import ctypes\n    ctypes.string_at(0)\n"


@pytest.mark.parametrize(("code", "error"), DIRECT.values(), ids=DIRECT)
def test_who_asks_is_paired_with_whose_it_is(tmp_path: Path, code: str, error: str) -> None:
    result = probed(
        tmp_path,
        {
            "app": {"app/__init__.py": code + "\n"},
            "lib": {"lib/__init__.py": LIB, "lib/sub.py": SUB},
        },
    )
    assert result.verdict is Verdict.FAILED
    assert result.failure is not None
    assert (result.failure.step, result.failure.error) == ("import app", error)
    assert [str(release) for release in result.blame] == ["app==1", "lib==1"]


@pytest.mark.parametrize(
    ("app", "error", "blame"),
    [
        ("1 / 0", "ZeroDivisionError", ["app==1"]),
        ("import lib_that_nobody_installed", "missing-module", ["app==1"]),
        ("import formatter", "ModuleNotFoundError", ["app==1"]),
        ("import inspect\ninspect.getargspec", "AttributeError", ["app==1"]),
        ("import lib\nlib.check('1')", "TypeError", ["app==1", "lib==1"]),
        ("import lib.broken", "SyntaxError", ["lib==1"]),
        ("import json\njson.loads('{')", "JSONDecodeError", ["app==1"]),
        ("import os\nos._exit(3)", "exited", ["app==1"]),
        ("raise SystemExit(4)", "SystemExit", ["app==1"]),
    ],
)
def test_who_is_alone_is_blamed_alone(tmp_path: Path, app: str, error: str, blame: list[str]) -> None:
    lib = {
        "lib/__init__.py": "def check(value):\n    return value + 1\n",
        "lib/broken.py": "print 'x'\n",
    }
    result = probed(tmp_path, {"app": {"app/__init__.py": app + "\n"}, "lib": lib})
    assert result.failure is not None
    assert (result.verdict, result.failure.error) == (Verdict.FAILED, error)
    assert [str(release) for release in result.blame] == blame


def test_the_pair_is_the_one_that_broke_and_not_the_one_that_was_asked_for(tmp_path: Path) -> None:
    result = probed(
        tmp_path,
        {
            "app": {"app/__init__.py": "import mid\n"},
            "mid": {"mid/__init__.py": "from lib import gone\n"},
            "lib": {"lib/__init__.py": LIB},
        },
    )
    assert [str(release) for release in result.blame] == ["mid==1", "lib==1"]
    assert result.failure is not None
    assert result.failure.where == "mid/__init__.py:1"
    assert result.failure.message == "cannot import name 'gone' from 'lib' (lib/__init__.py)"


@pytest.mark.parametrize(
    ("script", "error", "blame"),
    [
        ("import lib; lib.Client(proxies=1)", "TypeError", ["lib==1"]),
        ("from lib import gone", "ImportError", ["lib==1"]),
        ("import lib; lib.strict(-1)", "ValueError", ["lib==1"]),
        ("import app; app.use()", "TypeError", ["app==1", "lib==1"]),
        ("1 / 0", "ZeroDivisionError", []),
        ("import nothing_of_the_kind", "missing-module", []),
        ("import os, sys; sys.exit(2)", "SystemExit", []),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL", []),
        (
            (
                "import subprocess, sys\nprogram = 'import app; app.use()'\n"
                "sys.exit(subprocess.run([sys.executable, '-c', program]).returncode)"
            ),
            "TypeError",
            ["app==1", "lib==1"],
        ),
    ],
)
def test_what_the_users_own_code_calls_is_blamed_alone(
    tmp_path: Path, script: str, error: str, blame: list[str]
) -> None:
    app = {"app/__init__.py": "import lib\n\ndef use():\n    lib.Client(proxies=1)\n"}
    result = probed(tmp_path, {"app": app, "lib": {"lib/__init__.py": LIB}}, script=script)
    assert result.failure is not None
    assert (result.verdict, result.failure.step, result.failure.error) == (Verdict.FAILED, "script", error)
    assert [str(release) for release in result.blame] == blame


def test_a_file_called_like_the_script_belongs_to_its_release(tmp_path: Path) -> None:
    app = {"app/__init__.py": "import app.script\n", "app/script.py": "from lib import gone\n"}
    result = probed(tmp_path, {"app": app, "lib": {"lib/__init__.py": LIB}})
    assert [str(release) for release in result.blame] == ["app==1", "lib==1"]


def test_objects_that_mislead_whoever_looks_at_them_do_no_harm(tmp_path: Path) -> None:
    app = """
class Trap:
    def __getattribute__(self, name):
        raise SystemExit(0)
    def __repr__(self):
        raise SystemExit(0)

class Odd(Exception):
    name = Trap()
    path = Trap()
    def __str__(self):
        raise SystemExit(0)

trap = Trap()
raise Odd(trap)
"""
    result = probed(tmp_path, {"app": {"app/__init__.py": app}})
    assert result.verdict is Verdict.FAILED
    assert [str(release) for release in result.blame] == ["app==1"]
