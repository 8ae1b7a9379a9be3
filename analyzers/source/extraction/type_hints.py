"""What an annotation says of a value: an instance of a class, or a container of instances."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.source.extraction import steps
from analyzers.source.extraction.scopes import Range, Scope

if TYPE_CHECKING:
    from analyzers.source.extraction.evaluator import Evaluator

_CHAIN = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")
_BAR = re.compile(r"[(\[{]|\|")
_MAX_PARTS = 6

_TRANSPARENT = frozenset(
    {"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar"}
)
_ONLY_FIRST = frozenset({"Annotated"})
_OF_FIRST = frozenset(
    [
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "deque",
        "Deque",
        "Sequence",
        "MutableSequence",
        "Iterable",
        "Iterator",
        "Collection",
        "Container",
        "AsyncIterable",
        "AsyncIterator",
        "Generator",
        "AsyncGenerator",
        "AbstractSet",
        "MutableSet",
        "Reversible",
        "KeysView",
        "ValuesView",
        "ContextManager",
        "AbstractContextManager",
        "AsyncContextManager",
        "AbstractAsyncContextManager",
    ]
)
_OF_SECOND = frozenset(
    ["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "ChainMap"]
)
_CONTEXTS = frozenset(
    {"ContextManager", "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager"}
)
_TUPLES = frozenset({"tuple", "Tuple"})
_CLASSES = frozenset({"type", "Type"})
_AWAITED = frozenset({"Awaitable", "Coroutine", "Future", "Task"})
_OWN = frozenset(
    {
        "typing",
        "typing_extensions",
        "collections",
        "types",
        "builtins",
        "contextlib",
        "dataclasses",
        "asyncio",
    }
)


def instances(evaluation: Evaluator, start: int, end: int, scope: Scope) -> tuple[str, ...]:
    """The values that something annotated so may have."""
    return _instances(evaluation, start, end, scope, 0)


def _instances(evaluation: Evaluator, start: int, end: int, scope: Scope, depth: int) -> tuple[str, ...]:
    source = evaluation.source
    start, end = source.trimmed(start, end)
    match = _CHAIN.match(source.code, start, end)
    if match is None or depth > _MAX_PARTS:
        return ()
    if bar := source.at_depth(_BAR, match.end(), end):
        rest = _instances(evaluation, bar.end(), end, scope, depth + 1)
        return steps.union((_instances(evaluation, start, bar.start(), scope, depth + 1), rest))
    head = "".join(match[0].split())
    values = evaluation.named(head.partition(".")[0], scope, start)
    for name in head.split(".")[1:]:
        values = evaluation.attributes(values, name)
    opening = match.end()
    arguments: list[Range] = []
    if source.code[opening : opening + 1] == "[" and opening in source.closing:
        arguments = source.parts(opening + 1, source.closing[opening])[:_MAX_PARTS]
    last = head.rpartition(".")[2]
    if not values and "." not in head:
        values = (f"builtins.{head}",)
    if arguments and len(values) == 1 and values[0].partition(".")[0] in _OWN:
        last = values[0].rpartition(".")[2]
        return _generic(evaluation, last, arguments, scope, depth + 1)
    return steps.union(
        evaluation.called((value,))
        for value in values
        if value[-1] != ")"
        and (value[0] == ":" or value.partition(".")[0] not in _OWN or value.startswith("asyncio."))
    )


def _generic(
    evaluation: Evaluator, name: str, arguments: list[Range], scope: Scope, depth: int
) -> tuple[str, ...]:
    if name in _TRANSPARENT:
        chosen = arguments[:1] if name in _ONLY_FIRST else arguments
        return steps.union(_instances(evaluation, *part, scope, depth) for part in chosen)
    if name in _CONTEXTS:
        return _instances(evaluation, *arguments[0], scope, depth)
    if name in _OF_FIRST:
        return _wrapped(steps.ITEMS, _instances(evaluation, *arguments[0], scope, depth))
    if name in _OF_SECOND and len(arguments) > 1:
        return _wrapped(steps.ITEMS, _instances(evaluation, *arguments[1], scope, depth))
    if name in _TUPLES:
        if len(arguments) == 2 and "..." in evaluation.source.code[slice(*arguments[1])]:
            return _wrapped(steps.ITEMS, _instances(evaluation, *arguments[0], scope, depth))
        return steps.union(
            _wrapped(f"[{index}]=", _instances(evaluation, *part, scope, depth))
            for index, part in enumerate(arguments)
        )
    if name in _CLASSES:
        found = _instances(evaluation, *arguments[0], scope, depth)
        return tuple(value[:-2] for value in found if value.endswith("()"))
    if name in _AWAITED:
        return _instances(evaluation, *arguments[-1], scope, depth)
    if name == "Callable" and len(arguments) > 1:
        return _wrapped(steps.RESULT, _instances(evaluation, *arguments[-1], scope, depth))
    return ()


def _wrapped(prefix: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(prefix + value for value in values)
