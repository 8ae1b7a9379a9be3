"""``stackwright advise`` for several environments: a lockfile for each, with what they can share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
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
    runs = list(_runs(options, folder, interruption))
    failed = [run for run in runs if not run.advice.status.is_solved]
    for run in failed:
        sys.stderr.write(f"Environment {run.name}:\n{_text(run)}")
    if not failed:
        if not options.independent:
            _share(runs)
        if not options.check or options.report is not None:
            _complete(runs)
    _write_pages(runs, options)
    if not failed:
        if options.check:
            return _are_current(runs, options)
        interruption.close()  # all of them are written, or none
        for run in runs:
            write_output(run.path, pylock(run.advice, run.context.target.markers))
    _tell(options, runs, written=not failed)
    return not failed


def _write_pages(runs: list[_Run], options: argparse.Namespace) -> None:
    """A page for each environment, with its name before the suffix, also where one has no stack."""
    if options.report is None:
        return
    import msgspec

    from resolver.outputs.files import write_output
    from resolver.outputs.formats import Format, rendered

    page: Path = options.report
    for run in runs:
        text = rendered(
            run.advice,
            run.context.target,
            Format.HTML,
            hashes=not options.no_hashes,
            width=0,
            scan=run.session.scan,
            image=run.session.image,
        )
        write_output(page.with_name(f"{page.stem}.{run.name}{page.suffix}"), text, "--report")
        run.advice = msgspec.structs.replace(run.advice, history=None)  # as without a page


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
        if options.format == "html":
            remedy = "--report FILE.html writes a page for each"
        raise InputError(
            f"several environments have lockfiles of their own, not one as {options.format}", remedy
        )
    if "-" in (*options.files, *options.constraints, *options.overrides):
        raise InputError("standard input can be read for one environment only", "name a file")
    if options.plot is not None or options.history:
        raise InputError("--plot and --history go with one environment only", "name one environment")
    from resolver.outputs.formats import check_page

    check_page(options.report)
    if options.allow_refuted:
        raise InputError("--allow-refuted goes with one environment only", "name one environment")
    folder = Path() if options.output is None else options.output
    if not folder.is_dir():
        remedy = f"name a directory: each environment gets pylock.NAME.toml in it; {folder} is none"
        raise InputError(f"--output {folder} is one file for several environments", remedy)
    return folder


def _runs(options: argparse.Namespace, folder: Path, interruption: Interruption) -> Iterator[_Run]:
    """Every environment; those that nothing here can run are advised without probes.

    Raises:
        InputError: probes are asked for, and nothing here runs any of them.
    """
    from resolver.commands.notes import show_note
    from resolver.commands.runs.tried_stacks import UnlikeTargetError

    static = argparse.Namespace(**{**vars(options), "evidence": "static"})
    unlike: list[tuple[str, UnlikeTargetError]] = []
    names = list(dict.fromkeys(options.environments))
    for name in names:
        try:
            yield _advised(options, name, folder, interruption)
        except UnlikeTargetError as error:
            unlike.append((name, error))
            if len(unlike) == len(names):
                raise
            show_note(f"environment {name} is not probed: it has {error.differs} (see --probe-python)")
            yield _advised(static, name, folder, interruption)


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
    from resolver.commands.options.screens import columns

    if options.format == "json":
        from resolver.outputs.json_text import json_text

        text = json_text(_report(runs, written=written))
    elif not written or options.quiet:
        return
    else:
        from resolver.outputs.texts.environments_text import environments_text

        text = environments_text(_report(runs, written=written), columns(sys.stdout))
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
    from resolver.commands.options.screens import columns
    from resolver.outputs.texts.table import table

    return table(run.advice, run.context.target.name, columns(sys.stderr))
