"""deptry's fixture projects, with the violations that its functional tests expect, restated here.

Its settings, from its own tables and command lines, are given as ours; what its tests install is there as
metadata. A violation at an import is told by file, line and module, one about a dependency by its name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pathspec
import pytest
from packaging.utils import canonicalize_name

from analyzers.evidence import Finding, Level
from analyzers.manifests.discovery import read_manifest
from analyzers.source.dependencies.findings import dependency_findings
from analyzers.source.dependencies.project import project_of
from analyzers.source.reading.suppressions import Suppressions, read_suppressions
from analyzers.source.records import Import
from analyzers.source.settings import IgnoredFinding, ScanSettings
from fakes.cases import case_files
from fakes.images.installed import installed, provided
from fakes.sources.source_imports import imports_of, notebook_imports

_FIXTURES = {path.parent.name: path for path in case_files("source/deptry/fixtures", "pyproject.toml")}
_CODES = {
    "DEP001": "undeclared-dependency",
    "DEP002": "unused-dependency",
    "DEP003": "transitive-dependency",
    "DEP004": "misplaced-dev-dependency",
    "DEP005": "standard-library-dependency",
}
_REQUIRES = {
    "arrow": ["python-dateutil", "tzdata"],
    "beautifulsoup4": ["soupsieve", "typing-extensions"],
    "black": ["click", "mypy-extensions", "packaging", "pathspec", "platformdirs"],
    "itchiodl": ["beautifulsoup4", "clint", "requests"],
    "clint": ["args"],
    "pytest": ["iniconfig", "packaging", "pluggy", "pygments"],
    "pytest-cov": ["coverage", "pluggy", "pytest"],
    "requests": ["charset-normalizer", "idna", "urllib3", "certifi"],
    "uvicorn": ["click", "h11"],
}
_IMPORTED_AS = {"beautifulsoup4": "bs4", "python-dateutil": "dateutil"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One run of deptry.

    Attributes:
        expected: violations, each as ``CODE name`` or ``CODE file:line name``.
        installed: names of what pip had installed; what they require comes along.
        exclude: a regular expression that replaces the ignore files.
        ignore: rules, or ``RULE=name|name``, that replace those of the fixture rule by rule.
    """

    fixture: str
    expected: str
    code: tuple[str, ...] = (".",)
    manifests: tuple[str, ...] = ("pyproject.toml",)
    installed: str = ""
    exclude: str | None = None
    ignore: tuple[str, ...] | None = None
    rules: tuple[str, ...] = ()
    first_party: frozenset[str] = field(default_factory=frozenset)
    argued: str | None = None


