"""What pip, venv and uv installed in a real prefix, beside what `importlib.metadata` and ``pip list`` say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from fakes.images.python_roots import (
    RootOfDirectory,
    cataloged,
    copied_prefix,
    listed,
    listed_by_metadata,
    listed_by_pip,
    run_config,
)
from fakes.indexes.wheels import build_wheel, wheel_filename
from images.catalogers.catalog import Catalog
from images.reports.records import Interpreter

pytestmark = pytest.mark.slow
_BACKEND = """
import zipfile
from pathlib import Path

def _wheel(directory, files):
    metadata = "Metadata-Version: 2.1\\nName: editable-project\\nVersion: 0.3\\n"
    name = "editable_project-0.3-py3-none-any.whl"
    info = "editable_project-0.3.dist-info"
    with zipfile.ZipFile(Path(directory) / name, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return name

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, {"editable_project.py": ""})

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, {"__editable__.editable_project-0.3.pth": str(Path.cwd() / "src")})
"""


class Prefixes(msgspec.Struct, frozen=True):
    """A root with one interpreter, environments of it, and what was installed by all sorts of ways."""

    root: Path
    program: Path
    environ: dict[str, str]
    known: Catalog

    def interpreter(self, path: Path) -> Interpreter:
        return next(one for one in self.known.interpreters if one.path == str(path))


@pytest.fixture(scope="session")
def prefixes(tmp_path_factory: pytest.TempPathFactory) -> Prefixes:
    root = tmp_path_factory.mktemp("prefixes").resolve()
    wheels = root.with_name(f"{root.name}-wheels")
    wheels.mkdir()
    for name, version in (("alpha", "1.0"), ("Beta.Project", "2.0"), ("gamma", "3.1"), ("alpha", "0.9")):
        content = build_wheel(name, version, requires=["alpha"] if name != "alpha" else ())
        (wheels / wheel_filename(name, version, "py3-none-any")).write_bytes(content)
    project = root / "app/project"
    (project / "src").mkdir(parents=True)
    (project / "src/editable_project.py").write_text("")
    (project / "backend.py").write_text(_BACKEND)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    program = copied_prefix(root / "opt/python")
    home = {"HOME": str(root / "root"), "PYTHONPATH": str(root / "app/libraries")}
    index = (
        "--no-index",
        "--find-links",
        str(wheels),
        "--disable-pip-version-check",
        "--root-user-action=ignore",
    )

    def run(*command: str | Path) -> None:
        environ = {"PATH": os.defpath, "PIP_CONFIG_FILE": os.devnull, "HOME": home["HOME"]}
        done = subprocess.run(list(map(str, command)), env=environ, cwd="/", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    run(program, "-m", "ensurepip")
    pip = (program, "-m", "pip", "install", *index)
    run(*pip, "alpha==1.0")
    run(*pip, "--target", root / "app/libraries", "gamma", "alpha==0.9")
    run(*pip, "--user", "Beta.Project")
    run(program, "-m", "venv", root / "opt/venv")
    run(root / "opt/venv/bin/python", "-m", "pip", "install", *index, "gamma")
    run(root / "opt/venv/bin/python", "-m", "pip", "install", *index, "-e", project)
    run(program, "-m", "venv", "--system-site-packages", "--without-pip", root / "opt/shared")
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--offline", "--no-config", "--python", program, root / "opt/of-uv")
    into = ("--offline", "--no-config", "--python", root / "opt/of-uv/bin/python")
    run(uv, "pip", "install", *into, "--no-index", "--find-links", wheels, "beta-project==2.0")
    config = run_config("PATH=" + str(root / "opt/venv/bin"), *(f"{k}={v}" for k, v in home.items()))
    return Prefixes(root, program, home, cataloged(RootOfDirectory(root), config))


def test_finds_the_interpreters_and_environments_that_there_are(prefixes: Prefixes) -> None:
    release = ".".join(map(str, sys.version_info[:3]))
    root = prefixes.root
    assert {one.path: (one.kind, one.version) for one in prefixes.known.interpreters} == {
        str(prefixes.program): ("source", release),
        str(root / "opt/of-uv/bin/python"): ("venv", release),
        str(root / "opt/shared/bin/python"): ("venv", release),
        str(root / "opt/venv/bin/python"): ("venv", release),
    }
    assert {one.base for one in prefixes.known.interpreters} == {None, str(prefixes.program)}
    assert [one.path for one in prefixes.known.interpreters if one.is_default] == [
        str(root / "opt/venv/bin/python")
    ]


@pytest.mark.parametrize("name", ["opt/python", "opt/venv", "opt/shared", "opt/of-uv"])
def test_lists_what_importlib_lists(prefixes: Prefixes, name: str) -> None:
    program = prefixes.program if name == "opt/python" else prefixes.root / name / "bin/python"
    said = listed_by_metadata(program, prefixes.environ)
    assert len(said) > 2
    assert listed(prefixes.known, prefixes.interpreter(program)) == said


@pytest.mark.parametrize("name", ["opt/python", "opt/venv"])
def test_lists_what_pip_lists(prefixes: Prefixes, name: str) -> None:
    program = prefixes.program if name == "opt/python" else prefixes.root / name / "bin/python"
    order = prefixes.interpreter(program).search_path
    first: dict[str, str | None] = {}
    for one in sorted(
        (one for one in prefixes.known.distributions if one.location in order),
        key=lambda one: order.index(one.location),
    ):
        first.setdefault(one.name, one.version)
    assert set(first.items()) == listed_by_pip(program, prefixes.environ)


def test_says_how_each_was_installed(prefixes: Prefixes) -> None:
    root = prefixes.root
    said = {
        (one.name, one.installer, one.requested, one.editable, one.tags)
        for one in prefixes.known.distributions
        if one.interpreter in (str(root / "opt/venv/bin/python"), str(root / "opt/of-uv/bin/python"))
        and one.name not in ("pip", "setuptools")
        and "libraries" not in one.location
    }
    assert said == {
        ("alpha", "pip", False, None, ("py3-none-any",)),
        ("alpha", "uv", True, None, ("py3-none-any",)),
        ("gamma", "pip", True, None, ("py3-none-any",)),
        ("beta-project", "uv", True, None, ("py3-none-any",)),
        ("editable-project", "pip", True, str(root / "app/project"), ("py3-none-any",)),
    }


def test_nothing_is_odd_about_it(prefixes: Prefixes) -> None:
    assert prefixes.known.findings == ()
    assert prefixes.known.unknowns == ()


def test_the_environment_on_path_is_the_default(prefixes: Prefixes) -> None:
    facts = prefixes.known.facts
    assert facts["python.version"].value == ".".join(map(str, sys.version_info[:3]))
    assert facts["python.abi"].value == f"cp{sys.version_info.major}{sys.version_info.minor}"
    assert facts["python.gil"].value is True
    assert str(prefixes.root / "opt/venv/bin/python") in facts["python.version"].source
    assert facts["python.version"].source.startswith(str(prefixes.root / "opt/python/include"))
