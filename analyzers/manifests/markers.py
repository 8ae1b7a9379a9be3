"""Markers put together from parts.

Source: PEP 508.
"""

from __future__ import annotations


def all_of(*markers: str | None) -> str | None:
    """The marker under which all of the given ones hold; None where none is given."""
    given = [marker for marker in markers if marker]
    if len(given) < 2:
        return given[0] if given else None
    return " and ".join(f"({marker})" for marker in given)
