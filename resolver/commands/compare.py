"""``stackwright compare``: what differs between two locks, or two images, and what is worse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from images.reports.comparison import ImageComparison
    from resolver.comparing.records import Criterion

_ANY = "any"
_CRITERIA = (
    "new-failure", "broken-api", "new-advisory", "new-violation", "other-files", "lower-score", "downgrade",
    "larger", "new-finding",
)  # fmt: skip
"""As `resolver.comparing.records.Criterion` has them, which a look at the options need not import."""


class Named(NamedTuple):
    """What the user named, and what that stands for."""

    name: str
    is_lock: bool


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``compare``."""
    command.description = (
        "Tell what differs between two locks: releases, files and markers, which API changes touch the code, "
        "which advisories and megabytes come and go, and the score of both. Or between two images, root "
        "directories or saved reports: interpreters, distributions, packages, facts, findings and size."
    )
    for name, what in (("before", "the first"), ("after", "the second, which is told in terms of the first")):
        command.add_argument(
            name, metavar=name.upper(), help=f"{what}: a lock of any known format, or an image as for inspect"
        )
    command.add_argument(
        "--source", type=Path, metavar="PATH",
        help="scan this code, and tell which API changes and failures concern it, and where",
    )  # fmt: skip
    arguments.add_format(command, ("text", "json", "sarif", "markdown"))
    command.add_argument("--all", action="store_true", help="shorten no list of the text")
    command.add_argument("--check", action="store_true", help="exit with 1 if the second is worse")
    command.add_argument(
        "--fail-on", action="append", default=[], choices=(*_CRITERIA, _ANY), metavar="CRITERION",
        help=f"with --check, which this implies: only by this is it worse, {', '.join(_CRITERIA)} or {_ANY}; "
        "may be given more than once (default: all but downgrade and larger)",
    )  # fmt: skip
    command.add_argument("--strict", action="store_true", help="exit with 1 if anything differs")
    command.add_argument(
        "--insecure", action="store_true",
        help="speak to registries without encryption, or whose certificate is not known",
    )  # fmt: skip
    arguments.add_evidence(command)
    arguments.add_units(command)
    arguments.add_target(command)
    arguments.add_index(command)
    arguments.add_quiet(command)
    command.set_defaults(
        prerelease=None, exclude_newer=None, exclude_newer_package=[], no_build_package=[],
        no_binary_package=[],
    )  # fmt: skip


def run(options: argparse.Namespace) -> bool:
    """Compare; false under ``--strict`` where something differs, and under ``--check`` where it is worse."""
    from resolver.comparing.kinds import is_lock
    from resolver.errors import InputError

    if options.before == options.after == "-":
        raise InputError("both are standard input", "name a file for one of them")
    options.sides = [Named(name, is_lock(name)) for name in (options.before, options.after)]
    if any(side.is_lock for side in options.sides):
        return _run_locks(options)
    return _run_images(options)


def _criteria(options: argparse.Namespace) -> tuple[Criterion, ...]:
    from resolver.comparing.records import USUAL_CRITERIA, Criterion

    if _ANY in options.fail_on:
        return tuple(Criterion)
    if options.fail_on:
        return tuple(map(Criterion, options.fail_on))
    return USUAL_CRITERIA if options.check else ()


def _run_locks(options: argparse.Namespace) -> bool:
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.commands.subjects.comparing import compared_locks
    from resolver.outputs.json_text import json_text

    told = compared_locks(options, _criteria(options))
    match options.format:
        case "json":
            text = json_text(told)
        case "sarif":
            from analyzers.sarif import sarif
            from resolver.comparing.records import CRITERIA_TOLD

            rules = {criterion.value: sentence for criterion, sentence in CRITERIA_TOLD.items()}
            text = sarif(told.tool, rules, told.worse, told.unknowns).decode()
        case "markdown":
            from resolver.outputs.texts.lock_comparison_markdown import lock_comparison_markdown

            text = lock_comparison_markdown(told)
        case _:
            from resolver.outputs.texts.lock_comparison_text import lock_comparison_text

            width = columns(sys.stdout)
            text = printable(lock_comparison_text(told, width, whole=options.all))
    sys.stdout.write(text)
    return not told.failed and (told.is_same or not options.strict)


def _run_images(options: argparse.Namespace) -> bool:
    from images.reports.comparison import compare
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.commands.subjects.inspecting import inspected
    from resolver.errors import InputError

    of_locks = {"--source": options.source, "--image": options.image, "--format markdown": None}
    of_locks["--format markdown"] = options.format if options.format == "markdown" else None
    for name, value in of_locks.items():
        if value is not None:
            raise InputError(f"{name} is for locks, and both are images", "name a lock, or leave it out")
    before = inspected(options, options.before)
    after = inspected(options, options.after)
    told = compare(before, after, tool=tool(), created_at=written_moment(report_moment()))
    sys.stdout.write(_image_text(told, options))
    return _is_good(told, options)


def _image_text(told: ImageComparison, options: argparse.Namespace) -> str:
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.outputs.json_text import json_text
    from resolver.outputs.texts.comparison_text import comparison_text

    if options.format == "json":
        return json_text(told)
    if options.format == "sarif":
        from analyzers.sarif import sarif
        from images.findings.places import placed
        from images.findings.remedies import REMEDIES

        found = placed(told.new_findings, told.after.origin.reference)
        return sarif(told.tool, REMEDIES, found, told.unknowns).decode()
    width = columns(sys.stdout)
    return printable(comparison_text(told, width, whole=options.all))


def _is_good(told: ImageComparison, options: argparse.Namespace) -> bool:
    """Whether neither ``--strict`` nor ``--check`` objects; an image is worse by what is found in it."""
    from analyzers.evidence import Level
    from resolver.comparing.records import Criterion

    found = any(finding.level is not Level.INFO for finding in told.new_findings)
    is_worse = found and Criterion.NEW_FINDING in _criteria(options)
    return not is_worse and (told.is_same or not options.strict)
