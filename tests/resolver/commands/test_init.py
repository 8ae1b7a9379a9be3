"""``stackwright init``: a table of comments that is valid where every one of them counts."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from fakes.commands import Commands
from knowledge.indexes.configuration import configure_index
from knowledge.settings import SETTINGS, project_settings
from resolver.commands.runs.declared_environments import declared_environment, declared_names
from resolver.outputs.texts.settings_text import MARK, settings_text
from resolver.units.assembly import assembled, parameters
from resolver.units.kinds import by_kind
from resolver.units.registry import UNITS
from resolver.units.settings import read_table

PROJECT = """[build-system] # kept
requires = ["hatchling"]

[project]
name = "shop"   # and so is this
version = "1.0"
"""


def uncommented(text: str) -> str:
    """Every setting counts; what explains stays a comment."""
    lines = (
        line[1:] if line.startswith("#") and not line.startswith(MARK) else line for line in text.splitlines()
    )
    return "\n".join(lines)


def tables(text: str) -> dict[str, object]:
    found = tomllib.loads(text)["tool"]["stackwright"]
    assert isinstance(found, dict)
    return found


def test_every_setting_is_there_and_none_counts() -> None:
    text = settings_text(UNITS)
    assert tables(text) == {}
    assert max(map(len, text.splitlines())) <= 110
    assert tables(uncommented(text)).keys() == SETTINGS.keys()


def test_every_line_is_valid_where_it_counts(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(uncommented(settings_text(UNITS)))
    project = project_settings(path)
    index = configure_index(project=project, environ={})
    assert index.url == "https://index.example/simple/"
    assert index.pinned == {"our-library": "ours"}
    (name,) = declared_names(project, path)
    assert declared_environment(name, project, path).python_version == "3.12"
    settings = read_table(project["units"], "here")
    changed = assembled(UNITS, settings, dict)
    for (_, before), (_, after) in zip(by_kind(UNITS), by_kind(changed), strict=True):
        shown = {unit.name: parameters(unit) for unit in after}
        assert shown == {unit.name: parameters(unit) for unit in before}


def test_what_counts_is_read_by_the_commands(stackwright: Commands) -> None:
    text = uncommented(settings_text(UNITS)).replace(SETTINGS["image"].example, "")
    stackwright.write("rules/none.yaml", "rules: []\n")
    stackwright.write("pyproject.toml", text)
    for command in (
        ["units", "list"],
        ["rules", "check"],
        ["scan", "."],
        ["host", "--environment", "server"],
    ):
        ran = stackwright.main(*command)
        assert ran.code == 0, ran.err


@pytest.mark.slow
@pytest.mark.parametrize("content", [PROJECT, PROJECT.rstrip("\n"), PROJECT.replace("\n", "\r\n"), "", "\n"])
def test_the_rest_of_the_file_stays_byte_for_byte(stackwright: Commands, content: str) -> None:
    path = stackwright.write("pyproject.toml", content.encode())
    ran = stackwright.main("init")
    assert (ran.code, ran.out) == (0, "Wrote [tool.stackwright] into pyproject.toml\n")
    made = path.read_bytes()
    assert made.startswith(content.encode())
    assert (b"\r\n" in content.encode()) == (b"\r\n" in made)
    assert "stackwright" in tomllib.loads(made.decode())["tool"]
    assert stackwright.main("units", "list").code == 0


def test_a_file_is_made_where_there_is_none(stackwright: Commands) -> None:
    stackwright.path("lib").mkdir()
    ran = stackwright.main("init", "lib", "-q")
    assert (ran.code, ran.out) == (0, "")
    assert stackwright.path("lib/pyproject.toml").read_text() == settings_text(UNITS)


def test_a_table_is_replaced_only_by_force(stackwright: Commands) -> None:
    other = "\n[tool.ruff]\nline-length = 100\n"
    table = '\n[tool.stackwright]\nimage = "x"\n\n[tool."stackwright".sources]\na = "default"\n'
    path = stackwright.write("pyproject.toml", PROJECT + table + other)
    refused = stackwright.main("init")
    assert refused.code == 2
    assert "has a table [tool.stackwright] already" in refused.err
    assert path.read_text() == PROJECT + table + other
    assert stackwright.main("init", "--force").code == 0
    made = path.read_text()
    assert made.startswith(PROJECT + other.replace("\n[tool.ruff]", "\n[tool.ruff]"))
    assert tomllib.loads(made)["tool"]["stackwright"] == {}
    assert stackwright.main("init", "--force").code == 0
    assert path.read_text() == made


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[project\n", "pyproject.toml: "),
        ("[tool]\nstackwright = {}\n", "has a table [tool.stackwright] already"),
        ("tool = {}\n", "no table can be added to it"),
        (b"\xff\xfe", "it is not UTF-8 text"),
    ],
)
def test_a_file_that_is_not_understood_is_left_alone(
    stackwright: Commands, content: str | bytes, said: str
) -> None:
    path = stackwright.write("pyproject.toml", content)
    before = path.read_bytes()
    ran = stackwright.main("init")
    assert ran.code == 2
    assert said in ran.err
    assert path.read_bytes() == before


def test_force_gives_up_where_more_would_change(stackwright: Commands) -> None:
    content = '[tool]\nstackwright.image = "x"\nother = 1\n'
    path = stackwright.write("pyproject.toml", content)
    ran = stackwright.main("init", "--force")
    assert ran.code == 2
    assert path.read_text() == content


def test_a_header_in_a_text_is_none(stackwright: Commands) -> None:
    content = '[tool.stackwright]\nimage = "x"\n[project]\ndescription = """\n[tool.stackwright]\n"""\n'
    path = stackwright.write("pyproject.toml", content)
    ran = stackwright.main("init", "--force")
    assert ran.code == 2
    assert path.read_text() == content


def test_a_place_that_is_no_directory_is_said(stackwright: Commands) -> None:
    ran = stackwright.main("init", "nowhere")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "stackwright: error: nowhere is no directory")


def test_a_pipe_in_the_place_of_the_file_is_refused(stackwright: Commands) -> None:
    os.mkfifo(stackwright.path("pyproject.toml"))
    ran = stackwright.main("init")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "stackwright: error: pyproject.toml: it is a pipe")
