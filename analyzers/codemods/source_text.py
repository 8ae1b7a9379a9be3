"""Bytes of a Python file to text and back without loss: byte order mark, PEP 263, line ends as they are.

Source: PEP 263
"""

from __future__ import annotations

import codecs
import io
import re
import tokenize

import msgspec

# Codecs that only map characters: others of Python's are slow on hostile input, or do not give text.
_CHARACTER_SETS = re.compile(
    r"utf(?![-_]?7)|ascii|iso8859|latin|cp\d|mac|koi8|euc|shift|gb|big5|johab|hz|ptcp|tis"
)


class SourceTextError(ValueError):
    """The bytes are no text in the encoding that they state."""


class SourceText(msgspec.Struct, frozen=True):
    """A text and how it was written; `encoded` gives back the bytes of another text in the same manner."""

    text: str
    encoding: str
    mark: bytes

    def encoded(self, text: str) -> bytes:
        """The bytes of a text in this encoding.

        Raises:
            SourceTextError: the encoding lacks one of its characters.
        """
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise SourceTextError(f"{self.encoding} lacks {error.object[error.start]!r}") from error


def source_text(data: bytes) -> SourceText:
    """The text of a Python file.

    Raises:
        SourceTextError: it cannot be decoded, or not without loss.
    """
    try:
        stated, _ = tokenize.detect_encoding(io.BytesIO(data[:4096]).readline)
        encoding = codecs.lookup(stated).name
    except (SyntaxError, LookupError, ValueError) as error:
        raise SourceTextError("states an encoding that is not known, or is not UTF-8") from error
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    if mark:
        encoding = "utf-8"
    if not _CHARACTER_SETS.match(encoding):
        raise SourceTextError(f"states an encoding that is not known: {encoding[:50]!r}")
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeError as error:
        raise SourceTextError(f"is not {encoding} text") from error
    made = SourceText(text, encoding, mark)
    if made.encoded(text) != data:
        raise SourceTextError(f"is not kept byte by byte by {encoding}")
    return made
