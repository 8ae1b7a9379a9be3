"""Classes: their method resolution order, and what looking up a name in it finds."""

from __future__ import annotations

from analyzers.importing.values import UNKNOWN, Class, External, Value

_PLAIN_BASES = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
)
"""Bases that add nothing that matters to a lookup."""

_KNOWN_BASES = _PLAIN_BASES | {"types.ModuleType"}
"""Bases that make no class more than is known here, though a lookup ends at them."""

PLAIN_METACLASSES = frozenset({"abc.ABCMeta", "builtins.type"})
"""Metaclasses that leave calls of their classes, and ``__init__``, as they are."""

_LONGEST_LINEAGE = 400
"""Classes above a class, counted along every way, that are put in order."""


def made_lineage(cls: Class) -> None:
    """Fill `Class.lineage` and `Class.is_open` from its bases (C3, as in Python)."""
    for base in cls.bases:
        if isinstance(base, Class) and base.is_called_otherwise:
            cls.is_called_otherwise = True
        elif isinstance(base, External) and base.name.startswith("enum."):
            cls.is_called_otherwise = True  # with a value: looks up the member that has it
    sequences: list[list[Class | External]] = []
    direct: list[Class | External] = []
    for base in cls.bases:
        if isinstance(base, Class):
            sequences.append(list(base.lineage))
            direct.append(base)
            cls.is_open = cls.is_open or base.is_open
        elif isinstance(base, External):
            sequences.append([base])
            direct.append(base)
            if base.name not in _KNOWN_BASES:
                cls.is_open = True
        else:
            cls.is_open = True
    if len(direct) == 1:
        cls.lineage = [cls, *sequences[0]]
        return
    sequences.append(direct)
    merged = _merged(sequences) if sum(map(len, sequences)) <= _LONGEST_LINEAGE else None
    if merged is None:
        cls.is_open = True
        merged = direct
    cls.lineage = [cls, *merged]


def made_by(metaclass: Value, cls: Class) -> None:
    """What a metaclass may have done: given the class an ``__init__``, and taken over its calls."""
    cls.namespace.setdefault("__init__", UNKNOWN)
    known = metaclass.lineage if isinstance(metaclass, Class) else [metaclass]
    for each in known:
        if isinstance(each, Class):
            cls.is_called_otherwise |= "__call__" in each.namespace
        else:
            is_plain = isinstance(each, External) and each.name in PLAIN_METACLASSES
            cls.is_called_otherwise |= not is_plain


def _merged(sequences: list[list[Class | External]]) -> list[Class | External] | None:
    result: list[Class | External] = []
    while sequences := [sequence for sequence in sequences if sequence]:
        for sequence in sequences:
            head = sequence[0]
            if not any(_holds(other[1:], head) for other in sequences):
                break
        else:
            return None
        result.append(head)
        sequences = [sequence[1:] if _same(sequence[0], head) else sequence for sequence in sequences]
    return result


def _same(one: Class | External, other: Class | External) -> bool:
    if isinstance(one, External) and isinstance(other, External):
        return one.name == other.name
    return one is other


def _holds(sequence: list[Class | External], wanted: Class | External) -> bool:
    return any(_same(each, wanted) for each in sequence)


def is_module_type(cls: Value) -> bool:
    """Whether it is the class of all modules."""
    return isinstance(cls, External) and cls.name == "types.ModuleType"


class Absent:
    """Nothing in the whole lineage has the name, and the lineage is known."""


ABSENT = Absent()


def looked_up(lineage: list[Class | External], name: str, *, is_open: bool) -> Value | Absent:
    """What the first class that has a name binds it to; `UNKNOWN` where one that is not known may have it."""
    for cls in lineage:
        if isinstance(cls, External):
            if cls.name not in _PLAIN_BASES:
                return UNKNOWN
        elif name in cls.namespace:
            return cls.namespace[name]
    return UNKNOWN if is_open else ABSENT


def exception_bases(value: Value) -> tuple[str, ...]:
    """Names of an exception class and its bases; empty where it is none that is known."""
    from analyzers.importing.failures import builtin_bases

    if isinstance(value, External) and value.name.startswith("builtins."):
        return builtin_bases(value.name.removeprefix("builtins."))
    if isinstance(value, Class):
        names: list[str] = []
        for cls in value.lineage:
            names += [cls.name] if isinstance(cls, Class) else exception_bases(cls)
        return tuple(dict.fromkeys(names)) if "BaseException" in names else ()
    return ()
