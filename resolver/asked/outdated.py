"""Releases that calls of code lead to, and that are too old to have known the target's Python.

What a Python removes it warns of for two releases before (PEP 387), a year apart from one another. A
release that is older than that had no chance to learn of it, and more likely fails to be imported than the
code fails in one call. So of such a project only what is imported is demanded, not how it is called.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from analyzers.evidence import Evidence, Justification, Level
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand
from images.facts.lifecycles import python_lifecycle
from resolver.context import Context
from resolver.reports.advice import Advice, Pin

_SUPPORT_YEARS, _WARNING_YEARS = 5, 2
UNIT = "bare-code"


def outdated(advice: Advice, context: Context) -> list[Pin]:
    """Pins of projects of which the code demands calls, too old to have known the target's Python."""
    python = context.target.python
    lifecycle = python_lifecycle(f"{python.major}.{python.minor}")
    if lifecycle is None:
        return []
    year, _, rest = lifecycle.until.partition("-")
    first_warned = f"{int(year) - _SUPPORT_YEARS - _WARNING_YEARS}-{rest}"
    return [
        pin
        for pin in advice.pins
        if pin.name in context.demands
        and any(not _is_import(one.kind) for one in context.demands[pin.name].required)
        and (max((each.uploaded_at or "~" for each in pin.artifacts), default="~") < first_warned)
    ]


def called(context: Context) -> list[str]:
    """Projects of which the code demands more than what it imports."""
    return [
        name
        for name, demand in context.demands.items()
        if any(not _is_import(one.kind) for one in demand.required)
    ]


def only_imports(context: Context, names: Iterable[str]) -> Context:
    """The context without demands on these projects but for what is imported."""
    demands = dict(context.demands)
    for name in names:
        demand = demands[name]
        required = tuple(one for one in demand.required if _is_import(one.kind))
        demands[name] = ApiDemand(distribution=name, required=required, optional=demand.optional)
    return msgspec.structs.replace(context, demands=demands)


def preferred(before: Advice, after: Advice, pins: Iterable[Pin], context: Context) -> Advice:
    """The advice without these demands, if there is one, with a warning for each release that it changes."""
    if not after.status.is_solved:
        return before
    now = {pin.name: pin.version for pin in after.pins}
    python = f"{context.target.python.major}.{context.target.python.minor}"
    warnings = tuple(
        Justification(
            unit=UNIT,
            level=Level.WARNING,
            message=f"{pin.name} {pin.version} fits the calls of the code, but is years older than Python "
            f"{python}: {now[pin.name]} is advised, which has what is imported",
            evidence=(Evidence(what=f"{pin.name} {pin.version}", where="index"),),
        )
        for pin in pins
        if now.get(pin.name, pin.version) != pin.version
    )
    return msgspec.structs.replace(after, remarks=after.remarks + warnings) if warnings else before


def importable(before: Advice, after: Advice, names: Iterable[str]) -> Advice:
    """The advice without these demands, if there is one where there was none, with a warning for each pin."""
    if before.status.is_solved or not after.status.is_solved:
        return before
    pins = {pin.name: pin.version for pin in after.pins}
    warnings = tuple(
        Justification(
            unit=UNIT,
            level=Level.WARNING,
            message=f"no stack fits all calls of the code: {name} {pins[name]} is advised, which has what is "
            "imported",
            evidence=(Evidence(what=f"{name} {pins[name]}", where="index"),),
        )
        for name in names
        if name in pins
    )
    return msgspec.structs.replace(after, remarks=after.remarks + warnings)


def _is_import(kind: UseKind) -> bool:
    return kind is UseKind.IMPORT
