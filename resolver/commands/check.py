"""``stackwright check``: whether releases that were chosen elsewhere can be imported together."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from resolver.commands.runs.session import Session
    from resolver.commands.runs.used_apis import UsedApis
    from resolver.commands.subjects.checking import Seen
    from resolver.context import Context
    from resolver.reports.check import Check, Clash

_MOST_DOUBTFUL = 10
_MOST_UNKNOWNS = 5
_REMEDY = "name a lock, an environment or an image"


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``check``."""
    command.description = (
        "Import on paper what a lock pins or what is installed, in a directory or an image, and say what "
        "fails; with --source also which uses of the code the releases do not offer. Nothing is imported or "
        "run."
    )
    command.add_argument(
        "subject", metavar="SUBJECT",
        help="a lock of any known format; a virtual environment, a prefix or a site-packages directory; or "
        "an image: an archive (image.tar), oci:DIRECTORY, docker:, podman: or registry:NAME, or NAME:TAG",
    )  # fmt: skip
    command.add_argument(
        "--source", type=Path, metavar="PATH",
        help="import this code, of the releases only what it reaches, and hold against them what it uses "
        "(default: import every outermost module)",
    )  # fmt: skip
    arguments.add_format(command, ("text", "json", "sarif"))
    arguments.add_evidence(command)
    arguments.add_target(command)
    arguments.add_index(command)
    arguments.add_quiet(command)
    command.set_defaults(
        type="stable", pipeline=None, prerelease="allow", exclude_newer=None, exclude_newer_package=[],
        no_build_package=[], no_binary_package=[],
    )  # fmt: skip


def run(options: argparse.Namespace) -> bool:
    """Check; false where something fails for certain."""
    from analyzers.reports import Input
    from resolver.commands.heads import tool
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.commands.runs.session import Session
    from resolver.outputs.texts.lines import fitted
    from resolver.reports.check import Check

    session = Session(options)
    subject: str = options.subject
    see = _installed if _holds_files(subject) else _locked
    seen = see(session, session.context(asks=False), options)
    check = Check(
        tool=tool(),
        input=Input(what=subject, digest=seen.digest),
        created_at=session.created_at,
        unknowns=seen.unknowns,
        subject=subject,
        releases=seen.releases,
        verdicts=seen.verdicts,
        is_complete=seen.is_complete,
    )
    if options.format == "json":
        from resolver.outputs.json_text import json_text

        sys.stdout.write(json_text(check))
    elif options.format == "sarif":
        sys.stdout.write(_sarif(check, options))
    else:
        width = columns(sys.stdout)
        lines = (line for text in _lines(check) for line in fitted(printable(text), width))
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return check.is_sound


def _sarif(check: Check, options: argparse.Namespace) -> str:
    """Findings at the line of the pin, or of the code that asks."""
    from analyzers.evidence import Location
    from analyzers.manifests.discovery import read_manifest
    from analyzers.manifests.locks.pins import pins_of
    from analyzers.sarif import sarif
    from resolver.asked.files import InputFiles
    from resolver.reports.check_findings import CHECK_FINDINGS, check_findings

    lines: dict[str, Location] = {}
    if not _holds_files(check.subject):
        files = InputFiles(Path(), sys.stdin.buffer)
        manifest = read_manifest(files.read, check.subject, environ=os.environ)
        lines = {pin.name: pin.location for pin in reversed(pins_of(manifest))}
    whole = Location(path=check.subject)
    source = None if options.source is None else str(options.source)
    found = check_findings(check, source, lambda name: lines.get(name, whole))
    return sarif(check.tool, CHECK_FINDINGS, found, check.unknowns).decode()


def _holds_files(subject: str) -> bool:
    """Whether a subject is a directory or an image, and no lock.

    Raises:
        InputError: nothing is there.
    """
    from resolver.comparing.kinds import HEAD_BYTES, begins_archive
    from resolver.errors import InputError

    path = Path(subject)
    try:
        if path.is_dir():
            return True
        if path.exists():
            with path.open("rb") as file:
                return begins_archive(file.read(HEAD_BYTES))
    except OSError as error:
        reason = error.strerror or "it cannot be looked at"
        raise InputError(f"{subject}: {reason}", f"{_REMEDY} that can be read") from error
    if ":" not in subject:
        raise InputError(f"{subject}: there is no such file or directory", f"{_REMEDY} such as NAME:TAG")
    return True


