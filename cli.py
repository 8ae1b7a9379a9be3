"""The command line: parses arguments, renders results and errors, and decides exit codes.

What a command needs is imported by that command alone, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

    from analyzers.reports import Tool
    from analyzers.requirements import RequirementLine
    from knowledge.catalog import Knowledge
    from resolver.advice import Advice
    from resolver.target import Target

DONE, NO_SOLUTION, BAD_INPUT, NO_ACCESS, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 130, 143
FORMATS = ("text", "json", "pylock", "requirements")
STARTED = time.monotonic()


class TerminationError(BaseException):
    """The process was asked to end (SIGTERM)."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines instead of repeating every option."""

    def error(self, message: str) -> NoReturn:
        """End with the exit code of a bad option."""
        sys.stderr.write(f"stackwright: error: {message}\n  see: {self.prog} --help\n")
        raise SystemExit(BAD_INPUT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = parsed(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("stackwright: interrupted; nothing was written", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except TerminationError:
        print("stackwright: terminated; nothing was written", file=sys.stderr)  # noqa: T201
        return TERMINATED
    except BrokenPipeError:
        # Whoever reads our output has seen enough; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        show_error(error)
        return code


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; requirements may stand before, between and after them, which argparse does not know."""
    root = parser()
    options, rest = root.parse_known_args(arguments)
    unknown = [text for text in rest if text.startswith("-") or not hasattr(options, "requirements")]
    if unknown:
        root.error(f"unrecognized arguments: {' '.join(unknown)}")
    if rest:
        options.requirements = [*options.requirements, *rest]
    return options


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    root = Parser(
        prog="stackwright",
        allow_abbrev=False,
        description="Advises the best Python software stack that works in your runtime, "
        "on your hardware, for your code.",
        epilog="Exit codes: 0 done; 1 no solution; 2 input or options; 3 network, index, disk or store; "
        "130 interrupted; 143 terminated.",
    )
    root.add_argument("--version", action=Version, help="show the version and exit")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_advise(commands)
    return root


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, *_: object) -> NoReturn:
        """Print the version and end."""
        made_by = tool()
        sys.stdout.write(f"{made_by.name} {made_by.version}\n")
        raise SystemExit(DONE)


def add_advise(commands: argparse._SubParsersAction[Parser]) -> None:
    """The options of ``advise``."""
    command = commands.add_parser(
        "advise",
        allow_abbrev=False,
        help="advise a lockfile for requirements",
        description="Advise the best stack for requirements: one release of every project, with reasons.",
    )
    command.set_defaults(run=advise)
    command.add_argument("requirements", nargs="*", metavar="REQUIREMENT", help="such as 'flask>=3'")
    command.add_argument(
        "-r", "--requirements", dest="files", action="append", default=[], metavar="FILE",
        help="read requirements from a file; may be given more than once; - is standard input",
    )  # fmt: skip
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help="write a lockfile: pylock.toml or pylock.NAME.toml, NAME.txt (requirements) or NAME.json; "
        "without it the result goes to standard output",
    )  # fmt: skip
    command.add_argument(
        "--format", choices=FORMATS,
        help="format of the result (default: text, or what the name of --output says)",
    )  # fmt: skip
    command.add_argument("--no-hashes", action="store_true", help="requirements without hashes")
    command.add_argument(
        "--type", choices=("latest", "stable"), default="stable",
        help="what matters most (default: %(default)s)",
    )  # fmt: skip
    target = command.add_argument_group("target", "the default is this interpreter on this machine")
    target.add_argument("--python-version", metavar="VERSION", help="such as 3.12, 3.12.4 or 3.14t")
    target.add_argument(
        "--platform", metavar="PLATFORM",
        help="such as linux, x86_64-manylinux_2_28, linux/arm64, musllinux_1_2_x86_64, macos, windows",
    )  # fmt: skip
    releases = command.add_argument_group("releases")
    releases.add_argument(
        "--prerelease", choices=("if-necessary", "allow", "disallow", "explicit"), default="if-necessary",
        help="when pre-releases may be used (default: %(default)s)",
    )  # fmt: skip
    releases.add_argument(
        "--no-build-package", action="append", default=[], metavar="NAME",
        help="use no source distribution of a project; may be given more than once",
    )  # fmt: skip
    releases.add_argument(
        "--no-binary-package", action="append", default=[], metavar="NAME",
        help="use no wheel of a project; may be given more than once",
    )  # fmt: skip
    index = command.add_argument_group("index and store")
    index.add_argument(
        "--index-url", metavar="URL",
        help="root of a package index (PEP 503 or 691); default: what pip or uv are configured to use",
    )  # fmt: skip
    index.add_argument("--offline", action="store_true", help="make no request; use what is stored")
    index.add_argument(
        "--store", metavar="PLACE",
        help="file or PostgreSQL URL in which knowledge is kept (default: in the user's data directory)",
    )  # fmt: skip
    command.add_argument("-q", "--quiet", action="store_true", help="no progress and no summary")


def advise(options: argparse.Namespace) -> int:
    """Run ``stackwright advise``."""
    on_signals()
    # Records live as long as the run: looking for cycles among them costs a tenth of a cold run.
    gc.set_threshold(200_000, 20, 20)
    import shutil

    from resolver.inputs import read_requirements
    from resolver.outputs.files import write_output
    from resolver.outputs.formats import Format, output_format, rendered

    asked = Format(options.format) if options.format else None
    hashes = not options.no_hashes
    chosen = asked or Format.TEXT
    if options.output is not None:
        chosen = output_format(options.output, asked, hashes=hashes)
    lines = read_requirements(options.requirements, options.files, sys.stdin.buffer)
    advice, target = run_advise(options, lines)

    def told(form: Format) -> str:
        columns = shutil.get_terminal_size((100, 24)).columns
        return rendered(advice, target, form, hashes=hashes, width=columns)

    solved = advice.status.is_solved
    if options.output is None:
        sys.stdout.write(told(chosen))
    elif solved:
        write_output(options.output, told(chosen))
    if not solved and (options.output is not None or chosen is not Format.TEXT):
        sys.stderr.write(told(Format.TEXT))
    elif options.output is not None and not options.quiet:
        sys.stdout.write(told(Format.TEXT) + f"Wrote {options.output}\n")
    sys.stdout.flush()
    return DONE if solved else NO_SOLUTION


def run_advise(options: argparse.Namespace, lines: list[RequirementLine]) -> tuple[Advice, Target]:
    """The advice for requirement lines."""
    import datetime

    from analyzers.reports import report_time
    from images.host import host_environment
    from images.targets import target_environment
    from knowledge.filenames import normalized
    from resolver.advise import advise as advise_on
    from resolver.context import Context, PrereleasePolicy, live_requirements
    from resolver.errors import InputError
    from resolver.formats import FormatPolicy
    from resolver.progress import TerminalProgress
    from resolver.recommendation import RECOMMENDATIONS
    from resolver.target import Target
    from resolver.units.registry import UNITS

    environment = target_environment(
        host_environment(), python_version=options.python_version, platform=options.platform
    )
    target = Target(environment)
    live, left_out = live_requirements(lines, target)
    for line in left_out:
        show_note(f"{line.location}: {line.requirement} is not needed on this target")
    context = Context(
        target=target,
        requirements=tuple(live),
        recommendation=RECOMMENDATIONS[options.type],
        prereleases=PrereleasePolicy(options.prerelease),
        formats=FormatPolicy(
            no_build=frozenset(map(normalized, options.no_build_package)),
            no_binary=frozenset(map(normalized, options.no_binary_package)),
        ),
    )
    try:
        created_at = report_time(os.environ, datetime.datetime.now(datetime.UTC))
    except (ValueError, OverflowError, OSError) as error:
        stated = os.environ.get("SOURCE_DATE_EPOCH", "")
        remedy = "unset it, or set it to a number of seconds since 1970"
        raise InputError(f"SOURCE_DATE_EPOCH is {stated!r}", remedy) from error
    with knowledge_of(options) as knowledge:
        progress = TerminalProgress(sys.stderr) if not options.quiet and sys.stderr.isatty() else None
        try:
            advice = advise_on(
                context,
                knowledge,
                UNITS,
                tool=tool(),
                traffic=knowledge.statistics,
                created_at=created_at,
                elapsed_s=lambda: time.monotonic() - STARTED,
                progress=progress,
            )
        finally:
            if progress:
                progress.clear()
            knowledge.flush()
            for unknown in knowledge.unknowns:
                show_note(f"{unknown.what} ({unknown.where}): {unknown.reason}")
    if not advice.status.is_solved and not options.quiet:
        show_note(f"the index is {knowledge.index_url}")
    return advice, target


def knowledge_of(options: argparse.Namespace) -> Knowledge:
    """The index and the store that the user's tools and options name."""
    from knowledge.catalog import open_knowledge
    from knowledge.configuration import configure_index, pip_configuration_files
    from knowledge.settings import project_settings
    from knowledge.store import default_location

    home = Path.home()
    index = configure_index(
        option=options.index_url,
        project=project_settings(Path("pyproject.toml")),
        environ=os.environ,
        pip_files=pip_configuration_files(os.environ, home, Path(sys.prefix)),
    )
    made_by = tool()
    return open_knowledge(
        index,
        options.store or default_location(os.environ, home),
        time.time,
        user_agent=f"{made_by.name}/{made_by.version}",
        offline=options.offline,
    )


def tool() -> Tool:
    """This program, as reports name it."""
    import importlib.metadata

    from analyzers.reports import Tool

    return Tool(name="stackwright", version=importlib.metadata.version("stackwright"))


def on_signals() -> None:
    """Let SIGTERM end the command like Ctrl-C does: cleanly, with its own exit code, undisturbed by more."""
    import signal

    ending = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: TerminationError}

    def end(signum: int, frame: FrameType | None) -> NoReturn:
        for number in ending:
            signal.signal(number, signal.SIG_IGN)
        raise ending[signal.Signals(signum)]

    for number in ending:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, end)


def exit_code(error: Exception) -> int | None:
    """The exit code of an expected error; None for a bug."""
    from analyzers.requirements import RequirementsError
    from images.errors import TargetError
    from knowledge.errors import ConfigurationError, KnowledgeError
    from knowledge.settings import SettingsError
    from resolver.advise import RunRefusedError
    from resolver.errors import InputError
    from resolver.outputs.errors import LockfileError

    match error:
        case InputError() | RequirementsError() | TargetError():
            return BAD_INPUT
        case (
            ConfigurationError()
            | SettingsError()
            | FileNotFoundError()
            | IsADirectoryError()
            | NotADirectoryError()
        ):
            return BAD_INPUT
        case RunRefusedError():
            return NO_SOLUTION
        case KnowledgeError() | LockfileError() | OSError():
            return NO_ACCESS
    return None


def show_error(error: Exception) -> None:
    """One or two lines: what is wrong and where, then what can be done about it."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    else:
        text = str(error)
    sys.stderr.write(f"stackwright: error: {printable(text)}\n")
    for note in getattr(error, "__notes__", ()):
        sys.stderr.write(f"  {printable(note)}\n")


def show_note(text: str) -> None:
    """Something the user should know that changes nothing."""
    sys.stderr.write(f"stackwright: {printable(text)}\n")


def printable(text: str) -> str:
    """Text that steers no terminal, whoever wrote it; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


if __name__ == "__main__":
    raise SystemExit(main())
