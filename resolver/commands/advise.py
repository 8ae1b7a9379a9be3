"""``stackwright advise``: a lockfile for requirements."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments, numbers

if TYPE_CHECKING:
    from resolver.reports.advice import Advice
    from resolver.search.interruption import Interruption

FORMATS = ("text", "json", "pylock", "requirements", "pipfile-lock", "html", "sarif")


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``advise``."""
    command.description = (
        "Advise the best stack for requirements: one release of every project, with reasons."
    )
    arguments.add_requirements(command)
    arguments.add_output(
        command,
        "a lockfile: pylock.toml or pylock.NAME.toml, Pipfile.lock, NAME.txt (requirements), NAME.json or "
        "NAME.html; what a lock of that name pins is kept while it fits (default: the lockfile of the "
        "repository where nothing is asked for by name, else standard output)",
    )
    arguments.add_format(command, FORMATS, default=None, told="text, or what the name of --output says")
    command.add_argument(
        "--check", action="store_true",
        help="write nothing, and exit with 1 if the lock of --output is not what is advised; --format may "
        "then be sarif",
    )  # fmt: skip
    command.add_argument(
        "--report", type=Path, metavar="FILE.html",
        help="write a page that people look at, too: the stack, its graph, every reason and what it rests on",
    )  # fmt: skip
    command.add_argument("--no-hashes", action="store_true", help="requirements without hashes")
    arguments.add_source(command)
    arguments.add_written(command)
    arguments.add_units(command)
    search = arguments.add_search(command)
    search.add_argument(
        "--plot", type=Path, metavar="FILE",
        help="draw how the search went (NAME.png, .svg or .html), or write it as a table (.csv, .json)",
    )  # fmt: skip
    search.add_argument("--history", action="store_true", help="with --format json: how the search went, too")
    search.add_argument(
        "--count", type=numbers.whole_number(1, 100), default=1, metavar="N",
        help="tell the N best stacks that are found (default: %(default)s)",
    )  # fmt: skip
    target = arguments.add_target(command)
    target.add_argument(
        "--independent", action="store_true",
        help="with several environments: the best stack of each, without looking for versions in common",
    )  # fmt: skip
    arguments.add_releases(command)
    arguments.add_index(command)
    command.add_argument(
        "--allow-refuted", action="store_true",
        help="write the stack with the least against it, too, where evidence refutes every one",
    )  # fmt: skip
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Advise; true when there is a stack."""
    from resolver.commands.runs.signals import heard
    from resolver.search.interruption import Interruption

    if options.format == "sarif" and not options.check:
        from resolver.errors import InputError

        raise InputError("--format sarif goes with --check", "add --check, or choose another format")
    interruption = Interruption()
    with heard(interruption):
        _find(options)
        if len(set(options.environments)) > 1:
            from resolver.commands.repositories import several

            return several.run(options, interruption)
        return _run(options, interruption)


def _find(options: argparse.Namespace) -> None:
    """Look for what the command line does not name."""
    if options.requirements or options.files or options.source is not None:
        return
    from knowledge.settings import project_settings
    from resolver.commands.repositories import flow
    from resolver.commands.runs.session import PROJECT_FILE

    flow.found(options, project_settings(PROJECT_FILE), PROJECT_FILE)


def _run(options: argparse.Namespace, interruption: Interruption) -> bool:
    import shutil

    import msgspec

    from resolver.commands.runs.plotting import check_plot, write_plot
    from resolver.commands.runs.session import Session
    from resolver.outputs.files import write_output
    from resolver.outputs.formats import Format, check_hashes, check_page, output_format, rendered

    # Under --check these are formats of what is said about the lock.
    is_told = options.check and options.format in ("text", "json", "sarif")
    asked = Format(options.format) if options.format and not is_told else None
    hashes = not options.no_hashes
    chosen = asked or Format.TEXT
    if options.output is not None:
        chosen = output_format(options.output, asked, hashes=hashes)
    check_hashes(chosen, hashes=hashes)
    if options.check:
        from resolver.commands.repositories.current import refuse_others

        refuse_others(chosen, options.output)
    check_plot(options.plot)
    check_page(options.report)
    session = Session(options, interruption)
    context = session.context()
    advice = session.advised(context)
    drawn = advice
    if not options.history and chosen is not Format.HTML:
        advice = msgspec.structs.replace(advice, history=None)
    allowed = options.allow_refuted and bool(advice.pins)

    def told(form: Format, advice: Advice = advice) -> str:
        columns = shutil.get_terminal_size((100, 24)).columns
        return rendered(
            advice,
            context.target,
            form,
            hashes=hashes,
            width=columns,
            pipfile=session.asked.pipfile if session.asked else None,
            index_url=session.index_url,
            refuted=allowed,
            scan=session.scan,
            image=session.image,
        )

    solved = advice.status.is_solved or allowed
    result = told(chosen)
    write_plot(options.plot, drawn)
    if options.report is not None:
        write_output(options.report, told(Format.HTML, drawn), "--report")
    if options.check and solved:
        from resolver.commands.repositories.current import Checked, are_current

        return are_current([Checked(options.output, chosen, result, advice, context.target)], options)
    if options.output is None:
        sys.stdout.write(result)
    elif solved:
        interruption.close()  # who sees the file shall see the exit code that goes with it
        write_output(options.output, result)
    if not solved and (options.output is not None or chosen is not Format.TEXT):
        sys.stderr.write(told(Format.TEXT))
    elif options.output is not None and not options.quiet:
        sys.stdout.write(told(Format.TEXT) + f"Wrote {options.output}\n")
    return solved