def _installed(session: Session, context: Context, options: argparse.Namespace) -> Seen:
    from resolver.commands.runs.imports import import_target
    from resolver.commands.subjects.checking import Seen, opened_tree, read_code
    from resolver.commands.subjects.installed_stacks import check_installed
    from resolver.errors import InputError

    code = read_code(options.source)
    with opened_tree(options.subject, options) as (reader, unread):
        target = import_target(context.target)
        seen = check_installed(
            reader, target, code, stated=options.python_version, uses=_uses(session, context, options)
        )
    if seen is None:
        told = tuple(unread)[:1]
        because = f" that could be read: {told[0].where}: {told[0].reason}" if told else ""
        raise InputError(f"{options.subject}: no distribution is installed there{because}", _REMEDY)
    unknowns = tuple(sorted({*seen.unknowns, *unread}))
    return Seen(seen.releases, seen.verdicts, seen.is_complete, seen.digest, unknowns)


def _locked(session: Session, context: Context, options: argparse.Namespace) -> Seen:
    from resolver.commands.runs.imports import stack_imports
    from resolver.commands.subjects.checking import check_lock, read_code
    from resolver.commands.subjects.locks import read_lock

    lock, content = read_lock(Path(options.subject), context)
    code = read_code(options.source)
    with session.knowledge(tells=False) as knowledge:
        imports = stack_imports(
            context.target, knowledge, time.time, options.evidence_budget, code=code, kind=options.evidence
        )
        uses = _uses(session, context, options)
        return check_lock(lock, context, knowledge, imports, content, uses)


def _uses(session: Session, context: Context, options: argparse.Namespace) -> UsedApis | None:
    """What the code uses of others, where some is named."""
    source = session.source()
    if source is None:
        return None
    from knowledge.imports.evidence_budget import EvidenceBudget
    from resolver.commands.runs.used_apis import UsedApis

    budget = EvidenceBudget(options.evidence_budget, is_stored_only=options.evidence == "stored")
    return UsedApis(source.demands, context.target, budget)


def _lines(check: Check) -> Iterator[str]:
    failures = [each for each in check.verdicts if each.is_failure]
    others = [each for each in check.verdicts if not each.is_failure]
    releases = f"{len(check.releases)} release{'' if len(check.releases) == 1 else 's'}"
    for verdict in failures:
        yield f"error: {_told(verdict)}"
    for verdict in others[:_MOST_DOUBTFUL]:
        yield f"{verdict.confidence.value}: {_told(verdict)}"
    if len(others) > _MOST_DOUBTFUL:
        yield f"and {len(others) - _MOST_DOUBTFUL} more that are not certain (--format json)"
    for unknown in check.unknowns[:_MOST_UNKNOWNS]:
        yield f"unknown: {unknown.what} ({unknown.where}): {unknown.reason}"
    if len(check.unknowns) > _MOST_UNKNOWNS:
        yield f"unknown: {len(check.unknowns) - _MOST_UNKNOWNS} more (--format json)"
    if failures:
        yield f"{releases} of {check.subject}: {_counted(failures)}"
    elif check.is_complete:
        yield f"{releases} of {check.subject}: nothing fails for certain"
    else:
        yield f"{releases} of {check.subject}: nothing fails for certain as far as it was looked at"


def _counted(failures: Sequence[Clash]) -> str:
    met = sum(each.confidence.value == "certain" for each in failures)
    lacking = len(failures) - met
    parts = [f"{met} failure{'' if met == 1 else 's'} that nothing catches"] if met else []
    parts += [f"{lacking} {'use' if lacking == 1 else 'uses'} of what is not there"] if lacking else []
    return ", ".join(parts)


def _told(verdict: Clash) -> str:
    from resolver.reports.check_findings import verdict_told

    where = f" ({verdict.evidence[0].where})" if verdict.evidence else ""
    return f"{verdict.consumer or 'the code'} {verdict_told(verdict)}{where}"
