"""``stackwright probe``: whether a locked stack can be built, imported and run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from resolver.commands.options import arguments, probe_arguments

NOT_KNOWN = 3


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``probe``."""
    command.description = (
        "Build a locked stack in an environment of its own, import it and run a program with it, confined, "
        "and say what fails and which releases are to blame. That installs releases and runs their code."
    )
    command.add_argument(
        "lockfile",
        type=Path,
        metavar="LOCKFILE",
        help="a lock of any known format, such as pylock.toml or pinned requirements",
    )
    command.add_argument(
        "--script", type=Path, metavar="FILE", help="a Python program that must end well, after the imports"
    )
    command.add_argument(
        "--source", type=Path, metavar="PATH", help="with --script: lay this code where the program finds it"
    )
    command.add_argument(
        "--python", type=Path, metavar="PATH|ROOT",
        help="interpreter to probe with, or a directory with a root file system that has one (default: the "
        "one of this program)",
    )  # fmt: skip
    command.add_argument(
        "--import", dest="modules", action="append", default=[], metavar="MODULE",
        help="a further module that must be importable; may be given more than once",
    )  # fmt: skip
    probe_arguments.add_limits(command, 300.0)
    arguments.add_output(command, "the result to a file, as JSON")
    command.add_argument(
        "--keep", action="store_true", help="keep what was seen in the store, where advise finds it"
    )
    arguments.add_format(command)
    arguments.add_index(command)
    arguments.add_quiet(command)
    command.set_defaults(
        type="stable", pipeline=None, prerelease="allow", exclude_newer=None, exclude_newer_package=[],
        no_build_package=[], no_binary_package=[], image=None, environments=[], facts=[],
        no_image_packages=False, python_version=None, platform=None,
    )  # fmt: skip


def run(options: argparse.Namespace) -> bool:
    """Probe; false where the stack fails.

    Raises:
        SystemExit: nothing is known of it, with that exit code.
    """
    from knowledge.probing.records import Verdict
    from resolver.commands.notes import printable
    from resolver.commands.subjects.probed_locks import probed
    from resolver.outputs.files import check_text, write_output
    from resolver.outputs.json_text import json_text
    from resolver.outputs.texts.probes_text import probe_text

    if options.output is not None:
        check_text(options.output)
    report, seen = probed(options)
    document = json_text(report, indent=1)
    if options.output is not None:
        write_output(options.output, document)
    if options.keep and seen is not None:
        from knowledge.observations.known import keep_observations
        from resolver.commands.knowledge.kept_store import opened_store

        with opened_store(options) as store:
            keep_observations([seen], store)
    sys.stdout.write(document if options.format == "json" else printable(probe_text(report)))
    if report.result.verdict is Verdict.NOT_KNOWN:
        raise SystemExit(NOT_KNOWN)
    return report.result.verdict is Verdict.PASSED
