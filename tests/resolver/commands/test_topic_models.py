"""Similar packages and topics by the command: built, kept, updated, drawn, and refused in two lines."""

from __future__ import annotations

import pytest

from fakes.about.documents import json_lines, kind_documents
from fakes.commands import Commands


def test_similar_builds_an_index_keeps_it_and_answers_with_reasons(stackwright: Commands) -> None:
    stackwright.write("packages.jsonl", json_lines(kind_documents()) + "no json\n")
    built = stackwright.main("topics", "similar", "http-0", "--documents", "packages.jsonl", "-n", "3")
    assert built.code == 0
    assert "120 packages indexed" in built.out
    assert "packages.jsonl:121" in built.err
    ran = stackwright.main("topics", "similar", "HTTP_0", "-n", "3", "--format", "json")
    [package] = ran.json["packages"]
    assert (ran.json["indexed"], package["name"]) == (120, "http-0")
    assert len(package["similar"]) == 3
    for other in package["similar"]:
        assert other["name"].startswith("http-")
        assert other["shares"]
        assert f"  {other['name']} " in built.out
    mine = stackwright.main("topics", "similar", "http-0", "--license", "MIT", "--format", "json", "-n", "50")
    assert {other["license"] for other in mine.json["packages"][0]["similar"]} == {"MIT"}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["similar", "http-0"], 2, "has no index"),
        (["similar"], 2, "no package is named"),
        (["similar", "nothing", "--documents", "packages.jsonl"], 2, "no package nothing"),
        (["similar", "x", "--documents", "missing.jsonl"], 2, "missing.jsonl"),
        (["similar", "x", "-n", "0"], 2, "no number from 1 to 1000"),
        (["show"], 2, "has no topic model"),
        (["show", "--documents", "empty.jsonl"], 2, "no word is in at least"),
        (["update", "packages.jsonl"], 2, "has no topic model"),
        (["plot", "pictures"], 2, "has no topic model"),
        (["similar", "x", "--index-folder", "."], 3, "manifest.json"),
        (["show", "--model", "."], 3, "manifest.json"),
    ],
)
def test_mistakes_are_told_in_two_lines(
    stackwright: Commands, arguments: list[str], code: int, told: str
) -> None:
    stackwright.write("packages.jsonl", json_lines(kind_documents(8)))
    stackwright.write("empty.jsonl", "")
    ran = stackwright.main("topics", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert len(ran.err.splitlines()) <= 2


@pytest.mark.slow
def test_topics_are_learnt_kept_updated_and_drawn(stackwright: Commands) -> None:
    stackwright.write("packages.jsonl", json_lines(kind_documents()))
    stackwright.write("more.jsonl", json_lines(kind_documents(60, seed=8)))
    learnt = stackwright.main("topics", "show", "--documents", "packages.jsonl", "--topics", "4")
    assert (learnt.code, learnt.err) == (0, "")
    shown = stackwright.main("topics", "show")
    assert shown.out == learnt.out
    updated = stackwright.main("topics", "update", "more.jsonl", "--format", "json").json
    assert updated["documents"] == 180
    assert len(updated["drift"]["shifts"]) == 4
    drawn = stackwright.main("topics", "plot", "pictures", "--documents", "packages.jsonl", "--image", "png")
    assert drawn.code == 0
    assert drawn.out.split()[:3] == ["pictures/topics.html", "pictures/topics.png", "pictures/packages.png"]
    for path in drawn.out.split():
        assert stackwright.path(path).stat().st_size > 1_000
    assert "120 of 120 packages are drawn" in stackwright.path("pictures/topics.html").read_text()
