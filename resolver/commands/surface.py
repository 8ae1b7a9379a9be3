"""``stackwright surface``: what a release offers to those who import it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from resolver.commands.runs.session import Session
    from resolver.reports.api_reports import SurfaceReport
    from resolver.targets.target import Target


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``surface``."""
    command.description = (
        "Tell the public API of a release, read from the wheel that the target would install: nothing is "
        "installed, imported or downloaded whole."
    )
    command.add_argument("release", metavar="NAME==VERSION", help="a release")
    command.add_argument(
        "--module", action="append", default=[], metavar="NAME",
        help="only this module, with what is below it; may be given more than once",
    )  # fmt: skip
    arguments.add_format(command)
    command.add_argument("--all", action="store_true", help="shorten no list of the text, and tell imports")
    arguments.add_target(command)
    arguments.add_index(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Tell the surface; true always."""
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import Session
    from resolver.commands.subjects.released import read_release
    from resolver.outputs.texts.surface_text import surface_text

    name, version = read_release(options.release)
    session = Session(options)
    target = session.target()
    with session.knowledge() as knowledge:
        report = _report(name, version, session, target, knowledge, options.module)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(report))
    else:
        width = columns(sys.stdout)
        sys.stdout.write(printable(surface_text(report, width, whole=options.all)))
    return True


def _report(
    name: str, version: str, session: Session, target: Target, knowledge: Knowledge, modules: list[str]
) -> SurfaceReport:
    import time

    from analyzers.reports import Input, Unknown
    from knowledge.wheels.release_surfaces import ReleaseSurfaces
    from resolver.commands.heads import tool
    from resolver.commands.subjects.reading_targets import reading_target
    from resolver.commands.subjects.released import Providers, released
    from resolver.errors import InputError
    from resolver.reports.api_reports import SurfaceReport

    found = released(name, version, target, knowledge)
    surfaces = ReleaseSurfaces(knowledge, reading_target(target), time.time, Providers(target, knowledge))
    offers = surfaces.offers(name, found.file, modules or None)
    if modules and not offers.modules:
        raise InputError(
            f"{name} {found.version} has no public module {', '.join(modules)}",
            "stackwright surface without --module tells those that there are",
        )
    record = found.record()
    return SurfaceReport(
        tool=tool(),
        input=Input(what=f"{name}=={found.version}", digest=record.digest or ""),
        created_at=session.created_at,
        unknowns=tuple(
            Unknown(what="what a module offers", where=path, reason=reason)
            for path, reason in offers.unreadable
        ),
        release=record,
        target=target.name,
        modules=offers.modules,
    )
