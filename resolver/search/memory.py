"""How much memory this process takes, as the operating system counts it."""

from __future__ import annotations

import os
import re
import resource
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")
"""Sizes in pages: of the address space, then of what is resident. Source: proc(5)."""


_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(kB|MB|GB|KiB|MiB|GiB)", re.ASCII)
_UNITS = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def size_bytes(text: str) -> int:
    """A size as a user writes it: ``500MB``, ``1.5GiB``.

    Raises:
        ValueError: it is none, or nothing.
    """
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if not size:
        raise ValueError(f"{text!r} is no size such as 500MB or 2GiB (kB, MB, GB, KiB, MiB or GiB)")
    return size


def resident_bytes() -> int:
    """What is resident now; where the system does not tell that, the most that was."""
    try:
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
