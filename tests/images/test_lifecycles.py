"""How long releases get security fixes."""

from __future__ import annotations

import re

import pytest

from images.facts.lifecycles import os_lifecycle, python_lifecycle, python_lifecycles


def test_the_schedule_has_every_python_once_and_in_order() -> None:
    threes = [one for one in python_lifecycles().values() if one.release.startswith("3.")]
    minors = [int(one.release.removeprefix("3.")) for one in threes]
    months = [one.until for one in threes]
    assert minors == list(range(len(minors)))
    assert months == sorted(months)
    # PEP 602: a release a year since 3.9, each supported for five years.
    assert months[9:16] == [f"{2016 + minor}-10" for minor in range(9, 16)]


def test_a_python_is_found_by_its_minor_version() -> None:
    found = python_lifecycle("3.8.19")
    assert found is not None
    assert (found.product, found.release, found.until) == ("Python", "3.8", "2024-10")
    assert found.source == "https://peps.python.org/pep-0569/"
    assert python_lifecycle("3.99.0") is None


@pytest.mark.parametrize(
    ("os_id", "version", "release"),
    [
        ("debian", "12", "12"),
        ("ubuntu", "22.04", "22.04"),
        ("alpine", "3.18.4", "3.18"),
        ("alpine", "3.1", None),
        ("rhel", "8.9", "8"),
        ("amzn", "2018.03", "2018"),
        ("opensuse-leap", "15.5", "15.5"),
        ("centos", "77", None),
        ("plan9", "4", None),
    ],
)
def test_an_operating_system_is_found_by_its_facts(os_id: str, version: str, release: str | None) -> None:
    found = os_lifecycle(os_id, version)
    assert (found and found.release) == release
    assert found is None or re.fullmatch(r"20\d\d-\d\d(-\d\d)?", found.until)


@pytest.mark.parametrize(
    ("today", "over"), [("2024-10-01", False), ("2024-10-31", False), ("2024-11-01", True)]
)
def test_a_month_lasts_until_its_last_day(today: str, over: bool) -> None:
    found = python_lifecycle("3.8")
    assert found is not None
    assert found.is_over(today) is over


def test_a_day_lasts_until_its_end() -> None:
    found = os_lifecycle("debian", "10")
    assert found is not None
    assert not found.is_over("2024-06-30")
    assert found.is_over("2024-07-01")
