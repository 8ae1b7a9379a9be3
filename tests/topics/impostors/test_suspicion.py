from __future__ import annotations

from datetime import date

import pytest

from topics.documents import Document
from topics.impostors.kinship import Kinship, kinship, likeness
from topics.impostors.nearness import Near
from topics.impostors.slips import Slip
from topics.impostors.suspicion import Standing, suspicion
from topics.vectors import TopicVector

REQUESTS = Document(name="requests", summary="Python HTTP for Humans.")
GRAPHS = Document(name="networkx", summary="Create, manipulate and study complex graphs and networks")


def of(summary: str, name: str = "reqeusts") -> Document:
    return Document(name=name, summary=summary)


def vector(**labels: float) -> TopicVector:
    return TopicVector(name="x", probabilities=labels)


@pytest.mark.parametrize(
    ("document", "other", "expected"),
    [
        (None, REQUESTS, Kinship.SILENT),
        (of(""), REQUESTS, Kinship.SILENT),
        (of("A package"), REQUESTS, Kinship.SILENT),
        (of("python http for humans"), REQUESTS, Kinship.COPIED),
        (of("reqeusts mines coins on idle processors"), REQUESTS, Kinship.NAMED),
        (of("Mines coins on idle processors of a cluster"), None, Kinship.UNCOMPARED),
        (of("Mines coins on idle processors of a cluster"), GRAPHS, Kinship.FOREIGN),
        (of("Algorithms on complex networks and graphs in Rust", "netwrokx"), GRAPHS, Kinship.AKIN),
    ],
)
def test_kinship_by_words(document: Document | None, other: Document | None, expected: Kinship) -> None:
    assert kinship(document, other) is expected


def test_topics_decide_where_both_have_some() -> None:
    mines = of("Mines coins on idle processors of a cluster")
    alike = (vector(finance=0.9), vector(finance=0.8, web=0.1))
    assert kinship(mines, GRAPHS, *alike) is Kinship.AKIN
    assert kinship(mines, GRAPHS, vector(finance=0.9), vector(web=0.9)) is Kinship.FOREIGN
    silent = TopicVector(name="x", abstained=True)
    assert kinship(mines, GRAPHS, vector(finance=0.9), silent) is Kinship.FOREIGN


def test_likeness_of_nothing_is_nothing() -> None:
    assert likeness({}, {"web": 1.0}) == 0.0
    assert likeness({"web": 0.5}, {"web": 0.9}) == pytest.approx(1.0)


def test_spelling_with_other_hyphens_is_no_name_of_its_own() -> None:
    dateutil = Document(name="python-dateutil", summary="Extensions to the standard datetime module")
    own = of("pythondateutil steals passwords from every browser", "pythondateutil")
    assert kinship(own, dateutil) is Kinship.FOREIGN


@pytest.mark.parametrize(
    ("slip", "held"),
    [
        (Slip.SWAPPED, {Kinship.SILENT, Kinship.COPIED, Kinship.UNCOMPARED, Kinship.FOREIGN}),
        (Slip.SUBSTITUTED, {Kinship.SILENT, Kinship.COPIED, Kinship.UNCOMPARED}),
        (Slip.AFFIX, {Kinship.SILENT, Kinship.COPIED}),
        (Slip.DISTANT, {Kinship.COPIED}),
    ],
)
def test_what_is_held_against_a_slip(slip: Slip, held: set[Kinship]) -> None:
    near = Near(popular="requests", rank=6, slip=slip)
    assert {kind for kind in Kinship if suspicion("x", near, kind)} == held


def test_a_long_name_is_seldom_one_letter_apart_by_chance() -> None:
    near = Near(popular="sqlalchemy", rank=90, slip=Slip.INSERTED)
    found = suspicion("sqlalchemyy", near, Kinship.FOREIGN)
    assert found is not None
    assert "sqlalchemyy looks like sqlalchemy (number 90 by downloads)" in found.message


@pytest.mark.parametrize(
    ("first", "releases", "settled"),
    [
        ("2026-10-01T00:00:00Z", 50, False),
        ("2024-01-01T00:00:00Z", 2, False),
        ("2024-01-01T00:00:00Z", 5, True),
        ("2020-01-01", 1, True),
        (None, 99, False),
        ("no day", 99, False),
    ],
)
def test_impostors_do_not_get_old(first: str | None, releases: int, settled: bool) -> None:
    standing = Standing(first=first, releases=releases)
    assert standing.is_settled(date(2026, 11, 22)) is settled
    assert not standing.is_settled(None)
