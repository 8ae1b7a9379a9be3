"""Every dependency has its sentence, and every sentence its dependency."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CORE, EXTRAS, TESTS = re.findall(
    r"^\|.*?\|\n\|[-|]+\|\n((?:\|.*\n)+)", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE
)


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]


def names(cell: str) -> set[str]:
    return {str(canonicalize_name(name)) for name in cell.split(", ")}


def stated(requirements: list[str]) -> set[str]:
    return {str(canonicalize_name(Requirement(text).name)) for text in requirements} - {"stackwright"}


def test_every_dependency_has_its_sentence_and_no_other() -> None:
    assert set().union(*(names(row[0]) for row in rows(CORE))) == stated(PROJECT["dependencies"])


def test_every_dependency_of_tests_has_its_sentence_and_no_other() -> None:
    assert set().union(*(names(row[0]) for row in rows(TESTS))) == stated(
        PROJECT["optional-dependencies"]["test"]
    )


@pytest.mark.parametrize("extra", sorted(PROJECT["optional-dependencies"].keys() - {"all", "test"}))
def test_every_dependency_of_an_extra_has_its_sentence_and_no_other(extra: str) -> None:
    told = [names(row[1]) for row in rows(EXTRAS) if f"`{extra}`" in row[0]]
    assert set().union(*told) == stated(PROJECT["optional-dependencies"][extra])


def test_what_is_named_as_its_place_is_there() -> None:
    places = [
        place for table in (CORE, EXTRAS, TESTS) for row in rows(table) for place in row[-1].split(", ")
    ]
    assert len(places) > 40
    for place in places:
        assert place.rstrip(" |") == "everywhere" or (ROOT / place.strip("` |")).exists(), place
