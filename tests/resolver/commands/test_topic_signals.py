"""What names and topics tell the resolver, as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.images.image_reports import DEBIAN, PYTHON, image_report, saved
from fakes.indexes.core_metadata import core_metadata
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel, wheel_filename

CUDA = {**DEBIAN, **PYTHON, "cuda.runtime": "12.2"}
BUILDS = ("2.1+cpu", "2.1+cu118", "2.1+cu121", "2.1+rocm5.6")
DEEP = "Train deep neural networks on GPUs: deep learning with tensors, layers and automatic differentiation"
WEB = "A web framework for HTTP servers: routing, requests, responses, templates, sessions and cookies"


def add(index: FakeIndex, name: str, version: str, summary: str, uploaded_at: str = "2026-09-01") -> None:
    """A release that says what it is."""
    metadata = core_metadata(name, version) + f"Summary: {summary}\n".encode()
    filename = wheel_filename(name, version, "py3-none-any")
    content = build_wheel(name, version, metadata=metadata)
    index.add_file(name, filename, content, metadata=metadata, uploaded_at=f"{uploaded_at}T00:00:00Z")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    for version in BUILDS:
        add(index, "layered-nets", version, DEEP)
        add(index, "plain-site", version, WEB)
    add(index, "requests", "2.0", "Python HTTP for Humans.")
    add(index, "reqeusts", "2.0", "Mines coins on the idle processors of a cluster")
    add(index, "requets", "2.0", "Python HTTP for Humans.", uploaded_at="2015-01-01")
    with IndexServer(index) as running:
        yield running


def told(report: Any, unit: str) -> list[str]:
    reasons = [reason for pin in report["pins"] for reason in pin["reasons"]]
    return [reason["message"] for reason in (*reasons, *report["remarks"]) if reason["unit"] == unit]


def advised(commands: Commands, *arguments: str) -> Any:
    ran = commands.advise("--format", "json", "--evidence", "none", *arguments)
    assert ran.code == 0, ran.err
    return ran.json


def pins(report: Any) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in report["pins"]}


def test_a_name_beside_a_popular_one_is_warned_of(stackwright: Commands) -> None:
    report = advised(stackwright, "reqeusts", "requests", "requets")
    (warning,) = told(report, "suspect-names")
    assert warning.startswith("reqeusts looks like requests (number ")
    assert "two letters swapped" in warning and "check that it is what you mean" in warning


def test_strict_names_refuse_it_and_say_why(stackwright: Commands) -> None:
    assert advised(stackwright, "requests", "requets", "--strict-names")["status"] == "optimal"
    ran = stackwright.advise("reqeusts", "--strict-names")
    assert ran.code == 1
    assert "is suspected: reqeusts looks like requests" in " ".join((ran.out + ran.err).split())
    stackwright.write("units.toml", '[impostor]\nallowed = ["reqeusts"]\n')
    options = ("--strict-names", "--pipeline", "units.toml")
    assert pins(advised(stackwright, "reqeusts", *options)) == {"reqeusts": "2.0"}
    stackwright.write("units.toml", "[impostor]\nenabled = false\n")
    assert pins(advised(stackwright, "reqeusts", *options)) == {"reqeusts": "2.0"}


def test_an_honest_name_costs_no_request_for_another(stackwright: Commands, server: IndexServer) -> None:
    advised(stackwright, "plain-site", "requests")
    listed = {path for path in server.paths() if path.startswith("/simple/")}
    assert listed == {"/simple/plain-site/", "/simple/requests/"}


def test_a_topic_changes_a_pin_and_its_twin_keeps_it(stackwright: Commands) -> None:
    """The same builds on the same image: only what the packages are about differs."""
    stackwright.write("cuda.json", saved(image_report(facts=CUDA)))
    options = ("--image", "cuda.json")
    deep, web = (advised(stackwright, name, *options) for name in ("layered-nets", "plain-site"))
    assert pins(deep) == {"layered-nets": "2.1+cu121"}
    assert pins(web) == {"plain-site": "2.1+rocm5.6"}
    assert any("this stack is about deep-learning" in message for message in told(deep, "topic-boot"))
    assert any("this stack is about web" in message for message in told(web, "topic-boot"))
    newer = {rejected["version"]: rejected for rejected in deep["pins"][0]["rejected"]}
    assert "2.1+rocm5.6" in newer

    stackwright.write("units.toml", "[topic-step]\nenabled = false\n")
    off = advised(stackwright, "layered-nets", *options, "--pipeline", "units.toml")
    assert pins(off) == {"layered-nets": "2.1+rocm5.6"}
    assert pins(advised(stackwright, "layered-nets", "--platform", "linux")) == {
        "layered-nets": "2.1+rocm5.6"
    }


def test_alternatives_of_what_is_given_up_are_named_where_an_index_was_built(stackwright: Commands) -> None:
    about = "Talks HTTP to servers: a client with sessions, cookies and redirects"
    lines = [
        {"name": name, "summary": about, "month": month}
        for name, month in (("requets", "2015-01"), ("livelier", "2026-09"), ("also-left", "2014-01"))
    ]
    lines.append({"name": "pictures", "summary": "Draws pictures of graphs", "month": "2026-09"})
    stackwright.write("packages.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    before = advised(stackwright, "requets")
    assert told(before, "alternatives") == []
    assert stackwright.main("topics", "similar", "--documents", "packages.jsonl", "-q").code == 0
    after = advised(stackwright, "requets")
    (advice,) = told(after, "alternatives")
    assert advice == ("requets has had no release since 2015-01-01; look at livelier (nothing was replaced)")
    assert pins(after) == pins(before)
    for path in stackwright.home.rglob("similar-index/*.npz"):
        path.write_bytes(b"damaged")
    ran = stackwright.advise("requets", "--format", "json", "--evidence", "none")
    assert (ran.code, told(ran.json, "alternatives")) == (0, [])
    assert "similar packages" in ran.err


def test_a_second_run_takes_topics_from_the_store(stackwright: Commands) -> None:
    first = told(advised(stackwright, "layered-nets"), "topic-boot")
    assert first
    second = stackwright.run("advise", "layered-nets", "--format", "json", "--offline", "--evidence", "none")
    assert told(second.json, "topic-boot") == first
