"""Texts that are computed from what a file spells out: in loops and comprehensions over its tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from analyzers.api.literals import Names, Tables, string

if TYPE_CHECKING:
    from ast_grep_py import SgNode

Value: TypeAlias = "str | int | tuple[Value, ...] | None"
"""A text, a number, what can be taken apart; None for what is not known."""
Row: TypeAlias = Mapping[str, Value]
"""What the variables of loops are, in one round."""

_DEPTH = 12
_LIMIT_ROWS = 5_000
_LIMIT_TEXT = 400
_SAME_ITEMS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "dict"})
_PLAIN_METHODS = frozenset({"upper", "lower", "title", "capitalize", "strip", "swapcase"})
_CHANGING_METHODS = frozenset({"replace", "removeprefix", "removesuffix", "lstrip", "rstrip"})
_LOOPS = frozenset({"for_statement", "for_in_clause"})
_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension"}
)


def texts(
    key: SgNode, place: SgNode, tables: Tables, local: Collection[str] | None = None
) -> tuple[str, ...] | None:
    """What a key is in all rounds of the loops around `place`; None where one is not known.

    Args:
        key: an expression.
        place: where it stands.
        tables: what names of the module hold.
        local: the names of the function that it stands in; None for statements of the module alone.
    """
    loops: list[SgNode] = []
    for ancestor in place.ancestors():
        if ancestor.kind() in ("function_definition", "class_definition", "lambda"):
            if local is None:
                return None
            break
        if ancestor.kind() == "for_statement":
            loops.insert(0, ancestor)
    spelled = _Spelled(tables, local or ())
    rows = spelled.rows(loops)
    return None if rows is None else _all_texts(key, rows, spelled)


def names_of(node: SgNode, tables: Tables, depth: int = 0) -> Names:
    """As `Tables.names`, and of comprehensions over what is spelled out."""
    if depth == 0 and node.find(any=[{"kind": kind} for kind in sorted(_COMPREHENSIONS)]) is None:
        return tables.names(node)
    if node.kind() in _COMPREHENSIONS:
        found = _comprehended(node, tables)
        return Names(is_complete=False) if found is None else Names(found)
    left, right, sign = node.field("left"), node.field("right"), node.field("operator")
    is_sum = node.kind() == "binary_operator" and sign is not None and sign.text() in ("+", "|")
    if is_sum and left and right and depth < _DEPTH:
        return names_of(left, tables, depth + 1) | names_of(right, tables, depth + 1)
    given = _arguments(node) if node.kind() == "call" else []
    function = node.field("function")
    if function is not None and function.text() in _SAME_ITEMS and len(given) == 1 and depth < _DEPTH:
        return names_of(given[0], tables, depth + 1)
    return tables.names(node)


def _comprehended(node: SgNode, tables: Tables) -> tuple[str, ...] | None:
    body = node.field("body")
    clauses = [child for child in node.named_children() if child.kind() == "for_in_clause"]
    if body is None or any(child.kind() == "if_clause" for child in node.named_children()):
        return None
    spelled = _Spelled(tables)
    rows = spelled.rows(clauses)
    key = body.field("key") if body.kind() == "pair" else body
    if rows is None or key is None:
        return None
    if node.kind() == "generator_expression" and key.kind() == "tuple" and key.named_children():
        key = key.named_children()[0]
    return _all_texts(key, rows, spelled)


def _all_texts(key: SgNode, rows: Sequence[Row], spelled: _Spelled) -> tuple[str, ...] | None:
    found: dict[str, None] = {}
    for row in rows:
        value = spelled.value(key, row)
        if not isinstance(value, str):
            return None
        found[value] = None
    return tuple(found)


class _Spelled:
    """Values as far as they are spelled out."""

    def __init__(self, tables: Tables, hidden: Collection[str] = ()) -> None:
        self._tables, self._hidden = tables, hidden

    def _bound(self, name: str) -> SgNode | None:
        return None if name in self._hidden else self._tables.bound(name)

    def rows(self, loops: Sequence[SgNode]) -> list[Row] | None:
        """Every round of loops within each other; None where one goes over something unknown."""
        rows: list[Row] = [{}]
        for loop in loops:
            left, right = loop.field("left"), loop.field("right")
            if loop.kind() not in _LOOPS or left is None or right is None:
                return None
            following: list[Row] = []
            for row in rows:
                items = self._items(right, row)
                if items is None or len(following) + len(items) > _LIMIT_ROWS:
                    return None
                following += [{**row, **dict(_bound(left, item))} for item in items]
            rows = following
        return rows

    def _items(self, node: SgNode, row: Row, depth: int = 0) -> list[Value] | None:
        if depth > _DEPTH:
            return None
        match node.kind():
            case "list" | "tuple" | "set" | "expression_list":
                children = _children(node)
                if len(children) > _LIMIT_ROWS or any(child.kind() == "list_splat" for child in children):
                    return None
                return [self.value(child, row, depth + 1) for child in children]
            case "parenthesized_expression":
                return self._items(_children(node)[0], row, depth + 1) if _children(node) else None
            case "dictionary":
                pairs = self._pairs(node, row, depth + 1)
                return None if pairs is None else [key for key, _ in pairs]
            case "identifier":
                if node.text() in row:
                    value = row[node.text()]
                    return list(value) if isinstance(value, str | tuple) else None
                bound = self._bound(node.text())
                if bound is not None:
                    return self._items(bound, row, depth + 1)
                names = (
                    self._tables.names(node) if node.text() not in self._hidden else Names(is_complete=False)
                )
                return list(names.names) if names.is_complete and not names.modules else None
            case "string":
                text = string(node)
                return None if text is None else list(text)
            case "call":
                return self._called(node, row, depth + 1)
            case _:
                return None

    def _pairs(self, node: SgNode, row: Row, depth: int) -> list[tuple[Value, Value]] | None:
        if node.kind() == "identifier" and depth <= _DEPTH:
            bound = self._bound(node.text())
            return self._pairs(bound, row, depth + 1) if bound is not None else None
        if node.kind() != "dictionary":
            return None
        found: list[tuple[Value, Value]] = []
        for pair in _children(node)[:_LIMIT_ROWS]:
            key, value = pair.field("key"), pair.field("value")
            if pair.kind() != "pair" or key is None or value is None:
                return None
            found.append((self.value(key, row, depth + 1), self.value(value, row, depth + 1)))
        return found

    def _called(self, node: SgNode, row: Row, depth: int) -> list[Value] | None:
        function, given = node.field("function"), _arguments(node)
        if function is None:
            return None
        name = function.text()
        if name in _SAME_ITEMS and len(given) == 1:
            return self._items(given[0], row, depth)
        if name == "enumerate" and len(given) == 1:
            items = self._items(given[0], row, depth)
            return None if items is None else list(enumerate(items))
        if name == "zip" and given:
            columns = [self._items(each, row, depth) for each in given]
            known = [column for column in columns if column is not None]
            return list(zip(*known, strict=False)) if len(known) == len(columns) else None
        if name == "range":
            bounds = [self.value(each, row, depth) for each in given]
            numbers = [each for each in bounds if isinstance(each, int)]
            if len(numbers) != len(bounds) or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
                return None
            found = range(*numbers)
            return list(found) if len(found) <= _LIMIT_ROWS else None
        subject, method = function.field("object"), function.field("attribute")
        if subject is None or method is None:
            return None
        if method.text() == "split" and not given:
            text = self.value(subject, row, depth)
            return list(text.split()) if isinstance(text, str) else None
        if method.text() in ("items", "keys", "values") and not given:
            pairs = self._pairs(subject, row, depth)
            if pairs is None:
                return None
            side = {"keys": 0, "values": 1}.get(method.text())
            return list(pairs) if side is None else [pair[side] for pair in pairs]
        return None

    def value(self, node: SgNode, row: Row, depth: int = 0) -> Value:
        """What an expression is in one round."""
        if depth > _DEPTH:
            return None
        match node.kind():
            case "string" | "concatenated_string":
                text = string(node)
                return self._formatted(node, row, depth) if text is None else text
            case "integer":
                text = node.text()
                return int(text) if text.isdecimal() and len(text) < 10 else None
            case "identifier":
                if node.text() in row:
                    return row[node.text()]
                bound = self._bound(node.text())
                return self.value(bound, row, depth + 1) if bound is not None else None
            case "tuple" | "list":
                return tuple(self.value(child, row, depth + 1) for child in _children(node)[:_LIMIT_ROWS])
            case "parenthesized_expression":
                inner = _children(node)
                return self.value(inner[0], row, depth + 1) if len(inner) == 1 else None
            case "subscript":
                return self._part(node, row, depth)
            case "binary_operator":
                return self._joined(node, row, depth)
            case "call":
                return self._made(node, row, depth)
            case _:
                return None

    def _part(self, node: SgNode, row: Row, depth: int) -> Value:
        subject, index = node.field("value"), node.field("subscript")
        if subject is None or index is None:
            return None
        whole, at = self.value(subject, row, depth + 1), self.value(index, row, depth + 1)
        if isinstance(whole, str | tuple) and isinstance(at, int) and at < len(whole):
            return whole[at]
        return None

    def _joined(self, node: SgNode, row: Row, depth: int) -> Value:
        left, right, sign = node.field("left"), node.field("right"), node.field("operator")
        if left is None or right is None or sign is None:
            return None
        first, second = self.value(left, row, depth + 1), self.value(right, row, depth + 1)
        if sign.text() == "+" and isinstance(first, str) and isinstance(second, str):
            return _short(first + second)
        if sign.text() == "%" and isinstance(first, str) and second is not None:
            given = second if isinstance(second, tuple) else (second,)
            if all(isinstance(each, str | int) for each in given):
                return filled(first, "%s", tuple(str(each) for each in given))
        return None

    def _made(self, node: SgNode, row: Row, depth: int) -> Value:
        function = node.field("function")
        given = [self.value(each, row, depth + 1) for each in _arguments(node)]
        if function is None:
            return None
        if function.text() == "str" and len(given) == 1 and isinstance(given[0], str | int):
            return str(given[0])
        subject, method = function.field("object"), function.field("attribute")
        text = self.value(subject, row, depth + 1) if subject is not None else None
        if not isinstance(text, str) or method is None:
            return None
        plain = [each for each in given if isinstance(each, str)]
        if method.text() == "format" and all(isinstance(each, str | int) for each in given):
            return filled(text, "{}", tuple(str(each) for each in given))
        if len(plain) != len(given):
            return None
        if method.text() in _PLAIN_METHODS and not given:
            return str(getattr(text, method.text())())
        wanted = 2 if method.text() == "replace" else 1
        if method.text() in _CHANGING_METHODS and len(given) == wanted:
            return _short(str(getattr(text, method.text())(*plain)))
        return None

    def _formatted(self, node: SgNode, row: Row, depth: int) -> Value:
        """An f-string."""
        found = ""
        for part in formatted_parts(node):
            value = part if isinstance(part, str) else self.value(part, row, depth + 1) if part else None
            if not isinstance(value, str | int):
                return None
            found += str(value)
        return _short(found)


def formatted_parts(node: SgNode) -> Iterator[SgNode | str | None]:
    """Of an f-string its texts and its expressions in their order; None for what is not plain."""
    if node.kind() == "concatenated_string":
        for child in node.named_children():
            yield from formatted_parts(child)
        return
    if node.kind() != "string":
        yield None
        return
    for child in node.children():
        match child.kind():
            case "string_start" | "string_end":
                pass
            case "string_content" if not child.children():
                yield child.text()
            case "interpolation" if len(child.named_children()) == 1:
                yield child.named_children()[0]
            case _:
                yield None


def filled(text: str, gap: str, given: Sequence[str]) -> str | None:
    """A template with its plain gaps filled; None for any other template, and for what grows too long."""
    parts = text.split(gap)
    special = "{}" if gap == "{}" else "%"
    if len(parts) != len(given) + 1 or any(letter in part for part in parts for letter in special):
        return None
    return _short("".join(part + value for part, value in zip(parts, (*given, ""), strict=True)))


def _short(text: str) -> str | None:
    return text if len(text) <= _LIMIT_TEXT else None


def _bound(left: SgNode, item: Value) -> Iterator[tuple[str, Value]]:
    """What a target of a loop binds."""
    if left.kind() == "identifier":
        yield left.text(), item
    elif left.kind() in ("pattern_list", "tuple_pattern", "list_pattern"):
        parts = _children(left)
        values = item if isinstance(item, tuple) and len(item) == len(parts) else (None,) * len(parts)
        for part, value in zip(parts, values, strict=True):
            yield from _bound(part, value)


def _children(node: SgNode) -> list[SgNode]:
    return [child for child in node.named_children() if child.kind() != "comment"]


def _arguments(call: SgNode) -> list[SgNode]:
    arguments = call.field("arguments")
    if arguments is None:
        return []
    return [arguments] if arguments.kind() == "generator_expression" else _children(arguments)
