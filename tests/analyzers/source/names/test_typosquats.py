from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.source.names.popular_projects import popular_projects
from analyzers.source.names.typosquats import lookalike

LONG = sorted(name for name in popular_projects() if len(name) >= 9 and name.isalpha())


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("request", "requests"),
        ("reqeusts", "requests"),
        ("requessts", "requests"),
        ("rwquests", "requests"),
        ("djnago", "django"),
        ("jeilyfish", "jellyfish"),
        ("p1llow", "pillow"),
        ("beautifulsoup", "beautifulsoup4"),
        ("dateutil-python", "python-dateutil"),
        ("python3-dateutil", "python-dateutil"),
        ("pythondateutil", "python-dateutil"),
        ("urllib", "urllib3"),
        ("tensorf1ow", "tensorflow"),
    ],
)
def test_slips_are_seen(name: str, project: str) -> None:
    found = lookalike(name)
    # `urllib` is a name of the standard library besides: that is another finding.
    assert (found.project if found else None) == (None if name == "urllib" else project)


def test_popular_projects_are_not_held_against_each_other() -> None:
    assert len(popular_projects()) > 1_000
    assert not [name for name in popular_projects() if lookalike(name)]


@pytest.mark.parametrize(
    "name", ["boto4", "nose3", "our-own-service", "abc", "flaskapp", "python-requests", "a" * 8_000]
)
def test_names_that_are_far_enough(name: str) -> None:
    assert lookalike(name) is None


@given(st.sampled_from(LONG), st.data())
def test_a_swap_or_a_missing_letter_in_a_long_name_is_always_seen(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name) - 2))
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    for slip in (swapped, name[:at] + name[at + 1 :]):
        assert slip in popular_projects() or lookalike(slip) is not None


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-", max_size=40))
def test_a_suspicion_names_a_popular_project_and_never_the_name_itself(name: str) -> None:
    found = lookalike(name)
    assert found is None or (found.project in popular_projects() and found.project != name)
