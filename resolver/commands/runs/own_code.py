"""The user's code as a probe is given it: every file that its modules may read, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analyzers.directories import DirectoryReader
from analyzers.files import FileKind, FileReader, joined
from knowledge.probing.records import OwnCode
from resolver.commands.runs.project_code import children_of, code_directories, content_of, is_passed_over

MOST_FILES = 5_000
LARGEST_BYTES = 4 << 20
_LIMIT_BYTES = 32 << 20


def own_code(path: Path) -> OwnCode:
    """A directory without what is hidden, built or installed there; or one file, for a file.

    What is larger than the limits is left out: a program that needs it fails, and says so.
    """
    if path.is_file():
        content = content_of(DirectoryReader(path.parent), path.name.encode(), LARGEST_BYTES)
        return OwnCode(files=() if content is None else ((path.name, content),), directories=("",))
    reader = DirectoryReader(path)
    files: list[tuple[str, bytes]] = []
    left_bytes = _LIMIT_BYTES
    for found in _paths(reader):
        content = content_of(reader, found, LARGEST_BYTES)
        if content is not None and len(content) <= left_bytes:
            left_bytes -= len(content)
            files.append((found.decode(), content))
        if len(files) >= MOST_FILES:
            break
    directories = tuple(each.decode() for each in code_directories(reader))
    return OwnCode(files=tuple(files), directories=directories)


def _paths(reader: FileReader) -> Iterator[bytes]:
    """Sources before what else there is, each in the order of paths."""
    found, pending = [], [b""]
    while pending:
        directory = pending.pop()
        children = children_of(reader, directory)
        if any(child.name == b"pyvenv.cfg" for child in children):
            continue
        for child in children:
            if child.name.startswith(b".") or not _is_text(child.name):
                continue
            if child.kind is FileKind.FILE:
                found.append(joined(directory, child.name))
            elif child.kind is FileKind.DIRECTORY and not is_passed_over(child.name):
                pending.append(joined(directory, child.name))
    return iter(sorted(found, key=lambda path: (not path.endswith(b".py"), path)))


def _is_text(name: bytes) -> bool:
    """Whether a name can be told to what runs the code."""
    try:
        return name.decode().isprintable()
    except UnicodeDecodeError:
        return False
