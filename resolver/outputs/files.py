"""Writes a result to a file as a whole, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from resolver.errors import InputError
from resolver.outputs.errors import OutputError

_FULL = (errno.ENOSPC, errno.EDQUOT)


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
        remedy = "make room there, or name another file" if error.errno in _FULL else None
        raise OutputError(path, error.strerror or str(error), option, remedy) from error


def check_place(path: Path, option: str = "--output") -> None:
    """Refuse a file that could not be written when the result is there.

    Raises:
        InputError: there is no such directory, or it is one itself.
    """
    if not path.parent.is_dir():
        remedy = "make the directory, or name another file"
        raise InputError(f"{option} {path}: there is no directory {path.parent}", remedy)
    if path.is_dir():
        raise InputError(f"{option} {path}: it is a directory", "name a file in it")


def check_text(path: Path) -> None:
    """Refuse, too, a manifest or a lock that is there, for a result that is none.

    Raises:
        InputError: there is no such directory, it is one itself, or what is there would be lost.
    """
    from analyzers.manifests.discovery import manifest_format

    check_place(path)
    if path.exists() and manifest_format(path.name) is not None:
        raise InputError(f"--output {path}: a result of another kind would replace it", "name another file")


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
