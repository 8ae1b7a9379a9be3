"""Source with what is not code made invisible, so that names and brackets can be found by plain searching.

Every literal becomes a run of `STRING` characters and every comment blanks, of the same length; what stands
between the braces of an f-string or t-string stays code. Brackets are paired as far as they pair.
"""

from __future__ import annotations

import bisect
import itertools
import re

from analyzers.source.extraction.patterns import sought, word
from analyzers.source.module_facts import Site

STRING = "\x01"

_DOUBLE = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
_SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
_TRIPLE_DOUBLE = r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+(?:"""|\\?\Z)'
_TRIPLE_SINGLE = r"'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+(?:'''|\\?\Z)"
# Every branch starts with a character of its own, so that the search is one for a set of characters.
_LITERAL = re.compile(rf"#[^\n]*|{_TRIPLE_DOUBLE}|{_TRIPLE_SINGLE}|{_DOUBLE}|{_SINGLE}", re.DOTALL)
_PREFIX = re.compile(r"(?<![^\W\d_])(?:[fFtT][rR]?|[rR][fFtTbB]?|[bBuU][rR]?)\Z")
_IN_TEXT = {
    quote: re.compile(
        rf"\\N\{{[^}}\n]*\}}|\\(?![{{}}]).|\{{\{{|\}}\}}|\{{|{quote}" + ("" if len(quote) == 3 else r"|\n"),
        re.DOTALL,
    )
    for quote in ('"""', "'''", '"', "'")
}
_IN_CODE = re.compile(r"""[\[({\])}:!]|(?:[fFtT][rR]?|[rR][fFtT])?["']|\n""")
_IN_FORMAT = re.compile(r"""[{}"'\n]""")
_MAX_NESTING = 8
_FORMATTED = frozenset("fFtT")

_BRACKETS = re.compile(r"[][(){}](?:(?<=[(\[{])[^][(){}]*+[)\]}])?")
_BEHIND = frozenset({".", "(", "["})
_CLOSED = frozenset({"_", ")", "]", STRING})
_OPENING = {")": "(", "]": "[", "}": "{"}
_MAX_MISMATCH = 64
_COLON = re.compile(sought(r"(\[{", ":(?!=)", word("lambda")))
_COMMA = re.compile(sought(r"(\[{,", word("lambda")))
_WIDTH = re.compile(r"[ \t]*")
_MAX_WIDTH = 32
_NEAR = 5000
_LESS = [
    re.compile(rf"\n(?=[ \t]{{0,{max(0, width - 1)}}}[^\s)\]}}{STRING}])") for width in range(_MAX_WIDTH)
]
_INDENT = re.compile(r"([ \t]*)(.)?")
_NO_STATEMENT = frozenset({None, "\n", "\r", "\f", ")", "]", "}", STRING})
_BLANKS = frozenset(" \t\n\r\f\v\\")


