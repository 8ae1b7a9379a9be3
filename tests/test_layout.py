"""Rules that hold for the whole repository, and what the command may import."""

from __future__ import annotations

import graphlib
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

from fakes.commands import SCRIPT, Commands

ROOT = Path(__file__).parents[1]
ENTRIES = {
    *("analyzers", "images", "topics", "knowledge", "resolver", "service", "bots", "cli.py"),
    *("tests", "benchmarks", "docs", "examples"),
    *("pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore", ".ci", "changes"),
    "mkdocs.yml",
    *(".pre-commit-hooks.yaml", "action.yml", "Dockerfile", ".dockerignore"),
}
INDISPENSABLE = {"cli.py", "pyproject.toml", "Makefile", "README.md", "LICENSE", "tests", "docs"}
# Written in pieces, for these rules hold for this file too.
HOSTS = ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "deb." + "debian.org")
WORKPLACES = ("/wo" + "rk/", "/ro" + "ot/")
LEFT_UNDONE = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
UNEXPLAINED = r"#\s*type:\s*ignore(?!\[)|#\s*no" + r"qa(?!: [A-Z]+[0-9]+)|pragma:\s*no\s+co" + "ver"


@cache
def files() -> dict[str, str]:
    """The text of every file that is, or would be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("this is no git checkout: its files are not known")
    names = sorted(filter(None, listing.stdout.decode().split("\0")))
    paths = {name: ROOT / name for name in names}
    return {name: path.read_text(errors="replace") for name, path in paths.items() if path.is_file()}


def places(pattern: str, suffix: str = "", flags: int = 0) -> list[str]:
    """Where a pattern matches: ``file:line: text``."""
    found = []
    for name, text in files().items():
        if name.endswith(suffix):
            for match in re.finditer(pattern, text, flags):
                line = text.count("\n", 0, match.start()) + 1
                found += [f"{name}:{line}: {match[0]}"]
    return found


@pytest.mark.slow
def test_no_file_names_the_host_of_an_index() -> None:
    assert places("|".join(map(re.escape, HOSTS)), flags=re.IGNORECASE) == []


@pytest.mark.slow
def test_no_file_names_a_path_of_a_workplace() -> None:
    assert places("|".join(rf"(?<![\w.]){re.escape(path)}" for path in WORKPLACES)) == []


@pytest.mark.slow
def test_nothing_is_left_undone_or_silenced_without_a_reason() -> None:
    assert places(rf"\b(?:{'|'.join(LEFT_UNDONE)})\b", ".py") == []
    assert places(UNEXPLAINED, ".py") == []


def test_root_holds_what_is_expected() -> None:
    entries = {name.partition("/")[0] for name in files()}
    assert entries <= ENTRIES
    assert entries >= INDISPENSABLE


def test_tests_are_no_packages() -> None:
    assert [name for name in files() if name.startswith("tests/") and name.endswith("__init__.py")] == []


def test_names_of_tests_mirror_the_folders() -> None:
    folders = {Path(name).parts[1] for name in files() if re.match(r"tests/\w+/.*test_\w+\.py$", name)}
    mirrored = {"analyzers", "images", "topics", "knowledge", "resolver", "service", "bots"}
    assert folders <= mirrored | {"torture"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("analyzers", "images", "topics", "knowledge", "resolver")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert circle(imports) == []


def circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Modules each of which imports the one before it; empty where there is no circle."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def modules(*command: str | Path, commands: Commands, codes: tuple[int, ...] = (0,)) -> set[str]:
    """What a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", SCRIPT, *command],
        cwd=commands.folder,
        env=commands.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in codes, done.stderr[-500:]
    return set(re.findall(r"^import time:[^|]+\|[^|]+\| +([\w.]+)$", done.stderr, re.MULTILINE))


def imported(*command: str | Path, commands: Commands, codes: tuple[int, ...] = (0,)) -> set[str]:
    """Top-level names of what a command imports."""
    return {name.partition(".")[0] for name in modules(*command, commands=commands, codes=codes)}


def test_help_imports_next_to_nothing(tmp_path: Path) -> None:
    names = imported("--help", commands=Commands(tmp_path))
    assert "argparse" in names
    heavy = {"asyncio", "sqlalchemy", "alembic", "msgspec", "packaging", "tomllib", "ssl", "http"}
    own = {"analyzers", "images", "topics", "knowledge", "resolver", "importlib_metadata", "email"}
    assert names & (heavy | own) == set()


@pytest.mark.slow
@pytest.mark.parametrize("command", [["scan", "--help"], ["fix", "--help"], ["scan", "empty"]])
def test_scanning_imports_what_is_heavy_only_when_it_is_needed(tmp_path: Path, command: list[str]) -> None:
    commands = Commands(tmp_path)
    commands.path("empty").mkdir()
    names = imported(*command, commands=commands)
    assert "argparse" in names
    heavy = {"ast_grep_py", "libcst", "sqlalchemy", "alembic", "sklearn", "gensim", "numpy", "asyncio", "ssl"}
    assert names & heavy == set()


@pytest.mark.slow
def test_warm_run_imports_nothing_of_the_network_or_of_databases(stackwright: Commands) -> None:
    stackwright.advise("flask")
    names = imported("advise", "flask", "-o", "pylock.toml", commands=stackwright)
    assert {"resolver", "sqlite3"} <= names
    heavy = {
        "asyncio",
        "sqlalchemy",
        "alembic",
        "pypi_simple",
        "requests",
        "ssl",
        "bs4",
        "urllib3",
    }
    assert names & heavy == set()


@pytest.mark.slow
def test_warm_run_imports_nothing_that_reads_code(stackwright: Commands) -> None:
    stackwright.advise("flask", "--type", "latest")
    names = modules("advise", "flask", "--type", "latest", "-o", "pylock.toml", commands=stackwright)
    assert "resolver.search.resolver" in names
    readers = (
        "analyzers.importing.",
        "analyzers.api.",
        "analyzers.source.reading.",
        "analyzers.source.linking.",
    )
    assert [name for name in names if name.startswith(readers)] == []


@pytest.mark.slow
def test_naming_the_public_index_imports_no_client_of_it(tmp_path: Path) -> None:
    names = imported("advise", "flask", "--offline", commands=Commands(tmp_path), codes=(3,))
    assert "knowledge" in names
    assert names & {"pypi_simple", "requests", "bs4", "asyncio"} == set()


def test_whoever_decodes_catches_all_that_decoding_raises() -> None:
    """Of msgspec's own errors alone, bytes that are no UTF-8 and endless nesting are not."""
    assert places(r"except .*msgspec\.(MsgspecError|DecodeError)", ".py") == []
