from __future__ import annotations

import pytest

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from resolver.states.universe import Universe
from resolver.units.steps.temporal_risk import TemporalRiskStep

ASKED = context(["app"])


def risk(specifiers: str, version: str, *, step: TemporalRiskStep | None = None) -> int:
    """What app 1.0, of mid 2023, loses beside a release of lib when it asks with these specifiers."""
    index = FakeIndex()
    index.add("app", "1.0", uploaded_at="2023-06-01T00:00:00Z")
    for lib, day in (
        ("1.0", "2022-01-01"),
        ("1.9", "2024-05-01"),
        ("2.0rc1", "2023-05-01"),
        ("2.0", "2024-01-01"),
        ("2.1", "2024-02-01"),
        ("24.1", "2024-02-01"),
        ("2024.1", "2024-02-01"),
    ):
        index.add("lib", lib, uploaded_at=f"{day}T00:00:00Z")
    index.add("lib", "3.0", uploaded_at=None)
    universe = Universe(MemoryKnowledge(index), ASKED)
    app, lib_project = universe.project("app"), universe.project("lib")
    at = lib_project.versions.texts.index(version)
    factor = (step or TemporalRiskStep()).score_pair(app, 0, lib_project, at, specifiers, ASKED)
    assert factor is None or factor.unit == "temporal-risk"
    return 0 if factor is None else factor.score or 0


@pytest.mark.parametrize(
    ("specifiers", "version", "loses"),
    [
        ("", "2.1", True),
        (">=1.0", "2.0", True),
        (">1.0,!=2.0", "2.1", True),
        (">=1.0,<3", "2.1", False),
        ("~=2.0", "2.1", False),
        ("==2.*", "2.1", False),
        (">=2.0rc1", "2.1", False),
        (">=1.0", "1.9", False),
        ("", "24.1", False),
        ("", "2024.1", False),
        ("", "3.0", False),
    ],
)
def test_a_series_that_began_later_and_is_not_thought_of_is_a_risk(
    specifiers: str, version: str, loses: bool
) -> None:
    assert risk(specifiers, version) == (-100_000 if loses else 0)


def test_the_risk_is_a_parameter() -> None:
    assert risk("", "2.1", step=TemporalRiskStep(risk=0.25)) == -250_000


def test_below_one_minor_versions_are_series() -> None:
    index = FakeIndex()
    index.add("app", "1.0", uploaded_at="2023-06-01T00:00:00Z")
    index.add("lib", "0.7.1", uploaded_at="2023-01-01T00:00:00Z")
    index.add("lib", "0.7.2", uploaded_at="2024-01-01T00:00:00Z")
    index.add("lib", "0.8.0", uploaded_at="2024-01-01T00:00:00Z")
    universe = Universe(MemoryKnowledge(index), ASKED)
    app, lib = universe.project("app"), universe.project("lib")
    step = TemporalRiskStep()
    found = [step.score_pair(app, 0, lib, at, ">=0.7", ASKED) is not None for at in range(3)]
    assert found == [False, False, True]
