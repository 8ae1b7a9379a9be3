"""``stackwright fix``: rewrites code for API moves that newer releases demand."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from analyzers.codemods.fixing import Fix
    from analyzers.codemods.report import FixReport
    from analyzers.codemods.rules import RuleSet
    from analyzers.evidence import Finding
    from analyzers.files import FileReader, FileReaderError

_COLOURS = {"+": "32", "-": "31", "@": "36"}


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``fix``."""
    command.description = (
        "Rewrite code for API moves that newer releases of what it uses demand. Shows a diff, and changes "
        "nothing unless told to."
    )
    command.add_argument("path", metavar="PATH", type=Path, help="a directory or a Python file")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--diff", action="store_true", help="show a unified diff (the default)")
    what.add_argument("--write", action="store_true", help="write the files")
    command.add_argument("--check", action="store_true", help="exit with 1 if something would change")
    arguments.add_format(command, ("text", "json", "sarif"), told="text, which is a diff")
    command.add_argument(
        "--rules", type=Path, action="append", default=[], metavar="FILE",
        help="apply the rules of a TOML file, too; may be given more than once",
    )  # fmt: skip
    command.add_argument(
        "--for", dest="wanted", action="append", default=[], metavar="REQUIREMENT",
        help="only what a release that this admits demands, such as 'numpy>=2'; may be given more than once",
    )  # fmt: skip
    command.add_argument(
        "--jobs", type=int, metavar="N", help="use at most so many processes (default: one for each core)"
    )
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Show or write what rules make of the code."""
    from analyzers.codemods.fixing import fixes
    from resolver.commands.notes import show_note
    from resolver.errors import InputError

    if options.check and options.write:
        raise InputError("--check and --write exclude each other", "--check says what --write would do")
    as_findings = options.format != "text"
    if as_findings and options.write:
        told = f"--format {options.format} and --write exclude each other"
        raise InputError(told, "findings say what --write would do")
    if options.jobs is not None and options.jobs < 1:
        raise InputError(f"--jobs must be at least 1: {options.jobs}")
    rules = _rules(options)
    if not rules:
        show_note(f"no rule is about releases that --for admits: {', '.join(options.wanted)}")
    path: Path = options.path
    if not path.exists():
        raise InputError(f"there is no such file or directory: {path}", "name a directory or a Python file")
    left: list[str] = []

    def on_error(error: FileReaderError) -> None:
        left.append(str(error))

    folder = path if path.is_dir() else path.resolve().parent
    shown = _Shown(path)
    changed = 0
    reader, found = _files(path, left.append)
    for fix in fixes(reader, found, rules, on_error, jobs=options.jobs or os.cpu_count() or 1):
        if fix.before != fix.after:
            changed += 1
            if options.write:
                _write(folder / os.fsdecode(fix.path), fix)
            elif not as_findings:
                shown.diff(fix)
        if as_findings:
            shown.find(fix)
        if not options.quiet:
            for line in shown.notes(fix):
                show_note(line)
        if fix.rewrite.error is not None:
            left.append(f"{shown.name(fix)}: left alone: {fix.rewrite.error}")
    if as_findings:
        report = _report(path, shown, changed, left)
        from resolver.outputs.json_text import json_text

        sys.stdout.write(_sarif(report) if options.format == "sarif" else json_text(report))
    for reason in left:
        show_note(reason)
    if not options.quiet:
        show_note(_summary(changed, shown, wrote=options.write))
    return not (options.check and changed)


def _files(path: Path, left: Callable[[str], None]) -> tuple[FileReader, Iterable[bytes]]:
    """What a scan would take for source, but for notebooks; or the one file that is named.

    Args:
        left: told of what cannot be read.
    """
    from analyzers.directories import DirectoryReader

    if not path.is_dir():
        resolved = path.resolve()
        return DirectoryReader(resolved.parent), [os.fsencode(resolved.name)]
    from analyzers.source.reading.opening import ignored_above
    from analyzers.source.reading.walking import source_files
    from analyzers.source.records import Language

    rules, unknowns = ignored_above(path)
    for one in unknowns:
        left(f"{one.where}: {one.reason}")
    reader = DirectoryReader(path)
    found = source_files(reader, rules=rules, unknown=lambda one: left(f"{one.where}: {one.reason}"))
    return reader, (one.path for one in found if one.language is not Language.NOTEBOOK)


def _rules(options: argparse.Namespace) -> RuleSet:
    """The rules that ship and those of files, which count before one that ships under the same id."""
    from packaging.requirements import InvalidRequirement, Requirement

    from analyzers.codemods.loading import RuleError, loaded_rules, shipped_rules
    from analyzers.codemods.rules import RuleSet
    from resolver.errors import InputError

    shipped = shipped_rules()
    by_id = {rule.id: rule for rule in shipped.rules}
    makers = list(shipped.makers)
    for file in options.rules:
        try:
            own = loaded_rules(file.read_bytes(), str(file))
        except RuleError as error:
            raise InputError(str(error), "see docs/reference/fix.md for what a rule may say") from error
        by_id |= {rule.id: rule for rule in own.rules}
        makers += own.makers
    rules = RuleSet(by_id.values(), makers)
    if not options.wanted:
        return rules
    wanted = []
    for text in options.wanted:
        try:
            wanted.append(Requirement(text))
        except InvalidRequirement as error:
            raise InputError(f"--for {text!r} is no requirement", "write one such as 'numpy>=2'") from error
    return rules.demanded_by(wanted)


class _Shown:
    """What is printed of fixes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.places = 0
        self.remarks = 0
        self.needs: dict[str, None] = {}
        self.findings: list[Finding] = []
        self.digest = hashlib.sha256()

    def name(self, fix: Fix) -> str:
        """The path as the user would name it."""
        return str(self._path / os.fsdecode(fix.path)) if self._path.is_dir() else str(self._path)

    def diff(self, fix: Fix) -> None:
        """Print the change of one file, byte by byte where standard output takes bytes."""
        from analyzers.codemods.diffs import unified
        from analyzers.codemods.source_text import source_text

        before, after = source_text(fix.before).text, source_text(fix.after).text
        name = self.name(fix).removeprefix("./").lstrip("/")
        lines = unified(name.encode(errors="backslashreplace").decode(), before, after)
        binary = getattr(sys.stdout, "buffer", None)
        if sys.stdout.isatty() or binary is None:
            sys.stdout.writelines(_coloured(lines) if sys.stdout.isatty() else lines)
        else:
            sys.stdout.flush()
            binary.writelines(line.encode(fix.encoding, "backslashreplace") for line in lines)

    def find(self, fix: Fix) -> None:
        """Take in what would be changed in a file, and what a person should look at."""
        from analyzers.evidence import Finding, Level, Location

        self.digest.update(b"%d %s\0" % (len(fix.before), fix.path) + fix.before)
        for level, remarks in ((Level.WARNING, fix.rewrite.applied), (Level.INFO, fix.rewrite.notes)):
            self.findings += (
                Finding(
                    id=one.rule,
                    level=level,
                    message=one.message,
                    location=Location(path=self.name(fix), line=one.line, column=one.column),
                )
                for one in remarks
            )

    def notes(self, fix: Fix) -> Iterator[str]:
        """What was not changed, and why."""
        self.places += len(fix.rewrite.applied)
        self.remarks += len(fix.rewrite.notes)
        self.needs |= dict.fromkeys(fix.rewrite.needs)
        for note in fix.rewrite.notes:
            yield f"{self.name(fix)}:{note.line}:{note.column}: {note.rule}: {note.message}"


