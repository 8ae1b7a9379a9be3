"""Methods of constants, containers and namespaces."""

from __future__ import annotations

from analyzers.importing.iteration import LIMIT_HELD, LIMIT_ITEMS, grow, iterated
from analyzers.importing.machine import Keywords, Machine
from analyzers.importing.values import (
    UNKNOWN,
    Mapping,
    Method,
    ModuleNames,
    Sequence,
    Value,
    escape,
    is_constant,
)

_OF_TEXT = frozenset(
    [
        "startswith",
        "endswith",
        "split",
        "rsplit",
        "splitlines",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "replace",
        "join",
        "format",
        "partition",
        "rpartition",
        "removeprefix",
        "removesuffix",
        "find",
        "rfind",
        "index",
        "count",
        "isdigit",
        "isidentifier",
        "isupper",
        "islower",
        "isalpha",
        "isalnum",
        "encode",
        "zfill",
        "swapcase",
        "casefold",
    ]
)
_LONGEST = 100_000
_GROWING = frozenset({"replace", "join", "format"})


class Methods:
    """Calls methods on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def call(self, method: Method, args: list[Value], keywords: Keywords) -> Value:
        """``subject.name(*args, **keywords)``."""
        match method.subject:
            case str():
                return self._of_text(method.subject, method.name, args, keywords)
            case Sequence():
                return self._of_sequence(method.subject, method.name, args)
            case Mapping():
                return self._of_mapping(method.subject, method.name, args, keywords)
            case ModuleNames():
                return self._of_names(method.subject, method.name, args, keywords)
        return UNKNOWN

    def _of_text(self, text: str, name: str, args: list[Value], keywords: Keywords) -> Value:
        if name not in _OF_TEXT or len(text) > _LONGEST:
            return UNKNOWN
        given: list[object] = []
        for arg in args:
            if is_constant(arg):
                given.append(arg)
            elif isinstance(arg, Sequence) and not arg.is_open and all(map(is_constant, arg.items)):
                given.append(tuple(arg.items))
            else:
                return UNKNOWN
        named = {key: value for key, value in keywords if key is not None and is_constant(value)}
        if len(named) != len(keywords) or any(isinstance(arg, int) and abs(arg) > 1_000 for arg in given):
            return UNKNOWN
        if name == "format" and (text.count("{") > 50 or ":" in text):
            return UNKNOWN
        if name in _GROWING and _largest(text, name, given) > _LONGEST:
            return UNKNOWN
        try:
            found = getattr(text, name)(*given, **named)
        except Exception:  # whatever the method refuses, the code that is simulated is not followed there
            return UNKNOWN
        if isinstance(found, list | tuple):
            return Sequence("list" if isinstance(found, list) else "tuple", found)
        return found if not isinstance(found, str | bytes) or len(found) <= _LONGEST else UNKNOWN

    def _of_sequence(self, sequence: Sequence, name: str, args: list[Value]) -> Value:
        is_known = self._machine.certain
        match name, args:
            case ("append", [item]) if is_known:
                grow(sequence, [item])
                return None
            case ("add", [item]) if is_known and is_constant(item) and len(sequence.items) < LIMIT_ITEMS:
                self._machine.step(1 + len(sequence.items) // 50)
                if item not in sequence.items:
                    sequence.items.append(item)
                return None
            case ("extend" | "update", [items]) if is_known and (found := iterated(items)) is not None:
                grow(sequence, found)
                return None
            case ("insert", [int() as position, item]) if is_known and len(sequence.items) < LIMIT_HELD:
                sequence.items.insert(position, item)
                return None
            case ("remove" | "discard", [item]) if is_known and is_constant(item) and item in sequence.items:
                sequence.items.remove(item)
                return None
            case ("copy", []) if len(sequence.items) < LIMIT_ITEMS:
                return Sequence(sequence.kind, sequence.items, is_open=sequence.is_open)
            case (("union" | "__add__"), [other]) if (more := iterated(other)) is not None:
                return Sequence(sequence.kind, [*sequence.items, *more], is_open=sequence.is_open)
            case ("index" | "count", _):
                return UNKNOWN
            case ("sort" | "reverse", _):
                if name == "sort" and all(isinstance(item, str) for item in sequence.items):
                    sequence.items.sort()
                return None
        sequence.is_open = True
        for arg in args:
            escape(arg)
        return UNKNOWN

    def _of_mapping(self, mapping: Mapping, name: str, args: list[Value], keywords: Keywords) -> Value:
        items = mapping.items
        if name != "get":
            self._machine.step(1 + len(items) // 50)
        match name, args:
            case ("keys", []):
                return Sequence("list", items, is_open=mapping.is_open)
            case ("values", []):
                return Sequence("list", items.values(), is_open=mapping.is_open)
            case ("items", []):
                pairs = [Sequence("tuple", pair) for pair in items.items()]
                return Sequence("list", pairs, is_open=mapping.is_open)
            case ("copy", []):
                return Mapping(dict(items), is_open=mapping.is_open)
            case ("get" | "pop" | "setdefault", [key, *default]) if is_constant(key) and len(default) < 2:
                return self._item(mapping, name, key, default)
            case ("update", _):
                self._update(mapping, args, keywords)
                return None
        if name != "get":
            mapping.is_open = True
        for arg in args:
            escape(arg)
        return UNKNOWN

    def _item(self, mapping: Mapping, name: str, key: Value, default: list[Value]) -> Value:
        if not self._machine.certain and name != "get":
            mapping.is_open = True
        if key in mapping.items:
            found = mapping.items[key]
            if name == "pop" and self._machine.certain:
                del mapping.items[key]
            return found
        if mapping.is_open:
            return UNKNOWN
        if name == "setdefault" and self._machine.certain and len(mapping.items) < LIMIT_HELD:
            mapping.items[key] = default[0] if default else None
        if not default:
            return None if name != "pop" else UNKNOWN
        return default[0]

    def _update(self, mapping: Mapping, args: list[Value], keywords: Keywords) -> None:
        if not self._machine.certain:
            mapping.is_open = True
            return
        match args:
            case []:
                pass
            case [Mapping() as given]:
                mapping.items.update(given.items)
                mapping.is_open = mapping.is_open or given.is_open
            case _:
                mapping.is_open = True
        for key, value in keywords:
            if key is None:
                mapping.is_open = True
            else:
                mapping.items[key] = value

    def _of_names(self, names: ModuleNames, method: str, args: list[Value], keywords: Keywords) -> Value:
        module = names.module
        match method, args:
            case ("update", [Mapping() as given]) if not given.is_open:
                for key, value in given.items.items():
                    if isinstance(key, str):
                        module.namespace[key] = value if self._machine.certain else UNKNOWN
                return None
            case ("update", []) if keywords and all(key is not None for key, _ in keywords):
                for key, value in keywords:
                    module.namespace[str(key)] = value if self._machine.certain else UNKNOWN
                return None
            case ("get", [str() as key, *_]):
                return module.namespace.get(key, UNKNOWN)
            case (("keys" | "values" | "items" | "copy" | "__contains__"), _):
                return UNKNOWN
            case ("setdefault", [str() as key, value]):
                return module.namespace.setdefault(key, value if self._machine.certain else UNKNOWN)
            case ("__setitem__", [str() as key, value]):
                module.namespace[key] = value if self._machine.certain else UNKNOWN
                return None
            case ("pop", [str() as key, *_]):
                module.namespace[key] = UNKNOWN
                return UNKNOWN
        module.open("names are written into its namespace while it runs")
        return UNKNOWN


def _largest(text: str, name: str, given: list[object]) -> int:
    """How long the result of a method of a text can be at most, about."""
    longest = max((len(arg) for arg in given if isinstance(arg, str)), default=0)
    match name, given:
        case "join", [tuple() as items]:
            return len(items) * len(text) + sum(len(item) for item in items if isinstance(item, str))
        case "replace", _:
            return (len(text) + 1) * max(1, longest) if longest > 1 else len(text)
        case "format", _:
            return len(text) + text.count("{") * longest
    return len(text) * max(1, longest)
