"""What a module's ``__all__`` holds, as far as it is spelled out: `Exports`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.api.literals import Names, Tables, string
from analyzers.api.rows import names_of

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CHANGES = re.compile(r"__all__\s*(?:\.\s*(?:append|extend|insert|remove)\b|\+=|\[)")
_OF_ONE = ("append", "add", "insert")


class Exports:
    """``__all__`` while a module is read.

    Args:
        tables: what other names of the module hold.

    Attributes:
        found: its names; None where it is not bound.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._changes = 0
        self.found: Names | None = None

    def assign(self, value: SgNode, conditional: bool) -> None:
        """``__all__ = value``."""
        added = names_of(value, self._tables)
        self.found = self.found | added if conditional and self.found else added

    def extend(self, value: SgNode) -> None:
        """``__all__ += value``."""
        self._changes += 1
        self.found = (self.found or Names()) | names_of(value, self._tables)

    def call(self, method: str, added: SgNode) -> None:
        """``__all__.method(added)``."""
        self._changes += 1
        if method == "remove":
            return
        if method in _OF_ONE:
            text = string(added)
            more = Names((text,)) if text is not None else Names(is_complete=False)
        else:
            more = names_of(added, self._tables)
        self.found = (self.found or Names()) | more

    def has_hidden(self, text: str) -> bool:
        """Whether something in a module changes it that is not read, such as a function."""
        if text.count("__all__") <= self._changes + 1:
            return False
        return len(_CHANGES.findall(text)) > self._changes
