"""An index with two web frameworks and what they need, and the command's advice from it."""

from __future__ import annotations

import re

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex


def web_index() -> FakeIndex:
    """The index."""
    index = FakeIndex()
    index.add("flask", "2.0", requires=["werkzeug<3"])
    index.add("flask", "3.0", requires=["werkzeug>=3", "click"], extras={"async": ["asgiref"]})
    for version in ("2.0", "3.0", "3.1"):
        index.add("werkzeug", version, sdist=True)
    for name in ("asgiref", "click", "django", "pytest", "ruff"):
        index.add(name, "1.0")
        index.add(name, "2.0")
    index.add("quart", "1.0", requires=["werkzeug>=3"])
    return index


def pins(ran: Ran) -> list[str]:
    """The pins on standard output."""
    assert ran.code == 0, ran.err
    return re.findall(r"^[^ #].*", ran.out, re.MULTILINE)


def advised(stackwright: Commands, *arguments: str) -> list[str]:
    """The pins of an advice that has nothing to remark."""
    ran = stackwright.advise(*arguments, "--format", "requirements", "--no-hashes")
    assert ran.err == ""
    return pins(ran)
