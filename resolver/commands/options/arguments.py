"""Groups of options that several commands share."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import numbers

if TYPE_CHECKING:
    from knowledge.imports.evidence_budget import EvidenceLimits

PRERELEASES = ("if-necessary", "if-alone", "allow", "disallow", "explicit")
ALL = ""
"""What ``--upgrade`` without a name stands for."""
MOST_JOBS = 64
FORMATS = ("text", "json")
RESULT_FILE = "result_file"
"""Where an option stands that names a file for what goes to standard output, whichever command writes it."""


def add_requirements(command: argparse.ArgumentParser) -> None:
    """What is asked for."""
    command.add_argument("requirements", nargs="*", metavar="REQUIREMENT", help="such as 'flask>=3'")
    command.add_argument(
        "-r", "--requirements", dest="files", action="append", default=[], metavar="FILE",
        help="read requirements from a manifest of any known format; may be given more than once; - is "
        "standard input; where none is named the first that states requirements: pyproject.toml, "
        "requirements.in, requirements.txt, Pipfile, and others",
    )  # fmt: skip
    command.add_argument(
        "-c", "--constraints", action="append", default=[], metavar="FILE",
        help="limit projects without asking for them, as a requirements file or lock says",
    )  # fmt: skip
    command.add_argument(
        "--override", dest="overrides", action="append", default=[], metavar="FILE",
        help="replace what dependencies ask for: lines of REQUIREMENT or DEPENDENT: REQUIREMENT",
    )  # fmt: skip
    command.add_argument(
        "--extra", dest="extras", action="append", default=[], metavar="NAME",
        help="with this extra of the projects that -r names; may be given more than once",
    )  # fmt: skip
    command.add_argument("--all-extras", action="store_true", help="with all their extras")
    command.add_argument(
        "--group", dest="groups", action="append", default=[], metavar="NAME",
        help="with this dependency group of theirs; may be given more than once",
    )  # fmt: skip
    command.add_argument(
        "--prefer", dest="preferences", action="append", default=[], metavar="FILE",
        help="keep what a lock of any known format pins, while it fits",
    )  # fmt: skip
    command.add_argument(
        "--upgrade", action="append", nargs="?", const=ALL, default=[], metavar="NAME",
        help="keep nothing of a project, or (without a name) of any; may be given more than once",
    )  # fmt: skip


def add_source(command: argparse.ArgumentParser) -> None:
    """The code that will run on the stack."""
    command.add_argument(
        "--source", type=Path, metavar="PATH",
        help="scan this code: where no requirements are named those of its manifests are meant, what it "
        "imports without declaring it is asked for as well, and releases that lack what it uses are refused",
    )  # fmt: skip


def add_written(command: argparse.ArgumentParser) -> None:
    """When the code was written that declares nothing."""
    command.add_argument(
        "--written", metavar="MOMENT",
        help="when the code of --source was written, where nothing declares what it needs: a date "
        "(2015-06-30) or an age; series of releases that were current then are tried first",
    )  # fmt: skip


def add_units(command: argparse.ArgumentParser) -> None:
    """What matters most, and which units take part."""
    command.add_argument(
        "--type", choices=("latest", "stable", "testing", "performance", "security"), default="stable",
        help="what matters most (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--pipeline", type=Path, metavar="FILE",
        help="enable, disable, order, parametrise and weigh units as a TOML or JSON file says",
    )  # fmt: skip
    command.add_argument(
        "--rules", dest="rule_folders", type=Path, action="append", default=[], metavar="DIR",
        help="rules of your own: a directory or Git checkout of YAML files; may be given more than once",
    )  # fmt: skip
    command.add_argument(
        "--no-rule", dest="rules_off", action="append", default=[], metavar="NAME",
        help="without this rule; may be given more than once",
    )  # fmt: skip
    command.add_argument("--no-rules", action="store_true", help="without the rules that ship")


def add_search(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Which end of what fits is tried first, and how long the search goes on."""
    search = command.add_argument_group("search")
    search.add_argument(
        "--resolution", choices=("highest", "lowest-direct", "lowest"), default="highest",
        help="take the highest releases that fit, or the lowest of direct requirements or of all projects "
        "(default: %(default)s)",
    )  # fmt: skip
    search.add_argument(
        "--evidence", choices=("none", "stored", "static", "probe"), default="static",
        help="whether to import the stack on paper, from the files of its releases, and avoid what fails; "
        "stored: only as far as earlier runs did; probe: then build the stack, too, and run it "
        "(default: %(default)s)",
    )  # fmt: skip
    _add_budget(search)
    _add_probes(search)
    add_predictor(search)
    search.add_argument(
        "--limit", type=numbers.count, metavar="N",
        help="try N changes of the first stack to find better ones",
    )  # fmt: skip
    search.add_argument(
        "--limit-conflicts", type=numbers.count, metavar="N",
        help="give up after N conflicts without a stack",
    )  # fmt: skip
    search.add_argument(
        "--time-limit", type=numbers.seconds, metavar="SECONDS",
        help="end after so long with the best stack so far, if there is one",
    )  # fmt: skip
    search.add_argument(
        "--memory-limit", type=numbers.size, metavar="SIZE",
        help="end when the process takes so much memory (500MB, 2GiB), likewise",
    )  # fmt: skip
    search.add_argument(
        "--jobs", type=numbers.whole_number(1, MOST_JOBS), default=1, metavar="N",
        help="search in N processes at once, which tell each other the best they find (default: %(default)s)",
    )  # fmt: skip
    search.add_argument(
        "--seed", type=numbers.count, default=0, metavar="N",
        help="start chance from N; the same seed gives the same result (default: %(default)s)",
    )  # fmt: skip
    return search


