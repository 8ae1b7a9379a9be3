"""A call as the rules see it: what is called, by its name through the imports of the file, and with what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from analyzers.source.signals.constants import value

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LITERALS = frozenset(
    ["string", "concatenated_string", "integer", "float", "true", "false", "none", "unary_operator"]
)


class Imported(NamedTuple):
    """One name that an import statement brings in, and what it is bound to."""

    module: str
    name: str | None
    bound: str

    @property
    def dotted(self) -> str:
        """What it is, without the dots of a relative import."""
        return self.module if self.name is None else f"{self.module}.{self.name}".lstrip(".")


class Call(NamedTuple):
    """One call.

    Attributes:
        symbol: dotted, through the imports; begins with a dot where the value in front is no name.
        positional: arguments by place, up to the first ``*``.
        keywords: arguments by name.
    """

    node: SgNode
    symbol: str
    positional: tuple[SgNode, ...]
    keywords: Mapping[str, SgNode]

    @property
    def name(self) -> str:
        """The last part of the symbol."""
        return self.symbol.rpartition(".")[2]

    @property
    def root(self) -> str:
        """The first part of the symbol."""
        return self.symbol.partition(".")[0]

    def argument(self, position: int | None, keyword: str) -> SgNode | None:
        """The argument of a keyword, or else at a position."""
        if keyword in self.keywords:
            return self.keywords[keyword]
        is_there = position is not None and position < len(self.positional)
        return self.positional[position] if is_there and position is not None else None


def imports(node: SgNode) -> Iterator[Imported]:
    """What an import statement brings in."""
    source = node.field("module_name")
    module = "" if source is None else source.text().replace(" ", "")
    for name in node.field_children("name"):
        text, bound = name.text(), ""
        if name.kind() == "aliased_import":
            what, alias = name.field("name"), name.field("alias")
            text, bound = "" if what is None else what.text(), "" if alias is None else alias.text()
        if source is None:
            yield Imported(text, None, bound or text.partition(".")[0])
        else:
            yield Imported(module, text, bound or text)


def aliases(imported: Iterable[Imported]) -> Mapping[str, str]:
    """Name in the file to dotted name, where they differ."""
    return {
        each.bound: each.dotted
        for each in imported
        if each.name or each.bound != each.module.partition(".")[0]
    }


def called(node: SgNode, names: Mapping[str, str]) -> Call:
    """The view on a node of the kind ``call``."""
    function = node.field("function")
    positional: list[SgNode] = []
    keywords: dict[str, SgNode] = {}
    arguments = node.field("arguments")
    for argument in [] if arguments is None else arguments.children():
        kind = argument.kind()
        if kind == "keyword_argument":
            name, value = argument.field("name"), argument.field("value")
            if name is not None and value is not None:
                keywords[name.text()] = value
        elif argument.is_named() and kind not in ("comment", "dictionary_splat", "list_splat"):
            positional.append(argument)
    return Call(node, symbol(function, names), tuple(positional), keywords)


def symbol(node: SgNode | None, names: Mapping[str, str]) -> str:
    """The dotted name of a chain of attributes; it begins with a dot where its root is no name."""
    if node is None:
        return ""
    if node.kind() == "identifier":
        return names.get(node.text(), node.text())
    if node.kind() != "attribute":
        return ""
    parts = node.text().split(".")
    if all(part.isidentifier() for part in parts):
        return ".".join([names.get(parts[0], parts[0]), *parts[1:]])
    last = node.field("attribute")
    return "" if last is None else f".{last.text()}"


def literal(node: SgNode | None) -> object:
    """The value of a constant; None for what is none. Nothing is run."""
    if node is None or node.kind() not in _LITERALS:
        return None
    return value(node.text())


def line_of(node: SgNode) -> int:
    """Where a node begins, counted from 1."""
    return node.range().start.line + 1
