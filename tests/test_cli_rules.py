"""Rules as the command applies, checks, tests and explains them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands, Ran
from fakes.image_reports import DEBIAN, PYTHON, image_report, saved
from fakes.index import FakeIndex
from fakes.server import IndexServer
from images.environment import FactValue

LINUX_WHEEL = "cp311-cp311-manylinux_2_17_x86_64"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    for version in ("2.20.0", "2.21.0"):
        index.add("tensorflow", version, tags=[LINUX_WHEEL], requires=["numpy"])
        index.add("tensorflow-cpu", version, tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("tensorflow", "2.22.0", tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("tensorflow-cpu", "2.22.0", tags=["cp311-cp311-macosx_12_0_arm64"], requires=["numpy"])
    index.add("numpy", "2.4.6")
    index.add("model", "1.0", requires=["tensorflow>=2.20"])
    with IndexServer(index) as running:
        yield running


def machine(commands: Commands, **facts: FactValue) -> str:
    """The name of a report of an image with these facts, ``_`` for ``.``."""
    more = {name.replace("_", "."): value for name, value in facts.items()}
    commands.write("machine.json", saved(image_report(facts={**DEBIAN, **PYTHON, **more})))
    return "machine.json"


def pins(ran: Ran) -> dict[str, str]:
    assert ran.code == 0, ran.err
    return {pin["name"]: pin["version"] for pin in ran.json["pins"]}


def said(ran: Ran, unit: str) -> list[Any]:
    """What a unit says in an advice."""
    reasons = [reason for pin in ran.json["pins"] for reason in pin["reasons"]] + ran.json["remarks"]
    return [reason for reason in reasons if reason["unit"] == unit]


@pytest.mark.parametrize(
    ("asked", "gpu", "expected"),
    [
        ("tensorflow", "none", {"tensorflow-cpu": "2.21.0"}),
        ("tensorflow<2.21", "none", {"tensorflow-cpu": "2.20.0"}),
        ("tensorflow==2.20.0", "none", {"tensorflow-cpu": "2.20.0"}),
        ("model", "none", {"model": "1.0", "tensorflow-cpu": "2.21.0"}),
        ("tensorflow==2.22.0", "none", {"tensorflow": "2.22.0"}),
        ("tensorflow", "nvidia", {"tensorflow": "2.22.0"}),
    ],
)
def test_a_project_is_replaced_where_the_target_has_no_use_for_it(
    stackwright: Commands, asked: str, gpu: str, expected: dict[str, str]
) -> None:
    ran = stackwright.advise(asked, "--image", machine(stackwright, gpu_vendor=gpu), "--format", "json")
    assert pins(ran) == {**expected, "numpy": "2.4.6"}
