"""What people type by instinct: it does what they mean, or they are told what to type."""

from __future__ import annotations

import pytest

from fakes.commands import Commands
from fakes.indexes.server import IndexServer

LOCK = 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "flask"\nversion = "3.0.0"\n'


@pytest.fixture
def project(stackwright: Commands) -> Commands:
    stackwright.write("requirements.txt", "flask\n")
    stackwright.write("pylock.toml", LOCK)
    stackwright.write("app.py", "import flask\n")
    return stackwright


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("advise requirements.txt", "(write -r requirements.txt)"),
        ("advise app.py", "(write --source app.py)"),
        ("advise pylock.toml", "(a lock states no requirements; to keep what it pins: --prefer pylock.toml)"),
        ("advise flask --python 3.12", "did you mean: --python-version; see"),
        ("advise .", "of a requirements file in it write -r FILE"),
        ("explain app.py", "'app.py', which is a file\n  name a project first, then -r FILE"),
        ("lock", "there is no command lock\n  did you mean: advise; see: stackwright --help"),
        ("inspct image.tar", "there is no command inspct\n  did you mean: inspect; see"),
        ("flask", "there is no command flask\n  see: stackwright --help"),
        ("cache", "required: ACTION\n  one of: info, clear; see: stackwright cache --help"),
        ("knowledge", "required: ACTION\n  one of: "),
        ("scan . -o none/x.txt", "--output none/x.txt: there is no directory none\n  make the directory"),
        (
            "scan . -o requirements.txt",
            "--output requirements.txt: a result of another kind would replace it",
        ),
        ("inspect host -o pylock.toml", "--output pylock.toml: a result of another kind would replace it"),
        ("probe pylock.toml -o .", "--output .: it is a directory\n  name a file in it"),
    ],
)
def test_who_errs_is_told_what_to_type(
    project: Commands, server: IndexServer, arguments: str, said: str
) -> None:
    before = {path.name: path.read_bytes() for path in project.folder.iterdir()}
    ran = project.main(*arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert server.paths() == []
    assert {path.name: path.read_bytes() for path in project.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("typed", "meant"), [("help advise", "advise --help"), ("help", "--help"), ("version", "--version")]
)
def test_help_and_version_are_words_too(stackwright: Commands, typed: str, meant: str) -> None:
    assert stackwright.main(*typed.split()) == stackwright.main(*meant.split())


def test_the_directory_as_a_requirement_is_told_to_be_less_than_the_repository(project: Commands) -> None:
    project.write("pyproject.toml", '[project]\nname = "app"\nversion = "1"\ndependencies = ["flask"]\n')
    ran = project.advise(".")
    assert (ran.code, "without it code, Dockerfile and lock count, too" in ran.err) == (0, True)
    assert project.advise(".", "-q").err == ""


def test_the_file_of_a_project_names_its_directory(project: Commands) -> None:
    ran = project.main("init", "pyproject.toml")
    assert (ran.code, ran.out) == (0, "Wrote [tool.stackwright] into pyproject.toml\n")
