"""A pack as others wrote it: nothing of it is believed before its digest and every size are known.

The file is read once, into memory; its lines are gone through twice: for the digest, then for the records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from analyzers.archives.compression import MAGIC_BYTES, CompressionError, compression_of, expanded
from knowledge.errors import PackError
from knowledge.observations.checked import UnfitObservationError, checked
from knowledge.observations.known import Record
from knowledge.observations.verdicts import checked_verdict
from knowledge.packs.records import FORMAT, PackFoot, PackHead, PackLine

LARGEST_FILE_BYTES = 64 << 20
LARGEST_CONTENT_BYTES = 512 << 20
LARGEST_RATIO = 1_000
"""A pack of one observation that is repeated with other releases shrinks to a hundredth."""
LONGEST_LINE_BYTES = 1 << 20
MOST_RECORDS = 500_000
_SMALL_BYTES = 1 << 20
_REMEDY = "name a file that stackwright knowledge export wrote"
_FAULTS = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_head = msgspec.json.Decoder(PackHead).decode
_line = msgspec.json.Decoder(PackLine).decode
_foot = msgspec.json.Decoder(PackFoot).decode


class Unfit(NamedTuple):
    """A record that is left out: its line, from 1, and why."""

    line: int
    reason: str


class Pack:
    """A pack whose digest is that of its content.

    Attributes:
        path: of the file.
        digest: ``sha256:…``.
        head: what it says of itself.
    """

    def __init__(self, path: Path, content: bytes, digest: str, head: PackHead) -> None:
        self.path, self.digest, self.head = path, digest, head
        self._content = content

    def records(self, now: float) -> Iterator[Record | Unfit]:
        """Each record in the form in which it can be kept, or why it cannot be.

        Args:
            now: seconds since the epoch; what is of a later time is unfit.
        """
        for number, line in enumerate(_lines(self.path, self._content), 1):
            if number > 1 and not _is_foot(line):
                try:
                    yield _record(line, now)
                except UnfitObservationError as error:
                    yield Unfit(number, str(error))
                except _FAULTS as error:
                    yield Unfit(number, str(error)[:200])


def read_pack(path: Path, demanded: str | None = None) -> Pack:
    """The pack in a file.

    Args:
        path: of the file.
        demanded: the digest that it must have; None where any will do.

    Raises:
        PackError: it is none, is damaged, is larger than any honest one, or has another digest.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise PackError(path, error.strerror or str(error), _REMEDY) from error
    if len(content) > LARGEST_FILE_BYTES:
        raise PackError(path, f"it is larger than {LARGEST_FILE_BYTES >> 20} MiB", "export it in parts")
    if compression_of(content[:MAGIC_BYTES]) != "zstd":
        raise PackError(path, "it is no pack", _REMEDY)
    head, digest = _verified(path, content)
    if demanded is not None and demanded != digest:
        raise PackError(path, f"its digest is {digest}", "ask whoever gave it to you for the right one")
    return Pack(path, content, digest, head)


def _verified(path: Path, content: bytes) -> tuple[PackHead, str]:
    """The head and the digest of a pack that is whole."""
    hashed, count = hashlib.sha256(), 0
    head: PackHead | None = None
    foot: PackFoot | None = None
    try:
        for line in _lines(path, content):
            if foot is not None:
                raise PackError(path, "something follows its end", _REMEDY)
            if head is None:
                head = _head(line)
            elif _is_foot(line):
                foot = _foot(line)
                continue
            else:
                count += 1
            hashed.update(line + b"\n")
    except _FAULTS as error:
        raise PackError(path, f"it is no pack: {str(error)[:200]}", _REMEDY) from error
    if head is None or foot is None:
        raise PackError(path, "it ends early", "fetch it again")
    if head.pack != FORMAT:
        raise PackError(path, f"it is of the format {head.pack[:40]!r}", "upgrade stackwright")
    digest = f"sha256:{hashed.hexdigest()}"
    if foot.digest != digest or count != head.observations + head.verdicts:
        raise PackError(path, "its content is not what it was when it was written", "fetch it again")
    return head, digest


def _lines(path: Path, content: bytes) -> Iterator[bytes]:
    """Its lines without their ends."""
    limit = min(LARGEST_CONTENT_BYTES, max(_SMALL_BYTES, LARGEST_RATIO * len(content)))
    size, count, rest = 0, 0, b""
    try:
        for piece in expanded(iter([content]), "zstd", 1):
            size += len(piece)
            *lines, rest = (rest + piece).split(b"\n")
            count += len(lines)
            if size > limit or count > MOST_RECORDS or len(rest) > LONGEST_LINE_BYTES:
                raise PackError(path, "it is larger than any honest one", "export it in parts")
            yield from lines
    except CompressionError as error:
        raise PackError(path, str(error), "fetch it again") from error
    if rest:
        raise PackError(path, "it ends early", "fetch it again")


def _is_foot(line: bytes) -> bool:
    return line.startswith(b'{"digest":')


def _record(line: bytes, now: float) -> Record:
    found = _line(line)
    if found.observation is not None and found.verdict is None:
        record: Record = checked(found.observation, now)
    elif found.verdict is not None and found.observation is None:
        record = checked_verdict(found.verdict, now)
    else:
        raise UnfitObservationError("it holds no record of a known kind")
    try:
        msgspec.msgpack.encode(record)
    except (OverflowError, ValueError) as error:  # numbers that nothing counts
        raise UnfitObservationError(str(error)) from error
    return record
