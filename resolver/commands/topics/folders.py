"""Where indexes and topic models of this user are kept, and the heads of reports on them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzers.reports import Input, Tool


def default_folder(name: str) -> Path:
    """The folder of that name in the user's data directory."""
    from knowledge.stores.locations import default_location

    environ = {key: value for key, value in os.environ.items() if key != "STACKWRIGHT_STORE"}
    return Path(default_location(environ, Path.home())).parent / name


def add_format(command: argparse.ArgumentParser) -> None:
    """How the result is written, and whether progress is told."""
    arguments.add_format(command)
    arguments.add_quiet(command)


def count(text: str) -> int:
    """A number from 1 to 1000.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= 1_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000")
    return int(text)


def head(what: str, digest: str) -> tuple[Tool, Input, str]:
    """Tool, input and time of a report."""
    from analyzers.reports import Input
    from resolver.commands.heads import report_moment, tool, written_moment

    return tool(), Input(what=what, digest=digest), written_moment(report_moment())


def file_digest(paths: Iterable[str]) -> str:
    """``sha256:…`` of files, one after the other.

    Raises:
        OSError: one cannot be read.
    """
    import hashlib

    digest = hashlib.sha256()
    for path in paths:
        with Path(path).open("rb") as stream:
            while data := stream.read(1 << 20):
                digest.update(data)
    return f"sha256:{digest.hexdigest()}"
