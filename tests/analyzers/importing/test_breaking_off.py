"""A simulation that breaks down, is broken off or is interrupted says so, and ends."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from analyzers.importing.machine import Target
from analyzers.importing.simulation import Code, simulated
from analyzers.importing.stack import ModuleFile, StackFiles
from fakes.sources.simulated_imports import PYTHON, run, stack

FOREVER = "def f(n):\n    for i in range(2000):\n        f(i)\n" + "f(1)\n" * 20


class _Breaking(StackFiles):
    """Files of which one module cannot be looked for, in a way that nobody foresaw."""

    def find(self, name: str) -> ModuleFile | None:
        """See `StackFiles.find`."""
        if name == "lib.odd":
            raise LookupError("a table is damaged")
        return super().find(name)


def breaking(text: str) -> StackFiles:
    found = stack({"app.py": text, "lib/__init__.py": "x = 1\n"})
    return _Breaking(found._parts, found.versions)


def test_a_defect_of_the_simulation_is_no_verdict_and_ends_nothing_else() -> None:
    files = breaking("try:\n    import lib.odd\nfinally:\n    pass\n")
    found = simulated(files, Target(PYTHON), roots=["app"], code=[Code("main.py", "from lib import y")])
    assert not found.is_complete
    assert found.faults == ("the simulation of app broke down: LookupError: a table is damaged",)
    assert [failure.message for failure in found.failures] == ["cannot import name 'y' from 'lib'"]


def test_a_defect_outside_of_modules_is_told_too() -> None:
    found = simulated(breaking(""), Target(PYTHON), roots=["lib.odd"])
    assert (found.is_complete, found.failures) == (False, ())
    assert found.faults == ("the simulation of what is imported broke down: LookupError: a table is damaged",)


def test_the_steps_of_a_stack_are_limited() -> None:
    files = stack({"app.py": "x = 1\n" * 1_000})
    cut = simulated(files, Target(PYTHON), roots=["app"], limit_steps=1_000)
    whole = simulated(files, Target(PYTHON), roots=["app"])
    assert (cut.is_complete, cut.is_spent) == (False, True)
    assert (whole.is_complete, whole.is_spent) == (True, False)
    assert 1_000 <= cut.steps < 1_100 < 1_600 < whole.steps


def test_the_same_steps_are_taken_each_time() -> None:
    assert (
        run("import user\n", {"user.py": FOREVER}).steps == run("import user\n", {"user.py": FOREVER}).steps
    )


def test_an_interruption_ends_it_at_once() -> None:
    files = stack({f"app{number}.py": FOREVER for number in range(200)})
    names = [f"app{number}" for number in range(200)]
    before = set(threading.enumerate())
    timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    began_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        simulated(files, Target(PYTHON), roots=names, limit_steps=10**9)
    assert time.monotonic() - began_s < 5
    timer.join()
    assert {each for each in threading.enumerate() if each.is_alive()} <= before
