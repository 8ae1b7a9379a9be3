"""Writes records as JSON that people can read as well."""

from __future__ import annotations

import msgspec


def json_text(record: object, *, indent: int = 2) -> str:
    """The whole record, indented, keys in the order of their definition, and a line end."""
    return msgspec.json.format(msgspec.json.encode(record), indent=indent).decode() + "\n"
