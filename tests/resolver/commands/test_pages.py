"""Commands that write pages: where, under which options, and what they refuse."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fakes.commands import Commands
from fakes.images.image_files import write_docker_archive
from fakes.images.web_images import web_image
from fakes.indexes.html_pages import HtmlPage
from fakes.indexes.server import IndexServer

CODE = "import flask\nimport numpy\n"


def test_a_page_is_written_beside_the_lock(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "-o", "pylock.toml", "--report", "report.html", "-q")
    assert (ran.code, ran.out) == (0, "")
    assert "flask" in stackwright.path("pylock.toml").read_text()
    page = HtmlPage(stackwright.path("report.html").read_text())
    assert {"pins", "score", "graph", "history", "environment", "run"} <= set(page.sections)


def test_a_page_goes_to_standard_output_or_to_a_file(stackwright: Commands) -> None:
    out = stackwright.advise("flask", "--format", "html", "-q")
    assert out.code == 0
    assert out.out.startswith("<!doctype html>")
    assert stackwright.advise("flask", "-o", "stack.html", "-q").out == ""
    again = stackwright.advise("flask", "-o", "stack.html")
    assert again.code == 0
    assert again.err == ""  # a page that is there is no lock
    assert again.out.endswith("Wrote stack.html\n")
    told = [HtmlPage(text) for text in (out.out, stackwright.path("stack.html").read_text())]
    assert told[0].sections == told[1].sections


def test_a_page_tells_why_there_is_no_stack(stackwright: Commands) -> None:
    ran = stackwright.advise("flask>=3", "werkzeug<3", "--report", "report.html")
    assert ran.code == 1
    page = HtmlPage(stackwright.path("report.html").read_text())
    assert page.sections[:2] == ["why-not", "what-helps"]
    assert "unsatisfiable" in page.text
    assert "pins" not in page.sections


def test_a_page_tells_what_is_found_in_the_code_and_in_the_image(stackwright: Commands) -> None:
    stackwright.write("code/app.py", CODE)
    stackwright.write("code/requirements.txt", "flask\nwerkzeug\n")
    write_docker_archive(stackwright.path("web.tar"), web_image())
    asked = ("--source", "code", "--image", "web.tar", "--report", "report.html", "--no-image-packages")
    ran = stackwright.advise("flask", *asked)
    assert stackwright.path("report.html").exists(), ran.err
    page = HtmlPage(stackwright.path("report.html").read_text())
    assert {"code-findings", "image-findings"} <= set(page.sections)
    assert "undeclared-dependency" in page.text
    assert "secret-in-history" in page.text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("report.txt", "the name is not that of a page\n  name a file NAME.html"),
        ("absent/report.html", "there is no directory absent\n  make the directory, or name another file"),
        ("folder.html", "it is a directory\n  name a file in it"),
    ],
)
def test_a_page_that_cannot_be_there_is_refused_before_the_search(
    stackwright: Commands, server: IndexServer, name: str, reason: str
) -> None:
    stackwright.path("folder.html").mkdir()
    ran = stackwright.advise("flask", "--report", name)
    assert (ran.code, ran.err) == (2, f"stackwright: error: --report {name}: {reason}\n")
    assert server.requests == []


def test_a_scan_is_a_page_with_its_long_lists(stackwright: Commands) -> None:
    stackwright.write("code/app.py", CODE + "numpy.product([1])\n")
    fresh = stackwright.main("scan", "code", "--format", "html", SOURCE_DATE_EPOCH="1700000000")
    kept = stackwright.main("scan", "code", "--format", "html", SOURCE_DATE_EPOCH="1700000000")
    assert fresh.code == 0
    assert kept.out == fresh.out
    page = HtmlPage(fresh.out)
    assert {"findings", "distributions", "demands", "imports", "uses", "files", "run"} <= set(page.sections)
    assert "numpy.product" in page.text
    assert stackwright.main("scan", "code", "--format", "html", "--strict").code == 1


def test_what_is_installed_is_a_page(stackwright: Commands) -> None:
    stackwright.write(
        "prefix/lib/python3.11/site-packages/a-1.0.dist-info/METADATA", "Name: a\nVersion: 1.0\n"
    )
    stackwright.write("prefix/lib/python3.11/site-packages/a-1.0.dist-info/RECORD", "")
    ran = stackwright.main("scan", "--installed", "prefix", "--format", "html")
    assert ran.code == 0
    assert "1 distribution in prefix" in HtmlPage(ran.out).text


def test_an_image_is_a_page_by_format_or_by_name(stackwright: Commands) -> None:
    write_docker_archive(stackwright.path("web.tar"), web_image())
    shown = stackwright.main("inspect", "web.tar", "--format", "html", SOURCE_DATE_EPOCH="1700000000")
    ran = stackwright.main("inspect", "web.tar", "-o", "web.html", SOURCE_DATE_EPOCH="1700000000")
    assert (shown.code, ran.code, ran.out) == (0, 0, "")
    assert stackwright.path("web.html").read_text() == shown.out
    page = HtmlPage(shown.out)
    assert {"findings", "layers", "interpreters", "distributions", "packages"} <= set(page.sections)


@pytest.mark.slow
def test_templates_are_imported_only_for_pages(stackwright: Commands) -> None:
    stackwright.advise("flask", "-q")
    script = (
        "import sys, cli; code = cli.main(sys.argv[1:]); sys.exit(code or ('jinja2' in sys.modules) * 40)"
    )
    stackwright.write("run.py", script)
    for asked, code in ((("-q",), 0), (("-q", "--format", "html"), 40)):
        done = subprocess.run(
            [sys.executable, "run.py", "advise", "flask", *asked],
            cwd=stackwright.folder,
            env=stackwright.environ,
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
