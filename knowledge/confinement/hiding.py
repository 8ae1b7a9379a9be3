"""Which directories a confined program finds empty: those of people, and those that it could not enter."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

_OF_PEOPLE = ("/root", "/home", "/run/user", "/srv", "/mnt", "/media")


def hidden_directories(readable: Iterable[Path]) -> list[str]:
    """Outermost ones, sorted; what is readable is shown within them all the same.

    Args:
        readable: what the program must find.
    """
    found = {path for path in (*_OF_PEOPLE, str(Path("~").expanduser())) if Path(path).is_dir()}
    for path in readable:
        for ancestor in reversed(path.parents):
            try:
                mode = ancestor.stat().st_mode
            except OSError:
                break
            if not mode & stat.S_IXOTH:
                found.add(str(ancestor))
                break
    real = sorted({os.path.realpath(path) for path in found} - {"/"})
    return [path for path in real if not any(path.startswith(f"{other}/") for other in real)]
