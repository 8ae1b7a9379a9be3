"""Values of a report as leaves of a page: units by the names of fields, and text that steers nothing."""

from __future__ import annotations

import re

from resolver.outputs.pages.blocks import Leaf
from resolver.progress import points

_POINTS = frozenset({"score", "own_score", "bound", "gap", "best"})
_MOST_CHARACTERS = 20_000
_URL = re.compile(r"https?://[^\s\"'<>`\\]+", re.ASCII)
_DIGEST = re.compile(r"(?:[a-z0-9]+:)?[0-9a-f]{32,128}", re.ASCII)
_MANY = 10_000
_WORDS = {"python": "Python", "url": "URL", "sha256": "SHA-256", "abi": "ABI", "diff": "diff"}
_FIELDS = {"artifacts": "files", "rejected": "newer_releases"}
"""Fields whose names say less than another word."""
_UNITS = ("_bytes", "_s")
_PREFIXES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def shown(text: str) -> str:
    """Text without what a browser obeys or hides: control characters, marks of direction, surrogates."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def leaf(value: object, name: str = "") -> Leaf:
    """One value of JSON.

    Args:
        value: no list and no object.
        name: of the field that has it, by which its unit is known.
    """
    match value:
        case bool():
            return Leaf(text="yes" if value else "no", value="true" if value else "false")
        case int():
            return _number(value, name)
        case float():
            text = f"{value:.2f} s" if name.endswith("_s") else f"{value:.6g}"
            return Leaf(text=text, value=repr(value))
        case _:
            return _text("" if value is None else str(value))


def label(name: str) -> str:
    """The name of a field in words."""
    for unit in _UNITS:
        name = name.removesuffix(unit)
    words = " ".join(_WORDS.get(word, word) for word in _FIELDS.get(name, name).split("_"))
    return shown(words[:1].upper() + words[1:])


def sized(size_bytes: float) -> str:
    """A number of bytes as a person reads it."""
    for factor, unit in _PREFIXES:
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes:.0f} bytes"


def safe_link(url: object) -> str | None:
    """A URL that a page may lead to; None for one that is no plain address of the web."""
    return url if isinstance(url, str) and _URL.fullmatch(url) else None


def _number(value: int, name: str) -> Leaf:
    if name in _POINTS:
        return Leaf(text=points(value), value=str(value))
    if name == "bytes" or name.endswith("_bytes"):
        return Leaf(text=sized(value), value=str(value))
    if abs(value) >= _MANY:
        return Leaf(text=f"{value:,}", value=str(value))
    return Leaf(text=str(value))


def _text(value: str) -> Leaf:
    text = shown(value[:_MOST_CHARACTERS])
    if len(value) > _MOST_CHARACTERS:
        text += f" … ({len(value) - _MOST_CHARACTERS:,} more characters in the JSON)"
    return Leaf(text=text, href=safe_link(value), is_code=_DIGEST.fullmatch(value) is not None)
