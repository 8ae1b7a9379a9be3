"""`Flow`: how a statement ends, and which code runs a kind of statement."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable
from typing import Any, TypeAlias

from analyzers.importing.frames import Frame


class Flow(enum.Enum):
    """How a statement ends."""

    NEXT = "next"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    ENDED = "ended"
    """It raises, but whether it runs at all is not certain."""


Handlers: TypeAlias = dict[type[ast.stmt], Callable[[Any, Frame], Flow]]
"""Runs a statement of a type in a frame."""
