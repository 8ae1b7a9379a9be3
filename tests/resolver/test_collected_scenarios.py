"""Scenarios that others collected: packse's, as uv keeps them, and resolvelib's snapshots."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from fakes.cases import case_files
from fakes.indexes.index import FakeIndex
from fakes.searching.checker import check_stack
from fakes.searching.runs import Run, context, run, target
from resolver.context import PrereleasePolicy
from resolver.recommendation import LATEST
from resolver.targets.formats import FormatPolicy

NOT_OURS = {"universal", "resolution", "python_platform", "required_environments"}
"""Options of uv for locks that hold on many targets at once, or that prefer old releases."""

ARGUED = {
    "chalice": "the file leaves out urllib3, which its botocore requires on every Python but 3.4",
    "pyrex-1.9.8": "the file lists no pins because no stack exists; a SAT solver proves it for the snapshot",
}
"""Cases of resolvelib whose file is not what we answer, and why; one that agrees has no place here."""


def parameters(paths: list[Path], name: str) -> list[Any]:
    if paths:
        return [pytest.param(path, id=path.stem) for path in paths]
    missing = pytest.mark.skip(reason=f"no {name}: set STACKWRIGHT_CASES to the folder of collected cases")
    return [pytest.param(Path(), id=name, marks=missing)]


def sorted_projects(pins: Mapping[str, str] | None) -> dict[str, Version] | None:
    return None if pins is None else {canonicalize_name(n): Version(v) for n, v in sorted(pins.items())}


def violations(result: Run, requirements: Iterable[str]) -> list[str]:
    assert result.solution is not None
    asked = result.resolver.context
    return check_stack(
        result.solution.stack,
        result.knowledge,
        asked.target,
        requirements,
        no_build=asked.formats.no_build,
        no_binary=asked.formats.no_binary,
    )


def uv_scenarios() -> list[Path]:
    paths = case_files("resolver-scenarios/uv", "*.toml")
    options = {path: tomllib.loads(path.read_text()).get("resolver_options", {}) for path in paths}
    return [path for path in paths if not NOT_OURS & options[path].keys()]


@pytest.mark.parametrize("path", parameters(uv_scenarios(), "uv-scenarios"))
def test_uv_scenario(path: Path) -> None:
    scenario = tomllib.loads(path.read_text())
    options = scenario.get("resolver_options", {})
    python = options.get("python") or scenario.get("environment", {}).get("python") or "3.12"
    formats = FormatPolicy(
        no_build=frozenset(map(canonicalize_name, options.get("no_build", []))),
        no_binary=frozenset(map(canonicalize_name, options.get("no_binary", []))),
    )
    requirements = scenario["root"].get("requires", [])
    asked = context(
        requirements,
        on=target(python),
        prereleases=PrereleasePolicy.ALLOW if options.get("prereleases") else PrereleasePolicy.IF_NECESSARY,
        formats=formats,
        recommendation=LATEST,
    )
    result = run(FakeIndex.from_scenario(scenario), asked)
    expected = scenario["expected"]
    assert (result.pins is not None) == expected["satisfiable"]
    if result.pins is not None:
        assert violations(result, requirements) == []
        wanted = expected.get("packages")
        if isinstance(wanted, list):
            wanted = dict(pin.split("==") for pin in wanted)
        if wanted:
            assert sorted_projects(result.pins) == sorted_projects(wanted)


def resolvelib_index(path: Path) -> FakeIndex:
    """A snapshot without files: every release with a version gets a wheel."""
    index = FakeIndex()
    for name, releases in json.loads(path.read_text()).items():
        if not isinstance(releases, dict):
            continue  # an option of the case, astray among the projects
        index.add_project(name)
        for version, fields in releases.items():
            try:
                canonical = str(Version(version))
            except InvalidVersion:
                continue
            index.add(name, canonical, requires=fields["dependencies"])
    return index


def resolvelib_answer(path: Path) -> tuple[Run, list[str], dict[str, Any]]:
    case = json.loads(path.read_text())
    index = resolvelib_index(path.parents[1] / "index" / f"{case['index']}.json")
    return run(index, context(case["requested"], recommendation=LATEST)), case["requested"], case


def is_as_filed(result: Run, case: Mapping[str, Any]) -> bool:
    if "conflicted" in case:
        return result.pins is None
    filed = {n: pin if isinstance(pin, str) else pin["version"] for n, pin in case["resolved"].items()}
    return sorted_projects(result.pins) == sorted_projects(filed)


RESOLVELIB = case_files("resolver-scenarios/resolvelib/python/case", "*.json")


@pytest.mark.parametrize("path", parameters(RESOLVELIB, "resolvelib-cases"))
def test_resolvelib_case(path: Path) -> None:
    result, requirements, case = resolvelib_answer(path)
    assert is_as_filed(result, case) == (path.stem not in ARGUED), ARGUED.get(path.stem)
    if result.pins is not None:
        assert violations(result, requirements) == []
    for name, versions in case.get("unvisited", {}).items():
        unread = {f"{name.replace('-', '_')}-{version}-py3-none-any.whl" for version in versions}
        assert not unread & {*result.knowledge.metadata_read}


@pytest.mark.skipif(not RESOLVELIB, reason="no resolvelib-cases: set STACKWRIGHT_CASES to their folder")
def test_the_argued_cases_are_answered_as_argued() -> None:
    paths = {path.stem: path for path in RESOLVELIB}
    assert resolvelib_answer(paths["pyrex-1.9.8"])[0].pins is None
    result, _, case = resolvelib_answer(paths["chalice"])
    assert result.pins is not None
    assert result.pins.keys() - case["resolved"].keys() == {"urllib3"}
