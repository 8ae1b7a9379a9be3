"""What ``topics classify`` is given: documents of files and other sources, and projects by name."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from resolver.commands.topics.documents import STANDARD_INPUT, documents_of

if TYPE_CHECKING:
    from analyzers.reports import Unknown
    from topics.documents import Document

_FILES = (".jsonl", ".json", ".gz", ".ndjson", ".whl", ".tar", ".tgz", ".tar.zst", ".tar.bz2", ".tar.xz")


class Subjects:
    """Goes through the documents of what a user named, in that order, once.

    Args:
        named: names of projects, and what `topic_documents.documents_of` takes.
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
            ImageError: an image cannot be read.
            KnowledgeError: an index cannot be asked, or the store cannot be read.
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
        documents = documents_of(subject, self._options)
        yield from documents
        self.unknowns += documents.unknowns

    def _of_projects(self, names: Sequence[str]) -> Iterator[Document]:
        if not names:
            return
        import time

        from analyzers.reports import Unknown
        from knowledge.documents.packages import PackageDocuments
        from resolver.advising.inquiry import read_question
        from resolver.commands.runs.session import Session

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
    """Whether what a user named is a source of documents rather than a project."""
    return (
        subject == STANDARD_INPUT
        or os.sep in subject
        or ":" in subject  # an image, or the store
        or subject.startswith(".")
        or subject.lower().endswith(_FILES)
    )
