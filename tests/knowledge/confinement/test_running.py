"""Whatever a confined program does, it ends, leaves nothing behind, and is told in one line."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.confinement.interpreter_directories import interpreter_directories
from knowledge.confinement.limits import Ended, Limits
from knowledge.confinement.running import Surroundings, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are namespaces on Linux alone")
FEW = Limits(time_s=20.0, memory_bytes=300 << 20, processes=64, disk_bytes=32 << 20)


def ran(folder: Path, program: str, *, job: bytes = b"", limits: Limits = FEW, name: str = "") -> Ended:
    """A program, with a name by which its processes can be found."""
    surroundings = Surroundings(folder=folder, readable=interpreter_directories(Path(sys.executable)))
    command = [sys.executable, "-I", "-c", program, name]
    return run(command, job, {"PATH": "/usr/bin:/bin"}, surroundings, limits)


def brief(time_s: float) -> Limits:
    return Limits(time_s=time_s, memory_bytes=300 << 20, processes=64, disk_bytes=32 << 20)


@pytest.fixture
def name() -> Iterator[str]:
    """Of one test's processes; at its end none of them may run."""
    unique = secrets.token_hex(12)
    yield unique
    assert not [pid for pid, words in running() if unique.encode() in words]


def running() -> Iterator[tuple[int, list[bytes]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if state not in ("Z", "X"):
                yield int(entry.name), words


def test_output_and_time_of_what_ends_well_are_told(tmp_path: Path) -> None:
    ended = ran(tmp_path, "import sys; print(sys.stdin.read()[::-1])", job=b"abc")
    assert (ended.failure, ended.code, ended.output) == ("", 0, b"cba\n")
    assert ended.wall_s > 0
    assert ended.memory_bytes is not None
    assert list(tmp_path.iterdir()) == []


def test_it_sees_next_to_nothing_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    told = ran(tmp_path, "import os, sys; print(sorted(os.environ), '' in sys.path)").output.decode()
    assert "SECRET_TOKEN" not in told
    assert "PYTHONPATH" not in told


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(600)",
        "import os, signal\nsignal.signal(15, signal.SIG_IGN)\nos.close(1); os.close(2)\nwhile True: pass",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    ],
    ids=["sleeps", "ignores", "stops", "forks"],
)
def test_what_does_not_end_is_ended(tmp_path: Path, name: str, program: str) -> None:
    began = time.monotonic()
    ended = ran(tmp_path, program, limits=brief(1.0), name=name)
    assert (ended.limit, ended.failure) == ("time", "it did not end within 1 s")
    assert ended.most_processes <= 64
    assert time.monotonic() - began < 15


@pytest.mark.slow
@pytest.mark.parametrize("leaving", ["pass", "os.setsid()", "os.setsid(); os.fork() and os._exit(0)"])
def test_what_it_left_running_is_ended(tmp_path: Path, name: str, leaving: str) -> None:
    program = f"""
import os, time
for _ in range(3):
    if not os.fork():
        {leaving}
        time.sleep(600)
        os._exit(0)
time.sleep(0.3)
print("done", flush=True)
"""
    ended = ran(tmp_path, program, name=name)
    assert (ended.failure, ended.output) == ("", b"done\n")


def test_it_cannot_end_what_watches_it(tmp_path: Path, name: str) -> None:
    program = """
import os, signal
for pid in (os.getppid(), 1, -1):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError as error:
        print(type(error).__name__)
print("alive")
"""
    ended = ran(tmp_path, program, name=name)
    if "pids" in ended.applied or "uid" in ended.applied:
        assert ended.output.decode().split()[-1] == "alive"
    assert ended.failure == ""


MANY = """
import os, time
for _ in range(20):
    if not os.fork():
        x = bytearray(40 << 20)
        for at in range(0, len(x), 4096):
            x[at] = 1
        time.sleep(60)
time.sleep(60)
"""
SHARED = """
import mmap
maps = []
while True:
    maps.append(mmap.mmap(-1, 50 << 20))
    maps[-1].write(b"1" * (50 << 20))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    ["x = bytearray(1 << 30)", "x = []\nwhile True: x.append(bytearray(10 << 20))", MANY, SHARED],
    ids=["at once", "bit by bit", "by many", "shared"],
)
def test_too_much_memory_is_refused(tmp_path: Path, name: str, program: str) -> None:
    ended = ran(tmp_path, program, name=name)
    assert ended.failure in (
        "it ended with exit code 1: MemoryError",
        "it needs more than 0.315 GB of memory",
    )


@pytest.mark.slow
def test_memory_that_no_process_maps_counts_where_there_are_control_groups(tmp_path: Path, name: str) -> None:
    program = """
