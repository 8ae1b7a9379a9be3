"""``stackwright scan`` on what is made to hurt: bounded, told under *Not known*, and the rest is analysed."""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from fakes.commands import SCRIPT, Commands, Ran
from fakes.indexes.core_metadata import core_metadata

pytestmark = pytest.mark.slow

MEMORY_BYTES = 1 << 30
"""Of address space; the interpreter with the parser's library takes a quarter of it."""
TIME_S = 60.0
FINE = "import numpy\n\nnumpy.array([1])\n"
DEEP = "import numpy\n\nx = " + "[" * 10_000 + "numpy.zeros(1)" + "]" * 10_000 + "\n"


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def scan(commands: Commands, *arguments: str) -> Ran:
    """The command with limits of memory and time, which it must keep."""
    done = subprocess.run(
        [SCRIPT, "scan", "--format", "json", *arguments],
        cwd=commands.folder,
        env=commands.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIME_S,
        preexec_fn=limit_memory,
        check=False,
    )
    return Ran(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def unknowns(told: Any) -> dict[str, str]:
    return {unknown["where"]: unknown["reason"] for unknown in told["unknowns"]}


def used(told: Any) -> set[tuple[str, str]]:
    return {(use["file"], use["symbol"]) for use in told["uses"] if use["kind"] == "call"}


def test_a_tree_of_everything_that_hurts(commands: Commands) -> None:
    commands.write("bad/a_fine.py", FINE)
    commands.write("bad/brackets.py", DEEP)
    commands.write("bad/long_line.py", b"import numpy\nx = '" + b"a" * 100_000_000 + b"'\n")
    commands.write("bad/nul.py", b"import numpy\n\0\0\0\0x = 1\n")
    commands.write("bad/broken.ipynb", "{no json")
    commands.write("bad/deep.ipynb", '{"cells": ' + "[" * 100_000)
    commands.write("bad/undecodable.py", b"# coding: rot13\nimport numpy\n")
    commands.write("bad/operands.py", "import numpy\nx = " + " + ".join(["numpy.ones(1)"] * 20_000) + "\n")
    commands.write("bad/z_fine.py", FINE)
    os.mkfifo(commands.path("bad/pipe.py"))
    os.mkfifo(commands.path("bad/pipe"))
    os.mkfifo(commands.path("bad/requirements.txt"))
    commands.path("bad/everything").symlink_to("/")
    commands.path("bad/itself").symlink_to(".")
    commands.path("bad/passwords.py").symlink_to("/etc/passwd")
    started_s = time.monotonic()
    ran = scan(commands, "bad")
    assert time.monotonic() - started_s < TIME_S / 2
    assert (ran.code, ran.err) == (0, "")
    told = ran.json
    assert [file["path"] for file in told["files"]] == [
        "a_fine.py",
        "brackets.py",
        "broken.ipynb",
        "deep.ipynb",
        "long_line.py",
        "nul.py",
        "operands.py",
        "undecodable.py",
        "z_fine.py",
    ]
    assert used(told) >= {("a_fine.py", "numpy.array"), ("z_fine.py", "numpy.array")}
    reasons = unknowns(told)
    assert "limit" in reasons["long_line.py"]
    assert "NUL" in reasons["nul.py"]
    assert "JSON is invalid" in reasons["broken.ipynb"]
    assert "deep.ipynb" in reasons
    assert "neither a file nor a directory" in reasons["pipe.py"]
    assert "passwords.py" not in json.dumps(told)
    assert {one["file"] for one in told["imports"]} >= {"brackets.py", "operands.py"}


@pytest.mark.parametrize("name", ["long_line.py", "brackets.py", "pipe.py", "nul.py", "bomb.ipynb"])
def test_what_hurts_named_by_itself(commands: Commands, name: str) -> None:
    commands.write("long_line.py", b"import numpy\nx = '" + b"a" * 100_000_000 + b"'\n")
    commands.write("brackets.py", DEEP)
    commands.write("nul.py", b"import numpy\n" + b"\0" * 1000)
    commands.write("bomb.ipynb", '{"cells": ' + "[" * 1_000_000)
    os.mkfifo(commands.path("pipe.py"))
    ran = scan(commands, name)
    assert ran.code == (2 if name == "pipe.py" else 0)
    assert "Traceback" not in ran.err
    if name not in ("pipe.py", "brackets.py"):
        assert name in unknowns(ran.json)


def wheel_with_bomb(path: Path, size_bytes: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("shop/__init__.py", FINE)
        with wheel.open("shop/bomb.py", "w", force_zip64=True) as member:
            member.write(b"import numpy\n")
            for _ in range(size_bytes >> 20):
                member.write(b"#" * (1 << 20))
        wheel.writestr("shop-1.0.dist-info/METADATA", core_metadata("shop", "1.0"))


def test_a_bomb_in_a_wheel_is_told(commands: Commands) -> None:
    wheel_with_bomb(commands.path("shop-1.0-py3-none-any.whl"), 300 << 20)
    ran = scan(commands, "shop-1.0-py3-none-any.whl")
    assert ran.code == 0, ran.err
    assert used(ran.json) == {("shop/__init__.py", "numpy.array")}
    assert "limit" in unknowns(ran.json)["shop/bomb.py"]


def test_a_wheel_that_claims_too_much_is_refused(commands: Commands) -> None:
    wheel_with_bomb(commands.path("shop-1.0-py3-none-any.whl"), 1100 << 20)
    ran = scan(commands, "shop-1.0-py3-none-any.whl")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("stackwright: error: shop-1.0-py3-none-any.whl: claims ")


def test_a_member_that_is_larger_than_it_claims(commands: Commands) -> None:
    path = commands.path("shop-1.0-py3-none-any.whl")
    wheel_with_bomb(path, 300 << 20)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"shop/bomb.py") - 46  # its entry in the central directory
    assert data[at : at + 4] == b"PK\1\2"
    with zipfile.ZipFile(path) as wheel:
        (size,) = {wheel.getinfo("shop/bomb.py").file_size}
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    assert size > 100
    path.write_bytes(data)
    ran = scan(commands, path.name)
    assert ran.code == 0, ran.err
    assert used(ran.json) == {("shop/__init__.py", "numpy.array")}
    assert "shop/bomb.py" in unknowns(ran.json)


def test_an_sdist_that_inflates(commands: Commands) -> None:
    head = b"shop-1.0/bomb.py"
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    member = bytearray(512)
    member[: len(head)] = head
    member[100:108] = b"0000644\0"
    member[124:136] = b"%011o\0" % (3 << 30)
    member[148:156] = b" " * 8
    member[156:157] = b"0"
    member[257:265] = b"ustar\x0000"
    member[148:156] = b"%06o\0 " % sum(member)
    with commands.path("shop-1.0.tar.gz").open("wb") as stream:
        stream.write(compressor.compress(bytes(member)))
        block = bytes(1 << 20)
        for _ in range(400):
            stream.write(compressor.compress(block))
        stream.write(compressor.flush())
    ran = scan(commands, "shop-1.0.tar.gz")
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err
    assert "shop-1.0.tar.gz" in ran.err if ran.code else unknowns(ran.json)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_process_that_is_killed_loses_no_file(commands: Commands) -> None:
    body = "x = numpy.y\n" * 100 + f"# {'x' * 8000}\n"
    for number in range(400):
        commands.write(f"big/f{number}.py", f"import numpy\n\nnumpy.f{number}()\n{body}")
    with commands.started("scan", "big", "--format", "json", "--jobs", "2") as process:
        deadline = time.monotonic() + 30
        while not (workers := workers_of(process.pid)):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.005)
        os.kill(workers[0], signal.SIGKILL)
        out, err = process.communicate(timeout=TIME_S)
    assert (process.returncode, err) == (0, b"")
    told = json.loads(out)
    assert told["unknowns"] == []
    assert {symbol for _, symbol in used(told)} == {f"numpy.f{number}" for number in range(400)}


def workers_of(pid: int) -> list[int]:
    """Grandchildren: processes that the server of a pool has forked."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it has ended
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    children = {child for child, parent in parents.items() if parent == pid}
    return sorted(child for child, parent in parents.items() if parent in children)
