"""The command line: finds the command, renders errors, and decides exit codes.

A command is imported when it is named, so that ``--help`` answers at once; see `resolver.commands`.
"""

from __future__ import annotations

import argparse
import errno
import gc
import importlib
import io
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from types import FrameType

DONE, NO_SOLUTION, BAD_INPUT, NO_ACCESS, BUG, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 70, 130, 143
STARTED_S = time.monotonic()
COMMANDS: Mapping[str, str] = {
    "advise": "advise a lockfile for requirements",
    "analyze-log": "tell what failed in the log of an installation, and why",
    "cache": "show or clear what is stored of indexes",
    "check": "say whether what is locked or installed can be imported together",
    "compare": "tell what differs between two locks or images, and what is worse",
    "diff": "tell what two releases of a project offer differently",
    "doctor": "say what works on this machine, and what is missing for what",
    "explain": "explain a project of the stack: why this release, why not that one",
    "fix": "rewrite code for API moves that newer releases demand",
    "host": "tell what is known of this machine, by which advise decides",
    "init": "write a commented [tool.stackwright] into pyproject.toml",
    "inspect": "tell what an image is, and what is installed in it",
    "knowledge": "bring facts into the store that no index states, such as advisories",
    "measure": "measure how fast releases are on this machine",
    "monkey": "probe sampled stacks, and learn which releases fail together",
    "probe": "build, import and run a locked stack, confined, and say what fails",
    "rules": "check, test and explain rules about projects on hardware",
    "scan": "find what source code really uses, beside what it declares",
    "space": "count the projects, releases and combinations that requirements may bring in",
    "surface": "tell the public API of a release, without installing it",
    "topics": "tell what packages are about",
    "units": "list the units that refuse, score and explain",
}
"""Name to summary; each is a module of `resolver.commands`, with underscores for hyphens."""
WITHOUT_RESULT = frozenset({"init", "knowledge", "topics"})
"""Commands that write a file of their own, or whose actions have the results."""


class TerminationError(KeyboardInterrupt):
    """The process was asked to end (SIGTERM)."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines instead of repeating every option.

    Attributes:
        commands: of the whole program, by name.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands: dict[str, Parser] = {}

    def error(self, message: str) -> NoReturn:
        """End with the exit code of a bad option."""
        given, _, choices = message.partition(": invalid choice: ")[2].partition(" (choose from ")
        self.refuse(message, [given.strip("'")], [text.strip("' )") for text in choices.split(",")])

    def refuse(self, message: str, given: Sequence[str], known: Sequence[str]) -> NoReturn:
        """End so, with what of the known may have been meant."""
        import difflib

        near = [
            text for one in given if one for text in difflib.get_close_matches(one, known, n=2, cutoff=0.7)
        ]
        meant = f"did you mean: {', '.join(dict.fromkeys(near))}; " if near else ""
        sys.stderr.write(f"stackwright: error: {message}\n  {meant}see: {self.prog} --help\n")
        raise SystemExit(BAD_INPUT)

    def options(self) -> list[str]:
        """Every option, those of its own commands included."""
        found: list[str] = []
        for action in self._actions:
            found += action.option_strings
            if isinstance(action.choices, Mapping):
                found += [text for below in action.choices.values() for text in below.options()]
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    # Most of what is made lives as long as the run: looking for cycles among it costs a tenth of the time.
    gc.set_threshold(200_000, 20, 20)
    # Whoever starts us may have closed a stream; what would go there is lost, what would come is empty.
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        on_signals()
        give_home()
        try:
            options = parsed(arguments)
            if arguments is not None:  # called by a process that may have been running for long
                options.started_s = time.monotonic()
            return DONE if done(options) else NO_SOLUTION
        finally:
            sys.stdout.flush()  # what cannot be written must be told, and not at exit
    except TerminationError:
        sys.stderr.write("stackwright: terminated\n")
        return TERMINATED
    except KeyboardInterrupt:
        sys.stderr.write("stackwright: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        discard_output()  # whoever reads it has seen enough
        return DONE
    except Exception as error:
        code = exit_code(error)
        if code is not None:
            show_error(error)
            if is_full_output(error):
                discard_output()
            return code
        import traceback

        traceback.print_exc()
        sys.stderr.write("stackwright: this is a bug in stackwright; please report it with the lines above\n")
        return BUG


def give_home() -> None:
    """Let a user who has none, as in a container that runs under any number, have the root for a home."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = os.sep