_ALL = "arrow click isort pkginfo requests urllib3"
_EXAMPLE = "DEP002 isort, DEP002 requests, DEP004 src/main.py:4 black, DEP001 src/main.py:6 white"
_UV = (
    "DEP002 isort, DEP004 src/main.py:4 black, DEP004 src/main.py:5 certifi, DEP004 src/main.py:8 mypy, "
    "DEP004 src/main.py:9 packaging, DEP004 src/main.py:10 pytest, DEP004 src/main.py:11 pytest_cov, "
    "DEP001 src/main.py:12 white"
)
_POETRY = (
    "DEP002 isort, DEP002 requests, DEP004 src/main.py:4 black, DEP004 src/main.py:6 mypy, "
    "DEP004 src/main.py:7 pytest, DEP004 src/main.py:8 pytest_cov, DEP001 src/main.py:9 white"
)
_UNUSED_OF_SRC = "DEP002 isort, DEP002 requests, DEP002 mypy, DEP002 pytest"
CASES = {
    "example": Case(fixture="example", installed=_ALL, expected=_EXAMPLE),
    "example without notebooks": Case(
        fixture="example", installed=_ALL, expected=f"DEP002 arrow, {_EXAMPLE}", exclude=r".*\.ipynb"
    ),
    "example with a notebook excluded": Case(
        fixture="example",
        installed=_ALL,
        expected=f"DEP002 arrow, {_EXAMPLE}",
        exclude=r"src/notebook\.ipynb",
    ),
    "example with names ignored": Case(
        fixture="example",
        installed=_ALL,
        expected="",
        ignore=("DEP001=white", "DEP002=isort|pkginfo|requests", "DEP004=black"),
    ),
    "example with rules ignored": Case(
        fixture="example", installed=_ALL, expected="", rules=("DEP001", "DEP002", "DEP003", "DEP004")
    ),
    "example with a known first party": Case(
        fixture="example",
        installed=_ALL,
        first_party=frozenset({"white"}),
        expected="DEP002 isort, DEP002 requests, DEP004 src/main.py:4 black",
    ),
    "without options": Case(fixture="without_deptry_option", expected="DEP002 isort"),
    "gitignore": Case(
        fixture="gitignore", installed=_ALL, expected="DEP002 requests, DEP002 mypy, DEP002 pytest"
    ),
    "gitignore below its folder": Case(
        fixture="gitignore",
        code=("src",),
        installed=_ALL,
        expected="DEP002 requests, DEP002 mypy, DEP002 pytest",
    ),
    "gitignore replaced": Case(
        fixture="gitignore",
        installed=_ALL,
        exclude=r"build/|src/bar\.py",
        expected="DEP002 isort, DEP002 requests, DEP002 pytest, DEP001 src/barfoo.py:1 hello, "
        "DEP001 src/baz.py:1 hej",
    ),
    "inline ignores": Case(
        fixture="inline_ignores",
        code=("src",),
        installed="click urllib3 requests black",
        expected="DEP004 src/main.py:3 black, DEP001 src/main.py:6 gray",
    ),
    "inline ignores with names ignored": Case(
        fixture="inline_ignores",
        code=("src",),
        installed="click urllib3 requests black",
        ignore=("DEP002=requests", "DEP004=black", "DEP001=gray"),
        expected="",
    ),
    "inline ignores with a rule ignored": Case(
        fixture="inline_ignores",
        code=("src",),
        installed="click urllib3 requests black",
        rules=("DEP004",),
        expected="DEP001 src/main.py:6 gray",
    ),
    "several source directories": Case(
        fixture="multiple_source_directories",
        code=("src", "worker"),
        installed="arrow",
        expected="DEP002 arrow, DEP001 src/foo.py:1 httpx, DEP001 worker/foo.py:1 celery",
    ),
    "namespace": Case(
        fixture="namespace",
        installed="arrow",
        expected="DEP004 foo/database/bar.py:4 flake8, DEP001 foo/database/bar.py:5 white, DEP002 arrow",
    ),
    "namespace without the option for it": Case(
        fixture="namespace",
        installed="arrow",
        expected="DEP004 foo/database/bar.py:4 flake8, DEP001 foo/database/bar.py:5 white, DEP002 arrow, "
        "DEP003 foo/database/bar.py:7 foo",
        argued="a package without __init__.py is the project's own without an option that says so",
    ),
    "pdm": Case(
        fixture="pdm",
        installed="arrow pkginfo urllib3 click isort requests black mypy pytest pytest-cov certifi idna",
        expected=_UV,
    ),
    "pep 621": Case(
        fixture="pep_621",
        installed=f"{_ALL} asyncio",
        expected="DEP002 isort, DEP002 requests, DEP002 pytest, DEP002 matplotlib, DEP005 asyncio, "
        "DEP004 src/main.py:5 black, DEP004 src/main.py:6 certifi, DEP004 src/main.py:9 packaging, "
        "DEP001 src/main.py:10 white",
    ),
    "poetry": Case(
        fixture="poetry",
        installed="arrow pkginfo urllib3 click black mypy pytest pytest-cov",
        expected=_POETRY,
    ),
    "poetry, pep 621": Case(
        fixture="poetry_pep_621",
        installed="arrow pkginfo requests click urllib3 black mypy pytest pytest-cov",
        expected=_POETRY,
    ),
    "pyproject in another directory": Case(
        fixture="a_sub_directory",
        code=("src",),
        manifests=("a_sub_directory/pyproject.toml",),
        installed=_ALL,
        expected=f"{_UNUSED_OF_SRC}, DEP001 src/src_directory/foo.py:6 white",
    ),
    "requirements.in": Case(
        fixture="requirements_in",
        manifests=("requirements.in", "requirements.txt", "requirements-dev.txt"),
        installed="click isort urllib3 uvicorn itchiodl black",
        expected="DEP002 isort, DEP002 uvicorn, DEP004 src/main.py:4 black, DEP003 src/main.py:6 h11, "
        "DEP001 src/main.py:7 white, DEP003 src/main.py:9 bs4, DEP001 src/notebook.ipynb:3 arrow",
    ),
    "requirements.txt beside requirements.in": Case(
        fixture="requirements_in",
        manifests=("requirements.txt", "requirements-dev.txt"),
        installed="click isort urllib3 uvicorn itchiodl black",
        expected="DEP002 args, DEP002 certifi, DEP002 charset-normalizer, DEP002 clint, DEP002 idna, "
        "DEP002 isort, DEP002 requests, DEP002 soupsieve, DEP002 typing-extensions, DEP002 uvicorn, "
        "DEP004 src/main.py:4 black, DEP001 src/main.py:7 white, DEP001 src/notebook.ipynb:3 arrow",
    ),
    "requirements.txt": Case(
        fixture="requirements_txt",
        manifests=("requirements.txt", "requirements-dev.txt"),
        installed=f"{_ALL} black types-jsonschema",
        expected="DEP002 isort, DEP002 requests, DEP004 src/main.py:4 black, DEP001 src/main.py:6 white, "
        "DEP003 src/main.py:7 urllib3, DEP003 src/notebook.ipynb:2 urllib3",
    ),
    "several requirements files": Case(
        fixture="requirements_txt",
        manifests=("requirements.txt", "requirements-2.txt", "requirements-dev.txt"),
        installed=f"{_ALL} black types-jsonschema",
        expected="DEP002 isort, DEP002 requests, DEP004 src/main.py:4 black, DEP001 src/main.py:6 white",
    ),
    "dependencies in files of setuptools": Case(
        fixture="setuptools_dynamic_dependencies",
        installed="arrow pkginfo requests packaging click isort",
        expected="DEP002 packaging, DEP002 pkginfo, DEP002 requests, DEP004 src/main.py:5 isort, "
        "DEP001 src/main.py:6 white, DEP003 src/main.py:7 urllib3, DEP003 src/notebook.ipynb:2 urllib3",
    ),
    "src directory": Case(
        fixture="src_directory",
        code=("src",),
        installed=_ALL,
        expected=f"{_UNUSED_OF_SRC}, DEP001 src/foobar.py:1 httpx, DEP001 src/src_directory/foo.py:6 white",
    ),
    "uv": Case(fixture="uv", expected=_UV),
}


