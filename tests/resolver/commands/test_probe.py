"""``stackwright probe`` as a user runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.observations.record import Observation, Outcome
from knowledge.stores.locations import open_store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="probes are confined on Linux alone"),
]
BROKEN = "app==1.0\nbase==2.0\n"
FIXED = "app==1.0\nbase==1.0\n"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """A release that wants what the newest release of another no longer has."""
    index = FakeIndex()
    index.add("app", "1.0", requires=["base"], contents={"app/__init__.py": b"from base import old\n"})
    index.add("base", "1.0", contents={"base/__init__.py": b"old = 1\n"})
    index.add("base", "2.0", contents={"base/__init__.py": b"new = 1\n"})
    index.add("source", "1.0", wheel=False, sdist=True)
    with IndexServer(index) as running:
        yield running


def test_a_stack_that_works(stackwright: Commands) -> None:
    stackwright.write("lock.txt", FIXED)
    stackwright.write("use.py", "import app\nassert app.old == 1\n")
    ran = stackwright.main("probe", "lock.txt", "--script", "use.py", "--import", "base", "-q")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("passed: 2 releases of lock.txt, Python ")
    assert "imported 2 of 2 modules that matter" in ran.out
    assert "held by: " in ran.out


def test_a_stack_that_does_not(stackwright: Commands) -> None:
    stackwright.write("lock.txt", BROKEN)
    ran = stackwright.main("probe", "lock.txt", "-q")
    assert ran.code == 1
    assert "import app: ImportError: cannot import name 'old' from 'base' (base/__init__.py)" in ran.out
    assert "(app/__init__.py:1)" in ran.out
    assert "blame: app==1.0 with base==2.0" in ran.out


def test_a_program_finds_the_code_that_is_named(stackwright: Commands) -> None:
    stackwright.write("lock.txt", FIXED)
    stackwright.write("use.py", "from shop import cart\nassert cart.old == 1\n")
    stackwright.write("project/src/shop/cart.py", "from app import old\n")
    command = ("probe", "lock.txt", "--script", "use.py", "-q")
    assert "No module named 'shop'" in stackwright.main(*command).out
    assert stackwright.main(*command, "--source", "project").code == 0


def test_a_program_that_fails_is_the_users_own(stackwright: Commands) -> None:
    stackwright.write("lock.txt", FIXED)
    stackwright.write("use.py", "from base import new\n")
    ran = stackwright.main(
        "probe", "lock.txt", "--script", "use.py", "-q", "--format", "json", "-o", "out.json"
    )
    assert ran.code == 1
    assert (stackwright.folder / "out.json").read_text() == ran.out
    assert ran.json["has_script"] is True
    assert ran.json["result"]["failure"]["step"] == "script"
    assert [each["project"] for each in ran.json["result"]["blame"]] == ["base"]
    assert {"python.version", "arch"} <= ran.json["environment"]["facts"].keys()


@pytest.mark.parametrize(("lock", "kept"), [(BROKEN, 2), (FIXED, 2), ("source==1.0\n", 0)])
def test_what_was_seen_is_kept_unless_nothing_is_known(stackwright: Commands, lock: str, kept: int) -> None:
    stackwright.write("lock.txt", lock)
    code = stackwright.main("probe", "lock.txt", "--keep", "-q").code
    assert code == (3 if not kept else 1 if lock == BROKEN else 0)
    store = open_store(str(stackwright.store))
    try:
        payloads = store.observations(["app", "base", "source"], ["import", "test"])
    finally:
        store.close()
    assert sum(map(len, payloads.values())) == kept
    for payload in (each for rows in payloads.values() for each in rows):
        observation = msgspec.msgpack.decode(payload, type=Observation)
        assert [release.project for release in observation.subject] == ["app", "base"]
        assert (observation.outcome is Outcome.FAILED) == (lock == BROKEN)
        assert [str(one) for one in observation.blame] == ["app==1.0", "base==2.0"] * (lock == BROKEN)


def test_what_a_probe_saw_moves_the_pin_and_is_cited(stackwright: Commands) -> None:
    def advised(*arguments: str) -> Any:
        return stackwright.advise("app", "--evidence", "none", "--format", "json", *arguments).json

    def pins(advice: Any) -> dict[str, str]:
        return {pin["name"]: pin["version"] for pin in advice["pins"]}

    assert pins(advised()) == {"app": "1.0", "base": "2.0"}
    stackwright.write("lock.txt", BROKEN)
    assert stackwright.main("probe", "lock.txt", "--keep", "-q").code == 1
    advice = advised()
    assert pins(advice) == {"app": "1.0", "base": "1.0"}
    rejected = next(pin for pin in advice["pins"] if pin["name"] == "base")["rejected"]
    assert [(one["version"], one["unit"]) for one in rejected] == [("2.0", "observed-failures")]
    assert rejected[0]["reason"]["message"].startswith(
        "app 1.0 was seen to fail beside base 2.0: ImportError"
    )
    told = stackwright.main("explain", "base==2.0", "app", "--evidence", "none")
    assert "was seen to fail beside base 2.0" in " ".join(told.out.split())


def test_explain_knows_the_program_that_was_probed(stackwright: Commands) -> None:
    """A failed program refutes for certain where the same program is to run, and nowhere else."""
    stackwright.write("lock.txt", "base==2.0\n")
    stackwright.write("use.py", "from base import old\n")
    stackwright.write("other.py", "import base\n")
    assert stackwright.main("probe", "lock.txt", "--keep", "--script", "use.py", "-q").code == 1
    for program, refused in (("use.py", True), ("other.py", False)):
        asked = ("base==2.0", "base", "--evidence", "none", "--probe-script", program)
        told = " ".join(stackwright.main("explain", *asked).out.split())
        assert ("observed-failures" in told) == refused


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lock.txt", "--source", "."], "--source is for a program that imports it"),
        (
            ["lock.txt", "--script", "lock.txt", "--source", "gone"],
            "--source gone: no such file or directory",
        ),
        (["lock.txt", "--script", "gone.py"], "--script gone.py: No such file or directory"),
        (["lock.txt", "--import", "a-b"], "--import 'a-b' is no module"),
        (["lock.txt", "--python", "gone"], "--python gone: it does not run"),
        (["lock.txt", "--python", "."], "--python .: no Python is in"),
        (["lock.txt", "--limit-processes", "1"], "'1' is no number from 4 to 32768"),
        (["lock.txt", "--limit-time", "-1"], "'-1' is no number of seconds"),
        (["empty.txt"], "empty.txt pins no release"),
        (["other.txt"], "the release of nobody: no index has it"),
    ],
)
def test_mistakes_are_told(stackwright: Commands, arguments: list[str], told: str) -> None:
    for name, text in (("lock.txt", FIXED), ("empty.txt", ""), ("other.txt", "nobody==1.0\n")):
        stackwright.write(name, text)
    ran = stackwright.main("probe", *arguments, "-q")
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""


def test_nothing_of_the_directory_is_importable(stackwright: Commands) -> None:
    stackwright.write("lock.txt", FIXED)
    stackwright.write("base.py", "old = new = 2\n")
    stackwright.write("use.py", "import base\nassert base.old == 1\n")
    assert stackwright.main("probe", "lock.txt", "--script", "use.py", "-q").code == 0


@pytest.mark.system
@pytest.mark.parametrize(("suite", "python"), [("bullseye", "3.9."), ("trixie", "3.13.")])
def test_the_python_of_a_root(stackwright: Commands, tmp_path: Path, suite: str, python: str) -> None:
    if shutil.which("mmdebstrap") is None:
        pytest.skip("mmdebstrap is not installed")
    root = tmp_path / suite
    making = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3", suite, str(root)]
    made = subprocess.run(making, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no root of {suite} can be made: {made.stderr.strip()[-200:]}")
    stackwright.write("lock.txt", FIXED)
    stackwright.write("use.py", "import os, app\nassert os.path.exists('/etc/debian_version')\n")
    before = sorted(path.name for path in root.iterdir())
    ran = stackwright.main(
        "probe", "lock.txt", "--script", "use.py", "--python", str(root), "-q", "--format", "json"
    )
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["result"]["python"].startswith(python)
    assert ran.json["environment"]["facts"]["python.version"]["value"].startswith(python)
    assert sorted(path.name for path in root.iterdir()) == before
    stackwright.write("lock.txt", BROKEN)
    ran = stackwright.main("probe", "lock.txt", "--python", str(root), "-q", "--format", "json")
    assert [each["project"] for each in ran.json["result"]["blame"]] == ["app", "base"]
