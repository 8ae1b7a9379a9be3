"""``.pre-commit-hooks.yaml``: pre-commit runs the hooks in a repository of somebody else."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import cli
from fakes.commands import SCRIPT, Commands, Ran
from fakes.indexes.server import IndexServer

ROOT = Path(__file__).parents[1]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
GOOD = "import click\n\nprint(click)\n"

pre_commit = pytest.mark.skipif(
    importlib.util.find_spec("pre_commit") is None or shutil.which("git") is None,
    reason="pre-commit or git is not installed",
)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_every_hook_is_a_command_that_there_is(hook: dict[str, Any]) -> None:
    program, *arguments = shlex.split(hook["entry"])
    assert program == "stackwright"
    options = cli.parsed([*arguments, *hook.get("args", ())])
    assert callable(options.run)
    assert hook["name"] and hook["description"]
    assert f"`{hook['id']}`" in (ROOT / "docs/ci.md").read_text()


@pytest.mark.parametrize(
    ("identifier", "meant", "others"),
    [
        ("stackwright-scan", ("a.py", "pyproject.toml", "dev-requirements.txt"), ("a.md", "a.toml")),
        ("stackwright-check", ("pylock.toml", "x/pylock.web.toml", "uv.lock"), ("pyproject.toml", "a.lock")),
        ("stackwright-advise", ("pyproject.toml", "requirements.in", "pylock.toml"), ("a.py", "uv.lock")),
    ],
)
def test_hooks_run_for_the_files_that_they_are_about(
    identifier: str, meant: tuple[str, ...], others: tuple[str, ...]
) -> None:
    (hook,) = (each for each in HOOKS if each["id"] == identifier)
    assert all(re.search(hook["files"], name) for name in meant)
    assert not any(re.search(hook["files"], name) for name in others)


@pytest.fixture
def project(stackwright: Commands) -> Commands:
    """A repository with the hooks, run with the command that is installed here."""
    stackwright.environ["PATH"] = f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}"
    stackwright.environ["PRE_COMMIT_HOME"] = str(stackwright.home / "hooks")
    local = [{**hook, "language": "system"} for hook in HOOKS]
    stackwright.write(
        ".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]})
    )
    stackwright.write("main.py", GOOD)
    stackwright.write("requirements.in", "click\n")
    stackwright.write("pyproject.toml", "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['click']\n")
    git(stackwright, "init", "-q")
    return stackwright


def git(commands: Commands, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=commands.folder, env=commands.environ, check=True)


def hooked(commands: Commands, *arguments: str) -> Ran:
    git(commands, "add", "--all")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments, "--all-files", "--verbose"],
        cwd=commands.folder,
        env=commands.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


@pre_commit
@pytest.mark.slow
def test_a_scan_stops_what_is_not_declared(project: Commands) -> None:
    ran = hooked(project, "run", "stackwright-scan")
    assert ran.code == 0, ran.out + ran.err
    project.write("main.py", "import click\nimport flask\n\nprint(click, flask)\n")
    ran = hooked(project, "run", "stackwright-scan")
    assert (ran.code, "undeclared-dependency" in ran.out, "exit code: 1" in ran.out) == (1, True, True)


@pre_commit
@pytest.mark.slow
def test_a_lock_is_looked_at_without_an_index(project: Commands, server: IndexServer) -> None:
    assert project.advise("-o", "pylock.toml", "-q").code == 0
    assert project.main("check", "pylock.toml", "-q").code == 0
    server.requests.clear()
    for hook in ("stackwright-advise", "stackwright-check"):
        ran = hooked(project, "run", hook)
        assert ran.code == 0, ran.out + ran.err
    project.write("pyproject.toml", "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['click!=9']\n")
    ran = hooked(project, "run", "stackwright-advise")
    assert (ran.code, "pylock.toml is not what is advised" in ran.out) == (1, True), ran.out
    assert server.paths() == []


@pre_commit
@pytest.mark.slow
@pytest.mark.index
def test_a_hook_installs_itself_from_this_repository(project: Commands) -> None:
    """What somebody who names this repository gets: a clone, an environment of its own, and the command."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout: pre-commit clones one")
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE"):
        project.environ.pop(name, None)
        if name in os.environ:
            project.environ[name] = os.environ[name]
    project.environ["PATH"] = os.environ["PATH"]
    ran = hooked(project, "try-repo", str(ROOT), "stackwright-scan")
    assert ran.code == 0, ran.out + ran.err
    assert "Passed" in ran.out
