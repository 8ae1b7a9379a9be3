"""Manifests, hashes and local projects: what each of them does to an advice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.web_index import advised, pins, web_index


@pytest.fixture
def index() -> FakeIndex:
    return web_index()


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


PYPROJECT = """\
[project]
name = "app"
version = "1"
dependencies = ["click<2", "nowhere ; sys_platform == 'win32'"]

[project.optional-dependencies]
web = ["flask[async]"]
all = ["app[web]", "django"]
empty = []

[dependency-groups]
lint = ["ruff"]
test = ["pytest", {include-group = "lint"}]
"""
LEFT_OUT = 'stackwright: pyproject.toml:4:28: nowhere; sys_platform == "win32" is not needed on this target\n'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["click==1.0"]),
        (["--extra", "empty"], ["click==1.0"]),
        (["--extra", "Web"], ["asgiref==2.0", "click==1.0", "flask==3.0", "werkzeug==3.1"]),
        (["--extra", "all"], ["asgiref==2.0", "click==1.0", "django==2.0", "flask==3.0", "werkzeug==3.1"]),
        (["--all-extras"], ["asgiref==2.0", "click==1.0", "django==2.0", "flask==3.0", "werkzeug==3.1"]),
        (["--group", "test"], ["click==1.0", "pytest==2.0", "ruff==2.0"]),
        (["--group", "lint", "django"], ["click==1.0", "django==2.0", "ruff==2.0"]),
    ],
)
def test_pyproject_with_extras_and_groups(
    stackwright: Commands, options: list[str], expected: list[str]
) -> None:
    stackwright.write("pyproject.toml", PYPROJECT)
    ran = stackwright.advise("-r", "pyproject.toml", *options, "--format", "requirements", "--no-hashes")
    assert ran.err == LEFT_OUT
    assert pins(ran) == expected


NOTEBOOK = """{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
    {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["%pip install asgiref 'click<2'"]}
]}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("requirements.in", "-r more.in\n"),
        ("Pipfile", '[packages]\nclick = "<2"\nasgiref = "*"\n[dev-packages]\nruff = "*"\n'),
        ("script.py", '# /// script\n# dependencies = ["click<2", "asgiref"]\n# ///\nimport click\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n  click<2\n  asgiref\n"),
        ("setup.py", "from setuptools import setup\nsetup(install_requires=['click<2', 'asgiref'])\n"),
        ("Containerfile", "FROM x\nRUN pip install 'click<2' asgiref\n"),
        ("notes.ipynb", NOTEBOOK),
        ("environment.yml", "dependencies:\n- pip:\n  - click<2\n  - asgiref\n"),
    ],
)
def test_manifests_of_every_kind(stackwright: Commands, name: str, content: str) -> None:
    stackwright.write("more.in", "click<2\nasgiref\n")
    stackwright.write(name, content)
    assert advised(stackwright, "-r", name) == ["asgiref==2.0", "click==1.0"]


def test_packages_of_conda_are_left_out_and_told(stackwright: Commands) -> None:
    stackwright.write("environment.yml", "dependencies:\n- python=3.12\n- numpy\n- pip:\n  - click<2\n")
    ran = stackwright.advise("-r", "environment.yml", "--format", "requirements", "--no-hashes")
    assert ran.err == "stackwright: environment.yml: packages of conda are left out: python, numpy\n"
    assert pins(ran) == ["click==1.0"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "used"),
    [
        (["pyproject.toml", "requirements.in", "requirements.txt", "Pipfile"], "pyproject.toml"),
        (["requirements.in", "requirements.txt", "Pipfile"], "requirements.in"),
        (["requirements.txt", "Pipfile"], "requirements.txt"),
        (["Pipfile"], "Pipfile"),
    ],
)
def test_without_arguments_the_project_here_is_meant(
    stackwright: Commands, names: list[str], used: str
) -> None:
    contents = {
        "pyproject.toml": '[project]\nname = "app"\ndependencies = ["click"]\n',
        "Pipfile": '[packages]\nclick = "*"\n',
    }
    for name in names:
        stackwright.write(
            name, contents.get(name, "click\n") if name == used else contents.get(name, "django")
        )
    ran = stackwright.advise("--format", "requirements", "--no-hashes")
    assert ran.err.startswith(f"Found    {used}, 1 requirement")
    assert pins(ran) == ["click==2.0"]


