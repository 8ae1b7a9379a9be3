"""A directory for the time of a command; those that killed commands left are removed with it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.confinement.removal import remove_tree

_YOUNG_S = 60.0
"""Whoever made it may not have come to lock it yet."""


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """A new directory, which others may enter and not list; it is gone afterwards.

    Directories of the same prefix that nobody holds any more are removed first.

    Args:
        prefix: of its name; no other program's.
    """
    place = Path(tempfile.mkdtemp(prefix=prefix))
    held = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        place.chmod(0o711)
        for other in place.parent.glob(f"{prefix}*"):
            if other != place:
                _remove_abandoned(other)
        yield place
    finally:
        remove_tree(place)
        os.close(held)


def _remove_abandoned(place: Path) -> None:
    with contextlib.suppress(OSError):
        held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            status = os.fstat(held)
            if status.st_uid == os.geteuid() and time.time() - status.st_mtime > _YOUNG_S:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_tree(place)
        finally:
            os.close(held)
