"""The program of the user that stacks are tried with."""

from __future__ import annotations

from pathlib import Path

from resolver.errors import InputError

LARGEST_SCRIPT_BYTES = 1 << 20
_REMEDY = "name a Python program"


def read_script(path: Path, option: str) -> str:
    """The text of a script; never empty.

    Args:
        option: that names it, such as ``--script``.

    Raises:
        InputError: it cannot be read, is too large, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_SCRIPT_BYTES + 1)
        text = content.decode()
    except OSError as error:
        raise InputError(f"{option} {path}: {error.strerror or error}", _REMEDY) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{option} {path}: it is no text in UTF-8", _REMEDY) from error
    if len(content) > LARGEST_SCRIPT_BYTES:
        raise InputError(f"{option} {path}: it is larger than {LARGEST_SCRIPT_BYTES} bytes", _REMEDY)
    return text or "pass\n"
