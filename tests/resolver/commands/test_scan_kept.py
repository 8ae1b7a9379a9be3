"""What ``stackwright scan`` keeps between runs, and the processes that it runs in."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.sources.shop import APP, NOTEBOOK, paths, report, scan, shop


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


@pytest.fixture
def project(commands: Commands) -> Commands:
    return shop(commands)


def derived(commands: Commands) -> list[tuple[str, int]]:
    """What the store keeps of files by themselves: instrument, and number of records."""
    stored = commands.main("cache", "info", "--derived", "--format", "json").json["stored"]
    of_files = [each for each in stored if each["origin"].startswith("source/")]
    return [(each["origin"], each["records"]) for each in of_files]


def aged(commands: Commands) -> None:
    """Lets everything that is kept of files look old: what is analysed anew is new."""
    with contextlib.closing(sqlite3.connect(commands.store)) as connection, connection:
        connection.execute("UPDATE derived SET made_at = 1")


def analysed(commands: Commands) -> int:
    """How many records were made since `aged`."""
    with contextlib.closing(sqlite3.connect(commands.store)) as connection:
        made = "SELECT count(*) FROM derived WHERE made_at > 1 AND instrument LIKE 'source/%'"
        return int(connection.execute(made).fetchone()[0])


def test_a_second_run_analyses_only_what_changed(project: Commands) -> None:
    project.write("shop/book.ipynb", NOTEBOOK)
    first = report(project, "shop", SOURCE_DATE_EPOCH="1700000000")
    assert [records for _, records in derived(project)] == [3]
    aged(project)
    assert report(project, "shop", SOURCE_DATE_EPOCH="1700000000") == first
    assert analysed(project) == 0
    project.write("shop/app.py", APP + "np.zeros(3)\n")
    changed = report(project, "shop")
    assert "numpy.zeros" in {use["symbol"] for use in changed["uses"]}
    assert analysed(project) == 1


def test_records_depend_on_what_the_file_is(commands: Commands) -> None:
    """The same bytes are a broken notebook and an empty module."""
    commands.write("shop/empty.ipynb", "")
    commands.write("shop/empty.py", "")
    first = report(commands, "shop", SOURCE_DATE_EPOCH="1")
    assert [file.get("status") for file in first["files"]] == ["failed", None]
    aged(commands)
    assert report(commands, "shop", SOURCE_DATE_EPOCH="1") == first
    assert analysed(commands) == 0


def test_notebooks_of_the_same_content_are_each_told_at_their_place(commands: Commands) -> None:
    text = NOTEBOOK.replace("pd.read_csv('x')", "!pip install rich")
    commands.write("a.ipynb", text)
    commands.write("b.ipynb", text)
    for _ in range(2):
        declared = report(commands)["declared"]
        assert [(each["name"], each["location"]["path"]) for each in declared] == [
            ("rich", "a.ipynb"),
            ("rich", "b.ipynb"),
        ]


def test_records_that_are_damaged_are_made_anew(project: Commands) -> None:
    first = report(project, "shop", SOURCE_DATE_EPOCH="1")
    with contextlib.closing(sqlite3.connect(project.store)) as connection, connection:
        connection.execute("UPDATE derived SET payload = x'00ff', made_at = 1")
    assert report(project, "shop", SOURCE_DATE_EPOCH="1") == first
    assert analysed(project) == 2


def test_where_nothing_can_be_kept_the_result_is_the_same(project: Commands) -> None:
    first = report(project, "shop", SOURCE_DATE_EPOCH="1")
    project.write("occupied", "no directory")
    ran = scan(project, "shop", "--format", "json", "--store", "occupied/store", SOURCE_DATE_EPOCH="1")
    assert ran.json == first
    assert ran.err.startswith("stackwright: facts for later runs (occupied/store): ")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes everywhere")
def test_a_directory_that_is_read_only_is_scanned(project: Commands) -> None:
    project.path("shop").chmod(0o500)
    try:
        assert paths(report(project, "shop")) == ["app.py", "tests/test_app.py"]
    finally:
        project.path("shop").chmod(0o700)


def test_nothing_is_written_to_what_is_scanned(project: Commands) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.folder.rglob("*")}
    scan(project, "shop")
    assert {path: path.stat().st_mtime_ns for path in project.folder.rglob("*")} == before


def test_precise_records_are_records_of_their_own(commands: Commands) -> None:
    commands.write("shop/app.py", "import lib\n\nwhile lib.go():\n    lib = 1\n")
    commands.write("shop/plain.py", "import lib\n\nlib.go()\n")

    def confidences(*options: str) -> dict[str, str]:
        uses = report(commands, "shop", *options)["uses"]
        return {use["file"]: use.get("confidence", "certain") for use in uses if use["kind"] == "call"}

    plainly = {"app.py": "certain", "plain.py": "certain"}
    assert confidences() == plainly
    assert confidences("--precise") == {"app.py": "likely", "plain.py": "certain"}
    aged(commands)
    assert confidences() == plainly
    assert analysed(commands) == 0


# Processes


def test_the_report_is_the_same_at_every_run_and_for_any_number_of_processes(commands: Commands) -> None:
    padding = "# " + "x" * 3000 + "\n"
    for number in range(600):
        commands.write(f"big/m{number % 7}/f{number}.py", f"{APP}np.f{number}(1)\n{padding}")
    runs = [
        scan(commands, "big", "--format", "json", "--store", store, "--jobs", jobs, SOURCE_DATE_EPOCH="1").out
        for store, jobs in (("a", "1"), ("b", "4"), ("b", "4"), (":memory:", "2"))
    ]
    assert len(set(runs)) == 1
    assert len(json.loads(runs[0])["files"]) == 600


def test_what_was_analysed_before_an_interruption_is_kept(commands: Commands) -> None:
    body = "".join(f"def f{n}(x):\n    return np.array([x, {n}])\n" for n in range(60))
    for number in range(700):
        commands.write(f"big/f{number}.py", f"import numpy as np\n# {number}\n{body}")
    with commands.started("scan", "big", start_new_session=True) as process:
        deadline = time.monotonic() + 30
        while not kept(commands):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the command
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert (out, err.decode()) == (b"", "stackwright: interrupted\n")
    assert 0 < kept(commands) < 700
    aged(commands)
    before = kept(commands)
    scan(commands, "big")
    assert analysed(commands) == 700 - before


def kept(commands: Commands) -> int:
    return sum(records for _, records in derived(commands))


def test_closed_streams_are_no_error(project: Commands) -> None:
    ran = subprocess.run(
        ["sh", "-c", f"{SCRIPT} scan shop <&- 2>&-"],
        cwd=project.folder,
        env=project.environ,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0
    assert ran.stdout.startswith(b"shop: 2 files")
    with project.started("scan", "shop", "--format", "json") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0
