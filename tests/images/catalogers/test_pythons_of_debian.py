"""A real Debian root, with what pip and venv did in it, beside what its own tools say there."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from packaging.utils import canonicalize_name

from fakes.images.debian_root import DebianRoot, built_root
from fakes.images.python_roots import RootFilesOfDirectory, cataloged, listed, run_config
from fakes.indexes.wheels import build_wheel, wheel_filename
from images.catalogers.catalog import Catalog
from images.reports.records import SystemPackage

pytestmark = [pytest.mark.slow, pytest.mark.system]
_LISTING = """
import json, os
from importlib.metadata import distributions
print(json.dumps([(d.metadata["Name"], d.version, os.path.realpath(d._path.parent))
                  for d in distributions()]))
"""


@pytest.fixture(scope="module")
def debian(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> DebianRoot:
    """A copy of the root with an environment, and wheels in every place that pip fills."""
    cache = pytestconfig.cache
    plain = built_root(cache.mkdir("debian-root") if cache else tmp_path_factory.mktemp("debian-root"))
    place = tmp_path_factory.mktemp("debian")
    subprocess.run(["cp", "-a", plain.directory, place / "root"], check=True)
    root = DebianRoot(place)
    wheels = root.directory / "wheels"
    wheels.mkdir()
    for name, version in (("alpha", "1.0"), ("alpha", "2.0"), ("beta", "1.0")):
        content = build_wheel(name, version, requires=["alpha>=2"] if name == "beta" else ())
        (wheels / wheel_filename(name, version, "py3-none-any")).write_bytes(content)
    install = ("-m", "pip", "install", "--no-index", "--find-links", "/wheels", "--break-system-packages")
    root.run("python3", *install, "alpha==1.0")
    root.run("python3", *install, "--user", "beta")
    root.run("python3", "-m", "venv", "/opt/venv")
    root.run("/opt/venv/bin/python", *install[:-1], "beta")
    root.run("python3", "-m", "venv", "--system-site-packages", "--without-pip", "/opt/shared")
    shutil.rmtree(wheels)
    return root


@pytest.fixture(scope="module")
def known(debian: DebianRoot) -> Catalog:
    packages = tuple(
        SystemPackage(name=one.name, version=one.version, type="deb", where="/var/lib/dpkg/status")
        for one in debian.packages
        if one.status == "installed"
    )
    config = run_config("PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin", "HOME=/tmp")
    return cataloged(RootFilesOfDirectory(debian.directory), config, Catalog(packages=packages))


@pytest.mark.parametrize("program", ["/usr/bin/python3.11", "/opt/venv/bin/python", "/opt/shared/bin/python"])
def test_lists_what_importlib_lists(debian: DebianRoot, known: Catalog, program: str) -> None:
    said = json.loads(debian.run(program, "-c", _LISTING))
    interpreter = next(one for one in known.interpreters if one.path == program)
    assert len(said) > 2
    assert listed(known, interpreter) == {
        (canonicalize_name(name), version, place) for name, version, place in said
    }


def test_lists_what_pip_lists(debian: DebianRoot, known: Catalog) -> None:
    said = json.loads(debian.run("/opt/venv/bin/python", "-m", "pip", "list", "--format=json"))
    interpreter = next(one for one in known.interpreters if one.path == "/opt/venv/bin/python")
    assert {(name, version) for name, version, _ in listed(known, interpreter)} == {
        (canonicalize_name(one["name"]), one["version"]) for one in said
    }


def test_the_interpreter_is_described_as_it_describes_itself(debian: DebianRoot, known: Catalog) -> None:
    release, suffix = debian.run(
        "python3",
        "-c",
        "import platform, sysconfig; print(platform.python_version(), sysconfig.get_config_var('SOABI'))",
    ).split()
    (system,) = [one for one in known.interpreters if one.base is None]
    assert (system.path, system.kind, system.version) == ("/usr/bin/python3.11", "distribution", release)
    assert system.abi == "cp" + suffix.split("-")[1]
    assert [one.path for one in known.interpreters if one.is_default] == ["/opt/venv/bin/python"]
    assert known.facts["python.version"].value == release


def test_debians_packages_are_told_from_those_of_pip(known: Catalog) -> None:
    installers = {
        (one.name, one.location): one.installer
        for one in known.distributions
        if one.interpreter == "/usr/bin/python3.11"
    }
    assert installers["pip", "/usr/lib/python3/dist-packages"] == "debian"
    assert installers["alpha", "/usr/local/lib/python3.11/dist-packages"] == "pip"
    assert ("beta", "/tmp/.local/lib/python3.11/site-packages") in installers


def test_nothing_is_odd_about_it(known: Catalog) -> None:
    assert known.findings == ()
    assert known.unknowns == ()
