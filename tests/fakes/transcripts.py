"""Blocks of commands in documents as a terminal would show them, with what the commands print now."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fakes.commands import Commands, Ran

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EFFORT = re.compile(r"^\d+ releases? read .*$", re.MULTILINE)
"""What a run took, which differs from run to run."""


def command_lines(block: str) -> list[str]:
    """The lines of a block that are typed."""
    return [line.removeprefix("$ ") for line in re.findall(r"^\$ .*$", block, re.MULTILINE)]


def transcript(block: str, stackwright: Commands, columns: int, run: Callable[..., Ran] | None = None) -> str:
    """What a terminal shows when the commands of a block are typed, one after another.

    Args:
        run: what runs the command; without it the command runs in this process.

    Raises:
        AssertionError: a command that is none of those that documents may use.
    """
    shown, code = [], 0
    for line in command_lines(block):
        words = shlex.split(line, comments=True)
        if words[0] == "stackwright":
            ran = (run or stackwright.main)(*words[1:], COLUMNS=str(columns))
            code, output = ran.code, ran.err + ran.out
        else:
            output = _shell(words, code, stackwright)
        shown.append(f"$ {line}\n{output}")
    return "".join(shown)


def _shell(words: Sequence[str], code: int, stackwright: Commands) -> str:
    match words:
        case ["cat", name]:
            return stackwright.path(name).read_text()
        case ["echo", "$?"]:
            return f"{code}\n"
        case ["echo", text, ">>", name]:
            with stackwright.path(name).open("a") as file:
                file.write(f"{text}\n")
        case ["pip", "install", "-q", folder]:
            _install(stackwright.path(folder), stackwright.home)
        case ["cd", _]:
            pass  # the tests are there already
        case ["cp", old, new]:
            shutil.copy(stackwright.path(old), stackwright.path(new))
        case other:
            raise AssertionError(f"an example with another command: {other}")
    return ""


def _install(distribution: Path, folder: Path) -> None:
    """Install a distribution into a folder of modules, without a network."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*command, "--target", folder, distribution], check=True, capture_output=True)


LEFT_OUT = "…"
"""A line of a document that stands for any lines, also for none."""
MACHINE = (
    (
        re.compile(r"(?<=cpython )3\.\d+\.\d+ on linux \w+ with glibc [\d.]+"),
        "3.11.7 on linux x86_64 with glibc 2.36",
    ),
    (re.compile(r"(?<=Python )3\.\d+\.\d+(?= \(no Dockerfile\)|; \d+ probe)"), "3.11.7"),
    (re.compile(r"(?<= in )[\d.]+ s$", re.MULTILINE), "N s"),
    (EFFORT, "N releases read"),
)
"""What differs from machine to machine and from run to run, and what stands for it."""


def is_shown(document: str, shown: str) -> bool:
    """Whether a terminal shows what a document says it does, but for lines that were left out of it."""
    text, real = (_the_same_everywhere(each) for each in (document, shown))
    parts = [
        r"(?:.*\n)*?" if line.strip() == LEFT_OUT else re.escape(f"{line}\n") for line in text.splitlines()
    ]
    return re.fullmatch("".join(parts), real) is not None


def _the_same_everywhere(text: str) -> str:
    for pattern, same in MACHINE:
        text = pattern.sub(same, text)
    return text
