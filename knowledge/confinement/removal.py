"""Removes a directory in which somebody else wrote: however deep it is, and whoever may enter what."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from pathlib import Path

_DEEPEST = 100


def remove_tree(place: Path) -> None:
    """Remove a directory and all that is in it; what cannot be removed stays.

    What lies very deep is moved to the top first, so that neither the length of a path nor depth matters.
    No link is followed; nobody else may write there any more.

    Args:
        place: that goes, if it is there.
    """
    moves, numbers = f".{secrets.token_hex(8)}", itertools.count()
    waiting, emptied = [(place, 0)], []
    while waiting:
        at, depth = waiting.pop()
        emptied.append(at)
        with contextlib.suppress(OSError):
            at.chmod(0o700)
            for found in list(os.scandir(at)):
                path = Path(found.path)
                with contextlib.suppress(OSError):
                    if not found.is_dir(follow_symlinks=False):
                        path.unlink()
                        continue
                    path.chmod(0o700)
                    if depth < _DEEPEST:
                        waiting.append((path, depth + 1))
                    else:
                        waiting.append((path.rename(place / f"{moves}-{next(numbers)}"), 0))
    for at in reversed(emptied):
        with contextlib.suppress(OSError):
            at.rmdir()
