"""What a function takes and a call gives, in syntax trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def parameters(function: SgNode) -> Iterator[str]:
    """The names of the parameters of a function definition, in order, without their stars."""
    head = function.field("parameters")
    for child in head.named_children() if head is not None else ():
        if child.kind() == "identifier":
            yield child.text()
        elif child.kind() in ("typed_parameter", "default_parameter", "typed_default_parameter"):
            name = child.field("name") or child.named_children()[0]
            yield name.text().lstrip("*")


def arguments(call: SgNode) -> list[SgNode]:
    """The arguments of a call, in order, without comments."""
    given = call.field("arguments")
    return [child for child in given.named_children() if child.kind() != "comment"] if given else []
