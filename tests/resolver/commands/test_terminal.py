"""What a person sees: tables that fit, progress on terminals alone, and pipes that close early."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path

import pytest

import cli
from fakes.commands import SCRIPT, Commands
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ESCAPE = "\x1b"


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_is_longer_than_the_terminal(tmp_path: Path, columns: int) -> None:
    index = FakeIndex()
    names = [f"a-project-with-a-rather-long-name-{number}" for number in range(3)]
    for name in names:
        index.add(name, "2024.11.22.post17", extras={"an-extra": ["werkzeug"], "other": []})
        index.add(name, "2024.12.1", yanked="it was built on a machine that had no idea of what it was doing")
    index.add("werkzeug", "1.0", requires=["never-heard-of-it>=1"])
    index.add("werkzeug", "0.9")
    with IndexServer(index) as server:
        commands = Commands(tmp_path, server.url)
        asked = [f"{name}[an-extra,other]" for name in names]
        found = commands.advise(*asked, COLUMNS=str(columns))
        unsolved = commands.advise(*asked, "werkzeug>=1", COLUMNS=str(columns))
    assert (found.code, unsolved.code) == (0, 1)
    lines = [*found.out.splitlines(), *unsolved.out.splitlines()]
    assert max(map(len, lines)) <= columns
    assert "2024.11.22.post17" in found.out or columns == 40


def test_what_an_index_states_steers_no_terminal(tmp_path: Path) -> None:
    index = FakeIndex()
    index.add("flask", "1.0")
    index.add("flask", "2.0", yanked=f"{ESCAPE}[2J{ESCAPE}[31m\rred\nline")
    with IndexServer(index) as server:
        ran = Commands(tmp_path, server.url).advise("flask")
    assert "\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}red\N{REPLACEMENT CHARACTER}line" in ran.out
    assert ran.out.isascii() is False
    assert not {ESCAPE, "\r"} & set(ran.out)


def test_a_reader_who_has_seen_enough_is_no_error(stackwright: Commands) -> None:
    with stackwright.started("advise", "flask", "--format", "pylock") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_standard_error_that_is_no_terminal_gets_no_control_characters(
    stackwright: Commands, server: IndexServer
) -> None:
    server.fault("/simple/werkzeug/", Fault.stall(0.3, sent_bytes=10))
    ran = stackwright.run("advise", "flask")
    assert (ran.code, ran.err) == (0, "")
    assert ESCAPE not in ran.out


def test_characters_that_a_terminal_does_not_have_are_no_error(stackwright: Commands) -> None:
    ran = stackwright.run("advise", "flask", "-q", COLUMNS="50", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.err) == (0, "")
    assert "\\u2026" in ran.out


def shown_on_a_terminal(stackwright: Commands, *arguments: str, **environ: str) -> str:
    """What a command that succeeds writes to standard error where that is a terminal."""
    mine, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [SCRIPT, *arguments],
            cwd=stackwright.folder,
            env={**stackwright.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = read_terminal(mine, until_s=time.monotonic() + 30)
            assert process.wait(30) == 0
    finally:
        os.close(mine)
    return shown


def test_progress_shows_on_a_terminal_and_clears_its_line(stackwright: Commands, server: IndexServer) -> None:
    server.fault("/simple/*", Fault.stall(0.15), times=None)
    shown = shown_on_a_terminal(stackwright, "advise", "flask")
    assert re.search(r"\r\x1b\[K\d of \d settled: flask 3\.0\.0", shown)
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_what_is_waited_for_stands_on_a_line_of_its_own(stackwright: Commands, server: IndexServer) -> None:
    server.fault("/simple/werkzeug/", Fault.stall(0.7))
    shown = shown_on_a_terminal(stackwright, "advise", "flask", "--timeout", "1")
    assert f"\r\x1b[Kstackwright: waiting for {server.url}werkzeug/\r\n" in shown


def test_a_dumb_terminal_gets_notes_without_control_characters(
    stackwright: Commands, server: IndexServer
) -> None:
    server.fault("/simple/werkzeug/", Fault.stall(0.7))
    shown = shown_on_a_terminal(stackwright, "advise", "flask", "--timeout", "1", TERM="dumb", NO_COLOR="1")
    assert shown == f"stackwright: waiting for {server.url}werkzeug/\r\n"


@pytest.mark.parametrize("command", ["", *cli.COMMANDS])
def test_help_fits_eighty_columns(stackwright: Commands, command: str) -> None:
    ran = stackwright.main(*command.split(), "--help", COLUMNS="80")
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.out.isascii()
    assert "%(" not in ran.out


def read_terminal(terminal: int, until_s: float) -> str:
    """Everything that is written to a pseudo-terminal until its other side is closed."""
    shown = b""
    while select.select([terminal], [], [], max(0.0, until_s - time.monotonic()))[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not part:
            break
        shown += part
    return shown.decode()
