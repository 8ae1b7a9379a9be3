"""`Node`: a value in a parsed document that knows where it stands, and complains there of a wrong type.

The parsers of TOML and JSON formats read through it, so that every problem of a file is found in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.documents.toml_places import KeyPath
from analyzers.manifests.draft import Draft


class Places(Protocol):
    """Tells where the parts of a document stand."""

    def of(self, path: KeyPath) -> tuple[int, int] | None:
        """Line and column, from 1, or None where that is not known."""


class Node(msgspec.Struct, frozen=True):
    """A value, the keys that lead to it, and the draft that hears about it."""

    value: object
    draft: Draft
    locate: Callable[[KeyPath], Location]
    keys: KeyPath = ()

    @property
    def location(self) -> Location:
        """Where it stands, or where the nearest thing around it does."""
        return self.locate(self.keys)

    @property
    def name(self) -> str:
        """The dotted key, for messages."""
        return ".".join(map(str, self.keys)) or "the file"

    def at(self, *keys: str) -> Node | None:
        """The value below tables; None where it, or a table on the way, is absent or of another type."""
        value = self.value
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                return None
            value = value[key]
        return Node(value, self.draft, self.locate, (*self.keys, *keys))

    def table(self) -> dict[str, Node]:
        """The entries of a table."""
        if not isinstance(self.value, dict):
            self.wrong("a table")
            return {}
        return {
            key: Node(value, self.draft, self.locate, (*self.keys, key)) for key, value in self.value.items()
        }

    def items(self) -> Iterator[Node]:
        """The items of an array."""
        if not isinstance(self.value, list):
            self.wrong("an array")
            return
        for index, value in enumerate(self.value):
            if self.draft.full:
                return
            yield Node(value, self.draft, self.locate, (*self.keys, index))

    def strings(self) -> Iterator[tuple[str, Location]]:
        """The strings of an array."""
        for item in self.items():
            if (text := item.text()) is not None:
                yield text, item.location

    def text(self) -> str | None:
        """The string that this is."""
        if isinstance(self.value, str):
            return self.value
        self.wrong("a string")
        return None

    def flag(self) -> bool:
        """The boolean that this is."""
        if isinstance(self.value, bool):
            return self.value
        self.wrong("true or false")
        return False

    def text_at(self, *keys: str) -> str | None:
        """The string below tables, if it is there."""
        node = self.at(*keys)
        return None if node is None else node.text()

    def value_at(self, *keys: str) -> object:
        """Whatever stands below tables; None where nothing does."""
        node = self.at(*keys)
        return None if node is None else node.value

    def flag_at(self, *keys: str) -> bool:
        """The boolean below tables; False where it is absent."""
        node = self.at(*keys)
        return node is not None and node.flag()

    def table_at(self, *keys: str) -> dict[str, Node]:
        """The entries of a table below tables; none where it is absent."""
        node = self.at(*keys)
        return {} if node is None else node.table()

    def items_at(self, *keys: str) -> Iterator[Node]:
        """The items of an array below tables; none where it is absent."""
        node = self.at(*keys)
        return iter(()) if node is None else node.items()

    def strings_at(self, *keys: str) -> Iterator[tuple[str, Location]]:
        """The strings of an array below tables; none where it is absent."""
        node = self.at(*keys)
        return iter(()) if node is None else node.strings()

    def wrong(self, expected: str) -> None:
        """It is not of the type that it must have."""
        found = type(self.value).__name__ if self.value is not None else "nothing"
        self.draft.problem(
            self.location,
            "",
            f"{self.name} must be {expected}, not {_TYPES.get(found, found)}",
            "correct the file",
        )


_TYPES = {
    "dict": "a table",
    "list": "an array",
    "str": "a string",
    "bool": "a boolean",
    "int": "a number",
    "float": "a number",
}
