from __future__ import annotations

import pytest

from analyzers.evidence import Level
from analyzers.source.settings import ScanSettings
from fakes.images.installed import installed, provided
from fakes.sources.projects import findings


@pytest.mark.parametrize(
    "requirements",
    [
        *("black", "ruff", "mypy", "tox", "pre-commit", "sphinx", "sphinx-rtd-theme", "gunicorn", "uvicorn"),
        *("pytest", "pytest-cov", "flake8-bugbear", "mkdocs-material", "sphinxcontrib-mermaid", "twine"),
        *("some-sphinx-theme", "pytest-unheard", "jupyterlab"),
    ],
)
def test_tools_and_plugins_are_not_unused(requirements: str) -> None:
    files = {"requirements.txt": f"{requirements}\n", "main.py": ""}
    assert not findings(files)
    strict = findings(files, settings=ScanSettings(tools_count_as_used=False))
    assert [one.id for one in strict] == ["unused-dependency"]


@pytest.mark.parametrize(("imports", "left"), [("import requests", []), ("import os", ["types-requests"])])
def test_type_stubs_go_with_what_they_describe(imports: str, left: list[str]) -> None:
    found = findings({"requirements-dev.txt": "types-requests\n", "tests/test_a.py": f"{imports}\n"})
    assert [one.subject for one in found if one.id == "unused-dependency"] == left


def test_stubs_may_be_named_after_the_import() -> None:
    files = {"requirements-dev.txt": "types-yaml\npyyaml\n", "tests/test_a.py": "import yaml\n"}
    assert not findings(files)


@pytest.mark.parametrize(("host", "count"), [("pluggable", 0), ("other", 1)])
def test_a_plugin_is_known_by_its_entry_points(host: str, count: int) -> None:
    environment = provided(
        installed(
            "extension", ["extension/__init__.py"], entry_points="[pluggable.parts]\nx = extension:x\n"
        ),
        installed("testing", ["testing_it/__init__.py"], entry_points="[pytest11]\nx = testing_it\n"),
    )
    files = {
        "requirements.txt": f"{host}\nextension\ntesting\npytest\n",
        "main.py": f"import {host}\n",
    }
    assert len(findings(files, provided=environment)) == count


def test_console_scripts_alone_do_not_make_a_plugin() -> None:
    environment = provided(
        installed("lib", ["lib/__init__.py"], entry_points="[console_scripts]\nlib = lib:main\n")
    )
    found = findings({"requirements.txt": "lib\n", "main.py": ""}, provided=environment)
    assert [one.id for one in found] == ["unused-dependency"]


@pytest.mark.parametrize(
    ("requirements", "imports", "reason"),
    [
        ("pandas\nopenpyxl", "import pandas", "pandas uses it where it is installed"),
        ("sqlalchemy\nasyncpg", "import sqlalchemy", "sqlalchemy uses it where it is installed"),
        ("django\ndjango-unheard", "import django", "settings of django may name it"),
    ],
)
def test_what_may_be_used_behind_the_scenes_is_only_mentioned(
    requirements: str, imports: str, reason: str
) -> None:
    (found,) = findings({"requirements.txt": f"{requirements}\n", "main.py": f"{imports}\n"})
    assert (found.id, found.level) == ("unused-dependency", Level.INFO)
    assert reason in found.message


def test_build_tools_have_no_place_at_run_time() -> None:
    manifest = '[project]\nname = "ours"\ndependencies = ["setuptools"]\n'
    (found,) = findings({"pyproject.toml": manifest, "main.py": ""})
    assert (found.id, found.level) == ("unused-dependency", Level.INFO)
    assert "part of the build" in found.message


def test_installed_stubs_say_what_they_describe() -> None:
    environment = provided(installed("odd-name", ["yaml-stubs/__init__.pyi"]))
    files = {"requirements-dev.txt": "odd-name\npyyaml\n", "tests/test_a.py": "import yaml\n"}
    assert not findings(files, provided=environment)
