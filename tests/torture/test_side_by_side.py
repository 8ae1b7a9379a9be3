"""Several processes on one store or in one directory."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import cli
from fakes.commands import SCRIPT, Commands
from fakes.hostile.seeds import inputs
from fakes.indexes.server import IndexServer
from fakes.probing.monkey_runs import COUNT, monkey_index, told


def at_once(place: Commands, commands: Sequence[Sequence[str]]) -> list[tuple[int, str, str]]:
    """Code, standard output and standard error of commands that run at the same time."""
    running = [
        subprocess.Popen(
            [SCRIPT, *command],
            cwd=place.folder,
            env=place.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for command in commands
    ]
    found = [process.communicate(timeout=120) for process in running]
    return [
        (process.returncode, out.decode(), err.decode())
        for process, (out, err) in zip(running, found, strict=True)
    ]


PAIRS: Mapping[str, Sequence[Sequence[str]]] = {
    "advise-clear": [
        ["advise", "flask"],
        ["cache", "clear"],
        ["advise", "flask", "--refresh"],
        ["cache", "clear"],
    ],
    "import-export": [
        ["knowledge", "import", "seen.pack", "--origin", "ann"],
        ["knowledge", "export", "x.pack"],
        ["knowledge", "forget", "ann"],
        ["knowledge", "import", "seen.pack", "--origin", "bob"],
    ],
    "scan-clear": [["scan", "code"], ["cache", "clear", "--derived"], ["scan", "code"], ["cache", "info"]],
    "advise-output": [["advise", "flask", "-o", "pylock.toml"], ["advise", "flask", "-o", "pylock.toml"]],
    "everything": [
        ["advise", "flask"],
        ["knowledge", "import", "seen.pack"],
        ["scan", "code"],
        ["cache", "info"],
    ],
}


@pytest.mark.parametrize("name", PAIRS)
def test_commands_beside_each_other(name: str, stackwright: Commands, seconds: float) -> None:
    stackwright.write("seen.pack", inputs()["seen.pack"].seeds[0])
    for number in range(9):
        stackwright.write(f"code/m{number}.py", f"import flask\nflask.x{number}()\n")
    expected = stackwright.run("advise", "flask", "--format", "pylock").out
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for command, (code, _, err) in zip(PAIRS[name], at_once(stackwright, PAIRS[name]), strict=True):
            may_be_nothing = command[:2] == ["knowledge", "forget"]
            assert code in ({cli.DONE, cli.BAD_INPUT} if may_be_nothing else {cli.DONE}), (command, err)
        assert stackwright.run("advise", "flask", "--format", "pylock").out == expected
    if name == "advise-output":
        assert stackwright.path("pylock.toml").read_text() == expected


@pytest.fixture
def monkey(tmp_path: Path) -> Iterator[Commands]:
    with IndexServer(monkey_index()) as server:
        yield Commands(tmp_path, server.url)


def test_of_two_monkeys_in_one_directory_one_is_refused(monkey: Commands) -> None:
    plan = ["monkey", "app", "--count", str(COUNT), "-q"]
    alone = monkey.run(*plan, "-o", "good")
    assert alone.code == 0, alone.err
    found = at_once(monkey, [[*plan, "-o", "m"]] * 3)
    assert sorted(code for code, _, _ in found) == [cli.DONE, cli.BAD_INPUT, cli.BAD_INPUT]
    assert all(
        "another process works in m" in err or "a plan already" in err for code, _, err in found if code
    )
    assert told(monkey.path("m")) == told(monkey.path("good"))
