"""Imports that no manifest declares, that are there by others, or only for development."""

from __future__ import annotations

import pytest

from analyzers.evidence import Level
from fakes.images.installed import installed, provided
from fakes.sources.projects import findings, only, project, told

INFO, WARNING, ERROR = Level.INFO, Level.WARNING, Level.ERROR


def test_undeclared() -> None:
    files = {
        "pyproject.toml": project(),
        "main.py": "import os\nimport yaml as y\n\ndef f():\n    import yaml\n",
    }
    found = only(files)
    assert (found.id, found.subject, found.level) == ("undeclared-dependency", "yaml", ERROR)
    assert found.message == "yaml is imported, but pyyaml is not declared"
    assert str(found.location) == "main.py:2:8"
    assert [(one.what, one.where) for one in found.evidence] == [
        ("import yaml", "main.py:2:8"),
        ("import yaml", "main.py:5:12"),
    ]


def test_an_unknown_name_is_not_vouched_for() -> None:
    found = only({"pyproject.toml": project(), "main.py": "from reqeusts import get\n"})
    assert "nothing tells" in found.message
    assert [one.what for one in found.evidence] == [
        "from reqeusts import get",
        "resembles requests: two letters swapped",
    ]


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        ("setup.py", "from setuptools import setup\nsetup(install_requires=read('x'))\n"),
        ("pyproject.toml", '[project]\nname = "ours"\ndynamic = ["dependencies"]\n'),
    ],
)
def test_where_requirements_are_computed_less_is_sure(manifest: str, text: str) -> None:
    found = findings({manifest: text, "main.py": "import unheard\n"})
    undeclared = next(one for one in found if one.subject == "unheard")
    assert undeclared.level is WARNING
    assert any("is not known" in one.what for one in undeclared.evidence)


def test_without_manifests_nothing_is_wrong_for_sure() -> None:
    assert told({"main.py": "import unheard\n"}) == [("undeclared-dependency", "unheard", WARNING)]


def test_manifests_among_tests_and_documentation_are_for_them() -> None:
    sample = '[project]\nname = "requests"\ndependencies = ["unheard"]\n'
    files = {
        "pyproject.toml": project("requests"),
        "tests/sample/pyproject.toml": sample,
        "docs/requirements.txt": "another\n",
        "main.py": "import requests\n",
    }
    assert told(files) == [("unused-dependency", "another", INFO), ("unused-dependency", "unheard", INFO)]


def test_a_namespace_is_named_as_far_as_it_tells() -> None:
    files = {
        "pyproject.toml": project("google-cloud-storage"),
        "main.py": "from google.cloud import storage, bigquery\n",
    }
    assert told(files) == [("undeclared-dependency", "google.cloud.bigquery", ERROR)]


@pytest.mark.parametrize(
    ("path", "level"),
    [("main.py", ERROR), ("tests/test_a.py", WARNING), ("docs/conf.py", WARNING), ("setup.py", INFO)],
)
def test_the_role_of_the_file_weighs(path: str, level: Level) -> None:
    files = {"pyproject.toml": project(), path: "import unheard\n"}
    assert ("undeclared-dependency", "unheard", level) in told(files)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("try:\n    import unheard\nexcept ImportError:\n    unheard = None\n", INFO),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import unheard\n", INFO),
        ("import sys\nif sys.version_info < (3, 11):\n    import unheard\n", INFO),
        ("import unheard\ntry:\n    import unheard\nexcept ImportError:\n    pass\n", ERROR),
        ("def f():\n    import unheard\n", WARNING),
    ],
)
def test_guards_lower_the_level(code: str, level: Level) -> None:
    assert told({"pyproject.toml": project(), "main.py": code}) == [
        ("undeclared-dependency", "unheard", level)
    ]


@pytest.mark.parametrize(
    ("first", "second", "declared"),
    [
        ("ujson", "simplejson", ["simplejson"]),
        ("ujson", "json", []),
        ("unheard", "ours_too", []),
        ("tomllib", "tomli", ["tomli"]),
    ],
)
def test_one_alternative_is_enough(first: str, second: str, declared: list[str]) -> None:
    code = f"try:\n    import {first}\nexcept ImportError:\n    import {second}\n"
    assert told({"pyproject.toml": project(*declared), "main.py": code, "ours_too.py": ""}) == []


@pytest.mark.parametrize(("oldest", "found"), [("3.9", True), ("3.11", False)])
def test_an_alternative_that_only_newer_pythons_have_is_not(oldest: str, found: bool) -> None:
    manifest = project().replace("3.9", oldest)
    code = "try:\n    import tomllib\nexcept ImportError:\n    import tomli\n"
    expected = [("undeclared-dependency", "tomli", INFO)] if found else []
    assert told({"pyproject.toml": manifest, "main.py": code}) == expected


