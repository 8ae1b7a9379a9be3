"""``stackwright check``: whether releases that were chosen elsewhere can be imported together."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands import arguments

if TYPE_CHECKING:
    from analyzers.importing.machine import Target as ImportTarget
    from resolver.check import Check, Verdict
    from resolver.commands.checking import Seen
    from resolver.commands.session import Session
    from resolver.context import Context, Lock

_MOST_DOUBTFUL = 10
_MOST_UNKNOWNS = 5


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``check``."""
    command.description = (
        "Import on paper what a lock pins or what is installed, and say what fails. "
        "Nothing is imported or run."
    )
    command.add_argument(
        "path", metavar="PATH", type=Path,
        help="a lock of any known format, a virtual environment, a prefix or a site-packages directory",
    )  # fmt: skip
    command.add_argument(
        "--source", type=Path, metavar="PATH",
        help="import this code, and of the releases only what it reaches (default: every outermost module)",
    )  # fmt: skip
    command.add_argument(
        "--format", choices=("text", "json"), default="text", help="format of the result (default: text)"
    )
    arguments.add_evidence(command)
    arguments.add_target(command)
    arguments.add_index(command)
    command.add_argument("-q", "--quiet", action="store_true", help="no progress")
    command.set_defaults(
        type="stable", pipeline=None, prerelease="allow", exclude_newer=None, exclude_newer_package=[],
        no_build_package=[], no_binary_package=[],
    )  # fmt: skip


def run(options: argparse.Namespace) -> bool:
    """Check; false where something fails for certain."""
    import shutil

    from analyzers.reports import Input
    from resolver.check import Check, verdicts
    from resolver.commands.heads import tool
    from resolver.commands.session import Session
    from resolver.errors import InputError
    from resolver.outputs.lines import fitted

    session = Session(options)
    path: Path = options.path
    if not path.exists():
        raise InputError(f"{path}: there is no such file or directory", "name a lock or an environment")
    context = session.context(asks=False)
    seen = _installed(session, context, options) if path.is_dir() else _locked(session, context, options)
    check = Check(
        tool=tool(),
        input=Input(what=str(path), digest=seen.digest),
        created_at=session.created_at,
        unknowns=seen.unknowns,
        subject=str(path),
        releases=seen.releases,
        verdicts=verdicts(seen.failures, seen.releases),
        is_complete=seen.is_complete,
    )
    if options.format == "json":
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(check)).decode() + "\n")
    else:
        columns = shutil.get_terminal_size((100, 24)).columns
        sys.stdout.write("".join(f"{line}\n" for text in _lines(check) for line in fitted(text, columns)))
    return check.is_sound


def _installed(session: Session, context: Context, options: argparse.Namespace) -> Seen:
    from resolver.commands.checking import check_installed, read_code
    from resolver.commands.imports import import_target

    target: ImportTarget = import_target(context.target)
    return check_installed(options.path, target, read_code(options.source), stated=options.python_version)


def _locked(session: Session, context: Context, options: argparse.Namespace) -> Seen:
    from resolver.commands.checking import check_lock, read_code
    from resolver.commands.imports import stack_imports

    lock, content = _lock(options.path, context)
    code = read_code(options.source)
    with session.knowledge() as knowledge:
        imports = stack_imports(
            context.target, knowledge, time.time, options.evidence_budget, code=code, kind=options.evidence
        )
        return check_lock(lock, context, knowledge, imports, content)


def _lock(path: Path, context: Context) -> tuple[Lock, bytes]:
    from analyzers.manifests.discovery import read_manifest
    from analyzers.manifests.errors import ManifestError
    from resolver.asked.files import InputFiles
    from resolver.asked.preferences import lock_of
    from resolver.errors import InputError

    files = InputFiles(Path(), sys.stdin.buffer)
    try:
        manifest = read_manifest(files.read, str(path), environ=os.environ)
    except ManifestError as error:
        raise InputError(f"{path}: {error}", "name a lock such as pylock.toml or requirements.txt") from error
    lock = lock_of(manifest, context.target.is_live)
    if not lock.pins:
        raise InputError(f"{path} pins no release", "name a lock such as pylock.toml or requirements.txt")
    return lock, files.read(str(path))


def _lines(check: Check) -> Iterator[str]:
    certain = [each for each in check.verdicts if each.confidence.value == "certain"]
    others = [each for each in check.verdicts if each.confidence.value != "certain"]
    releases = f"{len(check.releases)} release{'' if len(check.releases) == 1 else 's'}"
    for verdict in certain:
        yield f"error: {_told(verdict, 'fails')}"
    for verdict in others[:_MOST_DOUBTFUL]:
        yield f"{verdict.confidence.value}: {_told(verdict, 'may fail')}"
    if len(others) > _MOST_DOUBTFUL:
        yield f"and {len(others) - _MOST_DOUBTFUL} more that are not certain (--format json)"
    for unknown in check.unknowns[:_MOST_UNKNOWNS]:
        yield f"unknown: {unknown.what} ({unknown.where}): {unknown.reason}"
    if len(check.unknowns) > _MOST_UNKNOWNS:
        yield f"unknown: {len(check.unknowns) - _MOST_UNKNOWNS} more (--format json)"
    if certain:
        count = f"{len(certain)} failure{'' if len(certain) == 1 else 's'}"
        yield f"{releases} of {check.subject}: {count} that nothing catches"
    elif check.is_complete:
        yield f"{releases} of {check.subject}: nothing fails for certain"
    else:
        yield f"{releases} of {check.subject}: nothing fails for certain as far as it was looked at"


def _told(verdict: Verdict, verb: str) -> str:
    beside = f" with {verdict.provider}" if verdict.provider not in (None, verdict.consumer) else ""
    where = f" ({verdict.evidence[0].where})" if verdict.evidence else ""
    return f"{verdict.consumer or 'the code'} {verb}{beside}: {verdict.message}{where}"
