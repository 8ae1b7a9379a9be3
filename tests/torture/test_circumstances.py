"""Whatever the machine is like, a command ends with no bug, and leaves nothing half-written."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest

import cli
from fakes.commands import SCRIPT, Commands
from fakes.faults import Fault
from fakes.hostile_seeds import write_root
from fakes.server import IndexServer

EXPECTED = {cli.DONE, cli.NO_SOLUTION, cli.BAD_INPUT, cli.NO_ACCESS}
COMMANDS: Mapping[str, Sequence[str]] = {
    "advise": ["advise", "flask"],
    "advise-json": ["advise", "flask", "--format", "json"],
    "unsolvable": ["advise", "flask>=3", "werkzeug<3"],
    "refused": ["advise", "flask >"],
    "explain": ["explain", "werkzeug", "flask"],
    "space": ["space", "flask"],
    "scan": ["scan", "code"],
    "inspect": ["inspect", "dir:root"],
    "check": ["check", "dir:root"],
    "compare": ["compare", "dir:root", "dir:root"],
    "host": ["host"],
    "units": ["units", "list"],
    "cache": ["cache", "info"],
    "rules": ["rules", "explain", "tensorflow-without-gpu"],
    "fix": ["fix", "code"],
    "help": ["--help"],
}


@pytest.fixture
def place(stackwright: Commands) -> Commands:
    """The command in a folder with code and a root file system."""
    write_root(stackwright.folder)
    stackwright.write("code/app.py", "import flask\nimport numpy as np\nnp.product([1])\n")
    stackwright.write("code/requirements.txt", "flask>=2\n")
    return stackwright


def ended(
    place: Commands,
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    stdout: IO[bytes] | int = subprocess.PIPE,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own; `before` runs in it first."""
    return subprocess.run(
        [SCRIPT, *arguments],
        cwd=place.folder,
        env=place.environ if environ is None else environ,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        preexec_fn=before,
        timeout=120,
        check=False,
    )


def assert_no_bug(done: subprocess.CompletedProcess[bytes]) -> None:
    assert done.returncode in EXPECTED, (done.stderr or b"").decode(errors="replace")[-3000:]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "environ",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "20"},
        {"COLUMNS": "1"},
        {"COLUMNS": "x"},
        {"HOME": "/nonexistent"},
        {"HOME": ""},
        {"TMPDIR": "/nonexistent"},
        {"XDG_DATA_HOME": "relative", "XDG_CACHE_HOME": "/dev/null"},
        {"TERM": "dumb", "NO_COLOR": "1"},
        {"SOURCE_DATE_EPOCH": "0"},
        {"SOURCE_DATE_EPOCH": "x"},
        {"TZ": "Nowhere/At_all"},
        {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "all_proxy": "socks5://x"},
        {"PIP_CONFIG_FILE": "/dev/full", "UV_INDEX": "x=y=z", "PIP_TIMEOUT": "never"},
    ],
    ids=lambda environ: ",".join(environ),
)
def test_an_odd_environment(place: Commands, name: str, environ: Mapping[str, str]) -> None:
    assert_no_bug(ended(place, COMMANDS[name], environ={**place.environ, **environ}))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_user_without_a_name_or_a_home(place: Commands, name: str) -> None:
    if os.getuid():
        pytest.skip("only the superuser can be somebody else")
    environ = {key: value for key, value in place.environ.items() if key != "HOME"}
    for folder in (place.folder, place.folder.parent):
        folder.chmod(0o777)
    somebody = ["setpriv", "--reuid=54321", "--clear-groups", "--bounding-set=-all,+dac_read_search"]
    somebody += ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    done = subprocess.run(
        [*somebody, SCRIPT, *COMMANDS[name]], cwd=place.folder, env=environ, capture_output=True, check=False
    )
    assert_no_bug(done)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (1, 2), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("name", COMMANDS)
