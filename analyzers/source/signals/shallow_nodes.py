"""A guard against trees that are nested beyond reason, made to cost time or grown by a generator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEEPEST = 500
_EACH = 16
_MOST_DEEP_SAMPLES = 10


def shallow(nodes: Iterable[SgNode]) -> Iterator[SgNode]:
    """The nodes without those that lie deep.

    A node's parent is found from the root down, so asking each of many deep nodes for it takes the square of
    their number. Depth is sampled: some deep nodes pass, and some shallow ones beside deep ones do not.
    """
    deep, is_deep = 0, False
    for number, node in enumerate(nodes):
        if number % _EACH == 0:
            is_deep = len(node.ancestors()) > _DEEPEST
            deep += is_deep
            if deep > _MOST_DEEP_SAMPLES:
                return
        if not is_deep:
            yield node
