"""Bytes of Python source to text in which lines are those that Python counts; never refused for an encoding.

Source: PEP 263 and https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from analyzers.manifests.documents.decoding import known_character_set

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_NO_CODE = re.compile(rb"[ \t\f]*(?:#.*)?")
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_HEAD_BYTES = 4096
_BINARY_HEAD_BYTES = 8192
_BINARY_SHARE = 0.01


class NotTextError(ValueError):
    """The bytes are no text in any encoding that source is written in."""


class Decoded(NamedTuple):
    """Text with line feeds as its only line ends, and what a reader should know of how it came about."""

    text: str
    notes: tuple[str, ...] = ()


def decoded(data: bytes) -> Decoded:
    """The text of a source file.

    By its byte order mark, what its first two lines state, or UTF-8; where that fails, as Latin-1, which
    keeps every ASCII character and every column of a one-byte encoding in its place.

    Raises:
        NotTextError: so many bytes are NUL that this is something else.
    """
    notes: list[str] = []
    text = _text(data, notes)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        if text.count("\0", 0, _BINARY_HEAD_BYTES) > _BINARY_SHARE * min(len(text), _BINARY_HEAD_BYTES):
            raise NotTextError("holds too many NUL bytes to be text")
        notes.append("holds NUL bytes, which Python refuses; read as blanks")
        text = text.replace("\0", " ")
    return Decoded(text, tuple(notes))


def _text(data: bytes, notes: list[str]) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            stated = _stated(data[len(mark) :])
            if encoding != "utf-8":
                notes.append(f"is {encoding[:6].upper()}, which Python does not accept")
                return data[len(mark) :].decode(encoding, "replace")
            if stated and known_character_set(stated) != "utf-8":
                notes.append(
                    f"has the mark of UTF-8 but states {stated[:50]!r}, which Python does not accept"
                )
            return _as(data[len(mark) :], "utf-8", notes)
    stated = _stated(data)
    if stated is None:
        return _as(data, "utf-8", notes)
    known = known_character_set(stated)
    if known is None:
        notes.append(f"states an encoding that is not known: {stated[:50]!r}")
    return _as(data, known or "utf-8", notes)


def _as(data: bytes, encoding: str, notes: list[str]) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(_LINE_ENDS.findall(data, 0, error.start)) + 1
        notes.append(f"line {line} is not {encoding}; read as Latin-1")
        return data.decode("latin-1")


def _stated(data: bytes) -> str | None:
    """What the first line states, or the second where the first holds no code."""
    lines = _LINE_ENDS.split(data[:_HEAD_BYTES], 2)[:2]
    for line in lines:
        if found := _COOKIE.match(line):
            return found[1].decode("ascii", "replace")
        if not _NO_CODE.fullmatch(line):
            return None
    return None
