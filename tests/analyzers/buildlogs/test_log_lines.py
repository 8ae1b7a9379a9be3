"""What others put before, between and over the lines of a log is taken away; line numbers stay."""

from __future__ import annotations

import pytest

from analyzers.buildlogs import read_build_log
from analyzers.buildlogs.log_lines import LARGEST_BYTES, LONGEST_LINE, log_lines, streams
from analyzers.buildlogs.records import Cause, Step

PIP = """\
Collecting spam
  Downloading https://index.example/spam-1.0.tar.gz (3.1 kB)
  Preparing metadata (pyproject.toml): started
  Preparing metadata (pyproject.toml): finished with status 'done'
Building wheels for collected packages: spam
  Building wheel for spam (pyproject.toml): started
  Building wheel for spam (pyproject.toml): finished with status 'error'
  error: subprocess-exited-with-error

  \xd7 Building wheel for spam (pyproject.toml) did not run successfully.
  \u2502 exit code: 1
  \u2570\u2500> [3 lines of output]
      spam.c:3:10: fatal error: egg.h: No such file or directory
      compilation terminated.
      error: command '/usr/bin/gcc' failed with exit code 1
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.
  ERROR: Failed building wheel for spam
Failed to build spam
"""
LINES = PIP.splitlines()


def told(text: str) -> tuple[str, str, Step, Cause, str, int]:
    (found,) = read_build_log(text.encode()).failures
    return found.package, found.version, found.step, found.cause, found.missing, found.lines[0]


EXPECTED = ("spam", "1.0", Step.BUILD, Cause.MISSING_HEADER, "egg.h", 10)


def test_a_log_alone() -> None:
    assert told(PIP) == EXPECTED


@pytest.mark.parametrize(
    "before",
    [
        "#12 3.456 ",
        "#7 102.1 ",
        "2026-01-01T00:00:00.1234567Z ",
        "build\tInstall packages\t2026-01-01T00:00:00.1234567Z ",
        "2026-01-01T00:00:00.000000Z 01O ",
        "2026-01-01T00:00:00.000000Z 00E ",
        "[2026-01-01T00:00:00.000Z] ",
        "2026-01-01 00:00:00,123 ",
        "I0101 12:00:00.000000       1 sti.go:682] ",
        "[build-image : build] ",
        "web-1  | ",
        "web-1  | 2026-01-01T00:00:00.1234567Z #9 0.1 ",
        "\ufeff2026-01-01T00:00:00.1234567Z ",
        "[pipenv.exceptions.InstallError]: ",
        "\x1b[0;31m",
        "\x1b]0;title\x07",
        "\r\x1b[K",
        "      10%|###       |\r",
    ],
)
def test_what_others_put_before_is_taken_away(before: str) -> None:
    assert told("".join(f"{before}{line}\n" for line in LINES)) == EXPECTED


def test_colours_within_lines_and_ends_of_lines_of_windows() -> None:
    assert told(PIP.replace("error", "\x1b[1;31merror\x1b[0m").replace("\n", "\r\n")) == EXPECTED


def test_sections_of_gitlab_and_groups_of_github() -> None:
    assert told("section_start:1700000000:step[collapsed=true]\r\x1b[0KInstall\n" + PIP)[-1] == 11
    assert told("##[group]Run pip install spam\n" + PIP + "##[error]Process completed\n")[-1] == 11


def test_what_a_shell_of_windows_writes() -> None:
    found = read_build_log(PIP.encode("utf-16")).failures
    assert [(one.package, one.missing, one.lines[0]) for one in found] == [("spam", "egg.h", 10)]


def test_two_builds_at_once_do_not_mix() -> None:
    other = PIP.replace("spam", "ham").replace("egg.h", "pea.h").splitlines()
    mixed = [
        text for one, two in zip(LINES, other, strict=True) for text in (f"#8 1.0 {one}", f"#9 1.0 {two}")
    ]
    found = read_build_log("\n".join(mixed).encode()).failures
    assert {(one.package, one.missing) for one in found} == {("spam", "egg.h"), ("ham", "pea.h")}


def test_what_a_builder_of_images_repeats_at_the_end_is_told_once() -> None:
    text = "".join(f"#12 3.456 {line}\n" for line in LINES)
    text += '#12 ERROR: process "/bin/sh -c pip install spam" did not complete successfully: exit code: 1\n'
    text += "------\n > [3/4] RUN pip install spam:\n"
    text += "".join(f"3.456 {line}\n" for line in LINES[-12:])
    assert told(text) == EXPECTED


def test_line_numbers_are_those_of_the_file() -> None:
    lines, _ = log_lines(b"a\n\nb\r\n\x1b[1mc\x1b[0m", first_line=5)
    assert [(line.number, line.text) for line in lines] == [(5, "a"), (6, ""), (7, "b"), (8, "c")]


def test_streams_keep_their_order() -> None:
    lines, _ = log_lines(b"#2 x\n#1 y\n#2 z\nplain\n")
    assert [[line.text for line in part] for part in streams(lines)] == [["x", "z"], ["y"], ["plain"]]


def test_long_lines_are_cut_and_that_is_told() -> None:
    lines, unknowns = log_lines(b"x" * (LONGEST_LINE + 1) + b"\ny\n")
    assert [len(line.text) for line in lines] == [LONGEST_LINE, 1]
    assert [one.where for one in unknowns] == ["line 1"]


@pytest.mark.slow
def test_of_a_log_that_is_too_large_the_end_is_read() -> None:
    filler = (b"." * 99 + b"\n") * (LARGEST_BYTES // 100)
    log = read_build_log(filler + PIP.encode())
    (found,) = log.failures
    assert found.lines[0] == LARGEST_BYTES // 100 + 10
    assert [one.what for one in log.unknowns] == ["the beginning of the log"]
