"""Lockfiles install as they are: with uv and pip, from a loopback index and from the real one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from packaging.markers import Environment
from packaging.pylock import Pylock, PylockSelectError
from packaging.tags import Tag
from uv import find_uv_bin

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from images.facts.environment import RuntimeEnvironment
from images.facts.tags import marker_environment, supported_tags
from images.facts.targets import target_environment
from knowledge.indexes.configuration import public_endpoint

TARGETS = {
    "linux": ("3.11", "x86_64-manylinux_2_28"),
    "newer": ("3.12", "x86_64-manylinux_2_28"),
    "macos": ("3.12", "macosx_14_0_arm64"),
    "alpine": ("3.11", "x86_64-musllinux_1_2"),
}


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    code = {"app/__init__.py": b"import built, native\nanswer = 42\n"}
    requires = ["native", "built>=2 ; python_version >= '3'", "never ; sys_platform == 'cygwin'"]
    index.add("app", "1.0", requires=requires, contents=code)
    platforms = ("manylinux_2_17_x86_64", "musllinux_1_1_x86_64", "macosx_11_0_arm64", "win_amd64")
    tags = [f"cp3{minor}-cp3{minor}-{platform}" for minor in (11, 12) for platform in platforms]
    index.add("native", "1.5", tags=["py3-none-any", "py2-none-any"])
    index.add("native", "2.0", tags=tags)
    index.add("native", "3.0", tags=["cp314-cp314-win_amd64"])
    index.add("built", "2.0", wheel=False, sdist=True)
    with IndexServer(index) as running:
        yield running


@pytest.mark.slow
@pytest.mark.system
@pytest.mark.skipif(shutil.which("pipenv") is None, reason="pipenv is not installed")
def test_pipenv_installs_a_pipfile_lock(stackwright: Commands, server: IndexServer) -> None:
    stackwright.write(
        "Pipfile",
        f'[[source]]\nname = "main"\nurl = "{server.url}"\nverify_ssl = false\n'
        '[packages]\napp = "*"\n[dev-packages]\n[docs]\nnative = "*"\n',
    )
    assert stackwright.advise("-r", "Pipfile", "-o", "Pipfile.lock").code == 0
    environ = {"PIPENV_PYTHON": sys.executable, "PIPENV_VENV_IN_PROJECT": "1", "PIPENV_NOSPIN": "1"}
    environ = {**stackwright.environ, **environ, "PIPENV_IGNORE_VIRTUALENVS": "1", "LANG": "C.UTF-8"}
    for command in (["verify"], ["sync"], ["install", "--deploy"], ["run", "python", "-c", "import native"]):
        done = subprocess.run(
            ["pipenv", *command],
            cwd=stackwright.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def lock_for(stackwright: Commands, target: str, *asked: str) -> Pylock:
    python, platform = TARGETS[target]
    options = ["--python-version", python, "--platform", platform, "--format", "pylock"]
    ran = stackwright.advise(*asked, *options)
    assert (ran.code, ran.err) == (0, "")
    return Pylock.from_dict(tomllib.loads(ran.out))


def selected(lock: Pylock, target: str) -> dict[str, str | None]:
    """What an installer on a target takes: package to file."""
    python, platform = TARGETS[target]
    facts = target_environment(RuntimeEnvironment(), python_version=python, platform=platform)
    chosen = lock.select(
        environment=cast("Environment", marker_environment(facts)),
        tags=[Tag(*text.split("-")) for text in supported_tags(facts)],
    )
    return {package.name: getattr(artifact, "name", None) for package, artifact in chosen}


@pytest.mark.parametrize("target", TARGETS)
def test_lock_selects_one_file_of_every_package_on_its_target(stackwright: Commands, target: str) -> None:
    lock = lock_for(stackwright, target, "app")
    lock.validate()
    found = selected(lock, target)
    assert found.keys() == {"app", "built", "native"}
    assert found["built"] == "built-2.0.tar.gz"
    native = str(found["native"])
    assert native.startswith(f"native-2.0-cp{TARGETS[target][0].replace('.', '')}-")
    assert ("macosx" in native) == (target == "macos")
    assert ("musllinux" in native) == (target == "alpine")


@pytest.mark.parametrize(
    ("target", "other"),
    [("linux", "newer"), ("newer", "linux"), ("newer", "macos"), ("macos", "newer"), ("linux", "alpine")],
)
def test_lock_is_refused_on_another_target(stackwright: Commands, target: str, other: str) -> None:
    lock = lock_for(stackwright, target, "app")
    with pytest.raises(PylockSelectError):
        selected(lock, other)


def test_lock_of_a_prerelease_of_python_is_accepted_there(stackwright: Commands) -> None:
    ran = stackwright.advise(
        "native<2", "--python-version", "3.15.0rc1", "--platform", "linux", "--format", "pylock"
    )
    lock = Pylock.from_dict(tomllib.loads(ran.out))
    facts = target_environment(RuntimeEnvironment(), python_version="3.15.0rc1", platform="linux")
    markers = cast("Environment", marker_environment(facts))
    tags = [Tag(*text.split("-")) for text in supported_tags(facts)]
    assert [package.name for package, _ in lock.select(environment=markers, tags=tags)] == ["native"]


# Installers


def run(*command: str | Path, folder: Path) -> str:
    """A command with an environment that names no index and no configuration."""
    kept = (
        "PATH",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "UV_SYSTEM_CERTS",
    )
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    environ |= {"HOME": str(folder), "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environ |= {"UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(folder / "uv cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def new_python(folder: Path, *seed: str) -> Path:
    """The interpreter of a fresh virtual environment, with what is to be in it."""
    run(find_uv_bin(), "venv", "--quiet", "--python", sys.executable, folder / "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    if seed:
        run(find_uv_bin(), "pip", "install", "--quiet", "--python", python, *seed, folder=folder)
    return python


def installed(python: Path, folder: Path) -> dict[str, str]:
    listed = run(find_uv_bin(), "pip", "freeze", "--python", python, folder=folder)
    return dict(re.findall(r"^([\w.-]+)(?:==([\w.]+)| @ .*)$", listed, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pylock.toml", "requirements.txt"])
def test_uv_installs_from_a_loopback_index(
    stackwright: Commands, server: IndexServer, tmp_path: Path, name: str
) -> None:
    assert stackwright.advise("app", "native<2", "-o", name).code == 0
    python = new_python(tmp_path)
    lock = stackwright.path(name)
    server.requests.clear()
    index = ["--default-index", server.url, "--no-build-isolation"]
    hashes = ["--require-hashes"] if name.endswith(".txt") else ["--preview-features", "pylock"]
    run(find_uv_bin(), "pip", "sync", "--quiet", "--python", python, *index, *hashes, lock, folder=tmp_path)
    assert installed(python, tmp_path).keys() == {"app", "built", "native"}
    assert run(python, "-I", "-c", "import app; print(app.answer)", folder=tmp_path) == "42\n"
    assert any(path.startswith("/files/app-1.0-") for path in server.paths())


@pytest.mark.slow
@pytest.mark.index
@pytest.mark.parametrize("tool", ["uv pylock", "uv requirements", "pip pylock", "pip requirements"])
def test_lock_of_the_real_index_installs(tmp_path: Path, tool: str) -> None:
    commands = Commands(tmp_path, public_endpoint())
    commands.environ |= {k: v for k, v in os.environ.items() if k in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    name = "pylock.toml" if tool.endswith("pylock") else "requirements.txt"
    ran = commands.advise("flask", "-o", name)
    assert (ran.code, ran.err) == (0, "")
    lock = commands.path(name)
    python = new_python(tmp_path, *(["pip>=26"] if tool.startswith("pip") else []))
    match tool:
        case "uv pylock":
            features = ["--preview-features", "pylock"]
            run(find_uv_bin(), "pip", "sync", "--python", python, *features, lock, folder=tmp_path)
        case "uv requirements":
            run(find_uv_bin(), "pip", "sync", "--python", python, "--require-hashes", lock, folder=tmp_path)
        case "pip pylock":
            run(python, "-m", "pip", "install", "-r", lock, folder=tmp_path)
        case _:
            run(python, "-m", "pip", "install", "--require-hashes", "-r", lock, folder=tmp_path)
    told = run(python, "-I", "-c", "import flask; print(flask.Flask('x').name)", folder=tmp_path)
    assert told == "x\n"
    pins = dict(re.findall(r"^  ([a-z0-9-]+) +(\d\S*)", ran.out, re.MULTILINE))
    assert pins.items() <= installed(python, tmp_path).items()
