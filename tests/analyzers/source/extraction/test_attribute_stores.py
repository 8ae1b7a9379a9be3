"""What sets an attribute of a module does not need it there."""

from __future__ import annotations

import pytest

from analyzers.source.records import UseKind
from fakes.sources.scans import uses


def _kinds(code: str) -> list[tuple[str, UseKind]]:
    return [(use.symbol, use.kind) for use in uses(f"import click\n{code}\n") if use.symbol != "click"]


@pytest.mark.parametrize(
    "code",
    ["click.x = 1", "click.x: int = 1", "other = click.x = 1", "click.x, other = 1, 2", "click . x = 1"],
)
def test_an_attribute_that_is_set(code: str) -> None:
    assert _kinds(code) == [("click.x", UseKind.STORE)]


@pytest.mark.parametrize(
    "code",
    [
        *("click.x += 1", "y = click.x", "click.x == 1", "del click.x", "f(click=click.x)", "click.x[0] = 1"),
        *("y[click.x] = 1", "f'{click.x=}'", "def f(a=click.x): pass", "click.x: int"),
    ],
)
def test_an_attribute_that_is_read(code: str) -> None:
    assert _kinds(code) == [("click.x", UseKind.ATTRIBUTE)]
