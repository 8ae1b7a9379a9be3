"""What holds for all findings about dependencies: settings, suppressions, scripts, notebooks, their order."""

from __future__ import annotations

from analyzers.evidence import Level
from analyzers.source.settings import IgnoredFinding, ScanSettings
from fakes.sources.projects import findings, only, project, told

INFO, WARNING, ERROR = Level.INFO, Level.WARNING, Level.ERROR


def test_what_is_declared_and_used_is_no_finding() -> None:
    files = {"pyproject.toml": project("requests", "PyYAML"), "main.py": "import requests, yaml\n"}
    assert told(files) == []


def test_settings() -> None:
    files = {
        "requirements.txt": "uvicorn\nunheard\npython-unlike\n",
        "main.py": "import ours_elsewhere\nimport alike\nimport yaml\n",
    }
    settings = ScanSettings(
        first_party=frozenset({"ours_elsewhere"}),
        names={"alike": ("python-unlike",)},
        used=frozenset({"unheard"}),
        ignore=(IgnoredFinding("undeclared-dependency", "pyyaml"),),
    )
    assert told(files, settings=settings) == []


def test_ignored_kinds_and_names() -> None:
    files = {"requirements.txt": "a\nb_b\n", "main.py": "import c\n"}
    ignored = (IgnoredFinding("unused-dependency", "b-b"), IgnoredFinding("undeclared-dependency"))
    assert told(files, settings=ScanSettings(ignore=ignored)) == [("unused-dependency", "a", WARNING)]


def test_suppressed_lines() -> None:
    files = {
        "requirements.txt": "a  # stackwright: ignore[unused-dependency]\nb  # stackwright: ignore[other]\n",
        "main.py": "import c  # stackwright: ignore\nimport d\nimport d.e  # deptry: ignore[DEP001]\n",
    }
    found = findings(files)
    assert [(one.id, one.subject) for one in found] == [
        ("undeclared-dependency", "d"),
        ("unused-dependency", "b"),
    ]
    assert [one.where for one in found[0].evidence] == ["main.py:2:8"]


def test_scripts_with_requirements_stand_for_themselves() -> None:
    script = '# /// script\n# dependencies = ["rich", "unheard"]\n# ///\nimport rich\nimport attr\n'
    files = {"requirements.txt": "attrs\n", "main.py": "import attr\nimport rich\n", "tool.py": script}
    assert told(files) == [
        ("undeclared-dependency", "rich", ERROR),
        ("unused-dependency", "unheard", WARNING),
        ("undeclared-dependency", "attr", ERROR),
    ]


def test_notebooks_name_the_cell() -> None:
    notebook = (
        '{"cells": [{"cell_type": "markdown", "source": []},'
        ' {"cell_type": "code", "source": ["%matplotlib inline\\n", "import unheard"]}]}'
    )
    found = only({"requirements.txt": "", "look.ipynb": notebook})
    assert found.evidence[0].where == "look.ipynb:cell 1:2:8"


def test_conda_packages_count_by_the_distribution_within() -> None:
    environment = (
        "dependencies:\n  - python=3.12\n  - pytorch\n  - cudatoolkit\n  - libgdal\n  - matplotlib-base\n"
        "  - unheard\n"
    )
    files = {"environment.yml": environment, "main.py": "import torch\nimport matplotlib\n"}
    assert told(files) == [("unused-dependency", "unheard", INFO)]


def test_removed_modules_have_stand_ins() -> None:
    files = {"pyproject.toml": project("legacy-cgi"), "main.py": "import cgi\n"}
    assert told(files, python=(3, 13)) == []
    assert told(files) == []


def test_findings_stand_in_the_order_of_files_and_lines_however_the_files_come() -> None:
    files = {"requirements.txt": "z\na\n", "b.py": "import y\nimport x\n", "a.py": "import w\n"}
    once = findings(files)
    again = findings(dict(reversed(files.items())))
    assert once == again
    places = [(one.location.path, one.location.line) for one in once if one.location]
    assert places == sorted(places)