def _marked() -> Iterator[Any]:
    for name, case in CASES.items():
        marks = [pytest.mark.xfail(reason=case.argued, strict=True)] if case.argued else []
        yield pytest.param(case, id=name, marks=marks)


@pytest.mark.skipif(not _FIXTURES, reason="the collected cases are not beside the checkout")
@pytest.mark.parametrize("case", list(_marked()))
def test_cases(case: Case) -> None:
    expected = sorted(one.strip() for one in case.expected.split(",") if one.strip())
    assert _violations(case) == expected


def test_few_cases_are_argued() -> None:
    assert sum(bool(case.argued) for case in CASES.values()) <= 0.05 * len(CASES)


@pytest.mark.skipif(not _FIXTURES, reason="the collected cases are not beside the checkout")
def test_inline_ignores_of_every_form() -> None:
    path = case_files("source/deptry/fixtures", "some_imports_with_inline_ignores.py")[0]
    project = project_of([])
    imports = project.linked(imports_of(path.read_text()))
    suppressions: Suppressions = {("main.py", None): read_suppressions(path.read_text())}
    left = [one.subject for one in dependency_findings(imports, project, suppressions)]
    assert left == ["qux", "quux"]


def _violations(case: Case) -> list[str]:
    pyproject = _FIXTURES[case.fixture]
    root = pyproject.parents[0 if case.manifests[0].count("/") == 0 else 1]
    table = tomllib.loads(pyproject.read_text()).get("tool", {}).get("deptry", {})
    locks = [one for one in ("uv.lock", "poetry.lock", "pdm.lock") if (root / one).is_file()]
    folders = [root / path for path in case.code]
    files = [file for folder in folders for file in _files(root, folder, case.exclude)]
    project = project_of(
        [read_manifest(lambda path: (root / path).read_bytes(), path) for path in (*case.manifests, *locks)],
        first_party={
            file.relative_to(at).parts[0].removesuffix(".py"): ""
            for at in folders
            for file in files
            if file.suffix == ".py" and at in file.parents
        },
        settings=_settings(case, table),
        provided=provided(*(_installed(name) for name in _closure(case.installed.split()))),
    )
    imports = project.linked(one for file in files for one in _imports(root, file))
    suppressions: Suppressions = {
        (file.relative_to(root).as_posix(), None): read_suppressions(file.read_text()) for file in files
    }
    found = dependency_findings(imports, project, suppressions)
    return sorted(line for one in found if one.level is not Level.INFO for line in _lines(one))


