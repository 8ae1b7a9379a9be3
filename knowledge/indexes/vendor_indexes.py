"""Indexes of vendors by name, which rules choose: addresses that ship, and where the user has mirrors.

The addresses stand in ``vendor_indexes.json`` beside this file and nowhere else.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import msgspec

from knowledge.errors import ConfigurationError
from knowledge.indexes.configured_indexes import checked_url
from knowledge.transport.urls import origin

KEY = "vendor-indexes"
"""Of the table in ``[tool.stackwright]``."""

_PLACE = f"[tool.stackwright.{KEY}]"
_SCHEME = "://"


class VendorIndexes(msgspec.Struct, frozen=True, kw_only=True):
    """Where the indexes of vendors are asked.

    Attributes:
        named: name to address, as the user states it.
        moved: address, or the beginning of one, to what stands in its place; likewise.
        credentials: those that stood in these addresses, by origin.
    """

    named: Mapping[str, str] = {}
    moved: Mapping[str, str] = {}
    credentials: Mapping[str, tuple[str, str]] = {}

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"VendorIndexes(named={self.named!r}, moved={self.moved!r})"

    def address(self, stated: str) -> str | None:
        """Root of the simple API of an index, by its name or its address; None for a name that nobody knows.

        Of several beginnings of an address that the user moves, the longest counts.
        """
        if stated in self.named:
            return self.named[stated]
        url = stated if _SCHEME in stated else shipped().get(stated)
        if url is None:
            return None
        url = url.rstrip("/") + "/"
        for old in sorted(filter(url.startswith, self.moved), key=len, reverse=True):
            return self.moved[old] + url[len(old) :]
        return url


@functools.cache
def shipped() -> Mapping[str, str]:
    """The names that rules may use, and their addresses."""
    content = Path(__file__).with_suffix(".json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, str])


def is_named(stated: str) -> bool:
    """Whether a rule states a name, rather than an address."""
    return _SCHEME not in stated


def vendor_indexes(stated: object) -> VendorIndexes:
    """What the table ``[tool.stackwright.vendor-indexes]`` says.

    Args:
        stated: the table: names, or addresses, to addresses.

    Raises:
        ConfigurationError: it is no table of texts, a value is no web address, or nothing has such a name.
    """
    if not isinstance(stated, dict):
        raise ConfigurationError(KEY, _PLACE, "must be a table of name = address")
    named: dict[str, str] = {}
    moved: dict[str, str] = {}
    credentials: dict[str, tuple[str, str]] = {}
    for key, value in stated.items():
        if not isinstance(value, str):
            raise ConfigurationError(str(key)[:200], _PLACE, "must be the address of an index")
        url, secret = checked_url(value, _PLACE)
        if secret is not None:
            credentials[origin(url)] = secret
        if _SCHEME in key:
            moved[checked_url(key, _PLACE)[0]] = url
        elif key in shipped():
            named[key] = url
        else:
            error = ConfigurationError(key[:200], _PLACE, "there is no index of a vendor of that name")
            error.add_note(f"names: {', '.join(sorted(shipped()))}; or write an address")
            raise error
    return VendorIndexes(named=named, moved=moved, credentials=credentials)
