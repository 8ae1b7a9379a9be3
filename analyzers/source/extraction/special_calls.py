"""Calls whose meaning is known: built-in functions, imports by name, what gives back what it was given."""

from __future__ import annotations

import builtins
import keyword
import re
from typing import TYPE_CHECKING

from analyzers.evidence import Confidence
from analyzers.source.extraction import constants, members, steps, type_hints
from analyzers.source.extraction.evaluator import DynamicImport
from analyzers.source.extraction.scopes import Range, Scope
from analyzers.source.records import UseKind

if TYPE_CHECKING:
    from analyzers.source.extraction.evaluator import Evaluator, Event, Values

_CERTAIN = Confidence.CERTAIN
_LIKELY = Confidence.LIKELY
_POSSIBLE = Confidence.POSSIBLE
_ATTRIBUTE = UseKind.ATTRIBUTE

STAR = ".*"
"""Stands behind the module of a star import from which a name may come."""

SPECIAL = frozenset(
    [
        "super",
        "getattr",
        "hasattr",
        "__import__",
        "exec",
        "eval",
        "next",
        "iter",
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "reversed",
        "enumerate",
        "zip",
        "map",
        "filter",
        "type",
        "max",
        "min",
        "staticmethod",
        "classmethod",
        "property",
    ]
)
_NAMES = (
    frozenset(dir(builtins))
    | frozenset(keyword.kwlist)
    | frozenset(keyword.softkwlist)
    | frozenset(
        [
            "unicode",
            "xrange",
            "raw_input",
            "basestring",
            "long",
            "unichr",
            "reduce",
            "file",
            "execfile",
            "cmp",
            "self",
            "cls",
            "__file__",
            "__path__",
            "__class__",
        ]
    )
)

_IMPORTERS = frozenset(
    {
        "importlib.import_module",
        "importlib.__import__",
        "builtins.__import__",
        "pytest.importorskip",
        "py.test.importorskip",
    }
)
_PROBES = frozenset(
    {"importlib.util.find_spec", "importlib.find_loader", "pkgutil.find_loader", "imp.find_module"}
)
_FIRST_ARGUMENT = frozenset(
    [
        "copy.copy",
        "copy.deepcopy",
        "functools.partial",
        "functools.lru_cache",
        "functools.cache",
        "functools.partialmethod",
        "contextlib.closing",
        "contextlib.aclosing",
        "asyncio.run",
        "asyncio.wait_for",
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.shield",
        "weakref.proxy",
        "importlib.reload",
        "types.MappingProxyType",
        "dataclasses.replace",
    ]
)
_ENTERED = re.compile(r"contextlib\.(?:Async)?ExitStack\(\)\.enter_(?:async_)?context\Z")
_OTHERS = frozenset({"asyncio.gather", "asyncio.to_thread", "typing.cast"})
_SEQUENCES = frozenset(
    f"builtins.{name}" for name in ("iter", "list", "tuple", "set", "frozenset", "sorted", "reversed")
) | {"itertools.chain", "itertools.cycle", "itertools.islice", "tqdm.tqdm", "collections.deque"}
KNOWN = _IMPORTERS | _PROBES | _FIRST_ARGUMENT | _SEQUENCES | _OTHERS
_MEANT = KNOWN | {f"builtins.{name}" for name in SPECIAL}
_IMPORT_LINE = re.compile(r"(?:^|[\n;])\s*(?:from\s+([\w.]+)\s+import\s+(\w+)|import\s+([\w.]+))")
_MODULE = re.compile(r"\.*[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")


def unbound(name: str, stars: Values) -> Values:
    """What a name may be that nothing in the file binds."""
    if name in SPECIAL:
        return (f"builtins.{name}",)
    if not stars or name in _NAMES:
        return ()
    return tuple(f"{module}{STAR}.{name}" for module in stars[: steps.MAX_VALUES])


def called(
    evaluation: Evaluator, value: str, opening: int, scope: Scope | None, events: list[Event] | None
) -> Values:
    """What calling a value may give."""
    first = value[0]
    if first == ":":
        if value.endswith("()"):
            class_ = evaluation.structure.classes.get(value[:-2])
            return (
                evaluation.called(members.member(evaluation, class_, "__call__", is_instance=True))
                if class_
                else ()
            )
        if value in evaluation.structure.classes:
            return (f"{value}()",)
        if (function := evaluation.structure.functions.get(value)) is not None:
            found = members.results(evaluation, function)
            return found or steps.union(
                steps.extended(other, "()") for other in members.effect(evaluation, function).replaced
            )
        return ()
    if first == "(":
        return (value.removeprefix(steps.RESULT),)
    if first in "[<":
        return ()
    if scope is not None and opening >= 0 and (value in _MEANT or "ExitStack" in value):
        arguments = _Arguments(evaluation, opening, scope)
        special = _special(value, arguments, events)
        if special is not None:
            return special
    return () if value.startswith("builtins.") else steps.extended(value, "()")


class _Arguments:
    """The arguments of a call, evaluated when asked for."""

    def __init__(self, evaluation: Evaluator, opening: int, scope: Scope) -> None:
        self.evaluation = evaluation
        self.opening = opening
        self.scope = scope

    def parts(self) -> list[Range]:
        source = self.evaluation.source
        return source.parts(self.opening + 1, source.closing[self.opening])

    def value(self, index: int) -> Values:
        if index == 0 and (generated := self.evaluation.generated(self.opening, self.scope)) is not None:
            return generated
        parts = self.parts()
        return self.evaluation.evaluate(*parts[index], self.scope) if index < len(parts) else ()


