"""Tables that a module spells out: lists of names and mappings from one to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEPTH = 12
_LIMIT = 50_000
_COPIES = frozenset({"list", "tuple", "set", "frozenset", "sorted", "dict"})


class Names(NamedTuple):
    """A collection of strings as far as it is spelled out.

    Attributes:
        modules: texts of the modules whose ``__all__`` is part of it.
        is_complete: there is nothing else in it.
    """

    names: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    is_complete: bool = True

    def __or__(self, other: Names) -> Names:
        return Names(
            (*self.names, *other.names),
            (*self.modules, *other.modules),
            self.is_complete and other.is_complete,
        )


_NOTHING_KNOWN = Names(is_complete=False)


def string(node: SgNode) -> str | None:
    """The text of a plain string literal; None for anything else."""
    if node.kind() == "concatenated_string":
        parts = [string(child) for child in node.named_children() if child.kind() == "string"]
        return None if None in parts else "".join(part or "" for part in parts)
    if node.kind() != "string":
        return None
    content = [child for child in node.children() if child.kind() not in ("string_start", "string_end")]
    if any(child.kind() != "string_content" or child.children() for child in content):
        return None
    return "".join(child.text() for child in content)


class Tables:
    """The module-level names that stand for collections which are spelled out."""

    def __init__(self) -> None:
        self._nodes: dict[str, SgNode | None] = {}
        self._additions: dict[str, list[tuple[str | None, SgNode]]] = {}

    def bind(self, name: str, node: SgNode, *, is_conditional: bool = False) -> None:
        """Note what a name is assigned; a second value makes it unknown, except that a condition adds one."""
        if name not in self._nodes:
            self._nodes[name] = node
        elif is_conditional:
            self._additions.setdefault(name, []).append((None, node))
        else:
            self._nodes[name] = None

    def add(self, name: str, key: str | None, node: SgNode) -> None:
        """Note what is added to a collection: under a key of a mapping, or all that `node` holds."""
        self._additions.setdefault(name, []).append((key, node))

    def add_item(self, subscript: SgNode, value: SgNode) -> None:
        """``table["key"] = value``."""
        table, key = subscript.field("value"), subscript.field("subscript")
        if table is not None and key is not None and table.kind() == "identifier":
            text = string(key)
            if text is not None:
                self.add(table.text(), text, value)

    def bound(self, name: str) -> SgNode | None:
        """What a name is assigned, if that is all that it ever holds."""
        return None if name in self._additions else self._nodes.get(name)

    def names(self, node: SgNode, depth: int = 0) -> Names:
        """The strings of a list, tuple or set, or the keys of a dict, and of what is made of such."""
        if depth > _DEPTH:
            return _NOTHING_KNOWN
        match node.kind():
            case "list" | "tuple" | "set" | "parenthesized_expression" | "expression_list":
                return self._items(node, depth)
            case "dictionary":
                return self._keys(node, depth)
            case "string":
                return Names() if string(node) is not None else _NOTHING_KNOWN
            case "binary_operator":
                left, right, sign = node.field("left"), node.field("right"), node.field("operator")
                if left is None or right is None or sign is None or sign.text() not in ("+", "|"):
                    return _NOTHING_KNOWN
                return self.names(left, depth + 1) | self.names(right, depth + 1)
            case "attribute":
                subject, attribute = node.field("object"), node.field("attribute")
                if subject is not None and attribute is not None and attribute.text() == "__all__":
                    return Names(modules=(subject.text(),))
                return _NOTHING_KNOWN
            case "identifier":
                return self._named(node.text(), depth)
            case "call":
                return self._called(node, depth)
            case _:
                return _NOTHING_KNOWN

    def _named(self, name: str, depth: int) -> Names:
        node = self._nodes.get(name)
        if node is None:
            return _NOTHING_KNOWN
        found = self.names(node, depth + 1)
        for key, added in self._additions.get(name, ()):
            found |= Names((key,)) if key is not None else self.names(added, depth + 1)
        return found

    def _items(self, node: SgNode, depth: int) -> Names:
        collected: list[str] = []
        found = Names()
        for child in _children(node):
            if (text := string(child)) is not None:
                collected.append(text)
            elif child.kind() == "list_splat" and child.named_children():
                found |= self.names(child.named_children()[0], depth + 1)
            elif node.kind() == "parenthesized_expression":
                found |= self.names(child, depth + 1)
            else:
                found |= _named_thing(child)
        return Names(tuple(collected)) | found

    def _keys(self, node: SgNode, depth: int) -> Names:
        collected: list[str] = []
        found = Names()
        for child in _children(node):
            key = child.field("key") if child.kind() == "pair" else None
            text = string(key) if key else None
            if text is not None:
                collected.append(text)
            elif child.kind() == "dictionary_splat" and child.named_children():
                found |= self.names(child.named_children()[0], depth + 1)
            else:
                found |= _NOTHING_KNOWN
        return Names(tuple(collected)) | found

    def _called(self, node: SgNode, depth: int) -> Names:
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            return _NOTHING_KNOWN
        given = arguments.named_children()
        if function.text() in _COPIES:
            if not given:
                return Names()
            return self.names(given[0], depth + 1) if len(given) == 1 else _NOTHING_KNOWN
        subject, method = function.field("object"), function.field("attribute")
        if subject is None or method is None:
            return _NOTHING_KNOWN
        match method.text():
            case "keys" | "copy" if not given:
                return self.names(subject, depth + 1)
            case "union":
                found = self.names(subject, depth + 1)
                for argument in given:
                    found |= self.names(argument, depth + 1)
                return found
            case "split" if not given and (text := string(subject)) is not None:
                return Names(tuple(text.split()))
            case _:
                return _NOTHING_KNOWN

    def pairs(self, node: SgNode, depth: int = 0) -> Iterator[tuple[str, SgNode]]:
        """The entries of a mapping whose keys are plain strings, a key once for each value added to it."""
        if depth > _DEPTH:
            return
        if node.kind() == "identifier":
            bound = self._nodes.get(node.text())
            if bound is not None:
                yield from self.pairs(bound, depth + 1)
            for key, added in self._additions.get(node.text(), ()):
                if key is not None:
                    yield key, added
                else:
                    yield from self.pairs(added, depth + 1)
        elif node.kind() == "dictionary":
            for pair in _children(node):
                key_node, value = pair.field("key"), pair.field("value")
                if key_node is not None and value is not None and (text := string(key_node)) is not None:
                    yield text, value


def _children(node: SgNode) -> Iterator[SgNode]:
    for child in node.named_children()[:_LIMIT]:
        if child.kind() != "comment":
            yield child


def _named_thing(node: SgNode) -> Names:
    """``Thing.__name__`` as an item says ``Thing``."""
    subject, attribute = node.field("object"), node.field("attribute")
    if subject is not None and attribute is not None and attribute.text() == "__name__":
        return Names((subject.text(),)) if subject.kind() == "identifier" else _NOTHING_KNOWN
    return _NOTHING_KNOWN