class Source:
    """A file's text beside its masked code.

    Attributes:
        code: as long as the text.
        closing: offset of the closing bracket by that of the opening one.
        unpaired: offset of the first bracket found to have no other; -1 where all have.
        groups: offsets of parentheses that are not a call's and behind which a trailer follows.
    """

    __slots__ = ("_indents", "_lesser", "_starts", "closing", "code", "groups", "text", "unpaired")

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = masked(text)
        self.closing: dict[int, int] = {}
        self.groups: list[int] = []
        self.unpaired = -1
        self.pair(0, len(text))
        self._indents: list[int] | None = None
        self._lesser: list[int] = []
        starts = [0, *itertools.accumulate(map((1).__add__, map(len, text.split("\n"))))]
        starts.pop()
        self._starts = starts

    def pair(self, start: int, end: int) -> None:
        """Pair the brackets of a range."""
        open_brackets: list[int] = []
        push, pop = open_brackets.append, open_brackets.pop
        code, closing = self.code, self.closing
        for match in _BRACKETS.finditer(code, start, end):
            position, last = match.span()
            bracket = code[position]
            if last - position > 1:
                # A pair without brackets in it.
                opening, position = position, last - 1
                if _OPENING[code[position]] != bracket:
                    push(opening)
                    self._close(position, open_brackets)
                    continue
            elif bracket in "([{":
                push(position)
                continue
            elif open_brackets and code[open_brackets[-1]] == _OPENING[bracket]:
                opening = pop()
            else:
                self._close(position, open_brackets)
                continue
            closing[opening] = position
            if code[position + 1 : position + 2] in _BEHIND and code[position] == ")":
                before = code[opening - 1 : opening]
                if not before.isalnum() and before not in _CLOSED:
                    self.groups.append(opening)
        if open_brackets and self.unpaired < 0:
            self.unpaired = open_brackets[0]

    def _close(self, position: int, open_brackets: list[int]) -> None:
        """Pair a closing bracket with the last that fits; those in between were never closed."""
        wanted = _OPENING[self.code[position]]
        for back in range(1, min(len(open_brackets), _MAX_MISMATCH) + 1):
            if self.code[open_brackets[-back]] == wanted:
                self.closing[open_brackets[-back]] = position
                del open_brackets[-back:]
                break
        if self.unpaired < 0:
            self.unpaired = position

    def line(self, offset: int) -> int:
        """The line, from 1, in which an offset lies."""
        return bisect.bisect_right(self._starts, offset)

    def site(self, start: int, end: int) -> Site:
        """The place between two offsets."""
        starts = self._starts
        first = bisect.bisect_right(starts, start)
        column = start - starts[first - 1] + 1
        if first == len(starts) or end <= starts[first]:
            return Site(first, column, first, column + end - start)
        last = bisect.bisect_right(starts, end)
        return Site(first, column, last, end - starts[last - 1] + 1)

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset starts."""
        return self._starts[self.line(offset) - 1]

    def indentation(self, offset: int) -> int:
        """The width of the blanks before the line of an offset."""
        start = self.line_start(offset)
        match = _WIDTH.match(self.code, start)
        return match.end() - start if match else 0

    def dedent(self, offset: int, width: int) -> int:
        """The start of the next line that is indented by less than a width; the end where none is."""
        if self._indents is None:
            if 0 < width < _MAX_WIDTH and (near := _LESS[width].search(self.code, offset, offset + _NEAR)):
                return near.start() + 1
            self._indents, self._lesser = _indents(self.code, self._starts)
        line = self.line(offset)
        while line < len(self._indents):
            indent = self._indents[line]
            if 0 <= indent < width:
                return self._starts[line]
            line = self._lesser[line] if indent >= 0 else line + 1
        return len(self.code)

    def at_depth(self, pattern: re.Pattern[str], start: int, end: int) -> re.Match[str] | None:
        """The first match that no bracket encloses; the pattern has to match opening brackets too."""
        code, closing = self.code, self.closing
        while match := pattern.search(code, start, end):
            opening = match.start()
            if code[opening] not in "([{":
                return match
            start = closing.get(opening, opening) + 1
        return None

    def colon(self, start: int, end: int) -> int:
        """The offset of the colon that ends a header or the parameters of a lambda; the end without one."""
        lambdas = 0
        while match := self.at_depth(_COLON, start, end):
            if match[0] != ":":
                lambdas += 1
            elif lambdas:
                lambdas -= 1
            else:
                return match.start()
            start = match.end()
        return end

    def parts(self, start: int, end: int) -> list[tuple[int, int]]:
        """What commas separate, trimmed, without what is empty."""
        found: list[tuple[int, int]] = []
        begin = start
        while match := self.at_depth(_COMMA, start, end):
            if match[0] == ",":
                found.append(self.trimmed(begin, match.start()))
                begin = start = match.end()
            else:
                start = self.colon(match.end(), end)
        found.append(self.trimmed(begin, end))
        return [part for part in found if part[0] < part[1]]

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """The range without blanks at its ends."""
        code = self.code
        while start < end and code[start] in _BLANKS:
            start += 1
        while start < end and code[end - 1] in _BLANKS:
            end -= 1
        return start, end


def _indents(code: str, starts: list[int]) -> tuple[list[int], list[int]]:
    """Of each line its indentation, -1 for what starts no statement, and the next line that has less."""
    indents: list[int] = []
    for start in starts:
        match = _INDENT.match(code, start)
        indents.append(-1 if match is None or match[2] in _NO_STATEMENT else match.end(1) - start)
    lesser = [len(starts)] * len(starts)
    waiting: list[int] = []
    for line, indent in enumerate(indents):
        if indent < 0:
            continue
        while waiting and indents[waiting[-1]] > indent:
            lesser[waiting.pop()] = line
        waiting.append(line)
    return indents, lesser


def masked(text: str) -> str:
    """The text with literals and comments made invisible."""
    pieces: list[str] = []
    add = pieces.append
    last = 0
    position = 0
    while True:
        for match in _LITERAL.finditer(text, position):
            start, end = match.span()
            if text[start] == "#":
                add(text[last:start])
                add(" " * (end - start))
            elif (
                start > last
                and text[start - 1].isalpha()
                and (prefix := _PREFIX.search(text, max(last, start - 3), start))
            ):
                add(text[last : prefix.start()])
                if _FORMATTED.isdisjoint(prefix[0]):
                    add(STRING * (end - prefix.start()))
                else:
                    quote = text[start : start + 3]
                    quote = quote if quote in _IN_TEXT else text[start]
                    last = position = _formatted(text, prefix.start(), start + len(quote), quote, pieces, 0)
                    break
            else:
                add(text[last:start])
                add(STRING * (end - start))
            last = end
        else:
            break
    add(text[last:])
    return "".join(pieces)


def _formatted(text: str, start: int, position: int, quote: str, pieces: list[str], nesting: int) -> int:
    """Mask an f-string whose quote ends at ``position``; the offset behind it."""
    last = start
    search = _IN_TEXT[quote].search
    while match := search(text, position):
        found = match[0]
        position = match.end()
        if found == "{":
            pieces.append(STRING * (match.start() - last))
            last = position = _interpolation(text, match.start(), pieces, nesting)
        elif found == quote or found == "\n":
            break
    else:
        position = len(text)
    pieces.append(STRING * (position - last))
    return position


def _interpolation(text: str, start: int, pieces: list[str], nesting: int) -> int:
    """Mask what stands between braces, from the opening one; the offset behind the closing one."""
    last = start
    position = start + 1
    depth = 0
    while match := _IN_CODE.search(text, position):
        found = match[0]
        position = match.end()
        if found in "([{":
            depth += 1
        elif found in ")]" or (found == "}" and depth):
            depth -= 1
        elif found == "}":
            pieces.append(text[last:position])
            return position
        elif found[-1] in "\"'":
            pieces.append(text[last : match.start()])
            if nesting >= _MAX_NESTING:
                last = match.start()
                break
            quote = found[-1]
            if text.startswith(quote * 3, position - 1):
                quote *= 3
            if len(found) > 1 and not text[match.start() - 1].isalnum():
                last = position = _formatted(
                    text, match.start(), position + len(quote) - 1, quote, pieces, nesting + 1
                )
            elif plain := _LITERAL.match(text, position - 1):
                last = position = plain.end()
                pieces.append(STRING * (position - match.start()))
        elif depth == 0 and (found == ":" or (found == "!" and text[position : position + 1] != "=")):
            pieces.append(text[last : match.start()])
            return _format(text, match.start(), pieces, nesting)
    pieces.append(text[last:position])
    return position


def _format(text: str, start: int, pieces: list[str], nesting: int) -> int:
    """Mask a conversion and format specification; the offset behind the closing brace."""
    last = position = start
    while match := _IN_FORMAT.search(text, position):
        position = match.end()
        if match[0] == "{" and nesting < _MAX_NESTING:
            pieces.append(STRING * (match.start() - last))
            last = position = _interpolation(text, match.start(), pieces, nesting + 1)
        elif match[0] == "}":
            pieces.append(STRING * (match.start() - last))
            pieces.append("}")
            return position
        elif match[0] == "\n":
            break
    pieces.append(STRING * (position - last))
    return position