def _settings(case: Case, table: Mapping[str, Any]) -> ScanSettings:
    stated: dict[str, list[str]] = dict(table.get("per_rule_ignores", {}))
    for rule, _, names in (one.partition("=") for one in case.ignore or ()):
        stated[rule] = names.split("|")
    ignored = [IgnoredFinding(_CODES[rule], name) for rule, names in stated.items() for name in names]
    ignored += [IgnoredFinding(_CODES[rule]) for rule in case.rules]
    return ScanSettings(
        ignore=tuple(ignored),
        first_party=case.first_party,
        development_extras=frozenset(table.get("optional_dependencies_dev_groups", [])),
        runtime_groups=frozenset(table.get("non_dev_dependency_groups", [])),
        tools_count_as_used=False,
    )


def _lines(finding: Finding) -> Iterator[str]:
    code = next((code for code, kind in _CODES.items() if kind == finding.id), finding.id)
    if code in ("DEP002", "DEP005"):
        yield f"{code} {finding.subject}"
        return
    for one in finding.evidence:
        if statement := re.match(r"(?:import|from) ([\w]+)", one.what):
            place = re.sub(r"(?::cell \d+)?(:\d+):\d+$", r"\1", one.where)
            yield f"{code} {place} {statement[1]}"


def _closure(names: Iterable[str]) -> dict[str, None]:
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _REQUIRES.get(name, [])
    return found


def _installed(name: str) -> dict[bytes, bytes]:
    module = _IMPORTED_AS.get(name, canonicalize_name(name).replace("-", "_"))
    return installed(name.replace("-", "_"), [f"{module}/__init__.py"], requires=_REQUIRES.get(name, []))


def _files(root: Path, folder: Path, exclude: str | None) -> Iterator[Path]:
    """Python files and notebooks that neither the expression nor, without one, the ignore files leave out."""
    listed = [path for name in (".gitignore", ".ignore") for path in root.rglob(name)]
    specs = [
        (path.parent, pathspec.GitIgnoreSpec.from_lines(path.read_text().splitlines())) for path in listed
    ]
    for file in sorted(folder.rglob("*")):
        if file.suffix not in (".py", ".ipynb"):
            continue
        if exclude is not None:
            left = re.match(exclude, file.relative_to(root).as_posix()) is None
        else:
            left = not any(
                at in file.parents and spec.match_file(file.relative_to(at).as_posix()) for at, spec in specs
            )
        if left:
            yield file


def _imports(root: Path, file: Path) -> list[Import]:
    path = file.relative_to(root).as_posix()
    if file.suffix == ".ipynb":
        return list(notebook_imports(file.read_text(), path))
    return imports_of(file.read_text(), path)
