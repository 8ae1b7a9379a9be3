"""What the actions of ``topics`` are given: documents of files, of wheels, of standard input, and by name."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from analyzers.reports import Unknown
    from topics.document_lines import DocumentLines
    from topics.documents import Document

STANDARD_INPUT = "-"
_FILES = (".jsonl", ".json", ".jsonl.gz", ".gz", ".ndjson", ".whl")
_WHEEL_LIMIT_BYTES = 1 << 30


class Subjects:
    """Goes through the documents of what a user named, in that order, once.

    Args:
        named: names of projects, files, or ``-`` for standard input.
        options: of the command line, with those of the index.

    Attributes:
        unknowns: what could not be read so far.
    """

    def __init__(self, named: Sequence[str], options: argparse.Namespace) -> None:
        self._named, self._options = named, options
        self._digest = hashlib.sha256()
        self.unknowns: list[Unknown] = []

    @property
    def digest(self) -> str:
        """``sha256:…`` of the documents so far."""
        return f"sha256:{self._digest.hexdigest()}"

    def __iter__(self) -> Iterator[Document]:
        """The documents.

        Raises:
            DocumentsError: a file cannot be read.
            KnowledgeError: an index cannot be asked.
        """
        import msgspec

        encode = msgspec.json.Encoder().encode
        for document in self._documents():
            self._digest.update(encode(document) + b"\n")
            yield document

    def _documents(self) -> Iterator[Document]:
        names: list[str] = []
        for subject in self._named:
            if not is_file(subject):
                names.append(subject)
                continue
            yield from self._of_projects(names)
            names = []
            yield from self._of_file(subject)
        yield from self._of_projects(names)

    def _of_file(self, subject: str) -> Iterator[Document]:
        if subject.endswith(".whl"):
            yield from self._of_wheel(Path(subject))
            return
        lines = document_lines(subject)
        yield from lines
        self.unknowns += lines.unknowns

    def _of_wheel(self, path: Path) -> Iterator[Document]:
        from analyzers.files import FileReaderError
        from analyzers.metadata import MetadataError
        from analyzers.reports import Unknown
        from analyzers.wheels import BytesReader, wheel_metadata
        from topics.documents import from_metadata
        from topics.errors import DocumentsError

        try:
            if path.stat().st_size > _WHEEL_LIMIT_BYTES:
                raise DocumentsError(str(path), f"has more than {_WHEEL_LIMIT_BYTES:,} bytes")
            data = path.read_bytes()
        except OSError as error:
            raise DocumentsError(str(path), error.strerror or str(error), "name a wheel") from error
        try:
            yield from_metadata(wheel_metadata(BytesReader(data)), path.name)
        except (FileReaderError, MetadataError) as error:
            self.unknowns.append(Unknown(what="wheel", where=str(path), reason=str(error)))

    def _of_projects(self, names: Sequence[str]) -> Iterator[Document]:
        if not names:
            return
        import time

        from analyzers.reports import Unknown
        from knowledge.package_documents import PackageDocuments
        from resolver.commands.session import Session
        from resolver.inquiry import read_question

        normalised = [read_question(name, "classify").name for name in names]
        with Session(self._options).knowledge() as knowledge:
            knowledge.prefetch_listings(normalised)
            documents = PackageDocuments(knowledge, time.time)
            for name in normalised:
                found = documents.document(name)
                if isinstance(found, Unknown):
                    self.unknowns.append(found)
                else:
                    yield found


def is_file(subject: str) -> bool:
    """Whether what a user named is a file or standard input rather than a project."""
    return subject == STANDARD_INPUT or os.sep in subject or subject.lower().endswith(_FILES)


def document_lines(subject: str) -> DocumentLines:
    """The documents of a file of JSON Lines, or of standard input for ``-``."""
    from topics.document_lines import DocumentLines, document_file

    if subject != STANDARD_INPUT:
        return document_file(Path(subject))
    return DocumentLines(lambda: cast("BinaryIO", sys.stdin.buffer), "standard input")