def done(options: argparse.Namespace) -> bool:
    """What the command answers; its result goes to the file that ``--output`` names."""
    from resolver.commands.options.arguments import RESULT_FILE

    run: Callable[[argparse.Namespace], bool] = options.run
    path: Path | None = vars(options).get(RESULT_FILE)
    if path is None:
        return run(options)
    import contextlib

    from resolver.outputs.files import write_output

    result = io.StringIO()
    with contextlib.redirect_stdout(result):
        answer = run(options)
    write_output(path, result.getvalue())
    return answer


def discard_output() -> None:
    """Let what could not be written to standard output go nowhere: Python would complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_full_output(error: Exception) -> bool:
    """Whether standard output takes no more; errors of files that were opened by name hold that name."""
    return isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; requirements may stand before, between and after them, which argparse does not know."""
    given = sys.argv[1:] if arguments is None else arguments
    named = [text for text in given if text in COMMANDS][:1]
    root = parser(named)
    options, rest = root.parse_known_args(given)
    unknown = [text for text in rest if text.startswith("-") or not hasattr(options, "requirements")]
    if unknown:
        command = root.commands[named[0]] if named else root
        options_given = [text.partition("=")[0] for text in unknown]
        command.refuse(f"unrecognized arguments: {' '.join(unknown)}", options_given, command.options())
    if rest:
        options.requirements = [*options.requirements, *rest]
    return options


def parser(named: Sequence[str] = tuple(COMMANDS)) -> Parser:
    """Every command; those named with their options."""
    root = Parser(
        prog="stackwright",
        allow_abbrev=False,
        description="Advises the best Python software stack that works in your runtime, "
        "on your hardware, for your code.",
        epilog="Exit codes: 0 done; 1 no solution; 2 input or options; 3 network, index, disk or store; "
        "70 a bug; 130 interrupted; 143 terminated.",
    )
    root.add_argument("--version", action=Version, help="show the version and exit")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, allow_abbrev=False, help=summary)
        root.commands[name] = command
        if name in named:
            from resolver.commands.options import arguments

            module = importlib.import_module(f"resolver.commands.{name.replace('-', '_')}")
            module.add(command)
            if name not in WITHOUT_RESULT:
                arguments.add_usual(command)
            command.set_defaults(run=module.run, started_s=STARTED_S)
    return root


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, *_: object) -> NoReturn:
        """Print the version and end."""
        from resolver.commands.heads import tool

        made_by = tool()
        sys.stdout.write(f"{made_by.name} {made_by.version}\n")
        raise SystemExit(DONE)


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
    from analyzers.manifests.errors import ManifestError
    from images.errors import ImageError, ImageReferenceError, TargetError
    from images.sbom.errors import SbomLibraryError
    from knowledge.errors import (
        AdvisoriesError,
        BenchmarkError,
        ConfigurationError,
        KnowledgeError,
        PackError,
    )
    from knowledge.settings import SettingsError
    from resolver.advising.advise import RunRefusedError
    from resolver.errors import InputError
    from resolver.outputs.errors import LockfileError
    from topics.errors import ModelError, TopicError

    match error:
        case InputError() | ManifestError() | TargetError() | ImageReferenceError() | SbomLibraryError():
            return BAD_INPUT
        case (
            AdvisoriesError()
            | BenchmarkError()
            | ConfigurationError()
            | PackError()
            | SettingsError()
            | FileNotFoundError()
            | IsADirectoryError()
            | NotADirectoryError()
        ):
            return BAD_INPUT
        case RunRefusedError():
            return NO_SOLUTION
        case ModelError():
            return NO_ACCESS
        case TopicError():
            return BAD_INPUT
        case KnowledgeError() | LockfileError() | ImageError() | OSError():
            return NO_ACCESS
    return None


def show_error(error: Exception) -> None:
    """One or two lines: what is wrong and where, then what can be done about it."""
    from resolver.commands.notes import printable

    if isinstance(error, OSError) and error.strerror:
        place = "standard output" if is_full_output(error) else error.filename
        text = f"{place}: {error.strerror}" if place else error.strerror
    else:
        text = str(error)
    sys.stderr.write(f"stackwright: error: {printable(text)}\n")
    for note in getattr(error, "__notes__", ()):
        sys.stderr.write(f"  {printable(note)}\n")


if __name__ == "__main__":
    raise SystemExit(main())
