"""Signals and limits while better stacks are looked for: the best so far is told, and what ended it."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.indexes.endless import NAME, add_endless
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ENDS_WITHIN_S = 20.0
SIGNALS = [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143)]
ENDLESS = "99999999"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """``base`` and ``part`` are a trade; no proof ends a search with the endless one."""
    index = FakeIndex()
    index.add("base", "1.0", requires=["part"])
    index.add("base", "2.0", requires=["part<1.1"])
    for number in range(31):
        index.add("part", f"1.{number}")
    for number in range(8):
        index.add("right", f"1.{number}", requires=["hub" if number else "hub>=2"])
    add_endless(index)
    with IndexServer(index) as running:
        yield running


class Terminal:
    """A command whose standard error is a terminal."""

    def __init__(self, stackwright: Commands, *arguments: str, columns: int = 80, **environ: str) -> None:
        self._mine, theirs = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            [SCRIPT, *arguments],
            cwd=stackwright.folder,
            env={**stackwright.environ, "COLUMNS": str(columns), **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)

    def read_until(self, pattern: str, within_s: float = 60.0) -> None:
        """Read on until the pattern was shown."""
        until_s = time.monotonic() + within_s
        while not re.search(pattern, self.shown):
            assert time.monotonic() < until_s, self.shown
            if select.select([self._mine], [], [], 1.0)[0]:
                self.shown += os.read(self._mine, 65536).decode()

    def ended(self) -> tuple[int, str]:
        """Exit code and standard output; what was shown last is in `shown`."""
        out, _ = self.process.communicate(timeout=ENDS_WITHIN_S)
        while select.select([self._mine], [], [], 0.0)[0]:
            try:
                self.shown += os.read(self._mine, 65536).decode()
            except OSError:  # Linux says so when the other side is closed
                break
        os.close(self._mine)
        return self.process.returncode, out.decode()


def wait_for(server: IndexServer, part: str) -> None:
    deadline = time.monotonic() + 60
    while not any(part in path for path in server.paths()):
        assert time.monotonic() < deadline, f"nobody asked for {part}"
        time.sleep(0.01)
    time.sleep(0.1)


@pytest.mark.parametrize(("number", "reason", "_code"), SIGNALS)
def test_the_best_so_far_is_written_where_a_request_of_a_move_stalls(
    stackwright: Commands, server: IndexServer, number: signal.Signals, reason: str, _code: int
) -> None:
    server.fault("*base-1.0*", Fault.stall())
    with stackwright.started("advise", "base", "part", "-o", "lock.json") as process:
        wait_for(server, "base-1.0")
        process.send_signal(number)
        out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == 0, err
    assert f"stopped by: {reason}" in out.decode()
    written = json.loads(stackwright.path("lock.json").read_text())
    assert [pin["version"] for pin in written["pins"]] == ["2.0", "1.0"]
    assert (written["status"], written["stopped_by"]) == ("feasible", reason)
    assert b"Traceback" not in err


@pytest.mark.parametrize(("number", "reason", "_code"), SIGNALS)
def test_the_best_so_far_is_told_from_the_middle_of_the_climb(
    stackwright: Commands, number: signal.Signals, reason: str, _code: int
) -> None:
    arguments = (NAME, "right<1.3", "base", "--limit", ENDLESS, "--format", "json")
    terminal = Terminal(stackwright, "advise", *arguments)
    terminal.read_until(r"[1-9]\d* moves")
    terminal.process.send_signal(number)
    code, out = terminal.ended()
    assert code == 0
    told = json.loads(out)
    assert (told["status"], told["stopped_by"], told["predictor"]) == ("feasible", reason, "hill-climbing")
    assert told["gap"] == told["bound"] - told["score"] > 0
    assert told["statistics"]["moves"] > 0
    assert terminal.shown.endswith("\r\x1b[K")


@pytest.mark.parametrize("columns", [80, 20])
def test_the_line_of_a_search_fits_and_has_no_colours(stackwright: Commands, columns: int) -> None:
    terminal = Terminal(
        stackwright, "advise", NAME, "right<1.3", "--limit", ENDLESS, columns=columns, NO_COLOR="1"
    )
    terminal.read_until(r"best -\d")
    terminal.process.send_signal(signal.SIGINT)
    code, out = terminal.ended()
    assert code == 0
    assert "stopped by: interrupted" in " ".join(out.split())
    lines = [line for line in re.split(r"[\r\n]+|\x1b\[K", terminal.shown) if line]
    assert max(map(len, lines)) < columns
    assert "\x1b" not in re.sub(r"\x1b\[K", "", terminal.shown)
    assert columns < 80 or any(
        re.fullmatch(r"hill-climbing, [\d,]+ moves?, best -[\d.]+, bound -?[\d.]+, gap [\d.]+", line)
        for line in lines
    )


def test_a_quiet_search_and_one_without_a_terminal_show_no_line(stackwright: Commands) -> None:
    quiet = Terminal(stackwright, "advise", NAME, "right<1.3", "--limit", "3000", "-q")
    code, _ = quiet.ended()
    assert (code, quiet.shown) == (0, "")
    assert "\x1b" not in stackwright.run("advise", NAME, "right<1.3", "--limit", "3000").err


def test_a_search_whose_memory_is_spent_before_it_has_a_stack_says_so(stackwright: Commands) -> None:
    ran = stackwright.advise("base", "part", "--memory-limit", "1MB", "--format", "json")
    assert ran.code == 1
    assert (ran.json["status"], ran.json["stopped_by"]) == ("not_proven", "memory limit")
    text = stackwright.advise("base", "--memory-limit", "1MB", "-o", "lock.txt", COLUMNS="300")
    assert "A larger --memory-limit lets it go on" in text.err
    assert not stackwright.path("lock.txt").exists()
    assert stackwright.advise("base", "part", "--memory-limit", "64GiB", "-q").code == 0


@pytest.mark.parametrize("value", ["", "0MB", "many", "12", "-1MB", "1TB"])
def test_what_is_no_size_is_told(stackwright: Commands, value: str) -> None:
    ran = stackwright.advise("base", f"--memory-limit={value}")
    assert ran.code == 2
    assert "argument --memory-limit: " in ran.err


@pytest.mark.parametrize("suffix", [".png", ".svg", ".html", ".csv", ".json"])
def test_a_search_is_drawn_as_its_name_says(stackwright: Commands, suffix: str) -> None:
    ran = stackwright.advise(NAME, "right<1.3", "--plot", f"search{suffix}", "--limit", "200")
    assert ran.code == 0
    data = stackwright.path(f"search{suffix}").read_bytes()
    if suffix == ".png":
        assert data.startswith(b"\x89PNG")
        return
    text = data.decode()
    if suffix == ".json":
        history = json.loads(text)
        assert (history["predictor"], history["moves"][0]) == ("hill-climbing", 0)
        assert history["moves"][-1] >= 200
    elif suffix == ".csv":
        assert text.startswith("moves,score,best,bound\n0,")
    else:
        assert "<svg" in text and "best stack" in text
        loaded = re.findall(r"(?:src|href)=[\"']?(?!#)[^\s\"']+", text)
        assert suffix == ".svg" or loaded == []
    again = stackwright.advise(NAME, "right<1.3", "--plot", f"again{suffix}", "--limit", "200")
    assert again.code == 0
    assert stackwright.path(f"again{suffix}").read_bytes() == data


def test_only_who_asks_finds_the_history_in_a_report(stackwright: Commands) -> None:
    asked = stackwright.advise(NAME, "right<1.3", "--limit", "50", "--format", "json", "--history")
    history = asked.json["history"]
    assert len(history["moves"]) == len(history["score"]) == len(history["best"]) == len(history["bound"])
    plain = stackwright.advise(NAME, "right<1.3", "--limit", "50", "--format", "json", "--plot", "x.csv")
    assert plain.json["history"] is None
    lock = stackwright.advise(NAME, "right<1.3", "--limit", "50", "--format", "pylock", "--history").out
    assert "history" not in lock


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("search.gif", "the name does not say a format"),
        ("search", "the name does not say a format"),
        ("nowhere/search.svg", "there is no directory nowhere"),
        ("there.html", "it is a directory"),
    ],
)
def test_a_plot_that_cannot_be_written_is_refused_before_the_search(
    stackwright: Commands, server: IndexServer, path: str, told: str
) -> None:
    stackwright.path("there.html").mkdir()
    ran = stackwright.advise("base", "part", "--plot", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: --plot {path}: {told}")
    assert not server.requests


def test_a_picture_without_what_draws_it_names_the_remedy(
    stackwright: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = stackwright.advise("base", "part", "--plot", "search.png")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "stackwright: error: --plot search.png: pictures need matplotlib, which is not installed",
        "  pip install 'stackwright[plot]', or name a file .html, .csv or .json",
    ]
    assert stackwright.advise("base", "part", "--plot", "search.html").code == 0


def test_without_a_stack_nothing_is_drawn(stackwright: Commands) -> None:
    assert stackwright.advise(f"{NAME}==1.0", "right==1.0", "--plot", "search.csv").code == 1
    assert not stackwright.path("search.csv").exists()