def add_predictor(command: argparse._ActionsContainer) -> None:
    """What chooses the changes."""
    command.add_argument(
        "--predictor", metavar="NAME",
        help="what chooses the changes: auto or one that `stackwright units list` names "
        "(default: what --type has)",
    )  # fmt: skip


def add_evidence(command: argparse.ArgumentParser) -> None:
    """How far to look for evidence, for a command that does nothing else."""
    command.add_argument(
        "--evidence", choices=("stored", "static"), default="static",
        help="stored: only what earlier runs found (default: %(default)s)",
    )  # fmt: skip
    _add_budget(command)


def _add_budget(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--evidence-budget", type=_limits, metavar="LIMITS",
        help="what that may cost in one run: seconds, bytes of files, or both, such as 20s, 60MB or 5s,10MB "
        "(default: 20s,60MB)",
    )  # fmt: skip


def _add_probes(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--probe-script", type=Path, metavar="FILE",
        help="with --evidence probe: Python that must end well in a stack, after its imports",
    )  # fmt: skip
    command.add_argument(
        "--probe-limit", type=numbers.whole_number(1, 999), default=20, metavar="N",
        help="with --evidence probe: build at most N stacks (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--probe-python", type=Path, metavar="PATH",
        help="with --evidence probe: the interpreter that runs stacks, or a directory that holds a root file "
        "system with one (default: this one)",
    )  # fmt: skip