def _special(value: str, arguments: _Arguments, events: list[Event] | None) -> Values | None:
    """What a known function gives; None where the value is no such function."""
    evaluation = arguments.evaluation
    if value in _IMPORTERS or value in _PROBES:
        return _imported(value, arguments)
    if value in _FIRST_ARGUMENT or _ENTERED.match(value):
        return arguments.value(0)
    if value in _SEQUENCES:
        return tuple(steps.ITEMS + element for element in evaluation.items(arguments.value(0), None))
    match value:
        case "builtins.getattr" | "builtins.hasattr":
            return _attribute(value, arguments, events)
        case "builtins.super":
            function = arguments.scope.function
            while function is not None and function.class_ is None:
                function = function.outside.function
            return (
                (f"<{function.class_.key}",) if function is not None and function.class_ is not None else ()
            )
        case "builtins.exec" | "builtins.eval":
            _executed(arguments)
            return ()
        case "builtins.next" | "builtins.max" | "builtins.min":
            return evaluation.items(arguments.value(0), None)
        case "builtins.enumerate":
            return tuple(f"[]=[1]={element}" for element in evaluation.items(arguments.value(0), None))
        case "builtins.zip":
            return steps.union(
                (f"[]=[{index}]={element}" for element in evaluation.items(arguments.value(index), None)[:2])
                for index in range(len(arguments.parts()[: steps.MAX_VALUES]))
            )
        case "builtins.map":
            return tuple(steps.ITEMS + result for result in evaluation.called(arguments.value(0)))
        case "builtins.filter":
            return tuple(steps.ITEMS + element for element in evaluation.items(arguments.value(1), None))
        case "builtins.type":
            found = arguments.value(0) if len(arguments.parts()) == 1 else ()
            return tuple(each[:-2] for each in found if each.endswith("()"))
        case "asyncio.gather":
            return steps.union(
                (f"[{index}]={result}" for result in arguments.value(index)[:2])
                for index in range(len(arguments.parts()[: steps.MAX_VALUES]))
            )
        case "asyncio.to_thread":
            return evaluation.called(arguments.value(0))
        case "typing.cast":
            parts = arguments.parts()
            return type_hints.instances(evaluation, *parts[0], arguments.scope) if parts else ()
    return None


def _imported(value: str, arguments: _Arguments) -> Values:
    evaluation = arguments.evaluation
    parts = arguments.parts()
    if not parts:
        return ()
    start, end = parts[0]
    equals = evaluation.source.code.find("=", start, end)
    if equals >= 0:
        start = equals + 1
    start, end = evaluation.source.trimmed(start, end)
    names = tuple(
        name for name in constants.strings(evaluation, start, end, arguments.scope) if _MODULE.match(name)
    )
    if not names:
        return ()
    if len(parts) > 1 and names[0].startswith("."):
        first, last = parts[1]
        equals = evaluation.source.code.find("=", first, last)
        packages = constants.strings(evaluation, equals + 1 if equals >= 0 else first, last, arguments.scope)
        if len(packages) == 1:
            names = tuple(_absolute(name, packages[0]) for name in names)
    is_probe = value in _PROBES
    is_literal = evaluation.source.text[start] in "\"'"
    evaluation.dynamic[start] = DynamicImport(
        names, start, end, _CERTAIN if is_literal else _LIKELY, is_probe, arguments.scope
    )
    if is_probe:
        return ()
    if value.endswith(".__import__") and len(parts) < 4:
        return tuple(name.partition(".")[0] for name in names)
    return names


def _absolute(name: str, package: str) -> str:
    """A relative name within a package."""
    rest = name.lstrip(".")
    levels = len(name) - len(rest) - 1
    return ".".join([*package.split(".")[: -levels or None], rest])


def _attribute(value: str, arguments: _Arguments, events: list[Event] | None) -> Values:
    evaluation = arguments.evaluation
    parts = arguments.parts()
    if len(parts) < 2:
        return ()
    owners = arguments.value(0)
    if not owners:
        return ()
    names = constants.strings(evaluation, *parts[1], arguments.scope)
    found = steps.union(evaluation.attributes(owners, name) for name in names if name.isidentifier())
    is_probe = value.endswith("hasattr") or len(parts) > 2
    targets = evaluation.external(found)
    if targets and events is not None:
        events.append((_ATTRIBUTE, targets, *parts[1], -1, is_probe))
    if value.endswith("hasattr"):
        return ()
    if len(parts) > 2:
        return steps.union((found, evaluation.evaluate(*parts[2], arguments.scope)))
    return found


def _executed(arguments: _Arguments) -> None:
    evaluation = arguments.evaluation
    parts = arguments.parts()
    if not parts:
        return
    for text in constants.strings(evaluation, *parts[0], arguments.scope):
        modules = tuple(
            match[1] or match[3]
            for match in _IMPORT_LINE.finditer(text)
            if _MODULE.match(match[1] or match[3])
        )
        if modules:
            evaluation.dynamic[parts[0][0]] = DynamicImport(
                modules, *parts[0], _POSSIBLE, False, arguments.scope
            )
