"""A small project to be scanned, and the command that scans it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fakes.commands import Commands, Ran

APP = "import numpy as np\nfrom flask import Flask\n\napp = Flask(__name__)\nnp.array([1], dtype=int)\n"
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]},
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": ["import pandas as pd\n", "pd.read_csv('x')"],
            },
        ],
    }
)


def shop(commands: Commands) -> Commands:
    """A project that declares one of the two things it imports, and tests that import a third."""
    commands.write("shop/app.py", APP)
    commands.write("shop/requirements.txt", "flask\n")
    commands.write("shop/tests/test_app.py", "import pytest\n\npytest.raises(ValueError)\n")
    return commands


def scan(commands: Commands, *arguments: str | Path, **environ: str) -> Ran:
    """The command, which succeeds."""
    ran = commands.main("scan", *arguments, stdin=b"", **environ)
    assert ran.code == 0, ran.err
    return ran


def report(commands: Commands, *arguments: str | Path, **environ: str) -> Any:
    """What the command says as JSON."""
    return scan(commands, *arguments, "--format", "json", **environ).json


def paths(told: Any) -> list[str]:
    """Of the files of a report."""
    return [file["path"] for file in told["files"]]


def ids(told: Any) -> list[tuple[str, str]]:
    """Id and subject of each finding of a report."""
    return [(finding["id"], finding["subject"]) for finding in told["findings"]]
