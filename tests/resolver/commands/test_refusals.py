"""What a user or a machine gets wrong: one clear message that names input, place and remedy; an exit code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_name_that_no_index_has_gets_near_names_of_what_is_known(
    stackwright: Commands, server: IndexServer
) -> None:
    assert "did you mean" not in stackwright.advise("wekzeug").err  # nothing is known yet
    stackwright.advise("flask")
    server.requests.clear()
    ran = stackwright.advise("wekzeug")
    assert ran.code == 1
    assert "stackwright: no index has wekzeug; did you mean: werkzeug?\n" in ran.err
    assert set(server.paths()) <= {"/simple/wekzeug/"}
    assert "did you mean" not in stackwright.advise("numpy").err


def test_near_names_are_those_of_neighbours_of_this_run_too(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "wekzeug")
    assert ran.code == 1
    assert "did you mean: werkzeug?" in ran.err or "did you mean" not in ran.err
    ran = stackwright.advise("flask", "flsk")
    assert "stackwright: no index has flsk; did you mean: flask?\n" in ran.err


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["--platform", "windows"], "2.0 has cp311-cp311-win_arm64"),
        (["--platform", "macos"], "2.0 has cp311-cp311-macosx_14_0_x86_64"),
        (["--platform", "linux", "--python-version", "3.8"], "1.0 has cp311-cp311-manylinux_2_17_x86_64"),
    ],
    ids=["windows", "macos", "python"],
)
def test_without_a_wheel_for_the_target_the_nearest_is_named(
    stackwright: Commands, small_index: FakeIndex, arguments: list[str], nearest: str
) -> None:
    linux = [f"cp3{minor}-cp3{minor}-manylinux_2_17_x86_64" for minor in (12, 11)]
    small_index.add("native", "1.0", tags=linux)
    small_index.add("native", "2.0", tags=["cp311-cp311-win_arm64", "cp311-cp311-macosx_14_0_x86_64"])
    ran = stackwright.advise("native", *arguments)
    assert ran.code == 1
    assert f"(the nearest: {nearest})" in one_line(ran.out)


def test_a_pipe_to_which_nobody_writes_is_refused(stackwright: Commands) -> None:
    os.mkfifo(stackwright.path("pipe"))
    ran = stackwright.advise("-r", "pipe")
    assert ran.code == 2
    assert ran.err == (
        "stackwright: error: pipe: cannot be read: it is a pipe to which nobody writes (correct the path)\n"
    )


def test_a_pipe_is_read_to_its_end_as_slow_as_it_comes(stackwright: Commands) -> None:
    """As bash makes them for ``-r <(command)``."""
    os.mkfifo(stackwright.path("pipe"))
    script = '(sleep 0.2; echo click; sleep 0.2; echo werkzeug) > pipe & exec "$0" advise -r pipe -q'
    done = subprocess.run(
        ["bash", "-c", script, SCRIPT],
        cwd=stackwright.folder,
        env=stackwright.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "click" in done.stdout
    assert "werkzeug" in done.stdout


def test_an_empty_name_of_a_file_is_told_as_such(stackwright: Commands) -> None:
    ran = stackwright.advise("-r", "")
    assert (ran.code, ran.out) == (2, "")
    assert "the name is empty" in ran.err


def test_an_output_whose_links_lead_in_a_circle_is_refused(stackwright: Commands) -> None:
    stackwright.path("one.txt").symlink_to("two.txt")
    stackwright.path("two.txt").symlink_to("one.txt")
    ran = stackwright.advise("flask", "-o", "one.txt")
    assert ran.code == 3
    assert ran.err.startswith("stackwright: error: --output one.txt: its links lead in a circle\n  ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_standard_output_is_named(stackwright: Commands) -> None:
    with Path("/dev/full").open("w") as full, stackwright.started("advise", "flask", stdout=full) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert err == b"stackwright: error: standard output: No space left on device\n"


def test_a_server_at_fault_is_named_with_a_remedy(stackwright: Commands, server: IndexServer) -> None:
    server.fault("/simple/werkzeug/", Fault.status(503, retry_after="0"))
    ran = stackwright.advise("flask")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        f"stackwright: error: {server.url}werkzeug/: HTTP status 503 (Service Unavailable) (4 attempts)",
        "  the server is overloaded or at fault: try again later, or name another index",
    ]


def test_a_wheel_that_is_cut_off_is_told_without_an_empty_path(
    stackwright: Commands, small_index: FakeIndex
) -> None:
    small_index.add_file("cut", "cut-1.0-py3-none-any.whl", b"PK\x03\x04" + bytes(200))
    ran = stackwright.advise("cut")
    assert ran.code == 1
    assert "the metadata of cut 1.0 cannot be read (no end-of-central-directory record" in one_line(ran.out)
    assert "''" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["flask==3", "flask==2"], 1, "you require flask==2"),
        (["flask\0"], 2, "command line: "),
        (["a" * 10_000], 2, "command line: longer than 8,192 characters"),
        (["--bogus"], 2, "unrecognized arguments: --bogus"),
        (["-r", "."], 2, ".: cannot be read: Is a directory"),
        ([], 2, "there is nothing to advise on"),
    ],
    ids=["contradiction", "NUL", "long", "option", "directory", "nothing"],
)
def test_bad_arguments(stackwright: Commands, arguments: list[str], code: int, words: str) -> None:
    ran = stackwright.advise(*arguments)
    assert ran.code == code
    assert words in one_line(ran.out + ran.err)
    assert len(ran.err) < 1000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"click\nflask\xff\n", "in.txt:2: is not utf-8 text"),
        (b"click\n\nflask\0\n", "in.txt:3:6: "),
        (b"flask>=" + b"1" * 5_000_000, "in.txt: is larger than"),
        (b"-r in.txt\n", "in.txt:1:1: the files include one another in a circle"),
    ],
    ids=["bytes", "NUL", "large", "circle"],
)
def test_bad_files(stackwright: Commands, content: bytes, words: str) -> None:
    stackwright.write("in.txt", content)
    ran = stackwright.advise("-r", "in.txt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: {words}")


def test_a_thousand_files_that_include_one_another_are_refused(stackwright: Commands) -> None:
    for number in range(1000):
        stackwright.write(f"r{number}.txt", f"-r r{number + 1}.txt\n")
    stackwright.write("r1000.txt", "flask\n")
    ran = stackwright.advise("-r", "r0.txt")
    assert (ran.code, ran.out) == (2, "")
    assert "too many files include one another" in ran.err
    assert ran.err.count("\n") == 1
