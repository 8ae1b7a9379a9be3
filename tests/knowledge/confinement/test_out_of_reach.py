"""What a confined program cannot reach of the user: keys, services, settings of the kernel, the project."""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.confinement.hiding import hidden_directories, listening_sockets
from knowledge.confinement.interpreter_directories import interpreter_directories
from knowledge.confinement.limits import Limits
from knowledge.confinement.removal import remove_tree
from knowledge.confinement.running import Surroundings, run
from knowledge.confinement.scratch import scratch_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are namespaces on Linux alone")
FEW = Limits(time_s=20.0, memory_bytes=300 << 20, processes=64, disk_bytes=32 << 20)
KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}
"""By machine, the numbers of the calls that add a key and that ask for one."""


def said(folder: Path, program: str) -> str:
    """What a confined program writes; it needs mounts of its own."""
    surroundings = Surroundings(folder=folder, readable=interpreter_directories(Path(sys.executable)))
    ended = run([sys.executable, "-I", "-c", program], b"", {"PATH": "/usr/bin:/bin"}, surroundings, FEW)
    if "mounts" not in ended.applied:
        pytest.skip(f"nothing can be mounted here: {ended.refused}")
    assert ended.failure == ""
    return ended.output.decode().strip()


@pytest.mark.skipif(platform.machine() not in KEYCTL, reason="numbers of calls are known of two machines")
def test_keys_of_the_session_are_not_found(tmp_path: Path) -> None:
    add, ask = KEYCTL[platform.machine()]
    name = secrets.token_hex(8)
    libc = ctypes.CDLL(None, use_errno=True)
    key = libc.syscall(ctypes.c_long(add), b"user", name.encode(), b"secret", ctypes.c_size_t(6), -3)
    if key < 0:
        pytest.skip("keys cannot be added here")
    search = (
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True); "
        f"print(libc.syscall(ctypes.c_long({ask}), 10, ctypes.c_long(-3), b'user', b'{name}', 0))"
    )
    try:
        assert said(tmp_path, search) == "-1"
    finally:
        libc.syscall(ctypes.c_long(ask), 3, ctypes.c_long(key))  # revoke it


@pytest.fixture
def outside() -> Iterator[Path]:
    """A directory that everybody may enter and that is not hidden anyhow."""
    for parent in ("/opt", "/var/lib", "/usr/local"):
        if os.access(parent, os.W_OK):
            with tempfile.TemporaryDirectory(prefix="stackwright-test-", dir=parent) as place:
                Path(place).chmod(0o755)
                yield Path(place)
                return
    pytest.skip("no directory of the system can be written here")


def test_services_that_listen_at_a_path_cannot_be_called(tmp_path: Path, outside: Path) -> None:
    path = str(outside / "service")
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(path)
        service.listen()
        Path(path).chmod(0o777)
        assert path in listening_sockets()
        program = f"import socket; print(socket.socket(socket.AF_UNIX).connect_ex({path!r}) != 0)"
        assert said(tmp_path, program) == "True"
        with socket.socket(socket.AF_UNIX) as caller:  # it was there to be called all along
            assert caller.connect_ex(path) == 0


def test_the_kernel_cannot_be_told_anything(tmp_path: Path) -> None:
    program = (
        "import os\n"
        "for path in ('/proc/self/coredump_filter', '/proc/sys/kernel/core_pattern'):\n"
        "    try:\n        open(path, 'w')\n"
        "    except OSError as error:\n        print(error.errno)\n"
    )
    assert said(tmp_path, program).split() == ["30", "30"]


def test_its_user_has_a_name(tmp_path: Path) -> None:
    program = (
        "import getpass, os, pwd; print(bool(getpass.getuser()), bool(pwd.getpwuid(os.getuid()).pw_name))"
    )
    assert said(tmp_path, program) == "True True"


def test_the_working_directory_is_hidden_unless_the_system_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path.resolve()) in hidden_directories([])
    for system in ("/", "/usr", "/usr/lib", "/etc"):
        monkeypatch.chdir(system)
        assert not {"/usr", "/usr/lib", "/etc"} & set(hidden_directories([]))


def test_a_tree_is_removed_however_deep_and_closed_it_is(tmp_path: Path) -> None:
    place, kept = tmp_path / "place", tmp_path / "kept"
    (place / "closed" / "inner").mkdir(parents=True)
    (place / "closed").chmod(0)
    kept.mkdir()
    (kept / "file").write_text("")
    (place / "link").symlink_to(kept)
    os.mkfifo(place / "pipe")
    at = os.open(place, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("deep-directory", dir_fd=at)
        below = os.open("deep-directory", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    remove_tree(place)
    assert not place.exists()
    assert (kept / "file").exists()


def test_what_is_not_there_needs_no_removal(tmp_path: Path) -> None:
    remove_tree(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_what_killed_commands_left_is_removed_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("mine-old", "mine-young", "mine-held", "other"):
        (tmp_path / name / "inner").mkdir(parents=True)
        if name != "mine-young":
            os.utime(tmp_path / name, (0, 0))
    (tmp_path / "mine-link").symlink_to(tmp_path / "other")
    with (tmp_path / "mine-held" / "inner" / "file").open("w"):
        held = os.open(tmp_path / "mine-held", os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        with scratch_folder("mine-") as folder:
            (folder / "file").write_text("")
        os.close(held)
    assert {path.name for path in tmp_path.iterdir()} == {"mine-young", "mine-held", "other", "mine-link"}
