"""``action.yml``: its steps are run as a workflow would run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.commands import SCRIPT, Commands
from fakes.composite_action import CompositeAction, Done

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
GOOD = "import click\n\nprint(click)\n"


@pytest.fixture
def action() -> CompositeAction:
    return CompositeAction(ROOT / "action.yml")


@pytest.fixture
def project(stackwright: Commands) -> Commands:
    """A project under version control, whose lock is up to date."""
    stackwright.environ["PATH"] = f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}"
    stackwright.write("main.py", GOOD)
    stackwright.write("requirements.in", "click\n")
    ran = stackwright.advise("-r", "requirements.in", "-o", "pylock.toml", "-q")
    assert ran.code == 0, ran.err
    git(stackwright, "init", "-q", "-b", "main")
    git(stackwright, "add", ".")
    git(stackwright, "commit", "-q", "-m", "Begin")
    return stackwright


def git(commands: Commands, *arguments: str) -> None:
    named = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *named, *arguments], cwd=commands.folder, env=commands.environ, check=True)


def run(action: CompositeAction, project: Commands, tmp_path: Path, **inputs: str) -> Done:
    scratch = tmp_path / "runner"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    stated = {name.replace("_", "-"): value for name, value in {"install": "", **inputs}.items()}
    return action.run(stated, project.folder, scratch, project.environ)


def results(project: Commands, name: str) -> list[str]:
    log = json.loads(project.path(f"stackwright-sarif/{name}.sarif").read_text())
    return [result["ruleId"] for result in log["runs"][0]["results"]]


LOCK = {"lock": "pylock.toml", "requirements": "requirements.in"}


def test_nothing_is_found_in_a_project_that_is_well(
    action: CompositeAction, project: Commands, tmp_path: Path
) -> None:
    done = run(action, project, tmp_path, **LOCK, base="main")
    assert (done.code, done.outputs) == (0, {"sarif": "stackwright-sarif", "found": ""}), done.said
    assert results(project, "scan") == results(project, "advise") == results(project, "compare") == []
    assert "pylock.toml is what is advised for" in done.summary
    assert "They pin the same." in done.summary


def test_what_is_found_fails_the_job_and_stands_in_the_summary(
    action: CompositeAction, project: Commands, tmp_path: Path
) -> None:
    project.write("main.py", "import click\nimport flask\n\nprint(click, flask)\n")
    assert project.advise("click==7.0", "-o", "pylock.toml", "-q").code == 0
    project.write("requirements.in", "click>=8\n")
    done = run(action, project, tmp_path, **LOCK, base="main", fail_on="downgrade larger")
    assert (done.code, done.step) == (1, "Judge"), done.said
    assert done.outputs["found"] == "scan advise compare"
    assert "undeclared-dependency" in results(project, "scan")
    assert "downgrade" in results(project, "compare")
    for told in ("### Scan of .", "### Is pylock.toml up to date?", "| ↓ | click | 8.1.7 | 7.0 |"):
        assert told in done.summary
    assert run(action, project, tmp_path, **LOCK, check="false").code == 0


def test_only_what_is_asked_for_is_done(action: CompositeAction, project: Commands, tmp_path: Path) -> None:
    done = run(action, project, tmp_path, scan="false", **LOCK, base="main~9")
    assert done.code == 0, done.said
    assert "has no pylock.toml to compare with" in done.said
    assert sorted(each.name for each in project.path("stackwright-sarif").glob("*.sarif")) == ["advise.sarif"]


def test_options_reach_the_commands(action: CompositeAction, project: Commands, tmp_path: Path) -> None:
    empty = f"--offline\n--store={tmp_path / 'empty.sqlite3'}\n"
    done = run(action, project, tmp_path, scan="false", **LOCK, options=empty)
    assert (done.code, done.step) == (3, "Look")
    assert "::error::stackwright advise ended with 3" in done.said


def test_an_input_is_no_program(action: CompositeAction, project: Commands, tmp_path: Path) -> None:
    project.write("a b/main.py", "import click\n")
    done = run(action, project, tmp_path, path="a b", lock="", options="$(touch hacked)\n`touch hacked`")
    assert "undeclared-dependency" in results(project, "scan"), done.said
    assert not project.path("hacked").exists()
    assert not list(project.folder.rglob("hacked"))


def test_it_is_installed_from_where_it_lies(
    action: CompositeAction, project: Commands, tmp_path: Path
) -> None:
    """The first step is the only one that would install; a pip of the test's own says what it was told."""
    tools = tmp_path / "tools"
    tools.mkdir()
    python = tools / "python3"
    python.write_text('#!/bin/sh\necho "$@" >"$TOLD"\n')
    python.chmod(0o755)
    environ = {**project.environ, "TOLD": str(tmp_path / "told")}
    environ["PATH"] = f"{tools}{os.pathsep}{environ['PATH']}"
    scratch = tmp_path / "runner"
    scratch.mkdir()
    assert action.run({}, project.folder, scratch, environ).code == 0
    assert (tmp_path / "told").read_text().split() == [
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT)),
    ]


def test_every_input_has_a_description_and_is_documented(action: CompositeAction) -> None:
    told = (ROOT / "docs/ci.md").read_text()
    for kind in ("inputs", "outputs"):
        for name, each in action.document[kind].items():
            assert each["description"]
            assert f"| `{name}` |" in told


def test_the_steps_are_sound_shell(action: CompositeAction, tmp_path: Path) -> None:
    shellcheck = shutil.which(
        "shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    for number, step in enumerate(action.steps):
        script = tmp_path / f"step-{number}.sh"
        script.write_text(f"#!/usr/bin/env bash\n{step['run']}")
        ran = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
