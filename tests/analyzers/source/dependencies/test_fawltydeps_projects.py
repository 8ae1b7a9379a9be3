"""FawltyDeps' sample projects, with the outcomes that its own table states for each experiment."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pathspec
import pytest
from packaging.utils import canonicalize_name

from analyzers.evidence import Finding
from analyzers.manifests.declared import Manifest
from analyzers.manifests.discovery import manifest_format, read_manifest
from analyzers.source.dependencies.findings import dependency_findings
from analyzers.source.dependencies.project import project_of
from analyzers.source.names.provided_names import Provided
from analyzers.source.records import Import, Origin
from fakes.cases import case_files
from fakes.images.installed import installed, provided
from fakes.sources.projects import role_of
from fakes.sources.source_imports import imports_of, notebook_imports

_TABLES = case_files("source/fawltydeps/sample_projects", "expected.toml")
_INSTALLED = {
    "beautifulsoup4": installed("beautifulsoup4", ["bs4/__init__.py"], extras={"html5lib": ["html5lib"]}),
    "click": installed("click", ["click/__init__.py"]),
    "html5lib": installed("html5lib", ["html5lib/__init__.py"]),
    "leftpadx": installed("leftpadx", ["leftpad/__init__.py"]),
}
"""What pip would install for the experiments that ask for it."""
_IN_ENVIRONMENTS = ("bin", "lib", "lib64", "include", "Scripts", "Lib", "conda-meta")

ARGUED = {
    ("pixi_default_example", "default"): "ninja is a conda package without Python, which nothing can import",
}
"""Experiments whose stated outcome is not what we want, with the reason."""


def _experiments() -> Iterator[Any]:
    for table in _TABLES:
        for name, experiment in tomllib.loads(table.read_text())["experiments"].items():
            argued = ARGUED.get((table.parent.name, name))
            marks = [pytest.mark.xfail(reason=argued, strict=True)] if argued else []
            yield pytest.param(table.parent, experiment, id=f"{table.parent.name}-{name}", marks=marks)


@pytest.mark.skipif(not _TABLES, reason="the collected cases are not beside the checkout")
@pytest.mark.parametrize(("root", "experiment"), list(_experiments()))
def test_experiments(root: Path, experiment: Mapping[str, Any]) -> None:
    outcome = _outcome(root, experiment)
    stated = {key: _sorted(key, experiment[key]) for key in outcome if key in experiment}
    assert {key: outcome[key] for key in stated} == stated


@pytest.mark.skipif(not _TABLES, reason="the collected cases are not beside the checkout")
def test_every_argued_experiment_exists() -> None:
    existing = {
        (table.parent.name, name)
        for table in _TABLES
        for name in tomllib.loads(table.read_text())["experiments"]
    }
    assert ARGUED.keys() <= existing
    assert len(ARGUED) <= 0.05 * len(existing)


def _sorted(key: str, names: Iterable[str]) -> list[str]:
    """Names of distributions are compared normalised."""
    return sorted(
        {canonicalize_name(one) if key in ("declared_deps", "unused_deps") else one for one in names}
    )


def _outcome(root: Path, experiment: Mapping[str, Any]) -> dict[str, list[str]]:
    code = [root / path for path in experiment.get("code", [""])]
    deps = [root / path for path in experiment.get("deps", [""])]
    files = list(_files(root, experiment))
    manifests = [
        _manifest(root, file) for file in files if _is_below(file, deps) and _is_manifest(root, file)
    ]
    sources = [file for file in files if _is_below(file, code) and file.suffix in (".py", ".ipynb")]
    roots = [root / experiment["base_dir"]] if "base_dir" in experiment else code
    project = project_of(
        manifests, first_party=dict(_modules(roots, files)), provided=_environment(experiment)
    )
    imports = project.linked(one for file in sources for one in _imports(root, file))
    found = dependency_findings(imports, project)
    third_party = {one.module.partition(".")[0] for one in imports if one.origin is Origin.THIRD_PARTY}
    return {
        "imports": sorted(third_party),
        "declared_deps": sorted(name for name, one in project.dependencies.by_name.items() if one.reported),
        "undeclared_deps": _subjects(found, "undeclared-dependency"),
        "unused_deps": _subjects(found, "unused-dependency"),
    }


def _subjects(found: Iterable[Finding], kind: str) -> list[str]:
    return sorted(one.subject or "" for one in found if one.id == kind)


def _environment(experiment: Mapping[str, Any]) -> list[Provided]:
    names = experiment.get("requirements", [])
    if experiment.get("install_deps"):
        names = list(_INSTALLED)
    return provided(*(_INSTALLED[name.partition("[")[0]] for name in names))


def _files(root: Path, experiment: Mapping[str, Any]) -> Iterator[Path]:
    """Those that the patterns leave, without what is in virtual environments."""
    listed = [root / name for name in experiment.get("exclude_from", [])]
    patterns = [line for path in listed for line in path.read_text().splitlines()]
    patterns += experiment.get("exclude", [] if listed else [".*"])
    spec = pathspec.GitIgnoreSpec.from_lines(patterns)
    environments = {path.parent for path in root.rglob("pyvenv.cfg")}
    environments |= {path.parents[2] for path in root.rglob("lib/python*/site-packages")}
    environments |= {path.parents[1] for path in root.rglob("Lib/site-packages")}
    inside = [env / name for env in environments for name in _IN_ENVIRONMENTS]
    inside += root.rglob("__pypackages__")
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.is_file() and not _is_below(file, inside) and not spec.match_file(path):
            yield file


def _is_below(file: Path, folders: Iterable[Path]) -> bool:
    return any(file == folder or folder in file.parents for folder in folders)


def _is_manifest(root: Path, file: Path) -> bool:
    return manifest_format(file.relative_to(root).as_posix()) is not None


def _manifest(root: Path, file: Path) -> Manifest:
    return read_manifest(lambda path: (root / path).read_bytes(), file.relative_to(root).as_posix())


def _modules(roots: Iterable[Path], files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Modules and packages directly below the folders that imports start from."""
    for folder in (path if path.is_dir() else path.parent for path in roots):
        for file in files:
            if file.suffix == ".py" and folder in file.parents:
                yield file.relative_to(folder).parts[0].removesuffix(".py"), str(file)


def _imports(root: Path, file: Path) -> list[Import]:
    path = file.relative_to(root).as_posix()
    text = file.read_bytes().decode("utf-8", "replace")
    if file.suffix == ".ipynb":
        return list(notebook_imports(text, path))
    return imports_of(text, path, role_of(path))
