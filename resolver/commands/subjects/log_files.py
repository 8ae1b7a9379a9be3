"""Logs as files: the end of one, whatever its size, and the digest of the whole."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple

from analyzers.buildlogs.log_lines import LARGEST_BYTES
from analyzers.reports import Unknown

_PIECE_BYTES = 1 << 20
_MOST_READ_BYTES = 4 << 30


class LogFile(NamedTuple):
    """A log, or its end.

    Attributes:
        first_line: number of the first line of `data`.
        digest: SHA-256 of all that was read, in hexadecimal.
    """

    data: bytes
    first_line: int
    digest: str
    unknowns: tuple[Unknown, ...]


def read_log(name: str) -> LogFile:
    """A log; ``-`` is standard input.

    Raises:
        OSError: it cannot be read.
    """
    if name == "-":
        return _read(sys.stdin.buffer)
    with Path(name).open("rb") as file:
        return _read(file)


def _read(file: BinaryIO) -> LogFile:
    """What fails stands at the end: of a log that is too large the beginning is left out."""
    digest, total, first_line = hashlib.sha256(), 0, 1
    kept = bytearray()
    unknowns: list[Unknown] = []
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
        total += len(piece)
        kept += piece
        if len(kept) >= 2 * LARGEST_BYTES:
            first_line += kept.count(b"\n", 0, len(kept) - LARGEST_BYTES)
            del kept[: len(kept) - LARGEST_BYTES]
        if total >= _MOST_READ_BYTES:
            reason = f"only {_MOST_READ_BYTES} bytes are read"
            unknowns.append(Unknown(what="the end of the log", where=f"byte {total}", reason=reason))
            break
    if len(kept) > LARGEST_BYTES:
        first_line += kept.count(b"\n", 0, len(kept) - LARGEST_BYTES)
        del kept[: len(kept) - LARGEST_BYTES]
    if total > LARGEST_BYTES:
        reason = f"only the last {LARGEST_BYTES} bytes are read"
        where = f"before line {first_line}"
        unknowns.append(Unknown(what="the beginning of the log", where=where, reason=reason))
    return LogFile(bytes(kept), first_line, digest.hexdigest(), tuple(unknowns))
