"""Fixtures of the tests that run the command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fakes.commands import Commands
from fakes.images.alpine_root import AlpineRoot, fetched_root
from fakes.images.debian_root import DebianRoot, built_root
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer


def pytest_configure() -> None:
    """Let uv trust the authorities that the system trusts, as pip and this program do."""
    os.environ.setdefault("UV_SYSTEM_CERTS", "true")
    # How long an example takes says more about the machine than about the code.
    settings.register_profile("stackwright", deadline=None)
    settings.load_profile("stackwright")


@pytest.fixture
def small_index() -> FakeIndex:
    """Two direct projects, of which one has a dependency, older releases and a pre-release."""
    index = FakeIndex()
    index.add("Flask", "3.0.0", requires=["werkzeug>=3", "click>=8"], sdist=True)
    index.add("flask", "2.0.0", requires=["werkzeug>=2,<3"])
    index.add("werkzeug", "3.1", requires_python=">=3.9")
    index.add("werkzeug", "3.2rc1", requires_python=">=3.9")
    index.add("werkzeug", "2.0")
    index.add("click", "8.1.7")
    index.add("click", "7.0", wheel=False, sdist=True)
    return index


@pytest.fixture
def server(small_index: FakeIndex) -> Iterator[IndexServer]:
    """Serves `small_index`."""
    with IndexServer(small_index) as running:
        yield running


@pytest.fixture
def stackwright(tmp_path: Path, server: IndexServer) -> Commands:
    """The command, with `server` for its index."""
    return Commands(tmp_path, server.url)


@pytest.fixture(scope="session")
def debian_root(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> DebianRoot:
    """A Debian root with Python, venv and pip; tests that use it are marked ``system``."""
    cache = pytestconfig.cache
    return built_root(cache.mkdir("debian-root") if cache else tmp_path_factory.mktemp("debian-root"))


@pytest.fixture(scope="session")
def alpine_root(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> AlpineRoot:
    """An Alpine root; tests that use it are marked ``system`` and ``index``."""
    cache = pytestconfig.cache
    return fetched_root(cache.mkdir("alpine-root") if cache else tmp_path_factory.mktemp("alpine-root"))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long bytes are told by their length: archives among them hold the time, and names must not."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > 40 else None
