"""``stackwright compare``: what differs between two images."""

from __future__ import annotations

import argparse
import sys

from resolver.commands import arguments, image_arguments


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``compare``."""
    command.description = (
        "Tell what differs between two images, root directories or saved reports: interpreters, "
        "distributions, packages, facts, configuration, findings and size."
    )
    for name, what in (("before", "the first"), ("after", "the second, which is told in terms of the first")):
        command.add_argument(name, metavar=name.upper(), help=f"{what}; see inspect for how it is named")
    image_arguments.add_reading(command)
    arguments.add_format(command)
    command.add_argument("--all", action="store_true", help="shorten no list of the text")
    command.add_argument("--strict", action="store_true", help="exit with 1 if anything differs")
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Compare; false under ``--strict`` where something differs."""
    import shutil

    import msgspec

    from images.comparison import compare
    from resolver.commands.heads import report_moment, tool
    from resolver.commands.inspecting import inspected, written_moment
    from resolver.commands.notes import printable
    from resolver.errors import InputError
    from resolver.outputs.comparison_text import comparison_text

    if options.before == options.after == "-":
        raise InputError("both are standard input", "name a file for one of them")
    before = inspected(options, options.before)
    after = inspected(options, options.after)
    told = compare(before, after, tool=tool(), created_at=written_moment(report_moment()))
    if options.format == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(told)).decode() + "\n")
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        sys.stdout.write(printable(comparison_text(told, width, whole=options.all)))
    sys.stdout.flush()
    return told.is_same or not options.strict
