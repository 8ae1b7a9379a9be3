"""Real releases: what code uses changes pins of ``advise --source``, and a modern twin does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from fakes.commands import Commands

pytestmark = pytest.mark.index

OLD = """\
import numpy as np
from flask import Flask, escape

app = Flask(__name__)


@app.route("/total")
def total() -> str:
    return escape(np.product([6, 7]))
"""
NEW = OLD.replace(
    "from flask import Flask, escape", "from flask import Flask\nfrom markupsafe import escape"
).replace("np.product", "np.prod")


def pins(tmp_path: Path, code: str) -> dict[str, Any]:
    commands = Commands(tmp_path)
    commands.write("src/app.py", code)
    commands.write("src/requirements.txt", "flask\nnumpy\nmarkupsafe\n")
    target = ("--python-version", "3.11", "--platform", "linux_x86_64")
    ran = commands.advise("--source", "src", "--format", "json", "-q", *target)
    assert ran.code == 0, ran.err
    return {pin["name"]: pin for pin in ran.json["pins"]}


def messages(pin: dict[str, Any]) -> list[str]:
    """Why releases were given up for the sake of the code; others need a newer Python, for example."""
    reasons = [rejection["reason"] for rejection in pin.get("rejected", [])]
    return [reason["message"] for reason in reasons if reason["unit"] == "api-demand"]


def test_what_newer_releases_lack_keeps_older_ones(tmp_path: Path) -> None:
    found = pins(tmp_path, OLD)
    assert Version(found["numpy"]["version"]) < Version("2")
    assert Version(found["flask"]["version"]) < Version("3")
    message = messages(found["numpy"])[0]
    assert "lacks what app.py:9:22 uses" in message and "numpy.product" in message
    message = messages(found["flask"])[0]
    assert "lacks what app.py:9:12 uses" in message and "flask.escape" in message


def test_the_modern_twin_gets_the_newest(tmp_path: Path) -> None:
    found = pins(tmp_path, NEW)
    assert Version(found["numpy"]["version"]) >= Version("2")
    assert Version(found["flask"]["version"]) >= Version("3")
    assert [messages(found[name]) for name in ("numpy", "flask", "markupsafe")] == [[], [], []]
