"""Whatever the machine is like, a command ends with no bug, and leaves nothing half-written."""

from __future__ import annotations

import contextlib
import enum
import json
import os
import random
import resource
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest

import cli
from fakes.commands import SCRIPT, Commands
from fakes.hostile.seeds import inputs, write_root
from fakes.indexes.faults import Fault
from fakes.indexes.server import IndexServer
from resolver.outputs.texts.lines import NARROWEST

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
    "doctor": ["doctor", "--offline"],
    "init": ["init", "fresh"],
    "analyze-log": ["analyze-log", "build.log"],
    "locks": ["compare", "old.txt", "new.txt"],
    "surface": ["surface", "flask==3.0.0"],
    "diff": ["diff", "flask", "2.0.0", "3.0.0"],
    "monkey": ["monkey", "flask", "--dry-run", "--count", "2"],
    "packs": ["knowledge", "packs"],
    "verdicts": ["knowledge", "verdicts"],
    "pack": ["knowledge", "import", "seen.pack"],
    "topics": ["topics", "classify", "flask", "--small"],
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
    stackwright.write("old.txt", "flask==2.0.0\nwerkzeug==2.0\nclick==8.1.7\n")
    stackwright.write("new.txt", "flask==3.0.0\nwerkzeug==3.1\nclick==8.1.7\n")
    for name in ("build.log", "seen.pack"):
        stackwright.write(name, inputs()[name].seeds[0])
    stackwright.path("fresh").mkdir()
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
        {"SOURCE_DATE_EPOCH": "253402300799"},
        {"SOURCE_DATE_EPOCH": "99999999999999"},
        {"SOURCE_DATE_EPOCH": "-99999999999"},
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


_NOT_WRAPPED = {"advise-json", "host", "init", "pack"}
"""JSON is not wrapped, names of facts leave no room, and what writes says something else the second time."""


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - _NOT_WRAPPED))
def test_twenty_columns(place: Commands, name: str) -> None:
    """Of what wraps or is cut, no line is longer than the narrowest width that texts are made for."""
    wide = ended(place, COMMANDS[name], environ={**place.environ, "COLUMNS": "500"})
    narrow = ended(place, COMMANDS[name], environ={**place.environ, "COLUMNS": "20"})
    assert_no_bug(narrow)
    assert narrow.returncode == wide.returncode
    whole = {line.rstrip() for line in wide.stdout.decode().splitlines()}
    long = [line for line in narrow.stdout.decode().splitlines() if _breakable(line) and line not in whole]
    assert not long


def _breakable(line: str) -> bool:
    """Whether it is longer than that and has a space, beside its indent, where it could end before."""
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    return len(line) > NARROWEST and " " in text[: max(0, NARROWEST - indent)]


@pytest.mark.parametrize("name", COMMANDS)
def test_files_from_the_future(place: Commands, name: str) -> None:
    assert_no_bug(ended(place, COMMANDS["advise"]))
    assert_no_bug(ended(place, COMMANDS["scan"]))
    for path in [*place.folder.rglob("*"), *place.store.parent.glob("store*")]:
        for moment in (1 << 33, 1 << 42):
            with contextlib.suppress(OSError, OverflowError):
                os.utime(path, (moment, moment), follow_symlinks=False)
    assert_no_bug(ended(place, COMMANDS[name]))


class Proxy(enum.Enum):
    """How a proxy misbehaves: what it answers before it closes."""

    SILENT = b""
    GARBAGE = bytes(range(256)) * 20
    HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n"
    PASSWORD = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
    ENDLESS_HEAD = b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 10_000
    LONG_LINE = b"HTTP/1.1 200 " + b"x" * 200_000
    WRONG_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"
    BAD_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
    TO_ITSELF = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"


@contextlib.contextmanager
def proxy(kind: Proxy) -> Iterator[str]:
    """A proxy on this machine, by its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.settimeout(2)
                        connection.recv(65536)
                        connection.sendall(kind.value)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


_ASKING = [["advise", "flask", "--timeout", "2"], ["doctor"], ["inspect", "registry:registry.invalid/x"]]


@pytest.mark.parametrize("command", _ASKING, ids=lambda command: command[0])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", Proxy)
def test_a_proxy_that_misbehaves(place: Commands, kind: Proxy, scheme: str, command: Sequence[str]) -> None:
    index = {"PIP_INDEX_URL": f"{scheme}://index.invalid/simple/"}
    with proxy(kind) as url:
        environ = {**place.environ, **index, "http_proxy": url, "https_proxy": url, "no_proxy": ""}
        done = ended(place, command, environ=environ)
    assert_no_bug(done)
    assert done.returncode, done.stdout


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "*", " 127.0.0.1 , x", "127.0.0.1:0,127.0.0.1"])
def test_what_needs_no_proxy_is_asked_without_one(place: Commands, no_proxy: str) -> None:
    with proxy(Proxy.GARBAGE) as url:
        environ = {**place.environ, "http_proxy": url, "all_proxy": url, "no_proxy": no_proxy}
        done = ended(place, ["advise", "flask"], environ=environ)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("no_proxy", ["", ",,", "[", "::1/200", "127.0.0.1/99", "a" * 9000, "\xff"])
@pytest.mark.parametrize(
    "url", ["", "x", "http://", "http://[::1", "http://u:p@127.0.0.1:99999", "ftp://127.0.0.1:1"]
)
def test_settings_of_proxies_that_are_none(place: Commands, url: str, no_proxy: str) -> None:
    environ = {**place.environ, "http_proxy": url, "all_proxy": url, "no_proxy": no_proxy}
    assert_no_bug(ended(place, ["advise", "flask", "--timeout", "2"], environ=environ))
