"""Members of a workspace of uv, as a project that is one of them asks for the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ROOT = """
[project]
name = "shop"
version = "1"
dependencies = ["shop-core"]

[tool.uv.sources]
shop-core = { workspace = true }

[tool.uv.workspace]
members = MEMBERS
"""
CORE = '[project]\nname = "Shop_Core"\nversion = "1"\ndependencies = ["lib"]\n'


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("lib", "1.0")
    with IndexServer(index) as running:
        yield running


@pytest.mark.parametrize("members", ['["packages/*"]', '["packages/core"]', '["apps/*", "packages/c*"]'])
def test_what_a_member_asks_for_counts(stackwright: Commands, members: str) -> None:
    stackwright.write("pyproject.toml", ROOT.replace("MEMBERS", members))
    stackwright.write("packages/core/pyproject.toml", CORE)
    ran = stackwright.advise("-r", "pyproject.toml", "--format", "requirements", "--no-hashes")
    assert ran.code == 0, ran.err
    assert "lib==1.0" in ran.out and "shop" not in ran.out


def test_a_member_asks_for_its_sibling(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    stackwright.write("packages/core/pyproject.toml", CORE)
    stackwright.write("packages/web/pyproject.toml", ROOT.partition("[tool.uv.workspace]")[0])
    ran = stackwright.advise("-r", "packages/web/pyproject.toml", "--format", "requirements", "--no-hashes")
    assert ran.code == 0, ran.err
    assert "lib==1.0" in ran.out


@pytest.mark.parametrize("members", ["[]", '["**"]', '["../*"]', '["/*"]', '[""]', "3", '[3, "packages/["]'])
def test_a_member_that_is_not_found_is_refused(stackwright: Commands, members: str) -> None:
    stackwright.write("pyproject.toml", ROOT.replace("MEMBERS", members))
    stackwright.write("packages/core/pyproject.toml", CORE)
    stackwright.write("../elsewhere/pyproject.toml", CORE)
    ran = stackwright.advise("-r", "pyproject.toml")
    assert ran.code == 2
    assert "a member of a workspace: 'shop-core'" in ran.err
