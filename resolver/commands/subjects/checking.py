"""What ``stackwright check`` looks at: a lock through its index, or what is installed in a tree."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analyzers.digests import sha256_of
from analyzers.files import FileReader, FileReaderError
from analyzers.reports import Unknown
from knowledge.catalog import Knowledge
from knowledge.imports.stack_files import Pinned
from knowledge.imports.stack_imports import ProjectCode, StackImports
from resolver.commands.subjects.locks import locked_files
from resolver.context import Context, Lock
from resolver.errors import InputError
from resolver.reports.check import Clash, verdicts, with_uses

if TYPE_CHECKING:
    from resolver.commands.runs.used_apis import UsedApis

_LARGEST_EXTENSION_BYTES = 4 << 20
"""Of an image only smaller ones are looked into: what cannot be read of a module proves nothing."""


class Seen(NamedTuple):
    """What was looked at, and what was found.

    Attributes:
        releases: normalised name to version.
        verdicts: what fails a check first.
        digest: of what was looked at.
    """

    releases: dict[str, str]
    verdicts: tuple[Clash, ...]
    is_complete: bool
    digest: str
    unknowns: tuple[Unknown, ...] = ()


@contextmanager
def opened_tree(name: str, options: argparse.Namespace) -> Iterator[tuple[FileReader, Iterable[Unknown]]]:
    """The files of a directory or an image, and what could not be read of them.

    Args:
        name: as the user wrote it.
        options: of the command.

    Raises:
        ImageError: the image cannot be found or read.
    """
    from analyzers.directories import DirectoryReader
    from images.sources.reference_texts import is_layout

    path = Path(name.removeprefix("dir:")) if name.startswith("dir:") else Path(name)
    if path.is_dir() and not is_layout(path):
        yield DirectoryReader(path), ()
        return
    from images.facts.image_targets import wanted_platform
    from images.roots.image_files import PYTHON_FILES, image_files
    from images.roots.wanted import Wanted
    from resolver.commands.subjects.inspecting import inspection_progress

    extensions = Wanted(suffixes=(b".so",), limit_bytes=_LARGEST_EXTENSION_BYTES)
    platform = wanted_platform(options.platform)
    with inspection_progress(quiet=options.quiet) as progress:
        files = image_files(
            name, [PYTHON_FILES, extensions], platform=platform, environ=os.environ, progress=progress
        )
    yield files, files.unknowns


def check_lock(
    lock: Lock,
    context: Context,
    knowledge: Knowledge,
    imports: StackImports,
    content: bytes,
    uses: UsedApis | None = None,
) -> Seen:
    """Import what a lock pins, on paper, from the files of an index; then look for what code uses of it.

    Args:
        lock: that was read.
        context: of the run.
        knowledge: of this session.
        imports: imports them.
        content: of the lock's file.
        uses: of the user's code.
    """
    files, unknowns = locked_files(lock, context, knowledge)
    pins = {name: Pinned(version, file) for name, (version, file) in files.items()}
    examined = imports.examined(pins, pins)
    versions = {name: pin.version for name, pin in pins.items()}
    met = () if examined is None else verdicts((*examined.failures, *examined.doubtful), versions)
    lacking = () if uses is None else tuple(uses.locked(pins, knowledge))
    unread = () if uses is None else uses.unknowns
    return Seen(
        versions,
        with_uses(met, lacking),
        examined is not None and examined.is_complete and not unread,
        sha256_of(content),
        (*unknowns, *knowledge.unknowns, *unread),
    )


def read_code(path: Path | None) -> ProjectCode | None:
    """The user's code, where some is named.

    Raises:
        InputError: it cannot be read.
    """
    from resolver.commands.runs.project_code import project_code

    if path is None:
        return None
    if not path.exists():
        raise InputError(f"--source {path}: no such file or directory", "name a directory or a Python file")
    try:
        return project_code(path)
    except FileReaderError as error:
        raise InputError(f"--source {path}: {error}", "name a directory or a Python file") from error
