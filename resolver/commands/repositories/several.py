"""``stackwright advise`` for several environments: a lockfile for each, with what they can share."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.advising.demanded import Demanded
from resolver.errors import InputError

if TYPE_CHECKING:
    from resolver.advising.shared_versions import SeveralAdvice
    from resolver.commands.runs.session import Session
    from resolver.context import Context
    from resolver.reports.advice import Advice
    from resolver.search.interruption import Interruption


class _Run:
    """One environment: what is asked for in it and what was found."""

    def __init__(self, name: str, path: Path, session: Session) -> None:
        self.name = name
        self.path = path
        self.session = session
        self.demanded = Demanded()
        self.context: Context = session.context()
        self.advice: Advice = self.advised(self.context)
        self.alone = self.advice

    def advised(self, context: Context) -> Advice:
        """The advice on a context of this environment."""
        return self.session.advised(context, self.demanded.note)


def run(options: argparse.Namespace, interruption: Interruption) -> bool:
    """Advise for every environment; true when all have a stack, and only then is something written."""
    from resolver.outputs.files import write_output
    from resolver.outputs.locks.pylock import pylock

    folder = _folder(options)
    runs = [_advised(options, name, folder, interruption) for name in dict.fromkeys(options.environments)]
    failed = [run for run in runs if not run.advice.status.is_solved]
    for run in failed:
        sys.stderr.write(f"Environment {run.name}:\n{_text(run)}")
    if not failed:
        if not options.independent:
            _share(runs)
        if options.check:
            return _are_current(runs, options)
        _complete(runs)
        interruption.close()  # all of them are written, or none
        for run in runs:
            write_output(run.path, pylock(run.advice, run.context.target.markers))
    _tell(options, runs, written=not failed)
    return not failed


def _are_current(runs: list[_Run], options: argparse.Namespace) -> bool:
    from resolver.commands.repositories.current import Checked, are_current
    from resolver.outputs.formats import Format
    from resolver.outputs.locks.pylock import pylock

    checked = (
        Checked(
            run.path,
            Format.PYLOCK,
            pylock(run.advice, run.context.target.markers),
            run.advice,
            run.context.target,
        )
        for run in runs
    )
    return are_current(checked, options)


def _folder(options: argparse.Namespace) -> Path:
    """Where the lockfiles go.

    Raises:
        InputError: options do not go with several environments.
    """
    if options.format not in (None, "text", "json", "sarif"):
        remedy = "leave --format out, or name one environment"
        raise InputError(
            f"several environments have lockfiles of their own, not one as {options.format}", remedy
        )
    if "-" in (*options.files, *options.constraints, *options.overrides):
        raise InputError("standard input can be read for one environment only", "name a file")
    if options.plot is not None or options.report is not None or options.history:
        raise InputError(
            "--plot, --report and --history go with one environment only", "name one environment"
        )
    if options.allow_refuted:
        raise InputError("--allow-refuted goes with one environment only", "name one environment")
    folder = Path() if options.output is None else options.output
    if not folder.is_dir():
        remedy = f"name a directory: each environment gets pylock.NAME.toml in it; {folder} is none"
        raise InputError(f"--output {folder} is one file for several environments", remedy)
    return folder


def _advised(options: argparse.Namespace, name: str, folder: Path, interruption: Interruption) -> _Run:
    from resolver.commands.runs.session import Session

    path = folder / f"pylock.{name}.toml"
    one = argparse.Namespace(**{**vars(options), "environments": [name], "output": path})
    return _Run(name, path, Session(one, interruption))


def _share(runs: list[_Run]) -> None:
    """Let environments have the same versions where nothing else changes by it."""
    import msgspec

    from resolver.advising.shared_versions import is_nearer, shared_preferences

    wanted = shared_preferences({run.name: run.advice for run in runs})
    for run in runs:
        asked = wanted.get(run.name, {})
        if not asked:
            continue
        preferences = {**asked, **run.context.preferences}
        context = msgspec.structs.replace(run.context, preferences=preferences)
        advice = run.advised(context)
        if is_nearer(run.advice, advice, asked):
            run.context, run.advice = context, advice


def _complete(runs: list[_Run]) -> None:
    """Let each advice say what speaks against the newer releases that others have, however many there are."""
    import msgspec

    from resolver.advising.differences import newer_elsewhere

    newer = newer_elsewhere({run.name: run.advice for run in runs})
    for run in runs:
        told = {pin.name: {one.version for one in pin.rejected} for pin in run.advice.pins}
        missing = {
            name: versions for name, versions in newer.get(run.name, {}).items() if versions - told[name]
        }
        if missing:
            run.advice = run.advised(msgspec.structs.replace(run.context, asked_about=missing))


def _tell(options: argparse.Namespace, runs: list[_Run], *, written: bool) -> None:
    import shutil

    if options.format == "json":
        import msgspec

        text = msgspec.json.format(msgspec.json.encode(_report(runs, written=written))).decode() + "\n"
    elif not written or options.quiet:
        return
    else:
        from resolver.outputs.texts.environments_text import environments_text

        text = environments_text(_report(runs, written=written), shutil.get_terminal_size((100, 24)).columns)
    sys.stdout.write(text)


def _report(runs: list[_Run], *, written: bool) -> SeveralAdvice:
    from resolver.advising.differences import differences
    from resolver.advising.shared_versions import EnvironmentAdvice, SeveralAdvice, concessions
    from resolver.commands.heads import tool

    first = runs[0]
    stacks = {run.name: run.advice for run in runs} if written else {}
    alone = {run.name: run.alone for run in runs}
    return SeveralAdvice(
        tool=tool(),
        input=first.advice.input,
        created_at=first.session.created_at,
        environments=tuple(
            EnvironmentAdvice(
                name=run.name, lockfile=os.fspath(run.path) if written else None, advice=run.advice
            )
            for run in runs
        ),
        concessions=tuple(
            each for run in runs if written for each in concessions(run.name, run.alone, run.advice, alone)
        ),
        differences=differences(stacks, {run.name: run.demanded for run in runs}),
    )


def _text(run: _Run) -> str:
    import shutil

    from resolver.outputs.texts.table import table

    return table(run.advice, run.context.target.name, shutil.get_terminal_size((100, 24)).columns)
