"""``advise --source`` on code that declares nothing: what is asked for, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer

TARGET = ("--python-version", "3.11", "--platform", "linux")


@pytest.fixture
def index() -> FakeIndex:
    """Well-known projects, and some that nothing but their name speaks for."""
    made = FakeIndex()
    for version, moment in (("1.4", "2014-05-01"), ("1.5", "2015-05-01"), ("2.0", "2019-05-01")):
        made.add(
            "flask",
            version,
            contents={"flask/__init__.py": b"Flask = 1\n"},
            uploaded_at=f"{moment}T00:00:00Z",
        )
    for version, moment, text in (
        ("1.0", "2013-05-01", b"def f(x): ...\n"),
        ("2.0", "2024-05-01", b"def f(x, y): ...\n"),
    ):
        contents = {"requests/__init__.py": text}
        made.add("requests", version, contents=contents, uploaded_at=f"{moment}T00:00:00Z")
    made.add("pyyaml", "6.0", contents={"yaml/__init__.py": b""})
    made.add("psycopg2", "2.9", wheel=False, sdist=True)
    made.add("psycopg2-binary", "2.9", contents={"psycopg2/__init__.py": b""})
    made.add("mysqlclient", "2.2", wheel=False, sdist=True)
    made.add(
        "quuxlib",
        "1.0",
        contents={"quuxlib/__init__.py": b"def f(): ...\n"},
        uploaded_at="2015-01-01T00:00:00Z",
    )
    made.add("otherlib", "1.0", contents={"something_else.py": b""})
    made.add("sublime", "1.0", contents={"sublime.py": b""})
    made.add("settings", "1.0", contents={"settings.py": b""})
    made.add("nupmy", "1.0", contents={"nupmy.py": b""})
    return made


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def advised(commands: Commands, code: str, *options: str) -> Any:
    commands.write("code/app.py", code)
    ran = commands.advise("--source", "code/app.py", "--format", "json", *TARGET, *options)
    assert ran.code == 0, ran.err
    return ran.json


def pins(report: Any) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in report["pins"]}


def kinds(report: Any) -> dict[str, str]:
    return {one["name"]: one["kind"] for one in report["code"]["unavailable"]}


def test_what_is_imported_is_asked_for(stackwright: Commands) -> None:
    report = advised(stackwright, "import os\nimport flask\nimport yaml\n")
    assert pins(report) == {"flask": "2.0", "pyyaml": "6.0"}
    asked = [(one["name"], one["distribution"], one["source"]) for one in report["code"]["asked"]]
    assert asked == [("flask", "flask", "curated"), ("yaml", "pyyaml", "curated")]
    assert report["code"]["unavailable"] == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import sublime", {"sublime": "application"}),
        ("from maya import cmds", {"maya.cmds": "application"}),
        ("import objc_util, ui", {"objc_util": "application", "ui": "application"}),
        ("import ui", {"ui": "own-module"}),
        ("from gi.repository import Gtk", {"gi": "system"}),
        ("import _winreg", {"_winreg": "platform"}),
        ("import winreg", {"winreg": "platform"}),
        ("from AppKit import NSWorkspace", {"AppKit": "platform"}),
        ("import urllib2", {"urllib2": "python-2"}),
        ("from urllib import urlencode", {"urllib.urlencode": "python-2"}),
        ("import Image", {"Image": "python-2"}),
        ("from operator import div", {"operator.div": "python-2"}),
        ("from os import errno", {"os.errno": "other-python"}),
        ("from collections import Mapping", {"collections.Mapping": "other-python"}),
        ("import tomllib, compression", {"compression": "other-python"}),
        ("import settings", {"settings": "own-module"}),
        ("from .models import Thing", {".models": "own-module"}),
        ("import nupmy", {"nupmy": "misspelled"}),
        ("import ntlk", {"ntlk": "misspelled"}),
        ("import never_heard_of_it", {"never_heard_of_it": "unknown"}),
        ("import otherlib", {"otherlib": "unknown"}),
        ("from quuxlib import g", {"quuxlib": "unknown"}),
        ("import MySQLdb", {"MySQLdb": "no-release"}),
    ],
)
def test_what_no_index_can_serve_is_named_with_its_kind(
    stackwright: Commands, code: str, kind: dict[str, str]
) -> None:
    report = advised(stackwright, f"import flask\n{code}\n", "--no-build-package", ":all:")
    assert kinds(report) == kind
    assert pins(report) == {"flask": "2.0"}


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle",
        "try:\n    import sublime\nexcept ImportError:\n    sublime = None",
        "import sys\nif sys.version_info < (3,):\n    import urllib2",
    ],
)
def test_what_is_guarded_is_not_missed(stackwright: Commands, code: str) -> None:
    assert kinds(advised(stackwright, code)) == {}


def test_of_alternatives_the_first_that_can_be_had_is_asked_for(stackwright: Commands) -> None:
    code = "try:\n    import never_heard_of_it as y\nexcept ImportError:\n    import yaml as y\n"
    report = advised(stackwright, code)
    assert (pins(report), kinds(report)) == ({"pyyaml": "6.0"}, {})


def test_a_distribution_with_a_usable_file_goes_before_one_without(stackwright: Commands) -> None:
    report = advised(stackwright, "import psycopg2\n", "--no-build-package", ":all:")
    assert pins(report) == {"psycopg2-binary": "2.9"}


def test_a_prerelease_is_no_way_out(stackwright: Commands, index: FakeIndex) -> None:
    index.add("numpy", "1.0b1", contents={"numpy/__init__.py": b"", "numpy/old.py": b""})
    assert pins(advised(stackwright, "import numpy.old\n")) == {"numpy": "1.0b1"}
    index.add("numpy", "2.0", contents={"numpy/__init__.py": b""})
    report = advised(stackwright, "import numpy.old\n", "--refresh")
    assert pins(report) == {"numpy": "2.0"}
    messages = [reason["message"] for reason in report["pins"][0]["reasons"]]
    assert any("numpy 2.0 has no numpy.old" in message for message in messages)


def test_a_guess_is_taken_when_its_wheel_has_what_is_imported(stackwright: Commands) -> None:
    report = advised(stackwright, "from quuxlib import f\n")
    assert pins(report) == {"quuxlib": "1.0"}
    assert report["code"]["asked"][0]["source"] == "wheel"


def test_a_guess_that_is_younger_than_the_code_is_not_taken(stackwright: Commands) -> None:
    report = advised(stackwright, "from quuxlib import f\n", "--written", "2014-12-31")
    assert kinds(report) == {"quuxlib": "unknown"}
    assert "younger than the code" in report["code"]["unavailable"][0]["message"]


def test_no_index_is_asked_for_what_no_layer_gives(stackwright: Commands, server: IndexServer) -> None:
    advised(stackwright, "import sublime, settings, nupmy, urllib2\nimport flask\n")
    listings = [one.path for one in server.requests if one.kind is RequestKind.LISTING]
    assert [path.rstrip("/").rpartition("/")[2] for path in listings] == ["flask"]


def test_series_of_the_time_of_writing_are_tried_first(stackwright: Commands) -> None:
    report = advised(stackwright, "import flask\n", "--written", "2014-12-31")
    assert pins(report) == {"flask": "1.5"}
    assert report["code"]["written"] == "2015-01-01T00:00:00"
    report = advised(stackwright, "import flask\n", "--written", "2014-12-31", "--upgrade=flask")
    assert pins(report) == {"flask": "2.0"}


def test_a_release_older_than_the_python_by_years_is_not_taken_for_the_sake_of_a_call(
    stackwright: Commands,
) -> None:
    report = advised(stackwright, "from requests import f\n\n\ndef g():\n    f(1)\n")
    assert pins(report) == {"requests": "2.0"}
    (warning,) = [each for each in report["remarks"] if each["unit"] == "bare-code"]
    assert warning["message"].startswith("requests 1.0 fits the calls of the code, but is years older")
    report = advised(stackwright, "from requests import f\n\nf(1, 2)\n")
    assert pins(report) == {"requests": "2.0"}
    assert not [each for each in report["remarks"] if each["unit"] == "bare-code"]


def test_where_no_stack_fits_all_calls_one_is_advised_that_can_be_imported(
    stackwright: Commands, index: FakeIndex
) -> None:
    for version, text in (("1.0", b"def f(x): ...\n"), ("2.0", b"def f(): ...\n")):
        index.add("numpy", version, contents={"numpy/__init__.py": text}, uploaded_at="2024-05-01T00:00:00Z")
    index.add("pandas", "2.0", requires=["numpy>=2"], contents={"pandas/__init__.py": b"import numpy\n"})
    report = advised(stackwright, "import pandas\nfrom numpy import f\n\n\ndef g():\n    f(1)\n")
    assert pins(report) == {"numpy": "2.0", "pandas": "2.0"}
    (warning,) = [each for each in report["remarks"] if each["unit"] == "bare-code"]
    assert warning["message"].startswith("no stack fits all calls of the code")


def test_a_moment_that_is_none_is_refused(stackwright: Commands) -> None:
    stackwright.write("code/app.py", "import flask\n")
    ran = stackwright.advise("--source", "code/app.py", "--written", "long ago", *TARGET)
    assert ran.code == 2
    assert "--written" in ran.err


def test_a_program_for_python_2_is_said_to_be_one(stackwright: Commands) -> None:
    stackwright.write("code/app.py", 'import flask\nprint "x"\n')
    ran = stackwright.advise("--source", "code/app.py", *TARGET)
    assert ran.code == 1
    assert "Python 2" in ran.err
    assert "print-statement at app.py:2" in ran.err


def test_the_python_that_code_was_written_for_is_told_with_evidence(stackwright: Commands) -> None:
    report = advised(stackwright, "import flask\nfrom collections import Mapping\n")
    python = report["code"]["python"]
    assert python["upper"] == "3.9"
    assert python["evidence"][0]["location"]["line"] == 2


def test_code_that_needs_nothing_gets_an_empty_stack(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "flask\n")
    report = advised(stackwright, "import os\n")
    assert (pins(report), report["code"]["asked"]) == ({}, [])


def test_code_that_declares_something_is_not_bare(stackwright: Commands) -> None:
    stackwright.write("code/requirements.txt", "flask\n")
    stackwright.write("code/app.py", "import yaml\n")
    ran = stackwright.advise("--source", "code", "--format", "json", *TARGET)
    assert set(pins(ran.json)) == {"flask", "pyyaml"}
    assert ran.json["code"] is None


def test_what_cannot_be_had_is_not_said_a_second_time_of_the_stack(stackwright: Commands) -> None:
    report = advised(stackwright, "import urllib2\nfrom collections import Mapping\nfrom flask import gone\n")
    assert kinds(report) == {"urllib2": "python-2", "collections.Mapping": "other-python"}
    reasons = [*report["remarks"], *(each for pin in report["pins"] for each in pin["reasons"])]
    doubts = [each["message"] for each in reasons if each["unit"] == "import-doubts"]
    assert doubts == ["the code may fail with flask 2.0: cannot import name 'gone' from 'flask' (app.py:3)"]
