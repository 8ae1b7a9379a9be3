from __future__ import annotations

import pytest
from msgspec.structs import replace

from analyzers.evidence import Level
from fakes.searching.runs import context, target
from images.facts.environment import RuntimeEnvironment
from resolver.context import Context
from resolver.targets.target import Target
from resolver.units.boots.index_reachable import IndexReachableBoot
from resolver.units.boots.python_end_of_life import PythonEndOfLifeBoot
from resolver.units.boots.supported_environment import SupportedEnvironmentBoot


def without(*facts: str, python: str | None = None) -> Context:
    known = target(python).environment.facts
    left = {name: fact for name, fact in known.items() if name not in facts}
    return replace(context(["a"]), target=Target(RuntimeEnvironment(facts=left)))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (without(), []),
        (without("libc.name", "libc.version"), ["libc.name of the target is not known: no manylinux"]),
        (without("libc.version"), ["libc.version of the target is not known: no wheel that needs glibc"]),
        (without("python.abi"), []),
        (without("python.abi", python="pypy3.11"), ["python.abi of the target is not known"]),
    ],
)
def test_missing_facts_on_which_wheels_depend_are_told(asked: Context, told: list[str]) -> None:
    remarks = list(SupportedEnvironmentBoot().prepare(asked))
    assert len(remarks) == len(told)
    for remark, begin in zip(remarks, told, strict=True):
        assert remark.message.startswith(begin)
        assert remark.level is Level.WARNING


@pytest.mark.parametrize(
    ("python", "today", "warned"),
    [
        ("3.8", "2024-10-31", False),
        ("3.8", "2024-11-01", True),
        ("3.9", "2025-10-31", False),
        ("3.9", "2026-01-01", True),
        ("3.12", "2026-01-01", False),
        ("3.12", "2028-11-01", True),
        ("3.99", "2099-01-01", False),
    ],
)
def test_a_python_without_security_fixes_is_told(python: str, today: str, warned: bool) -> None:
    remarks = list(PythonEndOfLifeBoot().prepare(context(["a"], on=target(python), today=today)))
    assert [remark.level for remark in remarks] == [Level.WARNING] * warned
    assert all(f"Python {python} has had no security fixes since" in remark.message for remark in remarks)


def test_offline_is_remarked_upon() -> None:
    assert not IndexReachableBoot().applies(context(["a"]))
    asked = context(["a"], offline=True)
    assert IndexReachableBoot().applies(asked)
    (remark,) = IndexReachableBoot().prepare(asked)
    assert remark.level is Level.INFO
