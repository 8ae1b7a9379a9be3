"""Rules about literals: passwords, addresses, directories, SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analyzers.source.security.call_rules import Verdict
from analyzers.source.security.calls import line_of, literal
from analyzers.source.security.rules import LOW, MEDIUM

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_SECRET = re.compile(r"(?:^|_)(?:pas+wo?r?d|pass(?:phrase)?|pwd|token|secrete?)(?:_|$)", re.IGNORECASE)
# How a statement begins and what must follow; one pattern for both could take the square of the time.
_SQL = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(follows, re.IGNORECASE))
    for start, follows in (
        (r"select\s", r"\sfrom\s"),
        (r"delete\s+from\s", ""),
        (r"insert\s+into\s", r"values[\s(]"),
        (r"update\s", r"\sset\s"),
    )
)
_SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")
_MOST_OPERATORS = 20
_CONSTANTS = frozenset(["string", "concatenated_string", "integer", "float", "true", "false", "none"])


# What a string must hold, in lower case, to be worth a look at what is around it.
_WORTH: tuple[str, ...] = (
    *("0.0.0.0", "/tmp", "/dev/shm", "select", "insert", "delete", "update"),
    *("pass", "pasw", "pwd", "token", "secret"),
)
# With more strings than these it is faster to ask first which of the words the text has at all.
_MANY = 64


def worth_a_look(strings: Sequence[SgNode], text: str) -> list[SgNode]:
    """Those of the strings of a text that `of_string` may have something to say of."""
    words = _WORTH
    if len(strings) > _MANY:
        lowered = text.lower()
        words = tuple(word for word in _WORTH if word in lowered)
    found: list[SgNode] = []
    for node in strings:
        held = node.text().lower()
        for word in words:
            if word in held:
                found.append(node)
                break
    return found


def of_string(node: SgNode) -> Iterator[Verdict]:
    """What the rules say of a node of the kind ``string``, of those that are `worth_a_look`."""
    unit, parent = _unit(node)
    if parent is None or parent.kind() in ("expression_statement", "module", "block"):
        return  # documentation
    segments = _segments(unit)
    if not any(_is_bytes(part) for part in _parts(unit)):
        line = line_of(unit)
        if "0.0.0.0" in segments:
            yield Verdict("B104", line=line)
        if any(segment.startswith(_SHARED_FOLDERS) for segment in segments):
            yield Verdict("B108", line=line)
        if len(segments) == 1:
            yield from (Verdict("B105", line=line) for _ in _key(unit, parent))
        yield from _sql(unit, parent, segments)


def of_assignment(node: SgNode) -> Iterator[Verdict]:
    """A string bound to a name like that of a secret."""
    if _names_secret(node.field("left")) and node.field("type") is None:
        value = _bare(node.field("right"))
        for _ in range(_MOST_OPERATORS):
            if value is None or value.kind() != "assignment":
                break
            value = _bare(value.field("right"))
        if value is not None and isinstance(literal(value), str):
            yield Verdict("B105", line=line_of(value))


def of_comparison(node: SgNode) -> Iterator[Verdict]:
    """A string compared with what has a name like that of a secret."""
    value = node.child(2)
    if value is not None and _names_secret(node.child(0)) and isinstance(literal(value), str):
        yield Verdict("B105", line=line_of(value))


def of_keyword(node: SgNode) -> Iterator[Verdict]:
    """A string passed as an argument with a name like that of a secret."""
    name = node.field("name")
    if name is None or not _SECRET.search(name.text()):
        return
    value = _bare(node.field("value"))
    if value is not None and isinstance(literal(value), str):
        yield Verdict("B106", line=line_of(value))


def of_definition(node: SgNode) -> Iterator[Verdict]:
    """A function of which a parameter has a secret as its default."""
    parameters = node.field("parameters")
    for parameter in [] if parameters is None else parameters.children():
        kind = parameter.kind()
        if kind in ("keyword_separator", "list_splat_pattern"):
            return
        if kind in ("default_parameter", "typed_default_parameter"):
            name, value = parameter.field("name"), parameter.field("value")
            if name is not None and _SECRET.search(name.text()) and isinstance(literal(value), str):
                yield Verdict("B107")
                return


def _parts(unit: SgNode) -> list[SgNode]:
    return unit.children() if unit.kind() == "concatenated_string" else [unit]


def _is_bytes(string: SgNode) -> bool:
    start = string.child(0)
    return start is not None and "b" in start.text().lower()


def _unit(node: SgNode) -> tuple[SgNode, SgNode | None]:
    """The whole string of which a node may be a part, and what holds it, parentheses aside."""
    unit, parent = node, node.parent()
    if parent is not None and parent.kind() == "concatenated_string":
        unit, parent = parent, parent.parent()
    while parent is not None and parent.kind() == "parenthesized_expression":
        parent = parent.parent()
    return unit, parent


def _segments(unit: SgNode) -> list[str]:
    """The text between the braces of an f-string, and all text of another string."""
    segments = [""]
    for part in _parts(unit):
        for child in part.children():
            if child.kind() == "string_content":
                segments[-1] += child.text()
            elif child.kind() == "interpolation":
                segments.append("")
    return segments


def _key(unit: SgNode, parent: SgNode) -> Iterator[None]:
    """A string that is a key like the name of a secret, under which a constant is stored."""
    if not _SECRET.search(_segments(unit)[0]):
        return
    if parent.kind() == "pair":
        value = _bare(parent.field("value"))
        if parent.field("key") == unit and value is not None and value.kind() in _CONSTANTS:
            yield None
    elif parent.kind() == "subscript":
        above = parent.parent()
        if above is not None and above.kind() == "assignment" and above.field("left") == parent:
            yield from (None for _ in [1] if isinstance(literal(above.field("right")), str))


def _names_secret(node: SgNode | None) -> bool:
    if node is not None and node.kind() == "attribute":
        node = node.field("attribute")
    return node is not None and node.kind() == "identifier" and bool(_SECRET.search(node.text()))


def _bare(node: SgNode | None) -> SgNode | None:
    """What stands in parentheses."""
    while node is not None and node.kind() == "parenthesized_expression":
        node = node.child(1)
    return node


def _sql(unit: SgNode, parent: SgNode, segments: list[str]) -> Iterator[Verdict]:
    """A statement that text is added to: by an operator, a method, or braces."""
    holder: SgNode | None = parent
    replaces = False
    if parent.kind() == "binary_operator":
        parts, holder = _operands(unit)
    elif parent.kind() == "attribute":
        name, call = parent.field("attribute"), parent.parent()
        if name is None or name.text() not in ("format", "replace") or call is None or call.kind() != "call":
            return
        parts, holder, replaces = segments, call.parent(), name.text() == "replace"
    elif len(segments) > 1:
        parts = segments
    else:
        return
    if not _is_statement(" ".join(parts)):
        return
    while holder is not None and holder.kind() in ("argument_list", "parenthesized_expression"):
        holder = holder.parent()
    function = holder.field("function") if holder is not None and holder.kind() == "call" else None
    called = "" if function is None else function.text().rpartition(".")[2]
    is_run = called in ("execute", "executemany") and not replaces
    yield Verdict("B608", confidence=MEDIUM if is_run else LOW, line=line_of(unit))


def _is_statement(text: str) -> bool:
    for start, follows in _SQL:
        begun = start.search(text)
        # One space may end the first word and begin the next.
        if begun and follows.search(text, begun.end() - 1):
            return True
    return False


def _operands(unit: SgNode) -> tuple[list[str], SgNode | None]:
    """A string and those added behind it, and what holds the whole."""
    parts, node = _segments(unit), unit.parent()
    below: SgNode = unit
    for _ in range(_MOST_OPERATORS):
        if node is None or node.kind() not in ("binary_operator", "parenthesized_expression"):
            break
        if node.kind() == "binary_operator" and node.field("left") == below:
            right = _bare(node.field("right"))
            if right is not None and right.kind() in ("string", "concatenated_string"):
                parts += _segments(right)
        below, node = node, node.parent()
    return parts, node
