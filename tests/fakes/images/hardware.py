"""Projects that rules for hardware are about, machines they run on, and a rule of one's own."""

from __future__ import annotations

import random
from typing import Any

from fakes.commands import Commands, Ran
from fakes.images.image_reports import DEBIAN, PYTHON, image_report, saved
from fakes.indexes.index import FakeIndex
from images.facts.environment import FactValue

LINUX_WHEEL = "cp311-cp311-manylinux_2_17_x86_64"


def hardware_index() -> FakeIndex:
    """Builds for processors and for graphics, and what brings them."""
    index = FakeIndex()
    for version in ("2.20.0", "2.21.0"):
        index.add("tensorflow", version, tags=[LINUX_WHEEL], requires=["numpy"])
        index.add("tensorflow-cpu", version, tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("tensorflow", "2.22.0", tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("tensorflow-cpu", "2.22.0", tags=["cp311-cp311-macosx_12_0_arm64"], requires=["numpy"])
    index.add("numpy", "2.3.5", tags=[LINUX_WHEEL])
    index.add("numpy", "2.4.6", tags=[LINUX_WHEEL])
    index.add("model", "1.0", requires=["tensorflow>=2.20"])
    for name in ("onnxruntime", "onnxruntime-gpu"):
        index.add(name, "1.31.1", tags=[LINUX_WHEEL])
    for name in ("opencv-python", "opencv-python-headless"):
        index.add(name, "4.12.0.88", tags=[LINUX_WHEEL], requires=["numpy"])
    index.add("psycopg2", "2.9.11", wheel=False, sdist=True)
    index.add("psycopg2-binary", "2.9.11", tags=[LINUX_WHEEL])
    index.add("jax", "0.12.0", extras={"cuda12": ["jax-cuda12-plugin"], "cuda13": ["jax-cuda13-plugin"]})
    index.add("jax-cuda12-plugin", "0.12.0", tags=[LINUX_WHEEL])
    index.add("jax-cuda13-plugin", "0.12.0")
    index.add("native", "1.0", tags=["cp311-cp311-win_amd64"], sdist=True)
    index.add("native", "0.9", tags=[LINUX_WHEEL])
    index.add("nvidia-cublas-cu12", "12.9.1")
    index.add("built-only", "1.0", wheel=False, sdist=True)
    index.add("lib", "1.0", requires=["nvidia-cublas-cu12"])
    index.add("small-cpu", "1.0")
    for version, tools in (("1.0", ["tool", "gauge"]), ("1.1", ["tool<2", "gauge<2"])):
        index.add("framework", version)
        index.add("framework-cpu", version, requires=tools)
        for name in ("tool", "gauge"):
            index.add(name, version.replace("1.1", "2.0"))
    noise = random.Random(1).randbytes(3_000_000)
    index.add("big-gpu", "1.0", contents={"big.bin": noise})
    return index


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


OWN = """\
rules:
  - name: {name}
    match: {match}
    do: {do}
    because: it is the rule of the house
    link: https://peps.python.org/pep-0508/
    checked: 2026-01-31
    examples:
      - {{fires: true, project: {project}, version: "2.4.6"}}
      - {{fires: false, project: other}}
"""


def own(commands: Commands, match: str, do: str, *, name: str = "house", project: str = "numpy") -> str:
    commands.write("house/rules.yaml", OWN.format(name=name, match=match, do=do, project=project))
    return "house"
