"""What is asked for: requirements as arguments, in files, on standard input, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("flask", "3.0", requires=["werkzeug"], extras={"async": ["asgiref"]})
    for name in ("werkzeug", "asgiref", "click", "django"):
        index.add(name, "1.0")
        index.add(name, "2.0")
    with IndexServer(index) as running:
        yield running


def pins(ran: Ran) -> list[str]:
    assert (ran.code, ran.err) == (0, "")
    return re.findall(r"^[^ #].*", ran.out, re.MULTILINE)


def advised(stackwright: Commands, *arguments: str, stdin: bytes = b"") -> list[str]:
    return pins(stackwright.advise(*arguments, "--format", "requirements", "--no-hashes", stdin=stdin))


def test_requirements_of_arguments_and_files_are_joined(stackwright: Commands) -> None:
    stackwright.write("one.in", "flask[async]  # the web\n")
    stackwright.write("two.in", "werkzeug<2 \\\n  ; python_version > '3'\r\nasgiref\r\n")
    assert advised(stackwright, "-r", "one.in", "--requirements", "two.in", "click==1.0") == [
        "asgiref==2.0",
        "click==1.0",
        "flask==3.0",
        "werkzeug==1.0",
    ]


def test_requirements_may_stand_around_options(stackwright: Commands) -> None:
    ran = stackwright.advise("click", "-q", "django<2", "--format", "requirements", "--no-hashes", "asgiref")
    assert pins(ran) == ["asgiref==2.0", "click==2.0", "django==1.0"]


def test_requirements_of_standard_input(stackwright: Commands) -> None:
    assert advised(stackwright, "-r", "-", "asgiref", stdin=b"\xef\xbb\xbfclick<2\n") == [
        "asgiref==2.0",
        "click==1.0",
    ]


def test_options_may_not_be_shortened(stackwright: Commands) -> None:
    ran = stackwright.advise("click", "--off")
    assert ran == Ran(
        code=2,
        out="",
        err="stackwright: error: unrecognized arguments: --off\n"
        "  did you mean: --offline; see: stackwright advise --help\n",
    )


def test_choices_are_named(stackwright: Commands) -> None:
    ran = stackwright.advise("click", "--type", "newest")
    assert ran.code == 2
    first, second = ran.err.splitlines()
    assert first.startswith("stackwright: error: argument --type: invalid choice: 'newest' (choose from ")
    assert "latest" in first and "stable" in first
    assert second == "  see: stackwright advise --help"


def test_no_command_is_a_mistake(stackwright: Commands) -> None:
    ran = stackwright.main()
    assert ran.code == 2
    assert ran.err == (
        "stackwright: error: the following arguments are required: COMMAND\n  see: stackwright --help\n"
    )


def test_version_is_told(stackwright: Commands) -> None:
    ran = stackwright.main("--version")
    assert ran.code == 0
    assert re.fullmatch(r"stackwright \d+\.\d+\.\d+\S*\n", ran.out)


def test_nothing_to_advise_on(stackwright: Commands) -> None:
    stackwright.write("empty.in", "# nothing\n\n")
    for options, why in (
        ((), ""),
        (("-r", "empty.in"), ": empty.in states no requirement"),
        (("-r", "-"), ": - states no requirement"),
    ):
        assert stackwright.advise(*options) == Ran(
            code=2,
            out="",
            err=f"stackwright: error: there is nothing to advise on{why}\n"
            "  name requirements, such as: stackwright advise flask, or a file with -r FILE\n",
        )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.in", "missing.in: cannot be read: No such file or directory (correct the path)"),
        (".", ".: cannot be read: Is a directory (correct the path)"),
        ("binary.in", "binary.in:2: is not utf-8 text (byte 2) (save the file as UTF-8)"),
    ],
)
def test_file_that_cannot_be_read(stackwright: Commands, server: IndexServer, name: str, reason: str) -> None:
    stackwright.write("binary.in", b"a\n\xff\xfe")
    ran = stackwright.advise("click", "-r", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"stackwright: error: {reason}\n"
    assert server.requests == []


def test_endless_file_is_refused(stackwright: Commands) -> None:
    ran = stackwright.advise("-r", "/dev/zero")
    assert ran.code == 2
    assert ran.err.startswith("stackwright: error: /dev/zero: is larger than 4,194,304 bytes")


@pytest.mark.parametrize(
    ("line", "place", "told", "remedy"),
    [
        ("flask >", "bad.in:2:7", "Expected", "write a requirement such as 'name>=1.0'"),
        ("flask[async", "bad.in:2:6", "Expected matching RIGHT_BRACKET", "write a requirement"),
        ("--constrain x", "bad.in:2:1", "the option --constrain is not one of", "write it as pip reads it"),
        ("-r other.in", "bad.in:2:1", "cannot be read: No such file", "correct the path"),
        ("flask --hash=sha256:00", "bad.in:2:1", "no valid hash", "correct the hash"),
        ("https://index.example/flask.whl", "bad.in:2:1", "a URL", "name a release of an index"),
        ("flask @ https://index.example/f.whl", "bad.in:2:1", "a URL", "name a release"),
        ("./flask", "bad.in:2:1", "there is no such directory", "correct the path"),
    ],
)
def test_malformed_line_is_told_with_place_and_remedy(
    stackwright: Commands, server: IndexServer, line: str, place: str, told: str, remedy: str
) -> None:
    stackwright.write("bad.in", f"click\n{line}\n")
    ran = stackwright.advise("-r", "bad.in", "-o", "pylock.toml")
    assert (ran.code, ran.out) == (2, "")
    (message,) = ran.err.splitlines()
    assert message.startswith(f"stackwright: error: {place}: {told}")
    assert line.split()[-1].removeprefix("--hash=") in message
    assert remedy in message
    assert server.requests == []
    assert not stackwright.path("pylock.toml").exists()


def test_all_malformed_lines_are_told_at_once(stackwright: Commands) -> None:
    stackwright.write("bad.in", "-e ./none\nclick\nflask >\n")
    ran = stackwright.advise("-r", "bad.in")
    assert (ran.code, ran.out) == (2, "")
    assert re.findall(r"bad\.in:\d+", ran.err) == ["bad.in:1", "bad.in:3"]


def test_malformed_argument_is_told(stackwright: Commands) -> None:
    ran = stackwright.advise("click", "flask=3")
    assert (ran.code, ran.out) == (2, "")
    (message,) = ran.err.splitlines()
    assert message.startswith("stackwright: error: command line:")
    assert "'flask=3'" in message


def test_requirement_that_is_not_live_is_left_out_and_told(stackwright: Commands) -> None:
    stackwright.write("some.in", "click\nnowhere ; sys_platform == 'win32'\n")
    ran = stackwright.advise("-r", "some.in", "--format", "requirements", "--no-hashes")
    assert ran.code == 0
    assert ran.err == (
        'stackwright: some.in:2:1: nowhere; sys_platform == "win32" is not needed on this target\n'
    )
    assert "nowhere" not in ran.out
