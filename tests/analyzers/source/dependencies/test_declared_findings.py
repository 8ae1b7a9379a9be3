"""What is declared and not imported, hidden, in the standard library, or misspelled."""

from __future__ import annotations

import pytest

from analyzers.evidence import Level
from fakes.sources.projects import only, project, told

INFO, WARNING, ERROR = Level.INFO, Level.WARNING, Level.ERROR


@pytest.mark.parametrize("marker", ["", " ; sys_platform == 'linux'"])
def test_unused(marker: str) -> None:
    files = {"requirements.txt": f"# first\nunheard>=1{marker}\n", "main.py": "import os\n"}
    found = only(files)
    assert (found.id, found.subject, found.level) == ("unused-dependency", "unheard", WARNING)
    assert str(found.location) == "requirements.txt:2:1"


def test_unused_names_every_place() -> None:
    files = {"requirements.txt": "unheard\n", "pyproject.toml": project("unheard"), "main.py": ""}
    found = only(files)
    assert [one.where for one in found.evidence] == ["requirements.txt:1:1", "pyproject.toml:4:17"]


def test_any_import_is_use() -> None:
    code = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n"
        "try:\n    import b\nexcept ImportError:\n    pass\n"
    )
    files = {"requirements.txt": "a\nb\nc\n", "main.py": code, "docs/conf.py": "import c\n"}
    assert told(files) == []


def test_what_development_does_not_import_is_only_mentioned() -> None:
    rest = '[dependency-groups]\ndev = ["unheard"]\n'
    files = {"pyproject.toml": project(rest=rest), "main.py": ""}
    assert told(files) == [("unused-dependency", "unheard", INFO)]


def test_shadowed() -> None:
    files = {"requirements.txt": "unheard\n", "main.py": "import unheard\n", "unheard/__init__.py": ""}
    found = only(files)
    assert (found.id, found.subject, found.level) == ("shadowed-dependency", "unheard", WARNING)
    assert [one.where for one in found.evidence] == [
        "requirements.txt:1:1",
        "unheard/__init__.py",
        "main.py:1:8",
    ]


def test_a_module_of_another_name_than_the_distribution_shadows_it_too() -> None:
    files = {"requirements.txt": "pyyaml\n", "main.py": "import yaml\n", "yaml.py": ""}
    assert told(files) == [("shadowed-dependency", "pyyaml", WARNING)]


def test_the_project_may_name_itself() -> None:
    rest = '[project.optional-dependencies]\nall = ["ours[cli]"]\ncli = ["rich"]\n'
    files = {"pyproject.toml": project(rest=rest), "main.py": "import ours\nimport rich\n"}
    assert told(files) == []


@pytest.mark.parametrize(("declared", "level"), [("asyncio", WARNING), ("asyncio ; extra == 'x'", WARNING)])
def test_the_standard_library_needs_no_requirement(declared: str, level: Level) -> None:
    files = {"requirements.txt": f"{declared}\n", "main.py": "import asyncio\n"}
    assert told(files) == [("standard-library-dependency", "asyncio", level)]


@pytest.mark.parametrize(
    ("declared", "oldest"),
    [("dataclasses", "3.6"), ("dataclasses ; python_version < '3.7'", "3.9"), ("configparser", "2.7")],
)
def test_backports_have_their_place(declared: str, oldest: str) -> None:
    module = declared.partition(" ")[0]
    files = {"pyproject.toml": project(declared).replace("3.9", oldest), "main.py": f"import {module}\n"}
    expected = [("standard-library-dependency", "configparser", WARNING)] if module == "configparser" else []
    assert told(files) == expected


@pytest.mark.parametrize(
    ("code", "level"),
    [("import requests\n", ERROR), ("import os\n", WARNING), ("import request\n", INFO)],
)
def test_misspelled_names(code: str, level: Level) -> None:
    files = {"requirements.txt": "request\n", "main.py": code}
    assert ("possible-typosquat", "request", level) in told(files)


def test_a_reference_is_no_misspelling() -> None:
    files = {"requirements.txt": "request @ https://example.org/request.whl\n", "main.py": "import request\n"}
    assert told(files) == []


def test_popular_neighbours_are_no_misspellings() -> None:
    names = ["mock", "moto", "attrs", "cattrs", "boto", "boto3", "nose", "nose2", "pyaml", "pyyaml", "msrest"]
    files = {"requirements.txt": "\n".join(names), "main.py": ""}
    assert "possible-typosquat" not in {kind for kind, _, _ in told(files)}
