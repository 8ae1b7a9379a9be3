"""`Outline`: the syntax tree of a module whose functions are parsed when they are called, not before.

Most of a module's text is the bodies of functions that an import never runs. They are cut out of the text by
one pass of regular expressions that know strings, comments and brackets and cannot backtrack; line numbers
stay as they are. A text that does not parse after the cut is parsed whole.
"""

from __future__ import annotations

import ast
import functools
import re
import warnings

_STRING = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?!"")(?:[^"\\\n]++|\\.)*+"'
    r"|'(?!'')(?:[^'\\\n]++|\\.)*+'"
)
_COMMENT = r"\#[^\n]*+"
_UNCLOSED = ('"""', "'''")
_START = re.compile(
    rf"{_STRING}|{'|'.join(_UNCLOSED)}|{_COMMENT}|\n([ \t]*+)(?:async[ \t]++)?+def[ \t]", re.DOTALL
)
_FLAT = rf"[^()\[\]{{}}\"'\#\\]++|{_STRING}|{_COMMENT}|\\."
_NESTED = 6
_LIMIT_PARSED = 1 << 20
"""Characters that are parsed at once: syntax trees take up to a thousand times as much memory."""


def _brackets(depth: int) -> str:
    inner = f"{_FLAT}|{_brackets(depth - 1)}" if depth else _FLAT
    return rf"[(\[{{](?:{inner})*+[)\]}}]"


_LONGEST_INDENT = 64


@functools.cache
def _header() -> re.Pattern[str]:
    """From the name of a function to the colon before its body."""
    annotation = rf"(?:[^:()\[\]{{}}\"'\#\n\\]++|{_STRING}|{_brackets(_NESTED)})*+"
    return re.compile(
        rf"\w++[ \t]*+{_brackets(_NESTED)}{annotation}:(?=[ \t]*+(?:{_COMMENT})?+\n)", re.DOTALL
    )


@functools.lru_cache(maxsize=256)
def _body(indent: str) -> re.Pattern[str]:
    """Lines that belong to a function whose header has this indentation."""
    goes_on = rf"\n(?={indent}[ \t]|[ \t\f]*+(?:\#|\n|\Z|[)\]}}]))"
    return re.compile(rf"(?:[^\"'\#\n\\]++|{goes_on}|{_STRING}|{_COMMENT}|\\.)*+", re.DOTALL)


class Outline:
    """A module's tree, and the bodies that are missing from it.

    Attributes:
        tree: of the whole text, with a placeholder for the body of each function that was cut out.
        parsed: characters that were parsed for it.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it does not parse, or what would be parsed of it
            is too long.
    """

    __slots__ = ("_bodies", "_parsed", "_text", "parsed", "tree")

    def __init__(self, text: str) -> None:
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._text = text
        self._parsed: dict[int, list[ast.stmt] | None] = {}
        cut, self._bodies = _cut(text)
        self.parsed = len(cut)
        if self._bodies:
            try:
                self.tree = _parsed(cut)
            except SyntaxError:
                self._bodies = {}
                self.parsed += len(text)
                self.tree = _parsed(text)
        else:
            self.tree = _parsed(text)

    def body(self, function: ast.FunctionDef) -> list[ast.stmt] | None:
        """The statements of a function of the tree; None where it is a generator, or they do not parse."""
        line = function.lineno
        if line not in self._parsed:
            try:
                body = self._found(function)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._parsed[line] = None
            else:
                self._parsed[line] = None if _yields(body) else body
        return self._parsed[line]

    def _found(self, function: ast.FunctionDef) -> list[ast.stmt]:
        place = self._bodies.get(function.lineno)
        if place is None:
            return function.body
        start, end, first = place
        # What is left of the header's line stands behind the colon; the statements begin below it.
        tree = _parsed("if 1:" + self._text[start:end])
        head = tree.body[0]
        if not isinstance(head, ast.If) or len(tree.body) != 1 or head.orelse:
            raise SyntaxError("the body of a function was not found")
        ast.increment_lineno(head, first - 1)
        return head.body


class Outlines:
    """Outlines that several simulations share, as those of stacks that differ in a release or two do.

    Args:
        limit_parsed: characters of which trees are kept; what comes after is parsed each time.
    """

    def __init__(self, limit_parsed: int = 8 << 20) -> None:
        self._kept: dict[str, Outline] = {}
        self._left = limit_parsed

    def of(self, text: str) -> Outline:
        """See `Outline`; nothing that an outline says depends on who asked before."""
        found = self._kept.get(text)
        if found is None:
            found = Outline(text)
            if found.parsed <= self._left:
                self._left -= found.parsed
                self._kept[text] = found
        return found


def _yields(body: list[ast.stmt]) -> bool:
    pending: list[ast.AST] = list(body)
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(each))
    return False


def _parsed(text: str) -> ast.Module:
    if len(text) > _LIMIT_PARSED:
        raise ValueError(f"more than {_LIMIT_PARSED:,} characters are left to parse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _cut(text: str) -> tuple[str, dict[int, tuple[int, int, int]]]:
    """The text without bodies; and these, by the line of their ``def``: start, end, line of the start."""
    pieces: list[str] = []
    bodies: dict[int, tuple[int, int, int]] = {}
    line, counted, kept, position = 1, 0, 0, 0
    while match := _START.search(text, position):
        position = match.end()
        if match[0] in _UNCLOSED:
            return text, {}
        indent = match[1]
        if indent is None or len(indent) > _LONGEST_INDENT:
            continue
        header = _header().match(text, position)
        if header is None:
            continue
        start = header.end()
        found = _body(indent).match(text, start)
        end = found.end() if found is not None else start
        if not text[start:end].strip():
            continue
        line += text.count("\n", counted, match.start() + 1)
        counted = match.start() + 1
        first = line + text.count("\n", counted, start)
        bodies[line] = (start, end, first)
        pieces += [text[kept:start], " 0", "\n" * text.count("\n", start, end)]
        kept = position = end
    pieces.append(text[kept:])
    return "".join(pieces), bodies
