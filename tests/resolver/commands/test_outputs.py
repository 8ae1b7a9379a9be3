"""Where the result goes and in what form: formats and ``--output``."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel


def pins_of(lockfile: str) -> dict[str, str]:
    return {package["name"]: package["version"] for package in tomllib.loads(lockfile)["packages"]}


STACK = {"click": "8.1.7", "flask": "3.0.0", "werkzeug": "3.1"}


def test_text_tells_each_pin_and_why(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "--evidence", "none")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("Advised for cpython 3.")
    assert lines[2:6] == [
        "  package   version  asked for by  why not newer",
        "  click     8.1.7    flask         it is the newest",
        "  flask     3.0.0    you           it is the newest",
        "  werkzeug  3.1      flask         3.2rc1 is a pre-release, and a stable release serves",
    ]
    assert lines[7] == (
        "3 packages; type stable; score 0.000 (optimal); hill-climbing, 0 moves, stopped by: bound"
    )
    assert re.fullmatch(r"3 releases read in [\d.]+ s with 6 requests \(3 listings, [\d.]+ MB\)", lines[8])


def test_json_is_the_whole_report(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["status"] == "optimal"
    assert {pin["name"]: pin["version"] for pin in ran.json["pins"]} == STACK
    assert ran.json["tool"]["name"] == "stackwright"


def test_pylock_on_standard_output(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "--format", "pylock")
    assert (ran.code, ran.err) == (0, "")
    assert pins_of(ran.out) == STACK


def test_requirements_on_standard_output(stackwright: Commands, small_index: FakeIndex) -> None:
    ran = stackwright.advise("flask", "--format", "requirements")
    files = small_index.files("flask")
    hashes = sorted(file.hashes["sha256"] for file in files if "-3.0.0" in file.filename)
    assert (ran.code, ran.err) == (0, "")
    assert f"flask==3.0.0 \\\n    --hash=sha256:{hashes[0]} \\\n    --hash=sha256:{hashes[1]}\n" in ran.out
    assert "    # via your requirements\n" in ran.out
    assert "    # via flask\n" in ran.out


def test_requirements_without_hashes(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "--format", "requirements", "--no-hashes")
    assert re.findall(r"^[^ #].*", ran.out, re.MULTILINE) == [f"{n}=={v}" for n, v in STACK.items()]


@pytest.mark.parametrize("name", ["pylock.toml", "pylock.gpu.toml"])
def test_output_named_like_a_pylock_is_one(stackwright: Commands, name: str) -> None:
    ran = stackwright.advise("flask", "-o", name)
    assert (ran.code, ran.err) == (0, "")
    assert pins_of(stackwright.path(name).read_text()) == STACK
    assert ran.out.startswith("Advised for ")
    assert ran.out.endswith(f"\nWrote {name}\n")


def test_output_named_txt_holds_requirements(stackwright: Commands) -> None:
    assert stackwright.advise("flask", "-o", "requirements.txt").code == 0
    assert "\nwerkzeug==3.1 \\\n" in stackwright.path("requirements.txt").read_text()


def test_output_named_json_holds_the_report(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "-o", "advice.json", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert '"status": "optimal"' in stackwright.path("advice.json").read_text()


def test_format_counts_more_than_the_name(stackwright: Commands) -> None:
    assert stackwright.advise("flask", "-o", "lock.in", "--format", "requirements").code == 0
    assert "\nflask==3.0.0" in stackwright.path("lock.in").read_text()


@pytest.mark.parametrize("name", ["lock.toml", "pylock.a.b.toml", "pylock", "-", "lock.TXT", "Pipfile"])
def test_output_of_another_name_is_refused(stackwright: Commands, server: IndexServer, name: str) -> None:
    ran = stackwright.advise("flask", "-o", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"stackwright: error: --output {name}: the name does not say a format\n"
        "  use pylock.toml, pylock.NAME.toml, Pipfile.lock, NAME.txt, NAME.json or NAME.html, "
        "or add --format\n"
    )
    assert server.requests == []
    assert list(stackwright.folder.iterdir()) == []


def test_pylock_under_another_name_is_refused(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "-o", "lock.toml", "--format", "pylock")
    assert ran.code == 2
    assert ran.err.startswith(
        "stackwright: error: --output lock.toml: installers know a lockfile by its name\n  use "
    )


@pytest.mark.parametrize("asked", [("-o", "pylock.toml"), ("--format", "pylock")], ids=" ".join)
def test_no_hashes_and_pylock_contradict(stackwright: Commands, asked: tuple[str, str]) -> None:
    ran = stackwright.advise("flask", *asked, "--no-hashes")
    assert ran.code == 2
    assert ran.err.startswith("stackwright: error: --no-hashes: a pylock file knows every file by its hash\n")
    assert "--format requirements" in ran.err


def test_another_format_under_the_name_of_a_lockfile_is_refused(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "-o", "pylock.toml", "--format", "requirements")
    assert ran.code == 2
    assert "installers would read it as pylock" in ran.err


def test_a_lockfile_of_nothing_is_a_lockfile(stackwright: Commands) -> None:
    ran = stackwright.advise("flask; python_version < '3'", "-o", "pylock.toml")
    assert ran.code == 0
    assert tomllib.loads(stackwright.path("pylock.toml").read_text())["packages"] == []


def test_output_in_no_directory_is_refused(stackwright: Commands, server: IndexServer) -> None:
    ran = stackwright.advise("flask", "-o", "deep/pylock.toml")
    assert ran.code == 2
    assert ran.err == (
        "stackwright: error: --output deep/pylock.toml: there is no directory deep\n"
        "  make the directory, or name another file\n"
    )
    assert server.requests == []


def test_output_that_is_a_directory_is_refused(stackwright: Commands) -> None:
    stackwright.path("out.txt").mkdir()
    ran = stackwright.advise("flask", "-o", "out.txt")
    assert ran.code == 2
    assert ran.err == "stackwright: error: --output out.txt: it is a directory\n  name a file in it\n"


def test_output_that_cannot_be_written_is_named(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "-o", "/proc/requirements.txt")
    assert ran.code == 3
    assert re.fullmatch(
        r"stackwright: error: --output /proc/requirements\.txt: [A-Z][\w ]+\n"
        r"  name a file in a directory that can be written\n",
        ran.err,
    )


def test_output_replaces_a_file_and_keeps_its_mode(stackwright: Commands) -> None:
    old = stackwright.write("requirements.txt", "old")
    old.chmod(0o640)
    assert stackwright.advise("flask", "-o", "requirements.txt").code == 0
    assert "old" not in old.read_text()
    assert old.stat().st_mode & 0o777 == 0o640
    assert list(stackwright.folder.iterdir()) == [old]


def test_output_through_a_link_keeps_the_link(stackwright: Commands) -> None:
    real = stackwright.write("real.txt", "old")
    link = stackwright.path("requirements.txt")
    link.symlink_to("real.txt")
    assert stackwright.advise("flask", "-o", link).code == 0
    assert link.is_symlink()
    assert "\nflask==3.0.0" in real.read_text()


def test_output_to_a_pipe_is_written_to_it(stackwright: Commands) -> None:
    pipe = stackwright.path("pipe.txt")
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert stackwright.advise("flask", "-o", pipe).code == 0
        assert b"\nflask==3.0.0" in os.read(reading, 65536)
    finally:
        os.close(reading)
    assert pipe.is_fifo()


def test_quiet_says_nothing_but_the_result(stackwright: Commands) -> None:
    assert stackwright.advise("flask", "-q", "-o", "pylock.toml") == Ran(code=0, out="", err="")
    assert pins_of(stackwright.advise("flask", "-q", "--format", "pylock").out) == STACK


def test_a_hash_that_is_none_gets_into_no_lockfile(tmp_path: Path) -> None:
    index = FakeIndex()
    wheel = build_wheel("flask", "1.0")
    hashes = {"sha256": "aa --index-url https://evil.example/\n--index-url https://evil.example/"}
    metadata = b"Metadata-Version: 2.2\nName: flask\nVersion: 1.0\n"
    index.add_file("flask", "flask-1.0-py3-none-any.whl", wheel, metadata=metadata, hashes=hashes)
    with IndexServer(index) as server:
        commands = Commands(tmp_path, server.url)
        for file_format in ("requirements", "pylock"):
            ran = commands.advise("flask", "--format", file_format, "--evidence", "none")
            assert (ran.code, ran.out) == (3, "")
            assert ran.err.startswith("stackwright: error: ")
            assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize("file_format", ["pylock", "requirements"])
def test_index_without_hashes_needs_requirements_without(tmp_path: Path, file_format: str) -> None:
    index = FakeIndex()
    index.add_file("flask", "flask-1.0-py3-none-any.whl", build_wheel("flask", "1.0"), hashes={})
    with IndexServer(index) as server:
        commands = Commands(tmp_path, server.url)
        refused = commands.advise("flask", "--format", file_format)
        written = commands.advise("flask", "--format", "requirements", "--no-hashes")
    assert (refused.code, refused.out) == (3, "")
    assert refused.err == (
        "stackwright: error: the index states no hash for flask-1.0-py3-none-any.whl of flask\n"
        "  write a file without hashes: --format requirements --no-hashes\n"
    )
    assert (written.code, written.out.splitlines()[1:]) == (0, ["flask==1.0", "    # via your requirements"])


def test_refused_output_leaves_the_old_file(tmp_path: Path) -> None:
    index = FakeIndex()
    index.add_file("flask", "flask-1.0-py3-none-any.whl", build_wheel("flask", "1.0"), hashes={})
    with IndexServer(index) as server:
        commands = Commands(tmp_path, server.url)
        old = commands.write("pylock.toml", "old")
        assert commands.advise("flask", "-o", "pylock.toml").code == 3
    assert old.read_text() == "old"
    assert list(commands.folder.iterdir()) == [old]


def test_what_installers_ignore_does_not_stop_a_lockfile(tmp_path: Path) -> None:
    index = FakeIndex()
    index.add("flask", "1.0", requires_python=">=3.6.*", uploaded_at="yesterday")
    with IndexServer(index) as server:
        ran = Commands(tmp_path, server.url).advise("flask", "--format", "pylock")
    (package,) = tomllib.loads(ran.out)["packages"]
    assert package.keys() == {"name", "version", "wheels"}
    assert package["wheels"][0].keys() == {"name", "url", "size", "hashes"}
