from __future__ import annotations

import pytest

from images.errors import UnknownPlatformError, UnknownPythonError
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from images.facts.targets import target_environment

VALUES: dict[str, FactValue] = {
    "python.version": "3.11.7",
    "python.implementation": "pypy",
    "python.implementation.version": "7.3.13",
    "python.abi": "pypy311_pp73",
    "os.kernel": "linux",
    "os.kernel.release": "6.1",
    "os.id": "debian",
    "libc.name": "glibc",
    "libc.version": "2.36",
    "arch": "x86_64",
    "memory_bytes": 1024,
}
HOST = RuntimeEnvironment(facts={name: Fact(value=value, source="host") for name, value in VALUES.items()})


def test_without_a_wish_the_target_is_the_base() -> None:
    assert target_environment(HOST) == HOST


def test_another_interpreter_leaves_nothing_of_the_first_and_the_machine_as_it_is() -> None:
    target = target_environment(HOST, python_version="3.14t")
    interpreter = {name: target[name] for name in target if name.startswith("python.")}
    assert interpreter == {
        "python.version": "3.14.0",
        "python.implementation": "cpython",
        "python.abi": "cp314t",
        "python.gil": False,
    }
    assert {name for name in HOST if not name.startswith("python.")} == set(target) - interpreter.keys()
    assert target.facts["python.version"].source == "--python-version"


def test_another_platform_leaves_nothing_of_this_machine_but_the_interpreter() -> None:
    target = target_environment(HOST, platform="win_amd64")
    assert {name for name in target if not name.startswith("python.")} == {
        "os.kernel",
        "os.id",
        "arch",
        "libc.name",
    }
    assert target["python.abi"] == "pypy311_pp73"


def test_mistakes_are_told_apart() -> None:
    with pytest.raises(UnknownPythonError):
        target_environment(HOST, python_version="linux")
    with pytest.raises(UnknownPlatformError):
        target_environment(HOST, platform="3.11")
