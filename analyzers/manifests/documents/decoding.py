"""Bytes of a manifest to text, by its byte order mark, its PEP 263 line, or else UTF-8.

Source: PEP 263; https://pip.pypa.io/en/stable/reference/requirements-file-format/#encoding
"""

from __future__ import annotations

import codecs
import re

from analyzers.manifests.errors import UnreadableManifestError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Codecs that only map characters: others of Python's are slow on hostile input, or do not give text.
_CHARACTER_SETS = re.compile(
    r"utf(?![-_]?7)|ascii|iso8859|latin|cp\d|mac|koi8|euc|shift|gb|big5|johab|hz|ptcp|tis"
)


def decoded_utf8(data: bytes, path: str, limit_bytes: int) -> str:
    """The text of a file that must be UTF-8.

    Raises:
        UnreadableManifestError: it is not, or it is larger than the limit.
    """
    _check_size(data, path, limit_bytes)
    return _decoded(data.removeprefix(codecs.BOM_UTF8), "utf-8", path)


def decoded_source(data: bytes, path: str, limit_bytes: int) -> str:
    """The text of a file that may state its encoding as Python source does.

    Raises:
        UnreadableManifestError: it cannot be decoded, names no character set that is known, or is larger
            than the limit.
    """
    _check_size(data, path, limit_bytes)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark), encoding, path)
    for number, line in enumerate(data[:4096].split(b"\n", 2)[:2], 1):
        if stated := _CODING.match(line):
            return _decoded(data, _character_set(stated[1].decode("ascii", "replace"), path, number), path)
    return _decoded(data, "utf-8", path)


def _check_size(data: bytes, path: str, limit_bytes: int) -> None:
    if len(data) > limit_bytes:
        reason = f"is larger than {limit_bytes:,} bytes"
        raise UnreadableManifestError(path, reason, "give a manifest or lockfile")


def known_character_set(name: str) -> str | None:
    """The codec of an encoding's name, as ``utf-8``; None where there is none or it is no character set."""
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):  # a name may hold NUL
        return None
    return encoding if _CHARACTER_SETS.match(encoding) else None


def _character_set(name: str, path: str, line: int) -> str:
    encoding = known_character_set(name)
    if encoding is None:
        reason = f"states an encoding that is not known: {name[:50]!r}"
        raise UnreadableManifestError(path, reason, "save the file as UTF-8", line=line)
    return encoding


def _decoded(data: bytes, encoding: str, path: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"is not {encoding} text (byte {error.start:,})"
        raise UnreadableManifestError(path, reason, "save the file as UTF-8", line=line) from error
