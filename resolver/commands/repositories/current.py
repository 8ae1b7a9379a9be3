"""``stackwright advise --check``: whether locks are what would be advised; writes none."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from analyzers.digests import sha256_of
from analyzers.manifests.declared import Format as LockFormat
from analyzers.reports import Input, InputFile
from resolver.commands.heads import tool
from resolver.comparing.currency import (
    STALE_FINDINGS,
    LockCurrency,
    change_told,
    differences,
    files_told,
    findings,
)
from resolver.errors import InputError
from resolver.outputs.formats import Format
from resolver.outputs.json_text import json_text
from resolver.outputs.texts.columns import counted
from resolver.reports.advice import Advice
from resolver.targets.target import Target

_FORMATS = {
    Format.PYLOCK: LockFormat.PYLOCK,
    Format.REQUIREMENTS: LockFormat.REQUIREMENTS,
    Format.PIPFILE_LOCK: LockFormat.PIPFILE_LOCK,
}
_MOST = 40
_INDENT = " " * 6


class Checked(NamedTuple):
    """A lock to look at, and what would be written in its place."""

    path: Path
    form: Format
    advised: str
    advice: Advice
    target: Target


def refuse_others(form: Format, output: Path | None) -> None:
    """Refuse to check what is no lock.

    Raises:
        InputError: no lock is named, or a file of another kind.
    """
    if output is None or form not in _FORMATS:
        which = "none is named" if output is None else f"{output} is none"
        raise InputError(f"--check looks at a lock, and {which}", "name it: -o pylock.toml")


def are_current(checked: Iterable[Checked], options: argparse.Namespace) -> bool:
    """Tell of each lock whether it is what is advised; true where all are."""
    told = [_currency(each) for each in checked]
    match options.format:
        case "json":
            sys.stdout.write(json_text(told[0] if len(told) == 1 else told))
        case "sarif":
            from analyzers.sarif import sarif

            found = [finding for one in told for finding in findings(one)]
            sys.stdout.write(sarif(tool(), STALE_FINDINGS, found, told[0].unknowns).decode())
        case _:
            _write_text(told, quiet=options.quiet)
    return all(one.is_current for one in told)


def _currency(checked: Checked) -> LockCurrency:
    there = checked.path.read_bytes() if checked.path.is_file() else None
    form = _FORMATS[checked.form]
    advised = checked.advised.encode()
    found = differences(there, advised, str(checked.path), form, checked.target.is_live)
    digests = [hashlib.sha256(content).hexdigest() for content in (there or b"", advised)]
    return LockCurrency(
        tool=checked.advice.tool,
        input=Input(
            what="a lock and what is advised",
            digest=sha256_of(" ".join(digests).encode()),
            files=(InputFile(path=str(checked.path), digest=f"sha256:{digests[0]}"),),
        ),
        created_at=checked.advice.created_at,
        unknowns=checked.advice.unknowns,
        lock=str(checked.path),
        target=checked.target.name,
        is_current=found.is_current,
        reason=found.reason,
        pins=found.pins,
        files=found.files,
        markers=found.markers,
        others=found.others,
    )


def _write_text(told: Iterable[LockCurrency], *, quiet: bool) -> None:
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.outputs.texts.lines import NARROWEST, fitted

    width = max(columns(sys.stdout), NARROWEST)
    for one in told:
        for line in () if quiet and one.is_current else _lines(one):
            sys.stdout.write("".join(f"{text}\n" for text in fitted(printable(line), width, _INDENT)))


def _lines(told: LockCurrency) -> Iterator[str]:
    if told.is_current:
        yield f"{told.lock} is what is advised for {told.target}"
        return
    count = len(told.pins) + len(told.files) + len(told.markers) + len(told.others)
    because = f": {told.reason}" if told.reason else f": {counted(count, 'difference')}"
    yield f"{told.lock} is not what is advised for {told.target}{because}"
    lines = [change_told(pin) for pin in told.pins]
    lines += map(files_told, told.files)
    lines += [f"{one.name} holds under other markers" for one in told.markers]
    lines += told.others
    yield from (f"  {line}" for line in lines[:_MOST])
    if len(lines) > _MOST:
        yield f"  and {len(lines) - _MOST} more (--format json)"
    yield "The same command without --check writes it."
