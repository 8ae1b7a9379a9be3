"""Documents from JSON Lines, plain or gzip, one at a time; a line that is none is told with its number."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from analyzers.reports import Unknown
from topics.documents import Document, read_document
from topics.errors import DocumentsError

LINE_LIMIT_BYTES = 32 << 20
DOCUMENTS_LIMIT = 3_000_000
UNKNOWNS_LIMIT = 1_000
_GZIP_MAGIC = b"\x1f\x8b"


class DocumentLines:
    """Goes through the documents of a source, as often as it can be opened.

    Args:
        opened: opens the source at its start, as bytes of JSON Lines.
        where: names the source in unknowns and errors.
        limit: how many documents at most.

    Attributes:
        unknowns: of the last passage, at most `UNKNOWNS_LIMIT`.
        unread: how many lines of the last passage were no document.
    """

    def __init__(self, opened: Callable[[], BinaryIO], where: str, limit: int = DOCUMENTS_LIMIT) -> None:
        self._opened, self._where, self._limit = opened, where, limit
        self.unknowns: list[Unknown] = []
        self.unread = 0

    def __iter__(self) -> Iterator[Document]:
        """The documents in order.

        Raises:
            DocumentsError: the source cannot be read at all.
        """
        self.unknowns, self.unread = [], 0
        try:
            with self._opened() as stream:
                yield from self._documents(stream)
        except (OSError, EOFError, zlib.error) as error:
            if isinstance(error, gzip.BadGzipFile | EOFError | zlib.error):
                self._note(0, f"its compression is damaged: {error}")
                return
            reason = error.strerror or str(error)
            raise DocumentsError(self._where, reason, "name a file of JSON Lines") from error

    def _documents(self, stream: BinaryIO) -> Iterator[Document]:
        count = number = 0
        for data in _lines(stream):
            number += 1
            if data is None:
                self._note(number, f"has more than {LINE_LIMIT_BYTES:,} bytes")
                continue
            if not data.strip():
                continue
            try:
                document = read_document(data)
            except ValueError as error:
                self._note(number, str(error))
                continue
            if count == self._limit:
                self._note(number, f"is beyond the first {self._limit:,} documents; so is what follows")
                return
            count += 1
            yield document

    def _note(self, number: int, reason: str) -> None:
        self.unread += 1
        if len(self.unknowns) < UNKNOWNS_LIMIT:
            where = f"{self._where}:{number}" if number else self._where
            self.unknowns.append(Unknown(what="document", where=where, reason=reason))


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines as they are; None for one that is too long."""
    while line := stream.readline(LINE_LIMIT_BYTES + 1):
        if len(line) <= LINE_LIMIT_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LINE_LIMIT_BYTES)
        yield None


def document_file(path: Path, limit: int = DOCUMENTS_LIMIT) -> DocumentLines:
    """The documents of a file; its first bytes tell whether it is compressed."""

    def opened() -> BinaryIO:
        with path.open("rb") as stream:
            is_compressed = stream.read(2) == _GZIP_MAGIC
        return cast("BinaryIO", gzip.open(path)) if is_compressed else path.open("rb")

    return DocumentLines(opened, str(path), limit)
