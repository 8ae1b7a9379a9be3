"""What the source says of a definition, word for word but for layout: kept to be shown and compared.

`stated` takes a kept signature apart again; that is done for the few that are looked at.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.signatures import parameters
from analyzers.api.surface import Parameter

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LONGEST = 240
_LONGEST_SIGNATURE = 6_000
_READ = 1 << 16


class StatedParameter(NamedTuple):
    """A parameter with the texts of its annotation and its default."""

    parameter: Parameter
    annotation: str | None
    default: str | None


class Stated(NamedTuple):
    """A signature taken apart."""

    parameters: tuple[StatedParameter, ...]
    returns: str | None


def spelled(node: SgNode | None) -> str:
    """The text of an expression on one line; what is long is cut and ends in a checksum of the whole."""
    return "" if node is None else _on_one_line(_text(node), _LONGEST)


def spelled_signature(head: SgNode | None, annotation: SgNode | None) -> str:
    """``(a, b=1) -> int`` on one line."""
    given = "()" if head is None else _text(head)
    if annotation is not None:
        given = f"{given} -> {_text(annotation)}"
    return _on_one_line(given, _LONGEST_SIGNATURE)


def _text(node: SgNode) -> str:
    """The text without comments."""
    text = node.text()
    if "#" in text and len(text) < _READ:
        for comment in node.find_all(kind="comment"):
            text = text.replace(comment.text(), "", 1)
    return text


def _on_one_line(text: str, longest: int) -> str:
    if len(text) <= longest and "\n" not in text and "  " not in text:
        return text
    told = " ".join(text[:_READ].split())
    told = told.replace("( ", "(").replace(", )", ")").replace(",)", ")").replace(" )", ")")
    if len(told) <= longest and len(text) <= _READ:
        return told
    return f"{told[: longest - 10]}…{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def stated(signature: str) -> Stated:
    """A kept signature as it was written; without parameters where it was too long to be kept whole."""
    from ast_grep_py import SgRoot

    function = SgRoot(f"def f{signature}: ...", "python").root().find(kind="function_definition")
    head = function.field("parameters") if function else None
    if function is None or head is None:
        return Stated((), None)
    found = []
    nodes = [node for node in head.named_children() if node.kind() not in _SEPARATORS]
    for parameter, node in zip(parameters(head), nodes, strict=False):
        annotation, default = node.field("type"), node.field("value")
        found.append(
            StatedParameter(
                parameter, annotation.text() if annotation else None, default.text() if default else None
            )
        )
    returned = function.field("return_type")
    return Stated(tuple(found), returned.text() if returned else None)


_SEPARATORS = frozenset({"keyword_separator", "positional_separator", "comment"})
