"""Binds the arguments of a call to a signature, as Python would."""

from __future__ import annotations

from typing import NamedTuple

from analyzers.importing.values import UNKNOWN, Function, Mapping, Sequence, Value


class Binding(NamedTuple):
    """Names to values, or why the call fails."""

    names: dict[str, Value]
    error: str | None = None


def bound_arguments(
    function: Function, args: list[Value], keywords: list[tuple[str | None, Value]], has_unknown_args: bool
) -> Binding:
    """The names that a call binds.

    Args:
        function: that is called.
        args: positional arguments.
        keywords: by name; a name of None is ``**`` of what is not known.
        has_unknown_args: ``*`` of what is not known is among the positional arguments.
    """
    spec = function.node.args
    positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    only_positional = len(spec.posonlyargs)
    only_keyword = [arg.arg for arg in spec.kwonlyargs]
    names: dict[str, Value] = dict(zip(positional, args, strict=False))
    error: str | None = None
    surplus = args[len(positional) :]
    if spec.vararg is not None:
        names[spec.vararg.arg] = Sequence("tuple", surplus, is_open=has_unknown_args)
    elif surplus and not has_unknown_args:
        given, most = len(args), len(positional)
        error = f"{function.name}() takes {most} positional arguments but {given} were given"
    rest: dict[Value, Value] = {}
    has_unknown_keywords = False
    by_name = {*positional[only_positional:], *only_keyword}
    for key, value in keywords:
        if key is None:
            has_unknown_keywords = True
        elif key in by_name:
            if key in names and not has_unknown_args:
                error = error or f"{function.name}() got multiple values for argument '{key}'"
            names[key] = value
        elif spec.kwarg is not None:
            rest[key] = value
        else:
            error = error or f"{function.name}() got an unexpected keyword argument '{key}'"
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = Mapping(rest, is_open=has_unknown_keywords)
    first_default = len(positional) - len(function.defaults)
    unknown_may_give = has_unknown_args or has_unknown_keywords
    for index, name in enumerate(positional):
        if name in names:
            continue
        if unknown_may_give:
            names[name] = UNKNOWN
        elif index >= first_default:
            names[name] = function.defaults[index - first_default]
        else:
            error = error or f"{function.name}() missing 1 required positional argument: '{name}'"
            names[name] = UNKNOWN
    for name in only_keyword:
        if name in names:
            continue
        if has_unknown_keywords:
            names[name] = UNKNOWN
        elif name in function.keyword_defaults:
            names[name] = function.keyword_defaults[name]
        else:
            error = error or f"{function.name}() missing 1 required keyword-only argument: '{name}'"
            names[name] = UNKNOWN
    return Binding(names, error)
