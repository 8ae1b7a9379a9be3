"""uv and pip find the fake index to be an index: they resolve, download, build and install from it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.sdists import SdistKind
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel

CASES = Path(os.environ.get("STACKWRIGHT_CASES", Path(__file__).parents[2] / "shared" / "data"))
SCENARIOS = CASES / "resolver-scenarios" / "uv" / "scenarios"
NO_SOLUTION = 1


def small_index(*, core_metadata: bool = True, metadata_files: bool = True) -> FakeIndex:
    index = FakeIndex(core_metadata=core_metadata, metadata_files=metadata_files)
    index.add("Flask", "3.0.0", requires=["werkzeug>=3"], sdist=True, padding_bytes=200_000)
    index.add("werkzeug", "3.1", requires_python=">=3.9")
    index.add("werkzeug", "2.0")
    return index


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(small_index()) as running:
        yield running


def run(*command: str | Path, stdin: str = "") -> str:
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UV_", "PIP_")) and not name.lower().endswith("_proxy")
    }
    environ |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_CONFIG": "1"}
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(
            arguments, input=stdin, env=environ, capture_output=True, text=True, timeout=60, check=True
        )
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr)
        raise
    return done.stdout


def uv_compile(server: IndexServer, requirements: str, *options: str) -> list[str]:
    command = [find_uv_bin(), "pip", "compile", "--no-cache", "--no-annotate", "--no-header"]
    where = ["--index-url", server.url, "--python", sys.executable]
    return run(*command, *where, *options, "-", stdin=requirements).splitlines()


@pytest.mark.parametrize(
    ("core_metadata", "metadata_files", "metadata", "ranges"),
    [(True, True, 2, 0), (False, False, 0, 2), (False, True, 0, 2)],
)
def test_uv_resolves_by_metadata_files_or_by_ranges(
    core_metadata: bool, metadata_files: bool, metadata: int, ranges: int
) -> None:
    index = small_index(core_metadata=core_metadata, metadata_files=metadata_files)
    with IndexServer(index) as server:
        assert uv_compile(server, "flask") == ["flask==3.0.0", "werkzeug==3.1"]
        assert len(set(server.paths(RequestKind.METADATA))) == metadata
        assert len(set(server.paths(RequestKind.RANGE))) == ranges


@pytest.mark.parametrize("option", ["html_only", "etag", "gzip", "redirects"])
def test_uv_resolves_whatever_the_manners(option: str) -> None:
    with IndexServer(
        small_index(),
        html_only=option == "html_only",
        etag=option == "etag",
        gzip=option == "gzip",
        redirects=option == "redirects",
    ) as server:
        assert uv_compile(server, "flask") == ["flask==3.0.0", "werkzeug==3.1"]


@pytest.mark.slow
def test_uv_outlasts_faults_that_pass(server: IndexServer) -> None:
    server.fault("*/flask/", Fault.status(503), times=1)
    server.fault("*.metadata", Fault.reset(), times=1)
    assert uv_compile(server, "flask") == ["flask==3.0.0", "werkzeug==3.1"]


def test_uv_installs_wheels_and_builds_sdists(tmp_path: Path) -> None:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib>=1"], contents={"app.py": b"answer = 42\n"})
    index.add("lib", "1.0", requires=["leaf"], wheel=False, sdist=SdistKind.DYNAMIC)
    index.add("leaf", "2.0", wheel=False, sdist=SdistKind.EGG_INFO)
    with IndexServer(index) as server:
        command = [find_uv_bin(), "pip", "install", "--no-cache", "--python", sys.executable]
        run(*command, "--target", tmp_path, "--index-url", server.url, "app")
    assert (tmp_path / "app.py").read_bytes() == b"answer = 42\n"
    assert (tmp_path / "lib-1.0.dist-info" / "METADATA").is_file()
    assert (tmp_path / "leaf" / "__init__.py").is_file()


@pytest.mark.slow
def test_pip_installs_every_form_of_wheel_and_sdist(tmp_path: Path) -> None:
    index = FakeIndex()
    index.add("app", "1.0", requires=["one", "two", "three", "four", "five"])
    index.add_file("one", "one-1-py3-none-any.whl", build_wheel("one", "1", streamed=True))
    index.add_file("two", "two-1-py3-none-any.whl", build_wheel("two", "1", compress=False, comment=b"!"))
    index.add_file("three", "three-1-py3-none-any.whl", build_wheel("three", "1", metadata_position="start"))
    index.add("four", "1", wheel=False, sdist=SdistKind.EGG_INFO)
    index.add("five", "1", tags=["py2.py3-none-any"], padding_bytes=100_000)
    with IndexServer(index) as server:
        command = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--no-compile"]
        run(*command, "--target", tmp_path, "--index-url", server.url, "app")
    installed = {path.name for path in tmp_path.glob("*.dist-info")}
    assert installed == {
        "app-1.0.dist-info",
        *(f"{name}-1.dist-info" for name in ["one", "two", "three", "four", "five"]),
    }


@pytest.mark.slow
def test_pip_downloads_what_the_index_holds(server: IndexServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-cache-dir"]
    run(*command, "--dest", tmp_path, "--index-url", server.url, "flask")
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {
        name: small_index().file(name).content
        for name in ("flask-3.0.0-py3-none-any.whl", "werkzeug-3.1-py3-none-any.whl")
    }


def scenarios() -> list[Path]:
    """Those for one target and the newest versions."""
    found = []
    for path in sorted(SCENARIOS.rglob("*.toml")):
        options = tomllib.loads(path.read_text()).get("resolver_options", {})
        if not options.keys() & {"universal", "resolution", "python_platform", "required_environments"}:
            found.append(path)
    return found


def uv_pins(scenario: Mapping[str, Any], server: IndexServer) -> dict[str, str] | None:
    options = scenario.get("resolver_options", {})
    python = options.get("python") or scenario.get("environment", {}).get("python") or "3.12"
    arguments = ["--python-version", python]
    arguments += ["--no-build"] * ("no_build" in options)
    arguments += [f"--no-binary={project}" for project in options.get("no_binary", ())]
    if options.get("prereleases"):
        arguments += ["--prerelease", "allow"]
    try:
        lines = uv_compile(server, "\n".join(scenario["root"].get("requires", ())), *arguments)
    except subprocess.CalledProcessError as error:
        if error.returncode != NO_SOLUTION:
            raise
        return None
    return dict(line.split(";")[0].split("==") for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(not SCENARIOS.is_dir(), reason=f"no scenarios at {SCENARIOS}; set STACKWRIGHT_CASES")
def test_scenarios_mean_to_uv_what_they_say() -> None:
    wrong, paths = {}, scenarios()
    assert paths
    for path in paths:
        scenario = tomllib.loads(path.read_text())
        with IndexServer(FakeIndex.from_scenario(scenario)) as server:
            pins = uv_pins(scenario, server)
        expected = scenario["expected"]
        packages = expected.get("packages")
        wanted = packages and {canonicalize_name(name): version for name, version in packages.items()}
        if (pins is not None) != expected["satisfiable"] or (wanted is not None and pins != wanted):
            wrong[path.stem] = (pins, wanted)
    assert wrong == {}
