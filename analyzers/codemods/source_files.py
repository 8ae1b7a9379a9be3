"""Which files of a tree are Python source to be rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzers.files import FileKind, FileReader, FileReaderError, joined

_SUFFIXES = (b".py", b".pyi", b".pyw")
_PASSED_OVER = frozenset({b"__pycache__", b"node_modules", b"site-packages", b"__pypackages__"})
_DEPTH_LIMIT = 64
_FILES_LIMIT = 200_000


def python_files(reader: FileReader, on_error: Callable[[FileReaderError], None]) -> Iterator[bytes]:
    """Paths below the root, sorted; hidden directories, environments and links are passed over.

    Args:
        reader: the tree.
        on_error: told of what cannot be listed.
    """
    pending: list[tuple[bytes, int]] = [(b"", 0)]
    seen = 0
    while pending:
        directory, depth = pending.pop()
        try:
            children = reader.list(directory)
        except FileReaderError as error:
            on_error(error)
            continue
        if directory and any(child.name == b"pyvenv.cfg" for child in children):
            continue
        for child in children:
            if child.kind is FileKind.FILE and child.name.lower().endswith(_SUFFIXES):
                seen += 1
                if seen > _FILES_LIMIT:
                    on_error(FileReaderError(directory, f"more than {_FILES_LIMIT:,} files"))
                    return
                yield joined(directory, child.name)
        below = [
            (joined(directory, child.name), depth + 1)
            for child in reversed(children)
            if child.kind is FileKind.DIRECTORY
            and not child.name.startswith(b".")
            and child.name not in _PASSED_OVER
        ]
        if below and depth >= _DEPTH_LIMIT:
            on_error(FileReaderError(directory, f"more than {_DEPTH_LIMIT} directories deep"))
            continue
        pending += below
