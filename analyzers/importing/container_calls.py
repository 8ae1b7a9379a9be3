"""What builtins make of constants and containers: answers that need no more than their arguments."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable

from analyzers.importing.iteration import LIMIT_ITEMS, iterated
from analyzers.importing.machine import Keywords
from analyzers.importing.values import UNKNOWN, Mapping, Sequence, Value, is_constant, truth


def length(args: list[Value], _: Keywords) -> Value:
    """``len(…)``."""
    match args:
        case [str() | bytes() as text]:
            return len(text)
        case [Sequence() | Mapping() as items] if not items.is_open:
            return len(items.items)
    return UNKNOWN


def dictionary(args: list[Value], keywords: Keywords) -> Value:
    """``dict(…)``."""
    made = Mapping()
    match args:
        case []:
            pass
        case [Mapping() as given]:
            made.items.update(given.items)
            made.is_open = given.is_open
        case [Sequence() as pairs] if not pairs.is_open:
            for pair in pairs.items:
                if isinstance(pair, Sequence) and len(pair.items) == 2 and is_constant(pair.items[0]):
                    made.items[pair.items[0]] = pair.items[1]
                else:
                    made.is_open = True
        case _:
            made.is_open = True
    for key, value in keywords:
        if key is None:
            made.is_open = True
        else:
            made.items[key] = value
    return made


def sequence(kind: str, args: list[Value], _: Keywords) -> Value:
    """``list(…)``, ``tuple(…)``, ``set(…)`` or ``frozenset(…)``."""
    if not args:
        return Sequence(kind)
    items = iterated(args[0])
    return Sequence(kind, is_open=True) if items is None else Sequence(kind, items)


def constant(name: str, args: list[Value], keywords: Keywords) -> Value:
    """A builtin that makes a constant of constants, by its name."""
    if args and not keywords and len(args) < 20 and all(is_constant(arg) for arg in args):
        if any(isinstance(arg, str | bytes) and len(arg) > 100_000 for arg in args):
            return UNKNOWN
        try:
            return getattr(builtins, name)(*args)
        except (TypeError, ValueError, OverflowError):
            return UNKNOWN
    return "" if name == "str" and not args else UNKNOWN


def boolean(args: list[Value], _: Keywords) -> Value:
    """``bool(…)``."""
    if not args:
        return False
    found = truth(args[0])
    return UNKNOWN if found is None else found


def numbers(args: list[Value], _: Keywords) -> Value:
    """``range(…)``, as far as its numbers are followed."""
    if args and all(isinstance(arg, int) for arg in args) and len(args) <= 3 and 0 not in args[2:]:
        made = range(*args)
        if len(made) <= LIMIT_ITEMS:
            return Sequence("tuple", made)
    return UNKNOWN


def zipped(args: list[Value], _: Keywords) -> Value:
    """``zip(…)``."""
    columns = [iterated(arg) for arg in args]
    if any(column is None for column in columns):
        return UNKNOWN
    rows = zip(*(column or [] for column in columns), strict=False)
    return Sequence("list", [Sequence("tuple", row) for row in rows])


def enumerated(args: list[Value], keywords: Keywords) -> Value:
    """``enumerate(…)``."""
    items = iterated(args[0]) if len(args) == 1 and not keywords else None
    if items is None:
        return UNKNOWN
    return Sequence("list", [Sequence("tuple", pair) for pair in enumerate(items)])


def in_order(args: list[Value], keywords: Keywords) -> Value:
    """``sorted(…)``, in order only where all items are texts."""
    items = iterated(args[0]) if len(args) == 1 and not keywords else None
    if items is None or not all(isinstance(item, str) for item in items):
        return Sequence("list", items or [], is_open=items is None)
    return Sequence("list", sorted(items))


def backwards(args: list[Value], _: Keywords) -> Value:
    """``reversed(…)``."""
    items = iterated(args[0]) if len(args) == 1 else None
    return UNKNOWN if items is None else Sequence("list", items[::-1])


def any_true(args: list[Value], _: Keywords) -> Value:
    """``any(…)``."""
    items = iterated(args[0]) if len(args) == 1 else None
    answers = [truth(item) for item in items] if items is not None else [None]
    return True if True in answers else UNKNOWN if None in answers else False


def all_true(args: list[Value], _: Keywords) -> Value:
    """``all(…)``."""
    items = iterated(args[0]) if len(args) == 1 else None
    answers = [truth(item) for item in items] if items is not None else [None]
    return False if False in answers else UNKNOWN if None in answers else True


CALLS: dict[str, Callable[[list[Value], Keywords], Value]] = {
    "len": length,
    "dict": dictionary,
    "bool": boolean,
    "range": numbers,
    "zip": zipped,
    "enumerate": enumerated,
    "sorted": in_order,
    "reversed": backwards,
    "any": any_true,
    "all": all_true,
    **{name: functools.partial(sequence, name) for name in ("list", "tuple", "set", "frozenset")},
    **{
        name: functools.partial(constant, name)
        for name in ("str", "int", "float", "min", "max", "ord", "chr", "repr")
    },
}
"""By the builtin's name."""
