"""What libcst's scopes prove of the names in one file."""

from __future__ import annotations

import msgspec


class PreciseUse(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A name, or a chain of attributes, that is bound to an import.

    Attributes:
        line: of the chain's last name, from 1.
        column: likewise, in characters.
        qualified: what the chain stands for; with leading dots where the import is relative.
        is_certain: whether nothing else is ever bound to the name.
        is_whole: whether the chain ends here, rather than being a part of a longer one.
    """

    line: int
    column: int
    qualified: str
    is_certain: bool = True
    is_whole: bool = True


class PreciseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the scopes of one file prove.

    Attributes:
        uses: every prefix of a chain counts: ``a.b.c`` gives ``a``, ``a.b`` and ``a.b.c``.
        others: line and column of names that are bound, and to no import.
        error: why nothing is known; the file is too large, too deep or no Python 3.
    """

    uses: tuple[PreciseUse, ...] = ()
    others: frozenset[tuple[int, int]] = frozenset()
    error: str | None = None
