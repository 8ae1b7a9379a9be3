"""Inside functions: what they return, and what they set on the object that they are a method of."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.expressions import Place, instances, values

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT_RETURNS = 12


class Body(NamedTuple):
    """What a function's own statements say, without those of functions within it.

    Attributes:
        returns: what it returns; of a generator, what it yields.
        attributes: what is set on its first parameter, with the line and what it may be.
    """

    returns: tuple[str, ...] = ()
    is_generator: bool = False
    attributes: tuple[tuple[str, int, tuple[str, ...]], ...] = ()


class Bodies:
    """Finds the interesting statements of all functions of a file in one search, when first asked."""

    def __init__(self, root: SgNode) -> None:
        self._root = root
        self._starts: list[int] | None = None
        self._nodes: list[tuple[int, int, SgNode]] = []
        self._errors = 0

    def has_errors(self) -> bool:
        """Whether the parser did not understand all of the file."""
        if self._starts is None:
            return self._root.find(kind="ERROR") is not None
        return self._errors > 0

    def read(
        self,
        function: SgNode,
        place: Place,
        parameters: Callable[[], Mapping[str, tuple[str, ...]]],
        *,
        wants_returns: bool,
    ) -> Body:
        """What a function says.

        Args:
            function: its definition.
            place: where its body stands.
            parameters: what its parameters may be; asked for only if the body says something.
            wants_returns: no annotation tells what it returns.
        """
        returned: list[SgNode] = []
        locals_: dict[str, list[SgNode]] = {}
        targets: list[tuple[SgNode, SgNode | None]] = []
        is_generator = False
        for kind, node in self._own(function):
            if kind == "assignment":
                left = node.field("left")
                if left is None:
                    continue
                match left.kind():
                    case "identifier" if wants_returns:
                        locals_.setdefault(left.text(), []).append(node)
                    case "attribute" if place.receiver:
                        targets.append((left, node))
                    case "pattern_list" | "tuple_pattern" if place.receiver:
                        targets += [(child, None) for child in left.named_children()]
                    case _:
                        pass
            elif wants_returns:
                is_generator = is_generator or kind == "yield"
                returned.append(node)
        if not returned and not targets:
            return Body()
        place = place._replace(values=parameters())
        attributes = [found for target in targets for found in _attribute(*target, place)]
        wanted = "yield" if is_generator else "return_statement"
        chosen = [node for node in returned if node.kind() == wanted] if wants_returns else []
        return Body(_returns(chosen, locals_, place), is_generator, tuple(attributes))

    def _own(self, function: SgNode) -> Iterator[tuple[str, SgNode]]:
        starts = self._index()
        within = function.range()
        first = bisect.bisect_right(starts, within.start.index)
        last = bisect.bisect_left(starts, within.end.index)
        skip_to = 0
        for start, end, node in self._nodes[first:last]:
            if start < skip_to:
                continue
            kind = node.kind()
            if kind == "function_definition":
                skip_to = end
            else:
                yield kind, node

    def _index(self) -> list[int]:
        if self._starts is None:
            for node in self._root.find_all(
                any=[
                    {"kind": "return_statement"},
                    {"kind": "yield"},
                    {"kind": "assignment"},
                    {"kind": "function_definition"},
                    {"kind": "ERROR"},
                ]
            ):
                if node.kind() == "ERROR":
                    self._errors += 1
                    continue
                place = node.range()
                self._nodes.append((place.start.index, place.end.index, node))
            self._nodes.sort(key=lambda found: found[0])
            self._starts = [start for start, _, _ in self._nodes]
        return self._starts


def _attribute(
    target: SgNode, assignment: SgNode | None, place: Place
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    subject, name = target.field("object"), target.field("attribute")
    if subject is None or name is None or subject.text() != place.receiver:
        return
    found: tuple[str, ...] = ()
    if assignment is not None:
        annotation, right = assignment.field("type"), assignment.field("right")
        if annotation is not None:
            found = instances(annotation, place)
        elif right is not None:
            found = values(right, place)
    yield name.text(), target.range().start.line + 1, found


def _returns(nodes: list[SgNode], locals_: dict[str, list[SgNode]], place: Place) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for node in nodes[:_LIMIT_RETURNS]:
        given = node.named_children()
        if len(given) != 1:
            continue
        if given[0].kind() == "identifier" and given[0].text() in locals_:
            for assignment in locals_[given[0].text()][-2:]:
                annotation, right = assignment.field("type"), assignment.field("right")
                if annotation is not None:
                    found |= dict.fromkeys(instances(annotation, place))
                elif right is not None:
                    found |= dict.fromkeys(values(right, place))
        else:
            found |= dict.fromkeys(values(given[0], place))
    return tuple(found)
