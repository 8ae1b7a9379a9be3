"""What the head of a function says: parameters, decorators, whether others may call it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.surface import Parameter, ParameterKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT = 2_000
_GENERATOR_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
# Decorators of the standard library that leave the ways to call a function as they are.
_TRANSPARENT = frozenset(
    {
        "staticmethod",
        "classmethod",
        "overload",
        "final",
        "override",
        "no_type_check",
        "abstractmethod",
        "abstractclassmethod",
        "abstractstaticmethod",
        "cache",
        "lru_cache",
        "wraps",
        "deprecated",
        "coroutine",
        "total_ordering",
        "runtime_checkable",
        "unique",
        "dataclass_transform",
        "disjoint_base",
        "type_check_only",
    }
)


class Decorators(NamedTuple):
    """What the decorators of a definition make of it.

    Attributes:
        is_accessor: a setter or deleter of a property that is already there.
        unknown: the first one that may change how the thing is called.
    """

    is_property: bool = False
    is_accessor: bool = False
    is_overload: bool = False
    is_static: bool = False
    is_class_method: bool = False
    is_yielded: bool = False
    unknown: str | None = None


_PLAIN = Decorators()


def decorators(definition: SgNode) -> Decorators:
    """Of a ``decorated_definition``."""
    found = _PLAIN
    for child in definition.children():
        if child.kind() != "decorator":
            continue
        inner = child.named_children()
        if not inner:
            continue
        function = inner[0].field("function") if inner[0].kind() == "call" else inner[0]
        name = function.text() if function else ""
        last = name.rpartition(".")[2]
        if last == "reify" or last.endswith("property"):
            found = found._replace(is_property=True)
        elif last in ("setter", "deleter", "getter"):
            found = found._replace(is_accessor=True)
        elif last in _GENERATOR_MANAGERS:
            found = found._replace(is_yielded=True)
        elif last == "register" and "." in name:
            found = found._replace(unknown=found.unknown or name)
        elif last not in _TRANSPARENT:
            found = found._replace(unknown=found.unknown or name or "a decorator")
        if last == "overload":
            found = found._replace(is_overload=True)
        elif last.endswith("staticmethod"):
            found = found._replace(is_static=True)
        elif last.endswith("classmethod"):
            found = found._replace(is_class_method=True)
    return found


def parameters(node: SgNode | None) -> tuple[Parameter, ...]:
    """Of the ``parameters`` of a function."""
    found: list[Parameter] = []
    kind = ParameterKind.POSITIONAL
    for child in node.named_children()[:_LIMIT] if node else ():
        match child.kind():
            case "identifier":
                found.append(Parameter(child.text(), kind))
            case "default_parameter" | "typed_default_parameter":
                name = child.field("name")
                found.append(Parameter(name.text() if name else "", kind, True))
            case "typed_parameter":
                first = child.named_children()[0]
                if (variadic := _variadic(first)) is not None:
                    found.append(variadic)
                    kind = ParameterKind.KEYWORD_ONLY
                else:
                    found.append(Parameter(first.text(), kind))
            case "list_splat_pattern" | "dictionary_splat_pattern":
                if (variadic := _variadic(child)) is not None:
                    found.append(variadic)
                    kind = ParameterKind.KEYWORD_ONLY
            case "keyword_separator":
                kind = ParameterKind.KEYWORD_ONLY
            case "positional_separator":
                found = [
                    Parameter(each.name, ParameterKind.POSITIONAL_ONLY, each.has_default) for each in found
                ]
            case "tuple_pattern":
                found.append(Parameter("", ParameterKind.POSITIONAL_ONLY))
            case _:
                pass
    return tuple(found)


def _variadic(node: SgNode) -> Parameter | None:
    kinds = {
        "list_splat_pattern": ParameterKind.VAR_POSITIONAL,
        "dictionary_splat_pattern": ParameterKind.VAR_KEYWORD,
    }
    kind = kinds.get(node.kind())
    return Parameter(node.text().lstrip("* "), kind, True) if kind else None
