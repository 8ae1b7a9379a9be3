"""``stackwright doctor``: what works on this machine, and what is missing for what."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from resolver.doctor.checks import Check, Diagnosis

_ANSWER_S = 10.0


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``doctor``."""
    command.description = (
        "Say what works on this machine and what is missing for what, each with its remedy: whether scan, "
        "inspect and advise will work. Exit code 1 where one of them cannot."
    )
    arguments.add_format(command)
    arguments.add_index(command)


def run(options: argparse.Namespace) -> bool:
    """Examine; true when every use works."""
    import shutil

    report = _diagnosis(options)
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        text = json_text(report)
    else:
        from resolver.commands.notes import printable
        from resolver.outputs.texts.doctor_text import doctor_text

        text = printable(doctor_text(report, shutil.get_terminal_size((100, 24)).columns))
    sys.stdout.write(text)
    return report.works


def _diagnosis(options: argparse.Namespace) -> Diagnosis:
    from analyzers.digests import sha256_of
    from analyzers.reports import Input
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.doctor.checks import Diagnosis, uses_of

    checks = tuple(_checks(options))
    told = "\n".join(f"{check.name} {check.state} {check.found}" for check in checks)
    return Diagnosis(
        tool=tool(),
        input=Input(what="this machine", digest=sha256_of(told.encode())),
        created_at=written_moment(report_moment()),
        uses=uses_of(checks),
        checks=checks,
    )


def _checks(options: argparse.Namespace) -> Iterator[Check]:
    import shutil
    import time

    from knowledge.stores.locations import default_location
    from resolver.doctor.images import ImagesExamined
    from resolver.doctor.installation import Installation
    from resolver.doctor.machines import MachineExamined, machine_facts
    from resolver.doctor.stores import StoreExamined
    from resolver.doctor.surroundings import SurroundingsExamined

    yield from Installation(os.environ).checks()
    store = StoreExamined(options.store or default_location(os.environ, Path.home()), time.time())
    stored = list(store.checks())
    yield from _of_indexes(options, has_stored=store.has_listings)
    yield from stored
    yield from ImagesExamined(os.environ, offline=options.offline, timeout_s=_ANSWER_S).checks()
    yield from MachineExamined(machine_facts(os.environ)).checks()
    columns = shutil.get_terminal_size((100, 24)).columns
    yield from SurroundingsExamined(os.environ, sys.stdout, columns).checks()


def _of_indexes(options: argparse.Namespace, *, has_stored: bool) -> Iterator[Check]:
    """What the indexes answer; settings that cannot be used are told like anything else that fails."""
    import msgspec

    from knowledge.errors import KnowledgeError
    from knowledge.settings import project_settings
    from resolver.commands.heads import tool
    from resolver.commands.runs import inputs
    from resolver.commands.runs.session import PROJECT_FILE
    from resolver.doctor.checks import Check, State, Use
    from resolver.doctor.indexes import IndexesExamined

    try:
        index = inputs.indexes_of(options, project_settings(PROJECT_FILE), None)
    except (KnowledgeError, OSError) as error:
        notes = getattr(error, "__notes__", ())
        yield Check(
            name="settings",
            state=State.FAILS,
            found=str(error).partition("\n")[0],
            needed_for="advise, and what else asks an index",
            remedy=str(notes[0]) if notes else "correct it",
            stops=(Use.ADVISE,),
        )
        return
    if index.timeout_s is None or options.timeout is None:
        index = msgspec.structs.replace(index, timeout_s=_ANSWER_S)
    made_by = tool()
    agent = f"{made_by.name}/{made_by.version}"
    yield from IndexesExamined(index, agent, offline=options.offline, has_stored=has_stored).checks()
