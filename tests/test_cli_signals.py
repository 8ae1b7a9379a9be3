"""Ctrl-C and SIGTERM while the index keeps us waiting: a clean end at once, and nothing half done."""

from __future__ import annotations

import signal
import time

import pytest

from fakes.commands import Commands
from fakes.faults import Fault
from fakes.server import IndexServer

ENDS_WITHIN_S = 3.0


def wait_for(server: IndexServer, path: str) -> None:
    deadline = time.monotonic() + 20
    while path not in server.paths():
        assert time.monotonic() < deadline, f"nobody asked for {path}"
        time.sleep(0.01)
    time.sleep(0.05)


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("/simple/werkzeug/", "/simple/werkzeug/"),
        ("*.metadata", "/files/flask-3.0.0-py3-none-any.whl.metadata"),
    ],
    ids=["listing", "metadata"],
)
def test_signal_while_a_request_stalls(
    stackwright: Commands,
    server: IndexServer,
    number: signal.Signals,
    code: int,
    word: str,
    pattern: str,
    asked: str,
) -> None:
    server.fault(pattern, Fault.stall())
    old = stackwright.write("requirements.txt", "old")
    with stackwright.started("advise", "flask", "-o", "requirements.txt") as process:
        wait_for(server, asked)
        process.send_signal(number)
        out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == code
    assert (out, err.decode()) == (b"", f"stackwright: {word}\n")
    assert old.read_text() == "old"
    assert list(stackwright.folder.iterdir()) == [old]


def test_what_was_fetched_before_a_signal_is_kept(stackwright: Commands, server: IndexServer) -> None:
    server.fault("/simple/werkzeug/", Fault.stall())
    with stackwright.started("advise", "flask") as process:
        wait_for(server, "/simple/werkzeug/")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=ENDS_WITHIN_S)
    server.heal()
    server.requests.clear()
    assert stackwright.advise("flask").code == 0
    assert "/simple/werkzeug/" in server.paths()
    assert "/simple/flask/" not in server.paths()


def test_impatience_disturbs_no_clean_end(stackwright: Commands, server: IndexServer) -> None:
    server.fault("/simple/*", Fault.stall())
    with stackwright.started("advise", "flask") as process:
        wait_for(server, "/simple/flask/")
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"stackwright: interrupted\n")
