"""Writes a result to a file as a whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from resolver.outputs.errors import OutputError


def write_output(path: Path, text: str) -> None:
    """Replace a file: write beside it, then rename. A link stays a link; a pipe or a device is written to.

    Raises:
        OutputError: it cannot be written there.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            _write_beside(path.resolve(), text)
    except RuntimeError as error:  # pathlib's word for links that lead in a circle
        raise OutputError(path, "its links lead in a circle") from error
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


def _write_beside(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
