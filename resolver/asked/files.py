"""The files that a run reads: each once, capped, and remembered with its digest."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import BinaryIO

from analyzers.digests import sha256_of
from analyzers.manifests.reading import FILE_LIMIT_BYTES
from analyzers.reports import InputFile
from resolver.asked.wishes import STANDARD_INPUT

SHOWN_STANDARD_INPUT = "standard input"
_WRITER_S = 1.0
"""So long a pipe may be without anybody who writes to it."""


class InputFiles:
    """Reads files of the working directory and wherever the user points to.

    Args:
        folder: what relative paths are relative to.
        standard_input: read when it is named.
    """

    def __init__(self, folder: Path, standard_input: BinaryIO) -> None:
        self._folder = folder
        self._standard_input = standard_input
        self._contents: dict[str, bytes] = {}

    def named(self, name: str) -> str:
        """The path as locations show it, of a file as a user names it."""
        if name != STANDARD_INPUT:
            return name
        if SHOWN_STANDARD_INPUT not in self._contents:
            self._contents[SHOWN_STANDARD_INPUT] = self._standard_input.read(FILE_LIMIT_BYTES + 1)
        return SHOWN_STANDARD_INPUT

    def read(self, path: str) -> bytes:
        """The content of a file; one beyond the limit is cut behind it, and its parser refuses it.

        Raises:
            OSError: it cannot be read.
        """
        if not path:
            raise OSError(errno.ENOENT, "the name is empty")
        if path not in self._contents:
            self._contents[path] = _content(self.place(path))
        return self._contents[path]

    def peek(self, path: str) -> bytes:
        """The content of a file that is perhaps no input; nothing where it cannot be read."""
        try:
            return _content(self.place(path))
        except (OSError, ValueError):
            return b""

    def place(self, path: str) -> Path:
        """Where a path leads on this machine."""
        return self._folder / path

    def is_file(self, path: str) -> bool:
        """Whether there is such a regular file."""
        try:
            return self.place(path).is_file()
        except (OSError, ValueError):  # a name that no file can have
            return False

    def is_directory(self, path: str) -> bool:
        """Whether there is such a directory."""
        try:
            return self.place(path).is_dir()
        except (OSError, ValueError):
            return False

    def digests(self) -> tuple[InputFile, ...]:
        """What was read, in that order."""
        return tuple(
            InputFile(path=path, digest=sha256_of(content)) for path, content in self._contents.items()
        )


def _content(path: Path) -> bytes:
    """What a file, a device or a pipe holds, up to one byte beyond the limit.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_fifo():
        with path.open("rb") as file:
            return file.read(FILE_LIMIT_BYTES + 1)
    # Opening a pipe to which nobody writes would wait for ever; opened without waiting it is at its end.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb", buffering=0) as pipe:
        deadline_s = time.monotonic() + _WRITER_S
        while (first := pipe.read(1)) == b"":
            if time.monotonic() > deadline_s:
                raise OSError(errno.EPIPE, "it is a pipe to which nobody writes", str(path))
            time.sleep(0.02)
        os.set_blocking(handle, True)
        parts, size_bytes = [first or b""], 1
        while size_bytes <= FILE_LIMIT_BYTES and (part := pipe.read(FILE_LIMIT_BYTES)):
            parts.append(part)
            size_bytes += len(part)
        return b"".join(parts)[: FILE_LIMIT_BYTES + 1]