def _limits(text: str) -> EvidenceLimits:
    from knowledge.imports.evidence_budget import parse_limits

    try:
        return parse_limits(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _fact(text: str) -> str:
    if not text.partition("=")[2]:
        raise argparse.ArgumentTypeError(f"{text[:100]!r} is not NAME=VALUE, such as gpu.vendor=none")
    return text


def add_target(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Where the stack will run."""
    target = command.add_argument_group("target", "the default is this interpreter on this machine")
    target.add_argument(
        "--image", metavar="REF",
        help="a container image, as for inspect, or a report that inspect saved as JSON; what it ships and "
        "others there need keeps its version",
    )  # fmt: skip
    target.add_argument(
        "--environment", dest="environments", action="append", default=[], metavar="NAME",
        help="an environment that [tool.stackwright.environments.NAME] of pyproject.toml or .thoth.yaml "
        "declares; for advise more than one may be given: each gets its pylock.NAME.toml",
    )  # fmt: skip
    target.add_argument(
        "--fact", dest="facts", action="append", default=[], type=_fact, metavar="NAME=VALUE",
        help="what is so on the target, whatever else is known of it, such as gpu.vendor=none, cuda.max=12.4 "
        "or cores=unknown; may be given more than once",
    )  # fmt: skip
    target.add_argument(
        "--no-image-packages", action="store_true",
        help="what the image ships does not count, as in a virtual environment of its own",
    )  # fmt: skip
    target.add_argument(
        "--python-version", metavar="VERSION",
        help="such as 3.12, 3.12.4 or 3.14t; with --image one of its interpreters, also by its path",
    )  # fmt: skip
    target.add_argument(
        "--platform", metavar="PLATFORM",
        help="such as linux, x86_64-manylinux_2_28, linux/arm64, musllinux_1_2_x86_64, macos, windows; with "
        "--image which one of an image for several",
    )  # fmt: skip
    return target


def add_releases(command: argparse.ArgumentParser) -> None:
    """Which releases may be used."""
    releases = command.add_argument_group("releases")
    releases.add_argument(
        "--prerelease", choices=PRERELEASES, metavar="MODE",
        help=f"when pre-releases may be used: {', '.join(PRERELEASES[:-1])} or {PRERELEASES[-1]} (default: "
        "if-necessary, allow where a file says --pre, if-alone for code that declares nothing)",
    )  # fmt: skip
    releases.add_argument(
        "--no-build-package", action="append", default=[], metavar="NAME",
        help="use no source distribution of a project; may be given more than once",
    )  # fmt: skip
    releases.add_argument(
        "--no-binary-package", action="append", default=[], metavar="NAME",
        help="use no wheel of a project; may be given more than once",
    )  # fmt: skip
    releases.add_argument(
        "--strict-names", action="store_true",
        help="refuse projects whose names look like a popular one's and that nothing vouches for",
    )  # fmt: skip
    releases.add_argument(
        "--variants", action="store_true",
        help="use wheels of variants (PEP 825, a draft), the best for what is known of the target",
    )  # fmt: skip
    releases.add_argument(
        "--prefer-variant", dest="preferred_variants", action="append", default=[], metavar="NAME",
        help="put a namespace, feature or property first among them, such as blas_lapack::library::mkl; may "
        "be given more than once; implies --variants",
    )  # fmt: skip
    releases.add_argument(
        "--exclude-newer", metavar="MOMENT",
        help="use no file uploaded after a date (2026-01-31), a time or an age (7d)",
    )  # fmt: skip
    releases.add_argument(
        "--exclude-newer-package", action="append", default=[], metavar="NAME=MOMENT",
        help="the same for one project, or NAME=never for no limit; may be given more than once",
    )  # fmt: skip


def add_index(command: argparse.ArgumentParser) -> None:
    """Where knowledge comes from, and where it is kept."""
    index = command.add_argument_group("index and store")
    index.add_argument(
        "--index-url", metavar="URL",
        help="root of a package index (PEP 503 or 691); default: what pip or uv are configured to use",
    )  # fmt: skip
    index.add_argument(
        "--index", "--extra-index-url", dest="indexes", action="append", default=[], metavar="[NAME=]URL",
        help="a further index, asked before that of --index-url; may be given more than once",
    )  # fmt: skip
    index.add_argument(
        "--find-links", action="append", default=[], metavar="PLACE",
        help="use wheels and source distributions of a directory, a file or a page, too",
    )  # fmt: skip
    index.add_argument("--no-index", action="store_true", help="use nothing but what --find-links names")
    index.add_argument(
        "--keyring-provider", choices=("disabled", "subprocess"), default="disabled",
        help="ask the command keyring for user names and passwords (default: %(default)s)",
    )  # fmt: skip
    index.add_argument(
        "--timeout", metavar="SECONDS",
        help="give up on an index that is silent for so long, twice (default: what pip or uv have, or 30)",
    )  # fmt: skip
    index.add_argument(
        "--allow-builds", action="store_true",
        help="build source distributions that do not say what they require; that runs their code",
    )  # fmt: skip
    index.add_argument("--refresh", action="store_true", help="ask for listings again, however fresh")
    add_offline(index)
    add_store(index)


def add_offline(command: argparse._ActionsContainer) -> None:
    """Whether requests are made."""
    command.add_argument("--offline", action="store_true", help="make no request; use what is stored")


def add_store(command: argparse._ActionsContainer) -> None:
    """Where knowledge is kept."""
    command.add_argument(
        "--store", metavar="PLACE",
        help="file or PostgreSQL URL in which knowledge is kept (default: in the user's data directory)",
    )  # fmt: skip


def add_format(
    command: argparse._ActionsContainer,
    choices: Sequence[str] = FORMATS,
    *,
    default: str | None = "text",
    told: str = "%(default)s",
) -> None:
    """How the result is written.

    Args:
        told: what is the default, where that depends.
    """
    command.add_argument(
        "--format", choices=choices, default=default, metavar="FORMAT",
        help=f"format of the result: {', '.join(choices[:-1])} or {choices[-1]} (default: {told})",
    )  # fmt: skip


def add_output(
    command: argparse._ActionsContainer,
    what: str = "the result to a file, and nothing to standard output",
    *,
    dest: str = "output",
    metavar: str = "FILE",
    required: bool = False,
) -> None:
    """Where the result goes."""
    command.add_argument(
        "-o", "--output", dest=dest, type=Path, metavar=metavar, required=required, help=f"write {what}"
    )


def add_quiet(command: argparse._ActionsContainer) -> None:
    """Whether more is told than the result."""
    command.add_argument("-q", "--quiet", action="store_true", help="no progress and no summary")


def add_usual(command: argparse.ArgumentParser) -> None:
    """What every command that has a result takes, where it does not take it in a way of its own."""
    for added in (add_quiet, _add_result_file):
        with contextlib.suppress(argparse.ArgumentError):
            added(command)


def _add_result_file(command: argparse.ArgumentParser) -> None:
    add_output(command, dest=RESULT_FILE)
