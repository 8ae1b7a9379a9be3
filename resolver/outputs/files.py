"""Writes a result to a file as a whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from resolver.outputs.errors import OutputError


def write_output(path: Path, content: str | bytes, option: str = "--output") -> None:
    """Replace a file: write beside it, then rename. A link stays a link; a pipe or a device is written to.

    Args:
        path: of the file.
        content: text becomes UTF-8.
        option: that named the file, for errors.

    Raises:
        OutputError: it cannot be written there.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _write_beside(path.resolve(), data)
    except RuntimeError as error:  # pathlib's word for links that lead in a circle
        raise OutputError(path, "its links lead in a circle", option) from error
    except OSError as error:
        raise OutputError(path, error.strerror or str(error), option) from error


def _write_beside(path: Path, data: bytes) -> None:
    import tempfile  # dear, and most results go to standard output

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
