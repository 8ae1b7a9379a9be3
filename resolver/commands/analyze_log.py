"""``stackwright analyze-log``: what failed in the log of an installation or a build, why, and what to do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from analyzers.buildlogs.records import BuildLogReport

_REMEDY = "name a file with the output of pip, uv, poetry, pdm or pipenv, or of a build of an image"


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``analyze-log``."""
    command.description = (
        "Read the output of pip, uv, poetry, pdm, pipenv or micropipenv, alone or within the log of a build "
        "of an image or of continuous integration, and tell what failed, at which step, and what was missing."
    )
    command.add_argument("log", metavar="FILE", help="the log; - for standard input")
    command.add_argument(
        "--keep", action="store_true",
        help="keep what the log tells of releases in the store: which were installed, which failed, and why",
    )  # fmt: skip
    arguments.add_format(command, ("text", "json", "sarif"))
    arguments.add_store(command)


def run(options: argparse.Namespace) -> bool:
    """Tell; false where something failed that was not made good."""
    from resolver.commands.options.screens import columns

    report = _report(options.log)
    if options.keep:
        _keep(options, report)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(report))
    elif options.format == "sarif":
        from resolver.outputs.build_log_findings import build_log_sarif

        sys.stdout.write(build_log_sarif(report).decode())
    else:
        from resolver.outputs.texts.build_log_text import build_log_text

        sys.stdout.write(build_log_text(report, columns(sys.stdout)))
    return report.is_successful


def _report(name: str) -> BuildLogReport:
    from analyzers.buildlogs.reading import read_build_log
    from analyzers.buildlogs.records import BuildLogReport
    from analyzers.reports import Input
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.commands.subjects.log_files import read_log
    from resolver.errors import InputError

    data, first_line, digest, unknowns = read_log(name)
    log = read_build_log(data, first_line)
    if not log.is_build_log:
        raise InputError(f"{name}: nothing in it is of an installer or a build", _REMEDY)
    return BuildLogReport(
        tool=tool(),
        input=Input(what=name, digest=f"sha256:{digest}"),
        created_at=written_moment(report_moment()),
        unknowns=(*unknowns, *log.unknowns),
        is_successful=not log.lasting,
        installer=log.installer,
        installer_version=log.installer_version,
        python=log.python,
        platform=log.platform,
        installation=log.installation,
        failed=log.failed,
        recovered=log.recovered,
        failures=log.failures,
        steps=log.steps,
    )


def _keep(options: argparse.Namespace, report: BuildLogReport) -> None:
    import datetime

    from knowledge.observations.builds import observations
    from knowledge.observations.known import keep_observations
    from resolver.commands.heads import written_moment
    from resolver.commands.knowledge.kept_store import opened_store
    from resolver.commands.notes import show_note
    from resolver.outputs.texts.columns import counted

    written_at = report.created_at
    if options.log != "-":  # so that a log that is read twice is kept once
        modified = datetime.datetime.fromtimestamp(Path(options.log).stat().st_mtime, datetime.UTC)
        written_at = written_moment(modified.replace(microsecond=0))
    with opened_store(options) as store:
        kept = keep_observations(observations(report, written_at), store)
    show_note(f"{counted(kept, 'observation')} kept")