import os
while True:
    file = os.memfd_create("a")
    for _ in range(20):
        os.write(file, b"1" * (1 << 20))
"""
    ended = ran(tmp_path, program, limits=brief(8.0), name=name)
    if "control-groups" not in ended.applied:
        pytest.skip("this process may make no control groups")
    assert ended.limit == "memory"


def test_a_full_disk_is_its_own(tmp_path: Path) -> None:
    program = """
import errno
try:
    for number in range(1000):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(b"x" * (1 << 20))
except OSError as error:
    print(number, errno.errorcode[error.errno])
"""
    ended = ran(tmp_path, program)
    if "mounts" not in ended.applied:
        pytest.skip("this process may mount nothing")
    number, code = ended.output.decode().split()
    assert code == "ENOSPC"
    assert 20 < int(number) < 40


def test_nothing_else_can_be_written_and_nothing_of_the_user_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush")
    home = Path("~").expanduser()
    program = f"""
import os
wrote = []
for place in ("/etc", "/usr", "/var", "/dev", "/", "/opt", {str(tmp_path)!r}, {str(home)!r}):
    try:
        open(os.path.join(place, "written-by-a-test"), "w").close()
        wrote.append(place)
    except OSError:
        pass
print(wrote, os.path.exists({str(tmp_path / "secret")!r}))
"""
    ended = ran(tmp_path, program)
    if "mounts" not in ended.applied:
        pytest.skip("this process may mount nothing")
    assert ended.output == b"[] False\n"


def test_it_reaches_nobody(tmp_path: Path) -> None:
    import socket

    program = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.stdin.read())), 2)
    print("reached")
except OSError as error:
    print(type(error).__name__)
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = ran(tmp_path, program, job=str(server.getsockname()[1]).encode())
    if "network" not in ended.applied:
        pytest.skip("this process may make no network namespace")
    assert ended.output == b"ConnectionRefusedError\n"


def test_what_is_told_of_it_is_out_of_its_reach(tmp_path: Path) -> None:
    program = """
import os
found = []
for number in range(3, 256):
    try:
        os.write(number, b'{"code": 0, "stopped": "", "error": "", "wall_s": 0}\\n')
        found.append(number)
    except OSError:
        pass
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != os.getpid():
        try:
            found.append(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            pass
print(found)
raise SystemExit(3)
"""
    ended = ran(tmp_path, program)
    assert ended.code == 3
    if "pids" in ended.applied:
        assert ended.output == b"[]\n"


def test_it_has_no_privilege(tmp_path: Path) -> None:
    program = """
wanted = ("CapEff", "CapPrm", "NoNewPrivs")
print([line for line in open("/proc/self/status") if line.startswith(wanted)])
"""
    told = ran(tmp_path, program).output.decode()
    assert told.count("0000000000000000") == 2
    assert "NoNewPrivs:\\t1" in told


def test_a_gigabyte_of_output_is_cut_short(tmp_path: Path) -> None:
    ended = ran(tmp_path, "import os\nfor _ in range(1 << 14): os.write(1, b'x' * (1 << 16))")
    assert ended.failure == "it writes more than 1 MiB to standard output"
    assert ended.output == b""


def test_a_gigabyte_of_complaints_is_let_go_of(tmp_path: Path) -> None:
    program = "import os\nfor _ in range(1 << 11): os.write(2, b'x' * (1 << 16))\nprint('done')"
    ended = ran(tmp_path, program, limits=brief(60.0))
    assert (ended.failure, ended.output) == ("", b"done\n")
    assert len(ended.told) <= 1 << 16


@pytest.mark.slow
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


def test_what_is_not_there_does_not_start(tmp_path: Path) -> None:
    ended = run(["/nowhere/python"], b"", {}, Surroundings(folder=tmp_path), FEW)
    assert ended.failure.startswith("it cannot be started: [Errno 2] No such file or directory")
    assert ended.code is None


def test_runs_beside_each_other_are_different_users(tmp_path: Path) -> None:
    users = {ran(tmp_path, "import os; print(os.getuid())").output for _ in range(2)}
    if os.geteuid() != 0:
        pytest.skip("only root can give a program a user of its own")
    assert len(users) == 2
    assert b"0\n" not in users
