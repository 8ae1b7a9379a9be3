"""Filters of alternatives: refused is what states otherwise, and for licence and date what states nothing."""

from __future__ import annotations

import pytest

from fakes.about.documents import kind_documents
from topics.documents import Document
from topics.similar.building import build_index
from topics.similar.facts import Filters, PackageFacts, facts_of, months_before


@pytest.mark.parametrize(
    ("pythons", "wanted", "admitted"),
    [
        ((), "3.12", True),
        (("3",), "3.12", True),
        (("2", "2.7"), "3.12", False),
        (("3", "3.8", "3.9"), "3.9", True),
        (("3", "3.8", "3.9"), "3.12", True),
        (("3.10", "3.11"), "3.9", False),
        (("2", "3"), "2.7", True),
    ],
)
def test_versions_of_python(pythons: tuple[str, ...], wanted: str, admitted: bool) -> None:
    assert Filters(python=wanted).admit(PackageFacts(name="one", pythons=pythons)) is admitted


@pytest.mark.parametrize(
    ("stated", "wanted", "admitted"),
    [
        ("MIT", "mit", True),
        ("OSI Approved :: MIT License", "MIT", True),
        ("LGPL-3.0-only", "GPL-3.0-only", False),
        ("GPL-3.0-only", "GPL-3.0", True),
        ("", "MIT", False),
        ("LIMITED", "MIT", False),
    ],
)
def test_licences(stated: str, wanted: str, admitted: bool) -> None:
    assert Filters(license=wanted).admit(PackageFacts(name="one", license=stated)) is admitted


def test_dates_count_from_the_newest_of_the_index() -> None:
    index = build_index(kind_documents())
    since = months_before(index.newest_month, 12)
    found = index.similar(0, 30, Filters(since=since))
    assert found
    assert all(other.month >= since for other in found)
    assert len(index.similar(0, 30)) > len(found)


def test_months_before_cross_years_and_what_is_no_month_gives_none() -> None:
    assert months_before("2026-02", 3) == "2025-11"
    assert months_before("2026-12", 12) == "2025-12"
    assert months_before("soon", 1) == ""


def test_facts_are_cut_and_read_from_classifiers() -> None:
    facts = facts_of(
        Document(
            name="one",
            summary="word " * 100,
            classifiers=(
                "License :: OSI Approved :: MIT License",
                "Programming Language :: Python :: 3.12",
                "Programming Language :: Python :: 3 :: Only",
                "Programming Language :: Python :: Implementation :: CPython",
            ),
        )
    )
    assert len(facts.summary) == 200
    assert facts.license == "OSI Approved :: MIT License"
    assert facts.pythons == ("3.12", "3")
