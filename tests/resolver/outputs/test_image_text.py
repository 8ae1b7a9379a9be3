"""Reports and comparisons of images as people read them, where there is much to tell."""

from __future__ import annotations

import re

import msgspec
import pytest

from analyzers.evidence import Evidence, Finding, Level
from analyzers.reports import Unknown
from fakes.images.image_reports import distribution, image_report, interpreter
from images.reports.records import Layer, NativeLibrary, SystemPackage
from images.reports.report import ImageReport
from resolver.outputs.texts.columns import counted, cut, flowed, megabytes, table
from resolver.outputs.texts.image_text import image_text


@pytest.fixture
def crowded() -> ImageReport:
    """Fifty environments with two distributions each, and much of everything else."""
    paths = [f"/srv/applications/number-{n:02}/environment/bin/python" for n in range(50)]
    report = image_report(
        [distribution(f"d{m}", "1.0", interpreter=path) for path in paths for m in range(2)],
        interpreters=tuple(interpreter(path, "3.11.2", is_default=path == paths[-1]) for path in paths),
    )
    return msgspec.structs.replace(
        report,
        layers=tuple(Layer(index=n, diff_id=f"{n}", size_bytes=n * 10**6, entries=1) for n in range(60)),
        packages=tuple(
            SystemPackage(name=f"p{n:03}", version="1", type="deb", where="/db", layer=n % 3)
            for n in range(200)
        ),
        libraries=tuple(NativeLibrary(name=f"lib{n:02}", path=f"/usr/lib/{n}") for n in range(40)),
        findings=tuple(
            Finding(
                id="several-versions",
                level=Level.WARNING,
                message=f"number {n}",
                evidence=tuple(Evidence(what=f"seen {e}", where="/x") for e in range(9)),
            )
            for n in range(60)
        ),
        unknowns=tuple(Unknown(what="what", where=f"/{n}", reason="reason") for n in range(30)),
    )


def test_long_lists_are_shortened_with_a_hint(crowded: ImageReport) -> None:
    lines = image_text(crowded, 120).splitlines()
    assert len(lines) < 250
    hints = [line.strip() for line in lines if "--all or --format json has all" in line]
    assert [re.split(r" \(| --all", hint)[0] for hint in hints] == [
        "and 30 more",
        "and 30 more",
        "and 88 distributions for 44 other interpreters",
        "Packages   200 deb packages; 67 in layer 0, 67 in layer 1, 66 in layer 2;",
        "and 25 more",
        "and 35 more",
        "and 20 more",
    ]


def test_all_shortens_nothing(crowded: ImageReport) -> None:
    text = image_text(crowded, 100, whole=True)
    assert "has all" not in text
    for told in (
        "number-00",
        "number-49",
        "p199 1",
        "/usr/lib/39",
        "number 59",
        "seen 8",
        "/29: what: reason",
    ):
        assert told in text


def test_what_the_default_python_has_comes_first(crowded: ImageReport) -> None:
    lines = image_text(crowded, 100).splitlines()
    first = next(line for line in lines if line.startswith("Installed for"))
    assert "number-49" in first


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit(crowded: ImageReport, width: int) -> None:
    lines = image_text(crowded, width).splitlines()
    longest = max(len(word) for line in lines for word in line.split())
    assert max(map(len, lines)) <= max(width, longest + 11)


def test_of_a_path_the_end_is_told() -> None:
    rows = [("path", "x"), ("/a/very/long/path/to/python", "y" * 30)]
    (head, line) = table(rows, 46, give=0)
    assert head.startswith("  path")
    assert line.split() == ["…h/to/python", "y" * 30]


def test_a_column_that_can_be_spared_goes_first() -> None:
    rows = [("path", "from"), ("/a/long/path/to/python", "/another/path")]
    assert [line.split() for line in table(rows, 30, give=0, spare=1)] == [
        ["path"],
        ["/a/long/path/to/python"],
    ]
    assert [len(line.split()) for line in table(rows, 60, give=0, spare=1)] == [2, 2]


def test_lists_flow_downwards() -> None:
    assert list(flowed(["a", "b", "c", "d", "e"], 16)) == ["    a  c  e", "    b  d"]
    assert list(flowed([], 16)) == []
    assert list(flowed(["x" * 50], 16)) == [f"    {'x' * 50}"]


def test_numbers_for_people() -> None:
    assert (megabytes(99_999), megabytes(100_000), megabytes(2_500_000_000)) == (
        "100.0 kB",
        "0.1 MB",
        "2,500.0 MB",
    )
    assert (counted(1, "entry", "entries"), counted(2000, "entry", "entries")) == ("1 entry", "2,000 entries")
    assert (cut("abcdef", 6), cut("abcdef", 4)) == ("abcdef", "abc…")
