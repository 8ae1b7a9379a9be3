"""What a repository may say by itself, and what ``advise`` says that it found there."""

from __future__ import annotations

from fakes.commands import Ran
from fakes.indexes.index import FakeIndex

WORDS = ("Found", "Code", "Target", "Lock", "Assumes")
PROJECT = """
[project]
name = "shop"
version = "1.0"
dependencies = ["lib"]

[project.optional-dependencies]
fast = ["wheels"]

[dependency-groups]
test = ["checker"]
"""
ENVIRONMENTS = """
[tool.stackwright.environments.server]
python-version = "3.13"
platform = "x86_64-manylinux_2_28"

[tool.stackwright.environments.board]
python-version = "3.11"
platform = "linux/arm64"
"""


def repository_index() -> FakeIndex:
    """What the projects of a repository ask for."""
    index = FakeIndex()
    for version in ("1.0", "2.0"):
        index.add("lib", version)
    index.add("wheels", "1.0", tags=["cp312-cp312-musllinux_1_2_x86_64", "cp312-cp312-musllinux_1_2_aarch64"])
    index.add("checker", "1.0")
    index.add("six", "1.16.0", contents={"six.py": b"PY3 = True\n"})
    return index


def told(ran: Ran) -> dict[str, str]:
    """The five lines, which stand first and in their order."""
    lines = ran.err.replace(f"\n{' ' * 9}", " ").splitlines()[: len(WORDS)]
    assert [line.partition(" ")[0] for line in lines] == list(WORDS), ran.err
    assert all(line[8] == " " and line[9] != " " for line in lines)
    return {line[:9].strip(): line[9:] for line in lines}
