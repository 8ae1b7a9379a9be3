"""The algebra of expressions: what an attribute, an item or a call of a value is.

Beside the expressions of `module_facts` there are values that exist only within a file: ``[]=e`` is something
whose items are ``e``, ``[2]=e`` whose third is, ``()=e`` what gives ``e`` when called. A ``^`` stands behind
a library's class or instance that stands in for a class of the project deriving from it.
"""

from __future__ import annotations

from collections.abc import Iterable

MAX_VALUES = 8
MAX_LENGTH = 240

INHERITED = "^"
ITEMS = "[]="
RESULT = "()="

CONTAINER_METHODS = {
    "get": "()=",
    "pop": "()=",
    "setdefault": "()=",
    "popleft": "()=",
    "values": "()=[]=",
    "copy": "()=[]=",
    "items": "()=[]=[1]=",
}


def union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Each value once, in order, as many as are looked at."""
    found: dict[str, None] = {}
    for group in groups:
        for value in group:
            found[value] = None
            if len(found) >= MAX_VALUES:
                return tuple(found)
    return tuple(found)


def is_local(value: str) -> bool:
    """Whether it is more than an expression that starts at an import."""
    return value[0] in ":[(<"


def extended(value: str, step: str) -> tuple[str, ...]:
    """An expression that starts at an import, one step further."""
    return (value + step,) if len(value) + len(step) <= MAX_LENGTH else ()


def container_attribute(value: str, name: str) -> tuple[str, ...]:
    """A method of a built-in container."""
    prefix = CONTAINER_METHODS.get(name)
    if prefix is None or not value.startswith("["):
        return ()
    item = value.partition("=")[2]
    return (prefix + item,)


def item(value: str, index: int | None) -> tuple[str, ...]:
    """The item with an index, or any item."""
    if value[0] == "[":
        head, _, rest = value.partition("=")
        number = head[1:-1]
        return (rest,) if index is None or not number or number == str(index) else ()
    if value[0] == "(":
        return ()
    if value[0] == ":" and not value.endswith(")"):
        return (value,)
    return extended(value, "[]" if index is None else f"[{index}]")


def plain(values: Iterable[str]) -> tuple[str, ...]:
    """Those that other files can do something with."""
    return tuple(
        [value.replace(INHERITED, "") for value in values if value[0] != "<" and value[:9] != "builtins."]
    )
