"""Whatever a measured program does, it ends, leaves nothing running, and is told in one line."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from knowledge.measuring.processes import Ended, Limits, environment, run


def ran(folder: Path, program: str, *, job: bytes = b"", time_s: float = 20.0) -> Ended:
    script = folder / "program.py"
    script.write_text(program)
    given = environment(os.environ, folder, 1)
    limits = Limits(time_s=time_s, memory_bytes=300 << 20)
    return run([sys.executable, "-I", str(script)], job, given, folder, limits)


def test_output_and_time_of_what_ends_well_are_told(tmp_path: Path) -> None:
    ended = ran(tmp_path, "import sys; print(sys.stdin.read()[::-1])", job=b"abc")
    assert (ended.failure, ended.output) == ("", b"cba\n")
    assert ended.wall_s > 0


def test_it_sees_next_to_nothing_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    program = "import os, sys; print(sorted(os.environ), os.getcwd(), sys.flags.isolated, '' in sys.path)"
    told = ran(tmp_path, program).output.decode()
    assert "SECRET_TOKEN" not in told
    assert "PYTHONPATH" not in told
    assert told.endswith(f"{tmp_path} 1 False\n")


def test_what_hangs_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    ended = ran(tmp_path, "import time; time.sleep(600)", time_s=0.5)
    assert ended.failure == "it did not end within 0.5 s"
    assert time.monotonic() - began < 10


def test_what_ignores_its_end_and_its_output_is_ended(tmp_path: Path) -> None:
    program = (
        "import os, signal\nsignal.signal(15, signal.SIG_IGN)\nos.close(1); os.close(2)\nwhile True: pass"
    )
    assert ran(tmp_path, program, time_s=0.5).failure == "it did not end within 0.5 s"


@pytest.mark.parametrize("detached", [False, True])
def test_what_it_left_running_is_ended(tmp_path: Path, detached: bool) -> None:
    program = f"""
import os, time
for _ in range(3):
    if not os.fork():
        if {detached}:
            os.setsid()
        open({str(tmp_path)!r} + f"/{{os.getpid()}}.child", "w").close()
        time.sleep(600)
time.sleep(0.5)
print("done")
"""
    ended = ran(tmp_path, program)
    assert (ended.failure, ended.output) == ("", b"done\n")
    children = [int(path.stem) for path in tmp_path.glob("*.child")]
    assert len(children) == 3
    assert not [pid for pid in children if is_running(pid)]


def is_running(pid: int) -> bool:
    """A zombie that nobody has waited for yet runs no more."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in ("Z", "X")


def test_a_gigabyte_of_output_is_cut_short(tmp_path: Path) -> None:
    program = "import os\nfor _ in range(1 << 14): os.write(1, b'x' * (1 << 16))"
    ended = ran(tmp_path, program)
    assert ended.failure == "it writes more than 1 MiB to standard output"
    assert ended.output == b""


def test_a_gigabyte_of_complaints_is_let_go_of(tmp_path: Path) -> None:
    program = "import os\nfor _ in range(1 << 11): os.write(2, b'x' * (1 << 16))\nprint('done')"
    ended = ran(tmp_path, program, time_s=60)
    assert (ended.failure, ended.output) == ("", b"done\n")


def test_too_much_memory_is_refused(tmp_path: Path) -> None:
    ended = ran(tmp_path, "x = bytearray(1 << 30)")
    assert ended.failure == "it ended with exit code 1: MemoryError"


@pytest.mark.parametrize(
    ("program", "failure"),
    [
        ("import sys; sys.exit(3)", "it ended with exit code 3"),
        ("raise ValueError('no such key')", "it ended with exit code 1: ValueError: no such key"),
        ("import os; os.kill(os.getpid(), 11)", "it was ended by SIGSEGV"),
        ("import os; os.write(2, b'\\xff bad'); os._exit(2)", "it ended with exit code 2: \ufffd bad"),
    ],
)  # fmt: skip
def test_what_fails_says_how(tmp_path: Path, program: str, failure: str) -> None:
    assert ran(tmp_path, program).failure == failure
