"""``stackwright scan`` as a user runs it."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzers.source.reading.walking import FILE_LIMIT_BYTES
from fakes.commands import Commands
from fakes.indexes.core_metadata import core_metadata
from fakes.sources.shop import APP, NOTEBOOK, ids, paths, report, scan, shop

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "scan.json"


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


@pytest.fixture
def project(commands: Commands) -> Commands:
    return shop(commands)


# Results


def test_the_text_counts_findings_by_level(commands: Commands) -> None:
    commands.write("two/pyproject.toml", '[project]\nname = "two"\nversion = "1"\ndependencies = ["rich"]\n')
    commands.write("two/a.py", "import numpy\nimport flask\n")
    assert "Findings (2 errors, 1 warning):" in scan(commands, "two").out


def test_the_text_names_distributions_and_findings(project: Commands) -> None:
    lines = scan(project, "shop").out.splitlines()
    assert lines[0].startswith("shop: 2 files of Python")
    rows = [line.split() for line in lines if line.startswith("  ")]
    assert ["flask", "2", "1", "yes", "main", "app.py:2"] in rows
    assert ["numpy", "2", "1", "no", "main", "app.py:1"] in rows
    assert any("app.py:1:8: numpy is imported" in line for line in lines)


def test_the_json_obeys_its_schema(project: Commands) -> None:
    project.write("shop/book.ipynb", NOTEBOOK)
    project.write("shop/broken.py", "def f(:\n")
    told = report(project, "shop")
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
    assert told["root"] == told["input"]["what"] == "shop"
    assert paths(told) == ["app.py", "book.ipynb", "broken.py", "tests/test_app.py"]
    used = {(use["file"], use.get("cell"), use["line"], use["symbol"]) for use in told["uses"]}
    assert ("app.py", None, 5, "numpy.array") in used
    assert ("book.ipynb", 1, 2, "pandas.read_csv") in used
    assert ("undeclared-dependency", "numpy") in ids(told)
    assert [demand["distribution"] for demand in told["demands"]] == ["flask", "numpy", "pandas"]


def test_a_file_that_is_not_read_stands_among_the_files(project: Commands) -> None:
    project.write("shop/large.py", "import numpy\n" + "#" * FILE_LIMIT_BYTES)
    project.write("shop/uses.py", "import large\n")
    for _ in range(2):
        told = report(project, "shop")
        (large,) = [file for file in told["files"] if file["path"] == "large.py"]
        assert large["status"] == "failed"
        assert large["size_bytes"] == FILE_LIMIT_BYTES + len("import numpy\n")
        (unknown,) = told["unknowns"]
        assert (unknown["where"], [unknown["reason"]]) == ("large.py", large["errors"])
        assert not [one for one in ids(told) if one[1] == "large"]


def test_the_sarif_names_rules_and_places(project: Commands) -> None:
    project.write("shop/book.ipynb", NOTEBOOK)
    project.write("shop/a b.py", "import django\n")
    project.write("shop/bad.ipynb", "{no json")
    log = scan(project, "shop", "--format", "sarif").json
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "stackwright"
    assert all(rule["shortDescription"]["text"] for rule in rules)
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert {"undeclared-dependency", "missing-api"} <= {rule["id"] for rule in rules}
    places = {}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error")
        (location,) = result["locations"]
        place = location["physicalLocation"]
        places[place["artifactLocation"]["uri"]] = place.get("region")
    assert places["shop/app.py"] == {"startLine": 1, "startColumn": 8}
    assert places["shop/a%20b.py"] == {"startLine": 1, "startColumn": 8}
    # A cell's line is no line of the file; the message says where it is.
    assert places["shop/book.ipynb"] is None
    (pandas,) = (each for each in run["results"] if "pandas" in each["message"]["text"])
    assert "book.ipynb:cell 1:1:8" in pandas["message"]["text"]
    (unread,) = run["invocations"][0]["toolExecutionNotifications"]
    assert unread["message"]["text"].startswith("bad.ipynb: source: ")


def test_strict_exits_with_one_where_something_is_found(project: Commands) -> None:
    assert project.main("scan", "shop").code == 0
    for form in ("text", "json", "sarif"):
        ran = project.main("scan", "shop", "--strict", "--format", form)
        assert ran.code == 1
        assert "numpy" in ran.out and ran.err == ""
    project.write("shop/requirements.txt", "flask\nnumpy\npytest\n")
    assert project.main("scan", "shop", "--strict").code == 0


def test_what_merely_informs_is_no_failure(project: Commands) -> None:
    project.write("shop/book.ipynb", NOTEBOOK.replace("pd.read_csv('x')", "!pip install pandas rich"))
    project.write("shop/requirements.txt", "flask\nnumpy\npytest\n")
    ran = project.main("scan", "shop", "--strict", "--format", "json")
    assert {finding["level"] for finding in ran.json["findings"]} == {"info"}
    assert ran.code == 0


@pytest.mark.parametrize("columns", [80, 40])
def test_lines_fit_the_terminal(project: Commands, columns: int) -> None:
    project.write("shop/book.ipynb", NOTEBOOK)
    project.write("shop/broken_in_some_way_or_other.py", "def f(:\n" * 3)
    ran = scan(project, "shop", COLUMNS=str(columns))
    assert max(map(len, ran.out.splitlines())) <= columns


def test_names_of_files_steer_no_terminal(commands: Commands) -> None:
    commands.write("shop/\x1b[31mred\n.py", "import numpy\nx = (\n")
    ran = scan(commands, "shop")
    assert "\x1b" not in ran.out
    told = report(commands, "shop")
    assert paths(told) == ["\x1b[31mred\n.py"]


def test_arguments_that_only_newer_interpreters_describe_need_no_newer_python(commands: Commands) -> None:
    commands.write("app.py", "import ast\n\nast.Module(body=[], type_ignores=[])\n")
    assert "lower" not in report(commands)["python"]


# What is looked at


def test_without_tests(project: Commands) -> None:
    told = report(project, "shop", "--no-tests")
    assert paths(told) == ["app.py"]
    assert "pytest" not in json.dumps(told)


def test_excluded_hidden_and_ignored_files(project: Commands) -> None:
    project.write("shop/.hidden.py", "import a_hidden\n")
    project.write("shop/.gitignore", "made/\n")
    project.write("shop/made/it.py", "import an_ignored\n")
    assert paths(report(project, "shop")) == ["app.py", "tests/test_app.py"]
    assert paths(report(project, "shop", "--exclude", "tests", "--exclude", "a*.py")) == []
    assert paths(report(project, "shop", "--hidden")) == [".hidden.py", "app.py", "tests/test_app.py"]
    assert paths(report(project, "shop", "--ignored")) == ["app.py", "made/it.py", "tests/test_app.py"]


def test_the_project_says_what_is_left_out(project: Commands) -> None:
    project.write("shop/pyproject.toml", '[tool.stackwright.scan]\nexclude = ["tests"]\n')
    assert paths(report(project, "shop")) == ["app.py"]


def test_the_working_directory_is_scanned_where_none_is_named(project: Commands) -> None:
    assert paths(report(project)) == ["shop/app.py", "shop/tests/test_app.py"]


def test_an_empty_directory(commands: Commands) -> None:
    commands.path("empty").mkdir()
    assert scan(commands, "empty").out.splitlines()[0] == "empty: 0 files of Python, 0.0 MB"
    assert report(commands, "empty")["files"] == []


def test_a_single_file_whatever_its_name(commands: Commands) -> None:
    commands.write("a/script", APP)
    commands.write("a/other.py", "import django\n")
    told = report(commands, "a/script")
    assert paths(told) == ["script"]
    assert {use["symbol"] for use in told["uses"]} >= {"numpy.array", "flask.Flask"}


def test_a_notebook(commands: Commands) -> None:
    commands.write("book.ipynb", NOTEBOOK)
    told = report(commands, "book.ipynb")
    assert [(use["cell"], use["line"], use["symbol"]) for use in told["uses"]] == [
        (1, 1, "pandas"),
        (1, 2, "pandas.read_csv"),
    ]


def test_a_wheel_and_an_sdist(commands: Commands) -> None:
    metadata = core_metadata("shop", "1.0", requires=["flask"])
    with zipfile.ZipFile(commands.path("shop-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("shop/__init__.py", APP)
        wheel.writestr("shop-1.0.dist-info/METADATA", metadata)
    with tarfile.open(commands.path("shop-1.0.tar.gz"), "w:gz") as sdist:
        for name, content in (("shop/__init__.py", APP.encode()), ("PKG-INFO", metadata)):
            member = tarfile.TarInfo(f"shop-1.0/{name}")
            member.size = len(content)
            sdist.addfile(member, io.BytesIO(content))
    for archive in ("shop-1.0-py3-none-any.whl", "shop-1.0.tar.gz"):
        told = report(commands, archive)
        assert paths(told) == ["shop/__init__.py"]
        assert told["files"][0]["module"] == "shop"
        assert {use["symbol"] for use in told["uses"]} >= {"numpy.array", "flask.Flask"}
    assert sorted(path.name for path in commands.folder.iterdir()) == [
        "shop-1.0-py3-none-any.whl",
        "shop-1.0.tar.gz",
    ]


# Environments


def environment(commands: Commands, place: str) -> Path:
    """A prefix with a distribution whose import name is not its own, and one that uses it."""
    site = f"{place}/lib/python3.11/site-packages"
    for name, module, code in (
        ("strange-name", "thing", "def f():\n    pass\n"),
        ("user", "using", "import thing\n\nthing.f()\n"),
    ):
        folder = f"{site}/{name.replace('-', '_')}-1.0.dist-info"
        commands.write(f"{site}/{module}.py", code)
        commands.write(f"{folder}/METADATA", core_metadata(name, "1.0"))
        commands.write(f"{folder}/RECORD", f"{module}.py,,\n")
    return commands.write(f"{place}/pyvenv.cfg", "version = 3.11.7\n").parent


def owners(told: Any) -> dict[str, list[str]]:
    return {one["module"]: [each["name"] for each in one["distributions"]] for one in told["imports"]}


def test_an_environment_tells_whose_a_module_is(commands: Commands) -> None:
    commands.write("shop/app.py", "import thing\n\nthing.f()\n")
    named = environment(commands, "elsewhere")
    assert owners(report(commands, "shop", "--environment", named)) == {"thing": ["strange-name"]}
    assert owners(report(commands, "shop", VIRTUAL_ENV=str(named))) == {"thing": ["strange-name"]}
    assert "strange-name" not in json.dumps(report(commands, "shop"))
    environment(commands, "shop/.venv")
    told = report(commands, "shop")
    assert owners(told) == {"thing": ["strange-name"]}
    assert paths(told) == ["app.py"]


def test_what_is_installed(commands: Commands) -> None:
    named = environment(commands, "elsewhere")
    ran = scan(commands, "--installed", named)
    assert "strange-name 1.0 provides thing" in ran.out
    assert "uses strange-name: 2 required (thing, thing.f)" in ran.out
    told = report(commands, "--installed", named)
    assert [each["name"] for each in told["distributions"]] == ["strange-name", "user"]
    environment(commands, "shop/venv")
    beside = report(commands, "shop", "--installed")
    assert beside["distributions"] == told["distributions"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent"], "absent: No such file or directory"),
        (["--jobs", "0"], "--jobs must be at least 1: 0"),
        (["--jobs", "many"], "argument --jobs: invalid int value: 'many'"),
        (["--format", "yaml"], "argument --format: invalid choice: 'yaml'"),
        (["--environment", "absent"], "--environment absent: there is no such directory"),
        (["--installed", "absent"], "--installed absent: there is no such directory"),
        (["--installed"], "--installed: no environment is active"),
        (["bad.whl"], "bad.whl: "),
        (["bad.tar.gz"], "bad.tar.gz: "),
        (["pipe"], "pipe: is neither a file nor a directory"),
        (["settings"], "pyproject.toml:2:1: tool.stackwright.scan.foo is no setting"),
        (["shop", "another"], "unrecognized arguments: another"),
        ([""], "argument PATH: is empty"),
    ],
)
def test_a_mistake_is_told_in_a_line_or_two(commands: Commands, arguments: list[str], told: str) -> None:
    commands.write("file.txt", "")
    commands.write("bad.whl", "no zip")
    commands.write("bad.tar.gz", "no tar")
    commands.write("settings/pyproject.toml", "[tool.stackwright.scan]\nfoo = 1\n")
    os.mkfifo(commands.path("pipe"))
    ran = commands.main("scan", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: {told}") or told in ran.err.splitlines()[0]
    assert len(ran.err.splitlines()) <= 2


def test_a_broken_manifest_is_not_the_end(project: Commands) -> None:
    project.write("shop/pyproject.toml", "garbage[")
    project.write("shop/sub/pyproject.toml", "garbage[")
    told = report(project, "shop")
    assert [unknown["where"] for unknown in told["unknowns"]] == ["pyproject.toml", "sub/pyproject.toml"]
    assert ("undeclared-dependency", "numpy") in ids(told)
