"""Where keys and array items stand in a TOML text, which the standard library's parser does not tell.

The scan is lexical and never recurses. It stops without a word where the text is not TOML: the parser that
runs after it says what is wrong. It is also the guard before that parser, whose time and stack grow badly
with long dotted keys and deep nesting.

Source: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import bisect
import re
import tomllib

import msgspec

Key = str | int
KeyPath = tuple[Key, ...]

_DEPTH_LIMIT = 64
_PLACES_LIMIT = 500_000

_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_KEY = re.compile(r"""[ \t]*+([A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+""")
_SCALAR = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}|\'\'\'(?:[^']|'{1,2}(?!'))*+'{3,5}'''
    r"""|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|[^\s,\]}#"'\[{]++(?:[ ][0-9][^\s,\]}#]*+)?""",
    re.DOTALL,
)


class TomlLimitError(ValueError):
    """The text is nested deeper, or holds longer keys, than any manifest has reason to."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


class _Open(msgspec.Struct):
    """An array (`index` counts its items) or an inline table (`index` is None) that is not closed yet."""

    path: KeyPath
    index: int | None


class TomlPlaces:
    """The line and column, from 1, of the key paths of a text.

    Args:
        text: the document, with universal newlines.
        depth: how many parts the paths that are kept have at most; None for all paths.

    Raises:
        TomlLimitError: see there.
    """

    def __init__(self, text: str, depth: int | None = None) -> None:
        self._text, self._depth = text, depth
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._offsets: dict[KeyPath, int] = {}
        self._array_lengths: dict[KeyPath, int] = {}
        self._open: list[_Open] = []
        self._table: KeyPath = ()
        self._scan()

    def of(self, path: KeyPath) -> tuple[int, int] | None:
        """Where the path, or the longest known part of it, stands."""
        while path:
            if (offset := self._offsets.get(path)) is not None:
                return self._position(offset)
            path = path[:-1]
        return None

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def _scan(self) -> None:
        position: int | None = 0
        while position is not None:
            position = self._skip_blank(position)
            if position >= len(self._text):
                return
            position = self._step(position)

    def _skip_blank(self, position: int) -> int:
        found = _BLANK.match(self._text, position)
        return found.end() if found else position

    def _step(self, position: int) -> int | None:
        """Reads one header, pair, item or closing bracket; None where the text is no TOML."""
        character = self._text[position]
        if not self._open:
            return self._header(position) if character == "[" else self._pair(position, self._table)
        container = self._open[-1]
        if character == ",":
            return position + 1
        if character == ("}" if container.index is None else "]"):
            self._open.pop()
            return position + 1
        if container.index is None:
            return self._pair(position, container.path)
        path = (*container.path, container.index)
        container.index += 1
        self._note(path, position)
        return self._value(position, path)

    def _header(self, position: int) -> int | None:
        is_array = self._text.startswith("[[", position)
        keys, end = self._keys(position + 1 + is_array)
        if not keys or not self._text.startswith("]]" if is_array else "]", end):
            return None
        path: KeyPath = ()
        for key in keys[:-1]:
            self._note((*path, key), position)
            path = self._resolved((*path, key))
        path = (*path, keys[-1])
        if is_array:
            length = self._array_lengths.get(path, 0)
            self._array_lengths[path] = length + 1
            self._note(path, position)
        path = self._resolved(path)
        self._note(path, position)
        self._table = path
        return end + 1 + is_array

    def _resolved(self, path: KeyPath) -> KeyPath:
        """A name in a header means the last table of an array of that name."""
        length = self._array_lengths.get(path)
        return path if length is None else (*path, length - 1)

    def _pair(self, position: int, table: KeyPath) -> int | None:
        keys, end = self._keys(position)
        if not keys or not self._text.startswith("=", end):
            return None
        path = table
        for key in keys:
            path = (*path, key)
            self._note(path, position)
        return self._value(self._skip_blank(end + 1), path)

    def _value(self, position: int, path: KeyPath) -> int | None:
        character = self._text[position : position + 1]
        if character in ("[", "{") and character:
            if len(self._open) >= _DEPTH_LIMIT:
                raise self._limit(position, f"nested more than {_DEPTH_LIMIT} deep")
            self._open.append(_Open(path, 0 if character == "[" else None))
            return position + 1
        found = _SCALAR.match(self._text, position)
        return found.end() if found else None

    def _keys(self, position: int) -> tuple[list[str], int]:
        """The parts of a dotted key and where it ends; no parts where there is no key."""
        keys: list[str] = []
        while found := _KEY.match(self._text, position):
            keys.append(_unquoted(found[1]))
            if len(keys) > _DEPTH_LIMIT:
                raise self._limit(position, f"a key of more than {_DEPTH_LIMIT} parts")
            if not self._text.startswith(".", found.end()):
                return keys, found.end()
            position = found.end() + 1
        return [], position

    def _note(self, path: KeyPath, offset: int) -> None:
        if self._depth is not None and len(path) > self._depth:
            return
        if len(self._offsets) >= _PLACES_LIMIT:
            raise self._limit(offset, f"more than {_PLACES_LIMIT:,} keys and items")
        self._offsets.setdefault(path, offset)

    def _limit(self, offset: int, reason: str) -> TomlLimitError:
        return TomlLimitError(self._position(offset)[0], reason)


def _unquoted(key: str) -> str:
    if key[0] == '"' and "\\" in key:
        try:
            return str(tomllib.loads(f"key = {key}")["key"])
        except ValueError:
            return key[1:-1]
    return key[1:-1] if key[0] in "\"'" else key
