"""The items that a loop over a value sees, and how many of them are followed and kept."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.importing.values import Class, External, Function, Instance, Mapping, Sequence, Value

LIMIT_ITEMS = 2_000
"""Rounds of a loop that are followed one by one."""
LIMIT_HELD = 20_000
"""Items of a container that are kept; one that gets more is open."""


def iterated(value: Value) -> list[Value] | None:
    """The items that a loop over a value sees; None where they are not all known."""
    match value:
        case Sequence() if not value.is_open and len(value.items) <= LIMIT_ITEMS:
            return list(value.items)
        case Mapping() if not value.is_open and len(value.items) <= LIMIT_ITEMS:
            return list(value.items)
        case Class() if any(
            isinstance(base, External) and base.name.startswith("enum.") for base in value.lineage
        ):
            return _members(value)
        case str() if len(value) <= LIMIT_ITEMS:
            return list(value)
        case bytes() if len(value) <= LIMIT_ITEMS:
            return list(value)
    return None


def _members(cls: Class) -> list[Value] | None:
    """The members of an enumeration."""
    members = []
    for name, value in cls.namespace.items():
        if name.startswith("_") or isinstance(value, Function):
            continue
        member = Instance(cls)
        member.attributes.update({"name": name, "value": value})
        members.append(member)
    return members


def grow(sequence: Sequence, items: Iterable[Value]) -> None:
    """Add items to a list or set, as far as they are kept."""
    if len(sequence.items) < LIMIT_HELD:
        sequence.items.extend(items)
    else:
        sequence.is_open = True
