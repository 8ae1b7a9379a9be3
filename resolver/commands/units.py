"""``stackwright units list``: every unit, and whether and why it takes part."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from resolver.units.descriptions import UnitDescription


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``units``."""
    command.description = "List every unit: what it does, and whether and why it takes part in a run."
    command.add_argument("action", metavar="ACTION", choices=("list",), help="list, which is all there is")
    arguments.add_format(command)
    arguments.add_units(command)
    arguments.add_predictor(command)
    arguments.add_target(command)
    arguments.add_releases(command)
    arguments.add_offline(command)


def run(options: argparse.Namespace) -> bool:
    """List the units."""
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import Session
    from resolver.commands.runs.units import installed_units
    from resolver.predictors.choosing import predictor_descriptions
    from resolver.units.descriptions import descriptions
    from resolver.units.registry import UNITS

    session = Session(options)
    context = session.context(asks=False)
    found = list(descriptions(UNITS, session.units.settings(), installed_units, context))
    if context.rules:
        from resolver.rules.listing import rule_descriptions

        found += rule_descriptions(context.rules, context.recommendation)
    found += predictor_descriptions(context.recommendation.predictor)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(found))
    else:
        width = columns(sys.stdout)
        sys.stdout.write("".join(f"{line}\n" for line in _lines(found, width)))
    return True


def _lines(found: list[UnitDescription], width: int) -> Iterator[str]:
    import textwrap

    kind = None
    for unit in found:
        if unit.kind != kind:
            kind = unit.kind
            yield f"{kind}s:" if found[0] is unit else f"\n{kind}s:"
        told = [f"  {unit.name}", *_details(unit)]
        yield (
            f"{told[0]}: {_state(unit)}"
            if len(told) == 1
            else f"{told[0]} ({', '.join(told[1:])}): {_state(unit)}"
        )
        yield from textwrap.wrap(unit.does, width, initial_indent="    ", subsequent_indent="    ")


def _details(unit: UnitDescription) -> Iterator[str]:
    if unit.weight is not None:
        yield f"weight {unit.weight / 1000:g}"
    for name, value in unit.parameters.items():
        yield f"{name} {', '.join(map(str, value)) or 'none' if isinstance(value, tuple) else value}"
    if unit.distribution is not None:
        yield f"of {unit.distribution}"


def _state(unit: UnitDescription) -> str:
    if not unit.enabled:
        return "switched off"
    when = f" ({unit.when[:1].lower()}{unit.when[1:]})" if unit.when else ""
    return f"{'takes part' if unit.applies else 'takes no part'}{when}"