def test_a_pyproject_without_dependencies_is_passed_over(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    stackwright.write("requirements.txt", "click\n")
    assert stackwright.advise().err.startswith("Found    requirements.txt, 1 requirement\n")


def hash_of(index: FakeIndex, filename: str) -> str:
    return f"sha256:{hashlib.sha256(index.file(filename).content).hexdigest()}"


def test_hashes_decide_which_releases_and_files_are_used(stackwright: Commands, index: FakeIndex) -> None:
    wheel, sdist = (hash_of(index, f"werkzeug-3.0{kind}") for kind in ("-py3-none-any.whl", ".tar.gz"))
    stackwright.write("some.in", f"werkzeug \\\n  --hash={wheel} \\\n  --hash=sha256:{'0' * 64}\n")
    report = stackwright.advise("-r", "some.in", "--format", "json").json
    (pin,) = report["pins"]
    assert pin["version"] == "3.0"
    assert [file["filename"] for file in pin["artifacts"]] == ["werkzeug-3.0-py3-none-any.whl"]
    assert pin["rejected"][0]["unit"] == "hashes"
    assert pin["rejected"][0]["reason"]["message"] == (
        "has no file for the target with a hash that you state (some.in:1:1)"
    )
    stackwright.write("some.in", f"werkzeug --hash={sdist}\n")
    assert stackwright.advise("-r", "some.in", "--no-build-package", "werkzeug").code == 1
    assert advised(stackwright, "-r", "some.in") == ["werkzeug==3.0"]


def test_a_file_may_demand_hashes_of_everything(stackwright: Commands, index: FakeIndex) -> None:
    click = f"click==2.0 --hash={hash_of(index, 'click-2.0-py3-none-any.whl')}\n"
    stackwright.write("some.in", f"--require-hashes\n{click}")
    assert advised(stackwright, "-r", "some.in") == ["click==2.0"]
    stackwright.write("some.in", f"--require-hashes\n{click}django\n")
    ran = stackwright.advise("-r", "some.in", COLUMNS="400")
    assert ran.code == 1
    assert "has no hash: some.in demands one, and no requirement states it" in ran.out


def test_local_projects_give_their_dependencies(stackwright: Commands) -> None:
    for name in ("lib", "lib/inner"):
        stackwright.path(name).mkdir()
    stackwright.write("pyproject.toml", PYPROJECT.replace("nowhere ;", "app ;"))
    stackwright.write(
        "lib/pyproject.toml", '[project]\nname = "lib"\ndependencies = ["inner @ file:inner"]\n'
    )
    stackwright.write(
        "lib/inner/setup.cfg", "[metadata]\nname = inner\n[options]\ninstall_requires = django<2\n"
    )
    assert advised(stackwright, ".") == ["click==1.0"]
    assert advised(stackwright, "./lib") == ["django==1.0"]
    stackwright.write("some.in", "-e .[web]\n./lib\n")
    expected = ["asgiref==2.0", "click==1.0", "django==1.0", "flask==3.0", "werkzeug==3.1"]
    assert advised(stackwright, "-r", "some.in") == expected


def test_sources_of_uv_count(stackwright: Commands) -> None:
    stackwright.path("lib").mkdir()
    stackwright.write("lib/pyproject.toml", '[project]\nname = "lib"\ndependencies = ["django<2"]\n')
    stackwright.write(
        "pyproject.toml",
        '[project]\nname = "app"\ndependencies = ["lib", "click"]\n'
        '[tool.uv]\nconstraint-dependencies = ["click<2"]\noverride-dependencies = ["werkzeug==3.0"]\n'
        '[tool.uv.sources]\nlib = {path = "lib"}\n',
    )
    assert advised(stackwright, "-r", "pyproject.toml", "flask") == [
        "click==1.0",
        "django==1.0",
        "flask==3.0",
        "werkzeug==3.0",
    ]


BAD = [
    ("git+https://index.example/x.git@v1", "bad.in:2:1: a repository of git"),
    ("https://index.example/flask.whl", "bad.in:2:1: a URL"),
    ("flask @ https://index.example/f.whl", "bad.in:2:1: a URL"),
    ("./flask-1.0-py3-none-any.whl", "bad.in:2:1: there is no such directory"),
    ("./there.whl", "bad.in:2:1: a single file"),
    ("./flask", "bad.in:2:1: there is no such directory"),
    ("-e ./empty", "bad.in:2:1: the directory is no project with stated dependencies"),
    (
        "-e ./computed",
        "bad.in:2:1: the dependencies of this project are not stated (computed/pyproject.toml:3:",
    ),
    ("-r missing.in", "bad.in:2:1: cannot be read: No such file or directory"),
    ("-r bad.in", "bad.in:2:1: the files include one another in a circle"),
    ("-r https://index.example/x.in", "bad.in:2:1: a file at a URL is not fetched"),
    ("flask --hash=sha256:00", "bad.in:2:1: no valid hash"),
    ("flask --config-settings=a=b", "bad.in:2:1: settings of a build are not supported"),
    ("--constrain x", "bad.in:2:1: the option --constrain is not one of a requirements file"),
    ("flask >", "bad.in:2:7: Expected"),
]


@pytest.mark.parametrize(("line", "told"), BAD)
def test_lines_that_are_not_accepted(
    stackwright: Commands, server: IndexServer, line: str, told: str
) -> None:
    for name in ("empty", "computed"):
        stackwright.path(name).mkdir()
    stackwright.write("there.whl", b"")
    stackwright.write("computed/pyproject.toml", '[project]\nname = "x"\ndynamic = ["dependencies"]\n')
    stackwright.write("bad.in", f"click\n{line}\n")
    ran = stackwright.advise("-r", "bad.in", "-o", "pylock.toml")
    assert (ran.code, ran.out) == (2, "")
    (message,) = ran.err.splitlines()
    assert message.startswith(f"stackwright: error: {told}")
    assert re.search(r" \([^()]+\)$", message), "a remedy ends the line"
    assert server.requests == []
    assert not stackwright.path("pylock.toml").exists()


def test_everything_wrong_in_all_files_is_told_at_once(stackwright: Commands) -> None:
    stackwright.write("one.in", "click >\n-e git+https://me:secret@index.example/x.git\n")
    stackwright.write("two.txt", "click[\n")
    ran = stackwright.advise("-r", "one.in", "-r", "none.in", "-c", "two.txt", "--override", "three.txt")
    assert ran.code == 2
    assert re.findall(r"^(?:stackwright: error: )?([\w.]+(?::\d+)?)", ran.err, re.MULTILINE) == [
        "one.in:1",
        "one.in:2",
        "none.in",
        "two.txt:1",
        "three.txt",
    ]
    assert "secret" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["-r", "pylock.toml"],
            "pylock.toml: a lock states no requirements (to keep what it pins: --prefer pylock.toml)",
        ),
        (["some.in"], "command line: a file, where a requirement is expected: 'some.in' (write -r some.in)"),
        (["-r", "photo.png"], "photo.png: is no manifest or lockfile that is known here"),
        (["-r", "old/pyproject.toml"], "old/pyproject.toml asks for Python ==2.7.*; the target has"),
        (["-r", "dynamic/pyproject.toml"], "dynamic/pyproject.toml:3:"),
        (["-r", "some.in", "--extra", "x"], "--extra x: there is no extra of that name"),
        (["-r", "some.in", "--group", "x"], "--group x: there is no group of that name"),
        (["flask", "-c", "old/pyproject.toml"], "old/pyproject.toml: is no file of constraints"),
    ],
)
def test_mistakes_are_told(
    stackwright: Commands, server: IndexServer, arguments: list[str], told: str
) -> None:
    for name in ("old", "dynamic"):
        stackwright.path(name).mkdir()
    stackwright.write("pylock.toml", 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n')
    stackwright.write("photo.png", b"\x89PNG")
    stackwright.write("some.in", "click\n")
    stackwright.write(
        "old/pyproject.toml", '[project]\nname = "x"\nrequires-python = "==2.7.*"\ndependencies = ["click"]\n'
    )
    stackwright.write("dynamic/pyproject.toml", '[project]\nname = "x"\ndynamic = ["dependencies"]\n')
    ran = stackwright.advise(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: {told}")
    assert server.requests == []


def test_report_names_the_files_with_their_digests(stackwright: Commands) -> None:
    stackwright.write("some.in", "-c limits.txt\nclick\n")
    stackwright.write("limits.txt", "click<2\n")
    report = stackwright.advise("-r", "some.in", "--format", "json").json
    assert report["input"]["files"] == [
        {"path": name, "digest": f"sha256:{hashlib.sha256(stackwright.path(name).read_bytes()).hexdigest()}"}
        for name in ("some.in", "limits.txt")
    ]
