"""``stackwright topics``: from names, files and standard input to labels, reports and models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.indexes.archives import zip_of
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from topics.models.store import ARRAYS

LINES = b"""\
{"name": "shapes", "summary": "Read and write shapefiles, rasters and geojson: geospatial maps for GIS"}
{"name": "nothing", "summary": ""}
no object
{"name": "lintel", "summary": "A fast linter and formatter that checks pep8 style, plugin of flake8"}
"""
METADATA = b"""Metadata-Version: 2.1
Name: shopfront
Version: 1.0
Summary: A Django app with admin views, forms and templates for web sites
Classifier: Framework :: Django

A reusable Django application for web sites.
"""


def packages(out: str) -> dict[str, list[str]]:
    found = json.loads(out)["packages"]
    return {package["name"]: [each["label"] for each in package["labels"]] for package in found}


@pytest.mark.parametrize("extra", [[], ["--small"]], ids=["default", "small"])
def test_lines_of_a_file_are_classified_and_bad_ones_told(stackwright: Commands, extra: list[str]) -> None:
    stackwright.write("packages.jsonl", LINES)
    arguments = ["packages.jsonl", "--format", "json", "--certainty", "0.3", *extra]
    ran = stackwright.main("topics", "classify", *arguments)
    assert ran.code == 0
    assert packages(ran.out) == {"shapes": ["geospatial"], "nothing": [], "lintel": ["code-quality"]}
    assert [package["abstained"] for package in ran.json["packages"]] == [False, True, False]
    assert [unknown["where"] for unknown in ran.json["unknowns"]] == ["packages.jsonl:3"]
    assert set(ran.json["packages"][0]) == {"name", "labels", "abstained"}
    assert set(ran.json["packages"][0]["labels"][0]) == {"label", "probability"}


def test_standard_input_and_text(stackwright: Commands) -> None:
    ran = stackwright.main("topics", "classify", "-", "--certainty", "0.3", stdin=LINES)
    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["shapes", "geospatial"],
        ["nothing", "abstained"],
        ["lintel", "code-quality"],
    ]
    assert "standard input:3: is no JSON" in ran.err


def test_strict_demands_an_answer(stackwright: Commands) -> None:
    stackwright.write("packages.jsonl", LINES)
    assert stackwright.main("topics", "classify", "packages.jsonl", "--strict").code == 1


def test_names_are_read_from_the_newest_wheel_and_kept(stackwright: Commands) -> None:
    index = FakeIndex()
    index.add("shopfront", "0.9")
    members = {"shopfront.py": b"", "shopfront-1.0.dist-info/METADATA": METADATA}
    index.add_file("shopfront", "shopfront-1.0-py3-none-any.whl", zip_of(members))
    index.add("shopfront", "2.0b1")
    with IndexServer(index) as server:
        arguments = ["Shopfront", "absent-one", "--format", "json", "--certainty", "0.3"]
        ran = stackwright.main("topics", "classify", *arguments, PIP_INDEX_URL=server.url)
        assert packages(ran.out) == {"shopfront": ["web"]}
        assert [(each["where"], each["reason"]) for each in ran.json["unknowns"]] == [
            ("absent-one", "no index has it")
        ]
        again = stackwright.main("topics", "classify", "shopfront", "--offline", PIP_INDEX_URL=server.url)
    assert again.out.startswith("shopfront  ")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["classify", "no.jsonl"], 2, "no.jsonl: No such file"),
        (["classify", "a.jsonl", "--model", "none"], 3, "model none: manifest.json: No such file"),
        (["classify", "a.jsonl", "--certainty", "2"], 2, "no number from 0 to 1"),
        (["train", "a.jsonl", "-o", "made"], 2, "fewer than two labels have 10 documents"),
        (["evaluate", "a.jsonl"], 2, "fewer than two labels have 10 documents"),
        (["classify"], 2, "required"),
        ([], 2, "required"),
    ],
)
def test_mistakes_are_told_in_two_lines(
    stackwright: Commands, arguments: list[str], code: int, told: str
) -> None:
    stackwright.write("a.jsonl", LINES)
    ran = stackwright.main("topics", *arguments)
    assert ran.code == code
    assert told in ran.err
    assert len(ran.err.splitlines()) <= 3  # a line that was no document is told beside it
    assert ran.out == ""


@pytest.fixture
def labelled(stackwright: Commands) -> Path:
    """Documents about two subjects; the first fold has some of each."""
    subjects = {"maps": "terrain atlas river", "music": "melody guitar song"}
    lines = [
        {"name": f"{label}-{number}", "summary": f"{words} of {number}", "labels": [label]}
        for label, words in subjects.items()
        for number in range(30)
    ]
    return stackwright.write("labelled.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def test_a_model_of_your_own_is_trained_used_measured_and_refused_when_damaged(
    stackwright: Commands, labelled: Path
) -> None:
    pytest.importorskip("scipy")
    trained = stackwright.main("topics", "train", labelled, "-o", "mine")
    assert trained.code == 0
    assert trained.out.startswith("Wrote mine: 2 labels from 60 documents")

    stackwright.write("a.jsonl", '{"name": "q", "summary": "an atlas of every river and its terrain"}\n')
    ran = stackwright.main("topics", "classify", "a.jsonl", "--model", "mine", "--format", "json")
    assert packages(ran.out) == {"q": ["maps"]}

    measured = stackwright.main("topics", "evaluate", labelled, "--model", "mine", "--format", "json")
    assert measured.json["how"] == "model"
    assert measured.json["scores"]["micro_f1"]["value"] == 1
    held = stackwright.main("topics", "evaluate", labelled, "--fields", "brief", "--format", "json").json
    assert held["how"] == "validation"
    assert held["fields"] == ["name", "summary"]
    assert held["scores"]["micro_f1"]["low"] <= held["scores"]["micro_f1"]["value"]

    arrays = stackwright.path("mine") / ARRAYS
    arrays.write_bytes(arrays.read_bytes()[:-1])
    refused = stackwright.main("topics", "classify", "a.jsonl", "--model", "mine")
    assert refused.code == 3
    assert "arrays.npz has other content than its manifest says" in refused.err
    assert len(refused.err.splitlines()) == 2
