"""Whether a function takes the arguments of a call, by its signature alone."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.api.surface import Parameter, ParameterKind, Symbol, SymbolKind
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.api.things import Definition, Instance, Thing
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import SymbolDemand

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL)
_NAMED = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY)


def refusal(thing: Thing, call: SymbolDemand, surfaces: DistributionSurfaces) -> str | None:
    """Why a call cannot work; None where it may.

    A decorator that is applied without being called is a call with one argument.
    """
    if call.kind is UseKind.DECORATOR and not (call.positional or call.keywords or call.star_arguments):
        return None
    if isinstance(thing, Definition) and thing.is_class:
        return _constructor(thing, call, surfaces)
    if isinstance(thing, Definition) and thing.symbol.kind is SymbolKind.FUNCTION:
        # Whoever calls a method through its class passes the object; which it is cannot always be told.
        bound = 0
        if thing.owner is not None and not thing.symbol.is_static:
            is_bound = thing.symbol.is_class_method or isinstance(thing.owner, Instance)
            bound = 1 if is_bound else 0
            if not is_bound:
                return _of_symbol(thing.symbol, call, 0) and _of_symbol(thing.symbol, call, 1)
        return _of_symbol(thing.symbol, call, bound)
    return None


def _constructor(thing: Definition, call: SymbolDemand, surfaces: DistributionSurfaces) -> str | None:
    """A class is called as its ``__init__`` says, where nothing else has a say in it."""
    lineage = surfaces.lineage(thing)
    if lineage.open is not None:
        return None
    found = surfaces.member(thing, "__init__")
    if not found or surfaces.member(thing, "__new__"):
        return None
    reasons = [
        _of_symbol(each.symbol, call, 1)
        if isinstance(each, Definition) and each.symbol.kind is SymbolKind.FUNCTION
        else None
        for each in found
    ]
    return None if None in reasons else reasons[0]


def _of_symbol(symbol: Symbol, call: SymbolDemand, bound: int) -> str | None:
    if symbol.open is not None or symbol.parameters is None:
        return None
    return reason(symbol.parameters, call, bound)


def reason(parameters: Sequence[Parameter], call: SymbolDemand, bound: int = 0) -> str | None:
    """Why parameters cannot take the arguments of a call.

    Args:
        parameters: of the function.
        call: positional count, keywords, and whether ``*`` or ``**`` passes more.
        bound: how many arguments precede those of the call, such as ``self``.
    """
    kinds = {parameter.kind for parameter in parameters}
    by_name = {parameter.name: parameter for parameter in parameters if parameter.kind in _NAMED}
    if ParameterKind.VAR_KEYWORD not in kinds:
        unknown = [keyword for keyword in call.keywords if keyword not in by_name]
        if unknown:
            return f"takes no argument {' or '.join(unknown)}"
    positional = [parameter for parameter in parameters if parameter.kind in _POSITIONAL]
    given = call.positional + bound
    if given > len(positional) and ParameterKind.VAR_POSITIONAL not in kinds:
        return f"takes at most {len(positional) - bound} positional arguments, not {call.positional}"
    if call.star_arguments:
        return None
    filled = {parameter.name for parameter in positional[:given]} | set(call.keywords)
    lacking = [
        parameter.name
        for parameter in (
            *positional,
            *(each for each in parameters if each.kind is ParameterKind.KEYWORD_ONLY),
        )
        if not parameter.has_default and parameter.name not in filled
    ]
    return f"requires the argument {' and '.join(lacking)}" if lacking else None
