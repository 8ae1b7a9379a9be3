"""Ctrl-C and SIGTERM while the index keeps us waiting: a clean end at once, and nothing half done."""

from __future__ import annotations

import signal
import time

import pytest

from fakes.commands import Commands
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

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


def test_signal_while_a_name_server_keeps_silent(stackwright: Commands) -> None:
    """The operating system's lookup cannot be interrupted: the end must not wait for it."""
    folder = stackwright.path("startup")
    folder.mkdir()
    asked = stackwright.path("asked")
    (folder / "sitecustomize.py").write_text(
        "import pathlib, socket, time\n"
        "def silent(*arguments, **options):\n"
        f"    pathlib.Path({str(asked)!r}).touch()\n"
        "    time.sleep(20)\n"
        "socket.getaddrinfo = silent\n"
    )
    stackwright.environ["PYTHONPATH"] = str(folder)
    with stackwright.started("advise", "flask", "--index-url", "http://index.example/simple/") as process:
        deadline = time.monotonic() + 20
        while not asked.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert (process.returncode, err) == (130, b"stackwright: interrupted\n")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.stall(), "no answer for 0.3 s (2 attempts)"),
        (Fault.drip(1, 0.2), "less than 100 bytes a second for 0.3 s"),
    ],
    ids=["stall", "drip"],
)
def test_an_index_that_keeps_silent_is_told_and_given_up(
    stackwright: Commands, server: IndexServer, fault: Fault, reason: str
) -> None:
    server.fault("/simple/werkzeug/", fault)
    ran = stackwright.advise("flask", "--timeout", "0.3")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        f"stackwright: waiting for {server.url}werkzeug/",
        f"stackwright: error: {server.url}werkzeug/: {reason}",
        (
            "  check the network, the proxy settings and the index URL, "
            "wait longer with --timeout, or use --offline"
        ),
    ]
    assert "waiting" not in stackwright.advise("flask", "-q", UV_HTTP_TIMEOUT="0.3").err


@pytest.mark.parametrize("command", [("advise", "endless"), ("check", "lock.txt")])
def test_signal_while_a_stack_is_imported_on_paper(
    stackwright: Commands, server: IndexServer, command: tuple[str, ...]
) -> None:
    assert isinstance(server.site, FakeIndex)
    endless = "def f(n):\n    for i in range(2000):\n        f(i)\n" + "f(1)\n" * 1_000
    server.site.add("endless", "1.0", contents={"endless.py": endless.encode()})
    stackwright.write("lock.txt", "endless==1.0\n")
    with stackwright.started(*command, "--evidence-budget", "1000s") as process:
        wait_for(server, "/files/endless-1.0-py3-none-any.whl")
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == 130
    assert (out, err) == (b"", b"stackwright: interrupted\n")