def test_transitive_by_what_is_installed() -> None:
    environment = provided(
        installed("uvicorn", ["uvicorn/__init__.py"], requires=["h11>=0.8", "click ; python_version > '3'"]),
        installed("h11", ["h11/__init__.py"]),
        installed("by-hand", ["by_hand/__init__.py"]),
    )
    files = {
        "requirements.txt": "uvicorn\n",
        "main.py": "import uvicorn\nimport h11\nimport click\nimport by_hand\n",
    }
    assert told(files, installed=environment) == [
        ("transitive-dependency", "h11", WARNING),
        ("transitive-dependency", "click", WARNING),
        ("undeclared-dependency", "by_hand", ERROR),
    ]
    assert "uvicorn brings it" in findings(files, provided=environment)[0].message


@pytest.mark.parametrize(("asked", "kind"), [("[speed]", "transitive"), ("", "undeclared")])
def test_transitive_through_an_extra_that_is_asked_for(asked: str, kind: str) -> None:
    environment = provided(
        installed("server", ["server/__init__.py"], requires=["middle[fast]"]),
        installed("middle", ["middle/__init__.py"], extras={"fast": ["faster"]}),
        installed("outer", ["outer/__init__.py"], extras={"speed": ["server"]}),
        installed("faster", ["faster/__init__.py"]),
    )
    files = {"requirements.txt": f"outer{asked}\n", "main.py": "import outer, faster\n"}
    assert [one.id for one in findings(files, provided=environment)] == [f"{kind}-dependency"]


def test_transitive_by_a_lock() -> None:
    files = {
        "pyproject.toml": project("uvicorn"),
        "uv.lock": 'version = 1\n[[package]]\nname = "h11"\nversion = "0.14.0"\n'
        '[[package]]\nname = "uvicorn"\nversion = "0.30"\n',
        "main.py": "import uvicorn\nimport h11\n",
    }
    assert told(files) == [("transitive-dependency", "h11", WARNING)]


def test_a_compiled_file_that_others_include_is_a_lock_too() -> None:
    files = {
        "docs/requirements.in": "sphinx\n",
        "docs/requirements.txt": "babel==2.1\nsphinx==8.0\n",
        "tox.ini": "[testenv:docs]\ndeps = -r docs/requirements.txt\n",
        "main.py": "",
    }
    assert told(files) == []


def test_a_compiled_requirements_file_is_a_lock() -> None:
    files = {
        "requirements.in": "uvicorn\n",
        "requirements.txt": "click==8.1\nh11==0.14\nuvicorn==0.30\n",
        "main.py": "import uvicorn\nimport h11\n",
    }
    assert told(files) == [("transitive-dependency", "h11", WARNING)]
    beside = {
        "pyproject.toml": project("uvicorn"),
        **{name: files[name] for name in files if name[-1] != "n"},
    }
    assert told(beside) == [("transitive-dependency", "h11", WARNING)]


def test_misplaced() -> None:
    rest = (
        '[dependency-groups]\ndev = ["black"]\n'
        '[project.optional-dependencies]\ntest = ["attrs"]\ncli = ["rich"]\n'
    )
    files = {
        "pyproject.toml": project(rest=rest),
        "main.py": "import black\nimport attr\nimport rich\n",
        "tests/test_a.py": "import black\n",
    }
    assert told(files) == [
        ("misplaced-dev-dependency", "black", WARNING),
        ("misplaced-dev-dependency", "attrs", WARNING),
    ]


def test_development_may_have_what_only_type_checkers_see() -> None:
    rest = '[dependency-groups]\ndev = ["pandas-stubs", "pandas"]\n'
    code = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n"
    assert told({"pyproject.toml": project(rest=rest), "main.py": code}) == []


@pytest.mark.parametrize(
    "path",
    ["requirements-dev.txt", "dev-requirements.txt", "requirements/test.txt", "tests/requirements.txt"],
)
def test_files_of_requirements_tell_by_their_name_what_they_are_for(path: str) -> None:
    files = {path: "unheard\n", "main.py": "import unheard\n", "tests/test_a.py": "import unheard\n"}
    assert told(files) == [("misplaced-dev-dependency", "unheard", WARNING)]


def test_tox_serves_the_tests_and_an_image_serves_what_is_deployed() -> None:
    files = {
        "tox.ini": "[testenv]\ndeps = unheard\n",
        "Dockerfile": "FROM python\nRUN pip install deployed notimported\n",
        "main.py": "import deployed\n",
        "tests/test_a.py": "import unheard\n",
    }
    assert told(files) == []


def test_run_time_requirements_of_tests_alone_are_only_mentioned() -> None:
    files = {"pyproject.toml": project("attrs"), "main.py": "", "tests/test_a.py": "import attr\n"}
    assert told(files) == [("misplaced-dev-dependency", "attrs", INFO)]


def test_the_build_has_requirements_of_its_own() -> None:
    build = '[build-system]\nrequires = ["setuptools", "numpy"]\n'
    files = {"pyproject.toml": project(rest=build), "setup.py": "import setuptools\nimport numpy\n"}
    assert told(files) == []
    assert told({**files, "main.py": "import numpy\n"}) == [("misplaced-dev-dependency", "numpy", WARNING)]


def test_setuptools_is_there_by_default() -> None:
    found = only({"setup.py": "from setuptools import setup\nsetup()\n"})
    assert (found.subject, found.level) == ("setuptools", INFO)
    assert "PEP 518" in found.message
