"""Surfaces of modules written in a test, for one target."""

from __future__ import annotations

from textwrap import dedent

from analyzers.api.conditions import Target
from analyzers.api.export import exported
from analyzers.api.surface import ModuleSurface, Symbol

LINUX = Target(python=(3, 11), platform="linux")


def surface_of(text: str, target: Target = LINUX, *, is_stub: bool = False) -> ModuleSurface:
    """The surface of an indented text."""
    return exported(dedent(text), target, is_stub=is_stub)


def only(surface: ModuleSurface, name: str) -> Symbol:
    """The one symbol of a name."""
    (symbol,) = surface.symbols[name]
    return symbol
