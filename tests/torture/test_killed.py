"""What was killed loses and damages nothing: the next run says what an undisturbed one says."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.hostile.seeds import inputs
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.probing.monkey_runs import COUNT, monkey_index, told

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
MOST_LEFT = 2


def kill_again_and_again(
    place: Commands,
    command: Sequence[str],
    check: Callable[[], None],
    seconds: float,
    *,
    whole_s: float,
) -> int:
    """Start the command, kill it at any moment, check; how often that was."""
    chance = random.Random(" ".join(command))
    end = time.monotonic() + seconds
    tries = 0
    while time.monotonic() < end or not tries:
        with subprocess.Popen(
            [SCRIPT, *command],
            cwd=place.folder,
            env=place.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(chance.random() * whole_s)
            process.send_signal(chance.choice(SIGNALS))
            process.wait(60)
        check()
        tries += 1
    return tries


def took(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_advise_that_writes_a_lock(stackwright: Commands, seconds: float) -> None:
    expected = stackwright.run("advise", "flask", "--format", "pylock").out
    whole_s = took(lambda: stackwright.run("advise", "flask", "--refresh"))
    chance = random.Random(1)
    output = stackwright.path("pylock.toml")

    def check() -> None:
        if output.exists():
            assert output.read_text() == expected
        again = stackwright.run("advise", "flask", "--format", "pylock")
        assert (again.code, again.out) == (0, expected), again.err
        output.unlink(missing_ok=True)
        if chance.random() < 0.5:
            for path in stackwright.store.parent.glob("store.sqlite3*"):
                path.unlink()

    command = ["advise", "flask", "--refresh", "-o", "pylock.toml"]
    kill_again_and_again(stackwright, command, check, 2 * seconds, whole_s=whole_s)
    # a kill between making the file beside and renaming it leaves the former, and nothing worse
    assert all(path.name.startswith(".pylock") for path in stackwright.folder.iterdir())


def test_an_import_of_a_pack(stackwright: Commands, seconds: float) -> None:
    stackwright.write("seen.pack", inputs()["seen.pack"].seeds[0])
    command = ["knowledge", "import", "seen.pack", "--origin", "ann"]
    whole_s = took(lambda: stackwright.run(*command))
    stackwright.run("knowledge", "export", "good.pack")
    good = stackwright.path("good.pack").read_bytes()
    chance = random.Random(1)

    def check() -> None:
        for again in (command, ["knowledge", "export", "x.pack"]):
            done = stackwright.run(*again)
            assert done.code == 0, done.err
        assert stackwright.path("x.pack").read_bytes() == good
        if chance.random() < 0.5:
            for path in stackwright.store.parent.glob("store.sqlite3*"):
                path.unlink()

    kill_again_and_again(stackwright, command, check, 2 * seconds, whole_s=whole_s)


def test_a_scan_that_keeps_what_it_found(stackwright: Commands, seconds: float) -> None:
    for number in range(40):
        stackwright.write(
            f"code/m{number}.py", f"import flask\nimport numpy as np\nflask.x{number}()\nnp.product([1])\n"
        )
    command = ["scan", "code", "--format", "json"]
    expected = stackwright.run(*command, SOURCE_DATE_EPOCH="1700000000").out
    for path in stackwright.store.parent.glob("store.sqlite3*"):
        path.unlink()
    whole_s = took(lambda: stackwright.run(*command))
    chance = random.Random(1)

    def check() -> None:
        again = stackwright.run(*command, SOURCE_DATE_EPOCH="1700000000")
        assert (again.code, again.out) == (0, expected), again.err
        if chance.random() < 0.7:
            for path in stackwright.store.parent.glob("store.sqlite3*"):
                path.unlink()

    kill_again_and_again(stackwright, command, check, 2 * seconds, whole_s=whole_s)


@pytest.fixture
def monkey(tmp_path: Path) -> Iterator[Commands]:
    with IndexServer(monkey_index()) as server:
        yield Commands(tmp_path, server.url)


def test_a_monkey(monkey: Commands, seconds: float) -> None:
    """Killed until it has got through: one result for each stack, and the report of an undisturbed run."""
    whole_s = took(
        lambda: monkey.run("monkey", "app", "--count", str(COUNT), "--no-keep", "-o", "good", "-q")
    )
    good = told(monkey.path("good"))
    chance = random.Random(1)
    end = time.monotonic() + 4 * seconds
    runs = 0
    while time.monotonic() < end or not runs:
        folder = monkey.path(f"m{runs}")
        runs += 1
        kills = 0
        while not (folder / "report.json").exists():
            going_on = (folder / "plan.jsonl").exists()
            command = (
                ["--resume", folder.name] if going_on else ["app", "--count", str(COUNT), "-o", folder.name]
            )
            command = ["monkey", *command, "--no-keep", "-q", "--jobs", chance.choice("12")]
            with monkey.started(*command, stdout=subprocess.DEVNULL) as process:
                try:
                    process.wait(chance.random() * whole_s * (0.5 + kills / 4))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    kills += 1
                _, err = process.communicate(timeout=60)
                assert process.returncode in (0, -signal.SIGKILL), err
            for path in (folder / "results").glob("[0-9a-f]*.json"):
                json.loads(path.read_text())
        names = sorted(path.stem for path in (folder / "results").glob("[0-9a-f]*.json"))
        plan = [json.loads(line) for line in (folder / "plan.jsonl").read_text().splitlines()[1:]]
        assert names == sorted(one["id"] for one in plan)
        done = monkey.run("monkey", "--resume", folder.name, "--no-keep", "-q")
        assert done.code == 0, done.err
        assert told(folder) == good
        assert not (folder / "work").exists()


BENCHMARK = """\
benchmarks:
  - {id: w, project: tool, stands_for: [tool.work], setup: import tool, statement: tool.work(1)}
"""


@pytest.fixture
def measuring(tmp_path: Path) -> Iterator[Commands]:
    index = FakeIndex()
    for version in ("1.0", "2.0"):
        index.add("tool", version, contents={"tool/__init__.py": b"def work(n):\n    return n\n"})
    with IndexServer(index) as server:
        commands = Commands(tmp_path, server.url)
        commands.write("mine.yaml", BENCHMARK)
        yield commands


def test_a_measurement_that_is_kept(measuring: Commands, seconds: float) -> None:
    command = [
        "measure",
        "tool",
        "--benchmark",
        "mine.yaml",
        "--processes",
        "1",
        "--most-load",
        "999",
        "--keep",
        "-q",
    ]
    whole_s = took(lambda: measuring.run(*command))

    def check() -> None:
        for again in (["knowledge", "export", "x.pack", "--format", "json"], ["advise", "tool"]):
            done = measuring.run(*again)
            assert done.code == 0, done.err

    kill_again_and_again(measuring, command, check, 2 * seconds, whole_s=whole_s)
    assert measuring.run(*command).code == 0
