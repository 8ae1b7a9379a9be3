"""The wheel holds the product and nothing else, and works where the working directory has other modules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ROOT = Path(__file__).parents[1]
PACKAGES = ("analyzers", "images", "topics", "knowledge", "resolver")
TRAP = "raise AssertionError('a module of the working directory was imported')\n"


def run(*command: str | Path, folder: Path, **environ: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**{k: v for k, v in os.environ.items() if k != "PYTHONPATH"}, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build leaves nothing in the checkout."""
    source, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("cli.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    run(*build, "--outdir", out, source, folder=source)
    (built,) = out.iterdir()
    return built


@pytest.mark.slow
def test_wheel_holds_the_product_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    top = {name.partition("/")[0] for name in names}
    (info,) = {name for name in top if name.endswith(".dist-info")}
    assert top == {*PACKAGES, "cli.py", info}
    assert {"knowledge/stores/schema.sql", "knowledge/stores/migrations/env.py"} <= names
    assert any(name.startswith("knowledge/stores/migrations/versions/") for name in names)
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {f"{info}/entry_points.txt", f"{info}/licenses/LICENSE"} <= names
    sources = {str(path.relative_to(ROOT)) for name in PACKAGES for path in (ROOT / name).rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources | {"cli.py"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


@pytest.mark.slow
@pytest.mark.index
def test_installed_wheel_works_beside_modules_of_the_same_names(wheel: Path, tmp_path: Path) -> None:
    venv, scanned = tmp_path / "venv", tmp_path / "scanned"
    run(find_uv_bin(), "venv", "--quiet", "--python", sys.executable, venv, folder=tmp_path)
    python = venv / "bin" / "python"
    run(find_uv_bin(), "pip", "install", "--quiet", "--python", python, wheel, folder=tmp_path)
    for name in PACKAGES:
        (scanned / name).mkdir(parents=True)
        (scanned / name / "__init__.py").write_text(TRAP)
    for name in ("cli.py", "msgspec.py", "sitecustomize.py"):
        (scanned / name).write_text(TRAP)
    command = venv / "bin" / "stackwright"
    assert run(command, "--version", folder=scanned).startswith("stackwright ")
    index = FakeIndex()
    index.add("flask", "3.0.0", requires=["werkzeug"])
    index.add("werkzeug", "3.1", sdist=True)
    with IndexServer(index) as server:
        arguments = ["advise", "flask", "--index-url", server.url, "-o", "pylock.toml"]
        shown = run(command, *arguments, folder=scanned, STACKWRIGHT_STORE=str(tmp_path / "store"))
    assert shown.endswith("Wrote pylock.toml\n")
    lock = tomllib.loads((scanned / "pylock.toml").read_text())
    assert [package["name"] for package in lock["packages"]] == ["flask", "werkzeug"]
