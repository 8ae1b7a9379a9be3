"""``stackwright diff``: what differs between what two releases offer, and which of it code uses."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analyzers.digests import sha256_of
from resolver.commands.options import arguments

if TYPE_CHECKING:
    from analyzers.source.signals.demand import ApiDemand
    from knowledge.catalog import Knowledge
    from resolver.commands.runs.session import Session
    from resolver.reports.api_reports import ApiDiff
    from resolver.targets.target import Target


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``diff``."""
    command.description = (
        "Tell what two releases of a project offer differently, what breaks code first, read from the wheels "
        "that the target would install: nothing is installed, imported or downloaded whole."
    )
    command.add_argument("name", metavar="NAME", help="a project")
    command.add_argument("before", metavar="A", help="the earlier release, such as 2.2.5")
    command.add_argument("after", metavar="B", help="the later one")
    command.add_argument(
        "--source", type=Path, metavar="PATH",
        help="scan this code, and tell which of the changes concern what it uses, and where",
    )  # fmt: skip
    arguments.add_format(command, ("text", "json", "sarif"))
    command.add_argument(
        "--all", action="store_true",
        help="in the text also what is new, what hardly matters, and what the code does not use",
    )  # fmt: skip
    command.add_argument(
        "--strict", "--check", action="store_true",
        help="exit with 1 if the code (without --source: any code) may break by a change",
    )  # fmt: skip
    arguments.add_target(command)
    arguments.add_index(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Compare; false under ``--strict`` where something that is used breaks."""
    from analyzers.api.changes import Weight
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import Session
    from resolver.commands.subjects.released import read_release
    from resolver.outputs.texts.diff_text import diff_text

    releases = [read_release(f"{options.name}=={version}") for version in (options.before, options.after)]
    session = Session(options)
    target = session.target()
    source = session.source()
    name = releases[0][0]
    demand = next((each for each in source.demands if each.distribution == name), None) if source else None
    named = None if options.source is None else str(options.source)
    with session.knowledge() as knowledge:
        report = _report(releases, session, target, knowledge, demand, named)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(report))
    elif options.format == "sarif":
        from analyzers.sarif import sarif
        from resolver.reports.check_findings import DIFF_FINDINGS, diff_findings

        sys.stdout.write(sarif(report.tool, DIFF_FINDINGS, diff_findings(report), report.unknowns).decode())
    else:
        width = columns(sys.stdout)
        sys.stdout.write(printable(diff_text(report, width, whole=options.all)))
    broken = report.used_breaking if source else sum(c.weight is Weight.BREAKING for c in report.changes)
    return not (options.strict and broken)


def _report(
    releases: list[tuple[str, str]],
    session: Session,
    target: Target,
    knowledge: Knowledge,
    demand: ApiDemand | None,
    source: str | None,
) -> ApiDiff:
    import time

    from analyzers.reports import Input, InputFile, Unknown
    from knowledge.wheels.release_surfaces import ReleaseSurfaces
    from resolver.commands.heads import tool
    from resolver.commands.subjects.api_changes import api_changes, used_breaking
    from resolver.commands.subjects.reading_targets import reading_target
    from resolver.commands.subjects.released import Providers, released
    from resolver.reports.api_reports import ApiDiff

    before, after = (released(name, version, target, knowledge) for name, version in releases)
    surfaces = ReleaseSurfaces(knowledge, reading_target(target), time.time, Providers(target, knowledge))
    changes, unreadable = api_changes(surfaces, before, after, demand)
    records = before.record(), after.record()
    digests = " ".join(record.digest or record.filename for record in records)
    return ApiDiff(
        tool=tool(),
        input=Input(
            what=f"{before.name} {before.version} and {after.version}",
            digest=sha256_of(digests.encode()),
            files=tuple(InputFile(path=record.filename, digest=record.digest or "") for record in records),
        ),
        created_at=session.created_at,
        unknowns=tuple(
            Unknown(what="what a module offers", where=path, reason=reason) for path, reason in unreadable
        ),
        before=records[0],
        after=records[1],
        target=target.name,
        source=source,
        changes=changes,
        used_breaking=used_breaking(changes),
    )
