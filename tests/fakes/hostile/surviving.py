"""Feeds a command bad input for as long as wanted: it must end soon, within its memory, and with no bug."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

import cli
from fakes.commands import Commands, Ran
from fakes.hostile.mutations import mutated
from fakes.hostile.seeds import FILE

TALLY = "STACKWRIGHT_TORTURE_TALLY"
"""A file to which every fuzzer adds a line: its name, and how many inputs it tried."""
EXPECTED = {cli.DONE, cli.NO_SOLUTION, cli.BAD_INPUT, cli.NO_ACCESS}
LONGEST_S = 30
MOST_MEMORY_BYTES = 3 << 30
_ERROR = re.compile(r"^stackwright: error: \S", re.MULTILINE)

Prepare = Callable[[random.Random], object]
"""Makes the next input, whatever it consists of."""


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


@contextlib.contextmanager
def limited_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def ran(
    stackwright: Commands, command: Sequence[str], file: str = "", environ: Mapping[str, str] | None = None
) -> Ran:
    """One command on one input, in time and in memory.

    Args:
        environ: beside that of every command.
    """
    before = stackwright.environ
    stackwright.environ = {**before, **(environ or {})}
    try:
        with time_limit(), limited_memory():
            return stackwright.main(*[part.replace(FILE, file) for part in command])
    finally:
        stackwright.environ = before


def survive(
    stackwright: Commands,
    name: str,
    prepare: Prepare,
    commands: Sequence[Sequence[str]],
    seconds: float,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Prepare inputs and run commands on them; returns how many. The folder of what breaks one is kept.

    Args:
        name: of the fuzzer, from which its chance grows, and of the input, see `FILE`.
        seconds: so long; one input is tried in any case.
    """
    chance = random.Random(name)
    end = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < end or not tried:
        prepare(chance)
        for command in commands:
            try:
                done = ran(stackwright, command, name, environ)
            except BaseException as error:
                error.add_note(f"{command} on {_kept(stackwright, tried)}")
                raise
            if done.code not in EXPECTED or (done.code == cli.BAD_INPUT and not _ERROR.search(done.err)):
                kept = _kept(stackwright, tried)
                raise AssertionError(f"{command} on {kept}: {done.code}: {done.err[-3000:]}")
        tried += 1
    if TALLY in os.environ:
        with Path(os.environ[TALLY]).open("a", encoding="utf-8") as tally:
            tally.write(json.dumps({"fuzzer": name, "inputs": tried, "commands": len(commands)}) + "\n")
    return tried


def file_mutations(stackwright: Commands, name: str, seeds: tuple[bytes, ...]) -> Prepare:
    """One file, made bad in ever other ways."""
    return lambda chance: stackwright.write(name, mutated(chance, seeds))


def _kept(stackwright: Commands, number: int) -> Path:
    """A copy of the folder where the command ran."""
    kept = Path(f"{stackwright.folder}-{number}.kept")
    shutil.copytree(stackwright.folder, kept, symlinks=True, ignore=_special, dirs_exist_ok=True)
    return kept


def _special(folder: str, names: list[str]) -> list[str]:
    paths = [Path(folder, name) for name in names]
    return [path.name for path in paths if not (path.is_symlink() or path.is_file() or path.is_dir())]
