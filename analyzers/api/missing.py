"""API use that the pinned release does not offer: a demand met with the surfaces of the stack, findings out.

What is not known is not found: a module that may make names as it runs, a function behind an unknown
decorator, a class with a base that is not at hand prove nothing by absence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzers.api.calls import refusal
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.api.things import Definition, Instance, ModuleThing, Thing
from analyzers.evidence import Confidence, Evidence, Finding, Level, Location
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand

ID = "missing-api"
MISSING_FINDINGS: Mapping[str, str] = {ID: "something is used that the installed release does not offer"}
"""The kind of finding, with what it means."""
_STEP = re.compile(r"\.?[^.()\[\]]+|\(\)|\[\]")


def missing(demand: ApiDemand, surfaces: DistributionSurfaces, release: str) -> list[Finding]:
    """What the required part of a demand asks for in vain; what is guarded is never missing.

    Args:
        demand: on one distribution.
        surfaces: of the stack in which its release is.
        release: how messages call it, such as ``numpy 2.1.0``.

    Returns:
        *Likely* where a closed module lacks a name, or a function an argument; *possible* for members of
        classes and for what is called with what a class inferred.
    """
    found: dict[str, Finding] = {}
    absent: dict[str, tuple[str, Confidence] | None] = {}
    for wanted in demand.required:
        if wanted.symbol not in absent:
            absent[wanted.symbol] = absence(wanted.symbol, surfaces)
        lack = absent[wanted.symbol]
        if lack is not None:
            key = lack[0]  # what is not there is missed once, whatever would be done with it
            if key not in found:
                found[key] = _finding(wanted, f"{release} has no {wanted.symbol}: {lack[0]}", lack[1])
        elif wanted.kind in (UseKind.CALL, UseKind.DECORATOR):
            for reason, confidence in _refusals(wanted, surfaces):
                key = f"{wanted.symbol}() {reason}"
                if key not in found:
                    message = f"{wanted.symbol} of {release} {reason}"
                    found[key] = _finding(wanted, message, confidence)
    return list(found.values())


def absence(symbol: str, surfaces: DistributionSurfaces) -> tuple[str, Confidence] | None:
    """Why a symbol does not exist; None where it does, or where that is not known."""
    for for_types in (False, True):
        if surfaces.resolved(symbol, for_types=for_types) or surfaces.was_cut():
            return None
    steps = _STEP.findall(symbol)
    for stop in range(1, len(steps) + 1):
        path = "".join(steps[:stop])
        if surfaces.resolved(path):
            continue
        name = steps[stop - 1].removeprefix(".")
        # Names of the language itself are there without a word in the source.
        is_language = (name.startswith("__") and name.endswith("__")) or hasattr(type, name)
        if stop == 1 or not name.isidentifier() or is_language:
            return None
        if surfaces.was_cut():
            return None
        things = surfaces.resolved("".join(steps[: stop - 1]))
        lacks = [_lack(thing, name, surfaces) for thing in things]
        return None if None in lacks else lacks[0]
    return None


def _lack(thing: Thing, name: str, surfaces: DistributionSurfaces) -> tuple[str, Confidence] | None:
    """How something is known not to have a member."""
    match thing:
        case ModuleThing(name=module):
            if surfaces.open_reason(module) is not None or surfaces.open_submodules(module) is not None:
                return None
            if surfaces.may_be_set(module, name):
                return None
            return f"nothing binds {name} in module {module}", Confidence.LIKELY
        case Definition() if thing.is_class:
            return _class_lack(thing, name, surfaces)
        case Instance(of=of):
            return _class_lack(of, name, surfaces)
        case _:
            return None


def _class_lack(of: Definition, name: str, surfaces: DistributionSurfaces) -> tuple[str, Confidence] | None:
    if surfaces.lineage(of).open is not None:
        return None
    return f"nothing sets {name} in class {of.path} or its bases", Confidence.POSSIBLE


def _refusals(wanted: SymbolDemand, surfaces: DistributionSurfaces) -> Iterator[tuple[str, Confidence]]:
    """Why each thing that the symbol may be refuses the call; nothing if one of them may accept it."""
    things = surfaces.resolved(wanted.symbol)
    reasons = [refusal(thing, wanted, surfaces) for thing in things]
    if things and None not in reasons:
        is_inferred = "(" in wanted.symbol or "[" in wanted.symbol
        confidence = Confidence.POSSIBLE if is_inferred else Confidence.LIKELY
        for reason in dict.fromkeys(reason for reason in reasons if reason is not None):
            yield reason, confidence
            return


def _finding(wanted: SymbolDemand, message: str, confidence: Confidence) -> Finding:
    level = Level.ERROR if confidence is Confidence.LIKELY else Level.WARNING
    first = wanted.sites[0] if wanted.sites else None
    return Finding(
        id=ID,
        level=level,
        message=message,
        location=Location(path=first.file, line=first.line, column=first.column) if first else None,
        evidence=tuple(
            Evidence(
                what=f"{wanted.kind.value} of {wanted.symbol}", where=_where(site), confidence=confidence
            )
            for site in wanted.sites
        ),
    )


def _where(site: DemandSite) -> str:
    cell = f"[{site.cell}]" if site.cell is not None else ""
    return f"{site.file}{cell}:{site.line}:{site.column}"
