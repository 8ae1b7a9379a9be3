"""Whatever a file holds, a command that reads it ends soon, with an exit code that is no bug."""

from __future__ import annotations

import contextlib
import random
import re
import resource
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

import pytest

import cli
from fakes.commands import Commands, Ran
from fakes.hostile_seeds import FILE, image_archives, inputs, write_root
from fakes.mutations import mutated

INPUTS = inputs()
EXPECTED = {cli.DONE, cli.NO_SOLUTION, cli.BAD_INPUT, cli.NO_ACCESS}
ERROR = re.compile(r"^stackwright: error: \S", re.MULTILINE)
LONGEST_S = 30
MOST_MEMORY_BYTES = 3 << 30


class TooSlowError(BaseException):
    """A command did not end in time; no handler of the program catches it."""


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    def end(signum: int, frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def limited_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


def ran(stackwright: Commands, command: Sequence[str], file: str) -> Ran:
    with time_limit():
        return stackwright.main(*[part.replace(FILE, file) for part in command])


def survive(
    stackwright: Commands,
    name: str,
    seeds: tuple[bytes, ...],
    commands: Sequence[Sequence[str]],
    seconds: float,
) -> None:
    """Feed mutated inputs for so long; what breaks a command is kept beside the test's folder."""
    chance = random.Random(name)
    end = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < end or not tried:
        data = mutated(chance, seeds)
        stackwright.write(name, data)
        for command in commands:
            kept = Path(f"{stackwright.folder}-{tried}.input")
            try:
                done = ran(stackwright, command, name)
            except BaseException:
                kept.write_bytes(data)
                raise
            if done.code not in EXPECTED:
                kept.write_bytes(data)
            assert done.code in EXPECTED, f"{command} on {kept}: {done.err[-3000:]}"
            assert done.code != cli.BAD_INPUT or ERROR.search(done.err), done.err
        tried += 1


@pytest.mark.parametrize("name", INPUTS)
def test_any_file(name: str, stackwright: Commands, seconds: float) -> None:
    seeds, commands = INPUTS[name]
    write_root(stackwright.folder)
    stackwright.write("script.py", "import numpy as np\nnp.product([1])\n")
    survive(stackwright, name, seeds, commands, seconds)


def test_any_image(tmp_path: Path, stackwright: Commands, seconds: float) -> None:
    seeds = image_archives(tmp_path)
    survive(stackwright, "image.tar", seeds, [["inspect", FILE, "--format", "json"]], 4 * seconds)


@pytest.mark.parametrize("name", INPUTS)
def test_good_files_are_read(name: str, stackwright: Commands) -> None:
    """Otherwise the fuzzers would fuzz a refusal."""
    seeds, commands = INPUTS[name]
    write_root(stackwright.folder)
    stackwright.write("script.py", "import numpy as np\nnp.product([1])\n")
    stackwright.write(name, seeds[0])
    codes = {tuple(command): ran(stackwright, command, name) for command in commands}
    assert any(done.code != cli.BAD_INPUT for done in codes.values()), codes