def test_closed_streams(place: Commands, name: str, closed: Sequence[int]) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    assert_no_bug(ended(place, COMMANDS[name], before=close))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_standard_output(place: Commands, name: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = ended(place, COMMANDS[name], stdout=full)
    assert done.returncode in (cli.NO_ACCESS, cli.BAD_INPUT), done.stderr.decode()


@pytest.mark.parametrize("name", ["advise", "scan", "inspect", "space"])
def test_few_file_descriptors_and_little_memory(place: Commands, name: str) -> None:
    for limits in ({resource.RLIMIT_NOFILE: 24}, {resource.RLIMIT_FSIZE: 20_000}):

        def limit(limits: Mapping[int, int] = limits) -> None:
            for kind, value in limits.items():
                resource.setrlimit(kind, (value, value))

        assert_no_bug(ended(place, COMMANDS[name], before=limit))


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts small file systems, and removes them."""
    if os.getuid():
        pytest.skip("only the superuser mounts")
    folders: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"mount-{len(folders)}"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=False)
        if done.returncode:
            pytest.skip("nothing can be mounted here")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("pages", [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256])
def test_a_full_disk(place: Commands, mounted: Callable[[str], Path], pages: int) -> None:
    folder = mounted(f"size={pages * 4096}")
    output = folder / "pylock.toml"
    done = ended(place, ["advise", "flask", "-o", str(output), "--store", str(folder / "store.sqlite3")])
    assert_no_bug(done)
    left = [path.name for path in folder.iterdir() if not path.name.startswith("store.sqlite3")]
    assert left == ["pylock.toml"] * (done.returncode == 0), done.stderr.decode()
    if output.exists():
        assert output.read_text().endswith("\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_read_only_disk(place: Commands, mounted: Callable[[str], Path], name: str) -> None:
    folder = mounted("size=1m")
    assert_no_bug(ended(place, [*COMMANDS["advise"], "--store", str(folder / "store.sqlite3")]))
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    environ = {**place.environ, "STACKWRIGHT_STORE": str(folder / "store.sqlite3"), "HOME": str(folder)}
    assert_no_bug(ended(place, COMMANDS[name], environ={**environ, "TMPDIR": str(folder)}))


@pytest.mark.parametrize("days", [-20_000, -1, 1, 20_000])
def test_a_clock_that_jumped(place: Commands, days: int) -> None:
    before = place.run("advise", "flask", "--format", "pylock")
    with sqlite3.connect(place.store) as store:
        for table, column in (("listings", "fetched_at"), ("metadata", "fetched_at"), ("derived", "made_at")):
            store.execute(f"UPDATE {table} SET {column} = {column} + ?", (days * 86_400,))
    for arguments in (["advise", "flask", "--format", "pylock"], ["cache", "info"]):
        done = place.run(*arguments)
        assert done.code == 0, done.err
    assert place.run("advise", "flask", "--format", "pylock").out == before.out


def test_killed_at_any_moment(place: Commands, seconds: float) -> None:
    """What was killed loses and damages nothing: the next run says what the first one said."""
    expected = place.run("advise", "flask", "--format", "pylock").out
    whole = time.monotonic()
    place.run("advise", "flask", "--refresh")
    whole = time.monotonic() - whole
    chance = random.Random(1)
    end = time.monotonic() + 4 * seconds
    output = place.path("pylock.toml")
    while time.monotonic() < end:
        if chance.random() < 0.5:
            for path in place.store.parent.glob("store.sqlite3*"):
                path.unlink()
        output.unlink(missing_ok=True)
        process = subprocess.Popen(
            [SCRIPT, "advise", "flask", "--refresh", "-o", "pylock.toml"],
            cwd=place.folder,
            env=place.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.random() * whole)
        process.send_signal(chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)))
        process.wait(30)
        if output.exists():
            assert output.read_text() == expected
        again = place.run("advise", "flask", "--format", "pylock")
        assert (again.code, again.out) == (0, expected), again.err
    assert not list(place.folder.glob(".*pylock*"))


def test_many_processes_on_one_store(place: Commands, seconds: float) -> None:
    expected = place.run("advise", "flask", "--format", "pylock").out
    end = time.monotonic() + 2 * seconds
    while time.monotonic() < end:
        for path in place.store.parent.glob("store.sqlite3*"):
            path.unlink()
        running = [
            subprocess.Popen(
                [SCRIPT, "advise", "flask", "--format", "pylock", "--refresh"],
                cwd=place.folder,
                env=place.environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(4)
        ]
        for process in running:
            out, err = process.communicate(timeout=120)
            assert (process.returncode, out.decode()) == (0, expected), err.decode()


def test_an_index_that_lies_and_fails(place: Commands, server: IndexServer, seconds: float) -> None:
    """Responses with random faults; afterwards, from a healthy index, the answer is the right one."""
    expected = place.run("advise", "flask", "--format", "pylock").out
    chance = random.Random(2)
    faults: Sequence[Callable[[], Fault]] = (
        lambda: Fault.status(chance.choice((301, 400, 403, 404, 429, 500, 503))),
        lambda: Fault.redirect(chance.choice(("/", "//x", "http://127.0.0.1:9/", "file:///etc/passwd"))),
        Fault.redirect_loop,
        lambda: Fault.body(chance.randbytes(200), chance.choice((None, "application/json", "text/html"))),
        lambda: Fault.flip_bit(chance.randrange(200)),
        lambda: Fault.truncate(chance.randrange(300)),
        lambda: Fault.reset(chance.randrange(300)),
        lambda: Fault.content_type(chance.choice(("", "x", "application/vnd.pypi.simple.v9+json"))),
        lambda: Fault.gzip_bomb(1 << 30),
        lambda: Fault.content_range(chance.choice((None, "x", "bytes 0-1/9999999999"))),
    )
    end = time.monotonic() + 4 * seconds
    while time.monotonic() < end:
        for path in place.store.parent.glob("store.sqlite3*"):
            path.unlink()
        for _ in range(chance.choice((1, 1, 2, 4))):
            page = chance.choice(("/simple/flask/", "/simple/werkzeug/", "/simple/click/"))
            server.fault(page, chance.choice(faults)())
        ran = place.run("advise", "flask", "--timeout", "2", "--format", "json")
        assert ran.code in EXPECTED, ran.err
        if ran.code == 0:
            assert json.loads(ran.out)["pins"]
        server.heal()
        again = place.run("advise", "flask", "--format", "pylock", "--refresh")
        assert (again.code, again.out) == (0, expected), again.err
