"""``stackwright inspect`` as a user runs it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from fakes.commands import SCRIPT, Commands, Ran
from fakes.images.image_files import FakeImage, write_docker_archive, write_oci_layout
from fakes.images.layers import file, layer
from fakes.images.web_images import SITE, second_web_image, web_image, write_root

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    made = Commands(tmp_path)
    write_docker_archive(made.path("web.tar"), web_image())
    return made


def inspect(commands: Commands, *arguments: str, code: int = 0, stdin: bytes = b"", **environ: str) -> Ran:
    ran = commands.main("inspect", *arguments, stdin=stdin, **environ)
    assert ran.code == code, ran.err
    return ran


def test_the_text_tells_what_the_image_is(commands: Commands) -> None:
    text = inspect(commands, "web.tar", COLUMNS="100").out
    lines = text.splitlines()
    assert lines[0] == "web.tar: an archive of docker save, linux/amd64"
    assert "System     Debian 10 on x86_64, built on debian:10" in lines
    assert "Runs       python3 app.py, as root in /srv" in lines
    assert "    click 8.1.7     flask 3.0.3     werkzeug 3.0.6" in lines
    assert any(line.split()[:3] == ["*", "3.8.20", "/usr/local/bin/python3.8"] for line in lines)
    assert "Packages   3 deb packages, layer 0; --all or --format json has all" in lines
    assert "hunter2" not in text


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_text_fits_the_terminal_where_words_allow(commands: Commands, columns: str) -> None:
    lines = inspect(commands, "web.tar", COLUMNS=columns).out.splitlines()
    longest = max(len(word) for line in lines for word in line.split())
    assert all(len(line) <= max(int(columns), longest + 11) for line in lines)


def test_all_shortens_no_list(commands: Commands) -> None:
    text = inspect(commands, "web.tar", "--all").out
    assert "libc6 2.28-10+deb10u1" in text
    assert "libc6" not in inspect(commands, "web.tar").out.partition("Native")[0]


def test_json_obeys_its_schema(commands: Commands) -> None:
    report = inspect(commands, "web.tar", "--format", "json").json
    Draft202012Validator(json.loads((SCHEMAS / "image.json").read_text())).validate(report)
    assert [one["name"] for one in report["distributions"]] == ["click", "flask", "werkzeug"]
    assert report["tool"]["name"] == "stackwright"


def test_a_report_is_the_same_in_every_process(commands: Commands) -> None:
    for form in ("json", "cyclonedx", "spdx"):
        told = {
            commands.run(
                "inspect", "web.tar", "--format", form, SOURCE_DATE_EPOCH="1700000000", PYTHONHASHSEED=seed
            ).out
            for seed in ("1", "2")
        }
        assert len(told) == 1
        assert "2023-11-14T22:13:20" in told.pop()


def test_standard_input_holds_an_archive(commands: Commands) -> None:
    content = commands.path("web.tar").read_bytes()
    done = commands.run("inspect", "-", "--format", "json", stdin=content)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["origin"]["reference"] == "-"
    other = inspect(commands, "web.tar", "--format", "json").json
    assert report["distributions"] == other["distributions"]


def test_a_saved_report_is_told_by_its_content(commands: Commands) -> None:
    saved = inspect(commands, "web.tar", "--format", "json").out
    commands.write("saved", saved)
    assert inspect(commands, "saved", "--format", "json").out == saved
    assert inspect(commands, "saved").out == inspect(commands, "web.tar").out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"a": 1}', "is JSON, but no report of an image"),
        ("{", "is JSON, but no report of an image"),
        ("[" * 10, "error"),
    ],
)
def test_other_files_are_no_reports(commands: Commands, content: str, told: str) -> None:
    commands.write("other.json", content)
    ran = commands.main("inspect", "other.json")
    assert ran.code in (2, 3)
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_report_of_another_schema_is_refused(commands: Commands) -> None:
    saved = inspect(commands, "web.tar", "--format", "json").json
    commands.write("saved", json.dumps({**saved, "schema_version": "9.0"}))
    assert "is a report of schema 9.0" in inspect(commands, "saved", code=2).err


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("r.json", '{\n  "schema_version"'),
        ("r.cdx.json", '{\n  "components"'),
        ("r.spdx.json", '{\n    "SPDXID"'),
        ("r.txt", "web.tar: an archive"),
    ],
)
def test_the_name_of_the_output_says_its_format(commands: Commands, name: str, begin: str) -> None:
    assert inspect(commands, "web.tar", "-o", name).out == ""
    assert commands.path(name).read_text().startswith(begin)


def test_an_output_that_cannot_be_written(commands: Commands) -> None:
    ran = inspect(commands, "web.tar", "-o", "missing/r.json", code=3)
    assert "missing/r.json" in ran.err


def test_strict_fails_where_something_is_odd(commands: Commands) -> None:
    odd = inspect(commands, "web.tar", "--strict", code=1)
    assert odd.out == inspect(commands, "web.tar").out
    root = write_root(commands.path("root"))
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=13\n")
    (root / "usr/local/bin/python3.8").unlink()
    sound = inspect(commands, "dir:root", "--strict")
    assert " warning " not in sound.out and " error " not in sound.out


def test_verify_tells_which_files_were_changed(commands: Commands) -> None:
    image = web_image()
    patch = layer(file(f"{SITE}/flask/__init__.py", "import evil\n"))
    write_docker_archive(commands.path("patched.tar"), FakeImage(layers=(*image.layers, patch)))
    told = inspect(commands, "patched.tar", "--verify").out
    assert "[distribution-files-changed]" in told
    assert f"/{SITE}/flask/__init__.py" in told
    assert "distribution-files-changed" not in inspect(commands, "patched.tar").out
    assert "distribution-files-changed" not in inspect(commands, "web.tar", "--verify").out


def test_a_layout_and_a_directory(commands: Commands) -> None:
    write_oci_layout(commands.path("layout"), web_image())
    assert inspect(commands, "layout").out.startswith("layout: an OCI layout, linux/amd64")
    write_root(commands.path("root"))
    text = inspect(commands, "dir:root").out
    assert text.startswith("dir:root: a root directory\n")
    assert "Layers" not in text


def test_a_platform_that_is_not_there(commands: Commands) -> None:
    write_oci_layout(commands.path("layout"), web_image())
    ran = inspect(commands, "layout", "--platform", "linux/s390x", code=2)
    assert "linux/s390x" in ran.err
    assert len(ran.err.splitlines()) <= 2


@pytest.mark.parametrize(
    ("reference", "code"),
    [("missing.tar", 2), ("dir:missing", 2), ("", 2), ("docker-archive:web.tar:nothing", 2)],
)
def test_what_cannot_be_found_is_named(commands: Commands, reference: str, code: int) -> None:
    ran = inspect(commands, reference, code=code)
    assert ran.out == ""
    assert ran.err.startswith("stackwright: error: ")
    assert len(ran.err.splitlines()) <= 2


def test_a_damaged_archive_is_told_by_its_own_code(commands: Commands) -> None:
    content = commands.path("web.tar").read_bytes()
    assert b"import flask" in content
    commands.write("damaged.tar", content.replace(b"import flask", b"import flesh"))
    ran = inspect(commands, "damaged.tar", code=3)
    assert "layer 4 of 4" in ran.err
    assert "Traceback" not in ran.err


def test_standard_output_holds_nothing_else(commands: Commands) -> None:
    ran = inspect(commands, "web.tar", "--format", "json")
    assert ran.err == ""
    json.loads(ran.out)


def test_text_of_an_image_steers_no_terminal(commands: Commands) -> None:
    history = [{"created_by": "RUN \x1b[31mred\x07"}] * 4
    image = web_image({"evil\x1b]0;x": "1\x1b[2J"}, history=history)
    write_docker_archive(commands.path("evil.tar"), image)
    out = inspect(commands, "evil.tar", "--all").out
    assert all(character.isprintable() or character == "\n" for character in out)


def test_an_interrupt_ends_it_cleanly(commands: Commands) -> None:
    """While it waits for the rest of an archive."""
    with commands.started("inspect", "-", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(commands.path("web.tar").read_bytes()[:1000])
        process.stdin.flush()
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (out, err) == (b"", b"stackwright: interrupted\n")


def test_inspecting_imports_no_client_it_does_not_need(commands: Commands) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", SCRIPT, "inspect", "web.tar"],
        cwd=commands.folder,
        env=commands.environ,
        capture_output=True,
        check=True,
    )
    names = {line.rpartition(b"|")[2].strip().decode() for line in done.stderr.splitlines()}
    heavy = {
        "docker",
        "requests",
        "sqlalchemy",
        "libcst",
        "cyclonedx",
        "spdx_tools",
        "asyncio",
        "ast_grep_py",
    }
    assert names & heavy == set()


def test_comparing_two_images(commands: Commands) -> None:
    write_docker_archive(commands.path("web-2.tar"), second_web_image())
    ran = commands.main("compare", "web.tar", "web-2.tar")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "web.tar → web-2.tar"
    rows = [line.split() for line in lines]
    assert ["↑", "flask", "3.0.3", "3.1.0"] in rows
    assert ["-", "click", "8.1.7"] in rows
    assert ["+", "itsdangerous", "2.2.0"] in rows
    assert "hunter2" not in ran.out


def test_a_comparison_obeys_its_schema(commands: Commands) -> None:
    write_docker_archive(commands.path("web-2.tar"), second_web_image())
    told = commands.main("compare", "web.tar", "web-2.tar", "--format", "json").json
    Draft202012Validator(json.loads((SCHEMAS / "image-comparison.json").read_text())).validate(told)
    assert told["is_same"] is False
    assert told["shared_layers"] == 2


def test_comparing_is_strict_only_when_told_so(commands: Commands) -> None:
    write_docker_archive(commands.path("web-2.tar"), second_web_image())
    assert commands.main("compare", "web.tar", "web-2.tar", "--strict").code == 1
    same = commands.main("compare", "web.tar", "web.tar", "--strict")
    assert same.code == 0
    assert "Nothing that is compared differs (the same layers)." in same.out


def test_a_report_is_compared_with_its_image(commands: Commands) -> None:
    commands.write("saved", inspect(commands, "web.tar", "--format", "json").out)
    assert commands.main("compare", "saved", "web.tar", "--strict").code == 0


def test_standard_input_cannot_be_both(commands: Commands) -> None:
    ran = commands.main("compare", "-", "-")
    assert ran.code == 2
    assert ran.err.splitlines()[0] == "stackwright: error: both are standard input"
