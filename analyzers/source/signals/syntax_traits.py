"""Which nodes of a tree may be a trait of the syntax that not every Python has, and which trait they are.

Nodes of rare kinds are all looked at. Those of common kinds cost more than a search in the text, so they are
looked for only where the text may have what makes them new or old; such a pattern begins with a literal
character, for those run at the speed of memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import Rule, SgNode

AMBIGUOUS_EXCEPT = "except-comma?"
"""``except A, b:``, which other traits of the file must decide."""


def names(node: SgNode, found: Collection[str]) -> Iterator[str]:
    """The features of `syntax.MINIMUM` that a node shows; those found before may be left out."""
    kind = node.kind()
    if kind in _ALWAYS:
        yield _ALWAYS[kind]
    elif kind == "interpolation":
        yield from _interpolation(node, found)
    elif kind in _NAMED:
        yield from _NAMED[kind](node)


def _interpolation(node: SgNode, found: Collection[str]) -> Iterator[str]:
    text = node.text()
    is_plain = not any(sign in text for sign in "\"'\\#\n=")
    if is_plain and {"f-string", "template-string"} <= set(found):
        return
    string = node.parent()
    start = None if string is None else string.child(0)
    prefix = start.text() if start is not None and start.kind() == "string_start" else ""
    if "t" in prefix.lower():
        yield "template-string"
        return
    yield "f-string"
    if is_plain:
        return
    children = node.children()
    if any(child.kind() == "=" for child in children):
        yield "f-string-self-documenting"
    # To what reads an f-string as one token the quote ends it, whatever braces are open.
    quotes = prefix.lstrip("fFrR")
    if quotes and quotes in text:
        yield "f-string-nested-quote"
    if any("\\" in child.text() for child in children if child.kind() != "format_specifier"):
        yield "f-string-backslash"
    if any(child.kind() == "comment" for child in children) or (len(quotes) == 1 and "\n" in text):
        yield "f-string-several-lines"


def _list_splat(node: SgNode) -> Iterator[str]:
    parent = node.parent()
    kind = "" if parent is None else parent.kind()
    if kind == "subscript":
        yield "unpacking-in-subscript"
    elif kind in ("list_comprehension", "set_comprehension", "generator_expression"):
        yield "unpacking-in-comprehension"
    elif kind == "expression_list" and parent is not None:
        statement = parent.parent()
        above = "" if statement is None else statement.kind()
        if above in ("return_statement", "yield"):
            yield "unpacking-in-return"
        elif above == "for_statement":
            yield "unpacking-in-for"


def _splat_type(node: SgNode) -> Iterator[str]:
    above: list[str] = []
    parent = node.parent()
    while parent is not None and len(above) < 3:
        above.append(parent.kind())
        parent = parent.parent()
    if not node.text().startswith("**"):
        if above[:2] == ["type", "typed_parameter"]:
            yield "unpacking-in-annotation"
        elif above == ["type", "type_parameter", "generic_type"]:
            yield "unpacking-in-subscript"


def _tuple_pattern(node: SgNode) -> Iterator[str]:
    parent = node.parent()
    if parent is not None and parent.kind() in ("parameters", "lambda_parameters", "default_parameter"):
        yield "tuple-parameter"


def _type_alias(node: SgNode) -> Iterator[str]:
    yield "type-alias-statement"
    name = node.child(1)
    if name is not None:
        yield from _type_default(name)


def _type_parameter(node: SgNode) -> Iterator[str]:
    parent = node.parent()
    if parent is not None and parent.kind() in ("function_definition", "class_definition"):
        yield "type-parameter"
        yield from _type_default(node)


def _type_default(node: SgNode) -> Iterator[str]:
    # The grammar does not know defaults: their sign stands in an error.
    errors = node.find_all(kind="ERROR")
    if any(child.kind() == "=" for error in errors for child in error.children()):
        yield "type-parameter-default"


def _except(node: SgNode) -> Iterator[str]:
    children = node.children()
    kinds = [child.kind() for child in children]
    head = kinds[: kinds.index(":")] if ":" in kinds else []
    if "*" in head:
        yield "except-star"
    if "," not in head:
        return
    classes = [child for child in children[1 : len(head)] if child.kind() not in (",", "*", "comment")]
    binds = len(classes) == 2 and "*" not in head and classes[1].kind() == "identifier"
    if binds and classes[1].text()[0].islower():
        yield AMBIGUOUS_EXCEPT
    elif binds and classes[0].kind() == "tuple":
        yield "except-comma"
    else:
        yield "except-without-parentheses"


def _with(node: SgNode) -> Iterator[str]:
    children = node.children()
    if children and children[0].kind() == "(":
        yield "parenthesised-with"
    for item in children:
        inner = item.child(0) if item.kind() == "with_item" else None
        if inner is not None and inner.kind() == "parenthesized_expression":
            yield from ("parenthesised-with" for child in inner.children() if child.kind() == "as_pattern")


def _decorator(node: SgNode) -> Iterator[str]:
    """Before 3.9: a dotted name that may be called once."""
    expression = node.child(1)
    if expression is not None and expression.kind() == "call":
        expression = expression.field("function")
    while expression is not None and expression.kind() == "attribute":
        expression = expression.field("object")
    if expression is not None and expression.kind() not in ("identifier", "comment", "ERROR"):
        yield "relaxed-decorator"


def _error(node: SgNode) -> Iterator[str]:
    after = node.next()
    if after is not None and after.kind() == "block":
        after = after.child(0)
    if node.text() == "lazy" and after is not None and after.kind().startswith("import_"):
        yield "lazy-import"


def _raise(node: SgNode) -> Iterator[str]:
    raised = node.child(1)
    if raised is not None and raised.kind() == "expression_list":
        yield "raise-comma"


def _comparison(node: SgNode) -> Iterator[str]:
    if any(child.kind() == "<>" for child in node.children()):
        yield "diamond-operator"


def _number(node: SgNode) -> Iterator[str]:
    digits = node.text().lower()
    if "_" in digits:
        yield "underscore-in-number"
    if node.kind() != "integer":
        return
    if digits.endswith("l"):
        yield "long-integer"
    digits = digits.rstrip("lj")
    if digits.startswith("0") and digits.isdigit() and digits.strip("0"):
        yield "old-octal"


def _string_start(node: SgNode) -> Iterator[str]:
    prefix = node.text().lower()
    if prefix.startswith("ur"):
        yield "old-string-prefix"
    elif prefix.startswith("`"):
        yield "backticks"


_ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "named_expression": "walrus",
        "positional_separator": "positional-only-parameter",
        "match_statement": "match-statement",
        "print_statement": "print-statement",
        "exec_statement": "exec-statement",
    }
)
_NAMED: Mapping[str, Callable[[SgNode], Iterator[str]]] = MappingProxyType(
    {
        "list_splat": _list_splat,
        "splat_type": _splat_type,
        "tuple_pattern": _tuple_pattern,
        "type_alias_statement": _type_alias,
        "type_parameter": _type_parameter,
        "except_clause": _except,
        "with_clause": _with,
        "decorator": _decorator,
        "ERROR": _error,
        "raise_statement": _raise,
        "comparison_operator": _comparison,
        "integer": _number,
        "float": _number,
        "string_start": _string_start,
    }
)
KINDS = (
    *_ALWAYS,
    *("interpolation", "list_splat", "splat_type", "tuple_pattern", "type_alias_statement"),
)
"""Kinds of nodes that are rare enough to look at each."""


def hinted(text: str) -> Iterator[Rule]:
    """Rules for kinds that are common, where the text makes them worth while."""
    yield from (rule for search, rule in _HINTED if search(text))
    if not any(sign in text for sign in _SIGNS_OF_3):
        yield from (rule for search, rule in _HINTED_OF_2 if search(text))


_Hints = tuple[tuple[Callable[[str], object], "Rule"], ...]


def _search(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).search


_HINTED: _Hints = (
    (_search(r"def[ \t]+\w+\s*\["), {"kind": "type_parameter"}),
    (_search(r"class[ \t]+\w+\s*\["), {"kind": "type_parameter"}),
    (_search(r"except(?:[ \t]*\*|[^:\n#(]{0,300},|[ \t]*\([^)]{0,300}\)[ \t]*,)"), {"kind": "except_clause"}),
    (_search(r"with[ \t]*\("), {"kind": "with_clause"}),
    (
        _search(r"@(?<!\w@)(?:[ \t]*\(|[\w. \t]{0,99}[^\w.(\s]|[\w. \t]{1,99}\([^\n]{0,300}\)[ \t]*[.(\[])"),
        {"kind": "decorator"},
    ),
    (_search(r"lazy[ \t]+(?:from|import)\b"), {"kind": "ERROR"}),
    (_search(r"0[xX][\da-fA-F]*_"), {"kind": "integer", "regex": "_"}),
    (_search(r"_(?<=\d_)\d"), {"any": [{"kind": "integer", "regex": "_"}, {"kind": "float", "regex": "_"}]}),
)
# They stand early where they stand at all, and with them nothing is left to ask.
_SIGNS_OF_3 = (") -> ", ' f"', '(f"', " f'", "(f'", "nonlocal ", "async def ")
_HINTED_OF_2: _Hints = (
    (_search(r"raise[ \t]+[^#\n]{0,300},"), {"kind": "raise_statement"}),
    (_search("<>"), {"kind": "comparison_operator"}),
    (_search(r"0(?<=[^\w.]0)0*[1-7][0-7]*[lL]?\b(?![.-])"), {"kind": "integer", "regex": "^0[0-7]*[1-7]"}),
    (_search(r"L(?<=[\da-fA-F]L)\b"), {"kind": "integer", "regex": "L$"}),
    (_search(r"`(?:(?<=[=%+] `)|(?<=\w[(=+%]`))[^`\n]+`"), {"kind": "string_start", "regex": "^`"}),
    (_search(r"u[rR][\"'](?<=\bu..)"), {"kind": "string_start", "regex": "^u[rR]"}),
)