def _report(path: Path, shown: _Shown, changed: int, left: list[str]) -> FixReport:
    from analyzers.codemods.report import FixReport
    from analyzers.reports import Input, Unknown
    from resolver.commands.heads import report_moment, tool, written_moment

    return FixReport(
        tool=tool(),
        input=Input(what=str(path), digest=f"sha256:{shown.digest.hexdigest()}"),
        created_at=written_moment(report_moment()),
        unknowns=tuple(Unknown(what="a file", where="left alone", reason=reason) for reason in left),
        changed_files=changed,
        needs=tuple(shown.needs),
        findings=tuple(shown.findings),
    )


def _sarif(report: FixReport) -> str:
    from analyzers.sarif import sarif

    rules = {one.id: f"code for older releases: {one.id}" for one in report.findings}
    return sarif(report.tool, dict(sorted(rules.items())), report.findings, report.unknowns).decode()


def _summary(changed: int, shown: _Shown, *, wrote: bool) -> str:
    files = f"{changed} file{'' if changed == 1 else 's'}"
    verb = "changed" if wrote else "would change"
    text = f"{files} {verb} in {shown.places} place{'' if shown.places == 1 else 's'}"
    if shown.remarks:
        text += f", {shown.remarks} left to you"
    if shown.needs:
        text += f"; the new code needs: {', '.join(shown.needs)}"
    return text


def _coloured(lines: Iterable[str]) -> Iterator[str]:
    """Lines for a terminal: nothing in them steers it but the colours."""
    from resolver.commands.notes import printable

    for line in lines:
        text = printable(line.replace("\t", "    ").replace("\r\n", "\n"))
        colour = _COLOURS.get(text[:1])
        yield f"\033[{colour}m{text.rstrip(chr(10))}\033[0m\n" if colour else text


def _write(path: Path, fix: Fix) -> None:
    """Replace a file as a whole; its mode stays.

    Raises:
        InputError: it is no longer what was read.
    """
    import tempfile

    from resolver.errors import InputError

    if path.read_bytes() != fix.before:
        raise InputError(f"{path}: was changed meanwhile", "run the command again")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(fix.after)
        beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
