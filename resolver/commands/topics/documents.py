"""The documents that a user names for ``topics``, whose kind is told by what the path is."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from analyzers.reports import Unknown
    from topics.documents import Document

STANDARD_INPUT = "-"
STORE = "store:"
KINDS = (
    "JSON Lines (plain or .gz), a wheel or a directory of them, a virtual environment or site-packages, "
    "an image or its saved report, or store: for the releases that the store knows"
)
"""What can be named, for help."""

_UNKNOWNS_LIMIT = 1_000

Opened = Callable[["list[Unknown]"], "Iterator[Document]"]
"""Begins a passage over documents; the list gets what cannot be read."""


class Documents:
    """Goes through the documents of a source, as often as it is there.

    Args:
        where: names the source.
        opened: begins a passage.

    Attributes:
        unknowns: of the last passage.
    """

    def __init__(self, where: str, opened: Opened) -> None:
        self._where, self._opened = where, opened
        self._digest = hashlib.sha256()
        self.unknowns: list[Unknown] = []

    @property
    def digest(self) -> str:
        """``sha256:…`` of the documents of the last passage."""
        return f"sha256:{self._digest.hexdigest()}"

    def __iter__(self) -> Iterator[Document]:
        """The documents.

        Raises:
            DocumentsError: the source cannot be read at all.
            ImageError: likewise, an image.
            KnowledgeError: likewise, the store.
            OSError: likewise, what lies in a directory.
        """
        import msgspec

        from analyzers.reports import Unknown
        from topics.document_lines import DOCUMENTS_LIMIT

        encode = msgspec.json.Encoder().encode
        self._digest = hashlib.sha256()
        self.unknowns = []
        unknowns = self.unknowns
        for count, document in enumerate(self._opened(unknowns)):
            if count == DOCUMENTS_LIMIT:
                reason = f"documents beyond the first {DOCUMENTS_LIMIT:,} are not read"
                unknowns.append(Unknown(what="documents", where=self._where, reason=reason))
                break
            self._digest.update(encode(document) + b"\n")
            yield document
        if len(unknowns) > _UNKNOWNS_LIMIT:
            more = f"{len(unknowns) - _UNKNOWNS_LIMIT:,} more could not be read"
            unknowns[_UNKNOWNS_LIMIT:] = [Unknown(what="documents", where=self._where, reason=more)]


def add_store(command: argparse.ArgumentParser) -> None:
    """Where the store is that ``store:`` means."""
    arguments.add_store(command)


def documents_of(subject: str, options: argparse.Namespace) -> Documents:
    """The documents of what a user named; nothing is read before they are gone through.

    Args:
        subject: see `KINDS`.
        options: of the command line: ``store``, ``quiet``.

    Raises:
        DocumentsError: nothing has this name.
    """
    if subject == STORE:
        return Documents(subject, lambda unknowns: _of_store(options))
    path = Path(subject)
    if subject == STANDARD_INPUT:
        return Documents("standard input", _of_lines(subject))
    if path.is_dir():
        from images.sources.reference_texts import is_layout

        return Documents(subject, _of_image(subject, options) if is_layout(path) else _of_directory(path))
    if subject.lower().endswith(".whl") and path.exists():
        if not path.is_file():  # reading a pipe would wait for whoever writes
            from topics.errors import DocumentsError

            raise DocumentsError(subject, "is no regular file", "name a wheel")
        return Documents(subject, lambda unknowns: _of_wheel(path, unknowns))
    if path.is_file():
        from images.reports.saved_reports import is_report
        from images.sources.archive_marks import is_archive

        if is_report(path):
            return Documents(subject, lambda unknowns: _of_report(subject))
        if is_archive(path):
            return Documents(subject, _of_image(subject, options))
    elif names_image(subject):
        return Documents(subject, _of_image(subject, options))
    elif not path.exists():
        from topics.errors import DocumentsError

        raise DocumentsError(
            subject,
            "No such file or directory",
            "name JSON Lines, wheels, an environment, an image with a tag or a prefix, or store:",
        )
    return Documents(subject, _of_lines(subject))


def names_image(subject: str) -> bool:
    """Whether what is no file must be the name of an image: it has a prefix or a tag."""
    return ":" in subject and not Path(subject).exists()


def _of_lines(subject: str) -> Opened:
    from topics.document_lines import DocumentLines, document_file

    lines = (
        DocumentLines(_StandardInput().opened, "standard input")
        if subject == STANDARD_INPUT
        else document_file(Path(subject))
    )

    def opened(unknowns: list[Unknown]) -> Iterator[Document]:
        yield from lines
        unknowns += lines.unknowns

    return opened


class _StandardInput:
    """Is there for one passage: a second one would find nothing, and be taken for all that there is."""

    def __init__(self) -> None:
        self._was_read = False

    def opened(self) -> BinaryIO:
        from topics.errors import DocumentsError

        if self._was_read:
            raise DocumentsError("standard input", "is needed more than once", "write it to a file first")
        self._was_read = True
        return cast("BinaryIO", sys.stdin.buffer)


def _of_store(options: argparse.Namespace) -> Iterator[Document]:
    from knowledge.documents.stored import stored_documents
    from knowledge.stores.locations import default_location

    return stored_documents(getattr(options, "store", None) or default_location(os.environ, Path.home()))


def _of_directory(path: Path) -> Opened:
    def opened(unknowns: list[Unknown]) -> Iterator[Document]:
        from analyzers.directories import HeldDirectoryReader
        from topics.errors import DocumentsError
        from topics.installed_documents import installed_documents, wheel_documents, wheel_paths

        try:
            if wheel_paths(path):
                yield from wheel_documents(path, unknowns)
                return
        except OSError as error:
            raise DocumentsError(str(path), error.strerror or str(error)) from error
        is_empty = True
        with HeldDirectoryReader(path) as reader:
            for document in installed_documents(reader, unknowns):
                is_empty = False
                yield document
        if is_empty and not unknowns:
            remedy = "name a directory of wheels, a virtual environment or a site-packages"
            raise DocumentsError(str(path), "has neither wheels nor what is installed", remedy)

    return opened


def _of_wheel(path: Path, unknowns: list[Unknown]) -> Iterator[Document]:
    from topics.errors import DocumentsError
    from topics.installed_documents import wheel_document

    try:
        document = wheel_document(path, unknowns)
    except OSError as error:
        raise DocumentsError(str(path), error.strerror or str(error), "name a wheel") from error
    if document is not None:
        yield document


def _of_image(reference: str, options: argparse.Namespace) -> Opened:
    from images.layers.squashed_root import SquashedRoot

    kept: list[SquashedRoot] = []  # a second passage does not fetch the image again

    def opened(unknowns: list[Unknown]) -> Iterator[Document]:
        from images.roots.image_files import METADATA_FILES, image_files
        from resolver.commands.subjects.inspecting import inspection_progress
        from topics.installed_documents import installed_documents

        if not kept:
            with inspection_progress(quiet=options.quiet) as progress:
                kept.append(image_files(reference, [METADATA_FILES], environ=os.environ, progress=progress))
        unknowns += kept[0].unknowns
        yield from installed_documents(kept[0], unknowns)

    return opened


def _of_report(reference: str) -> Iterator[Document]:
    """What a saved report says of distributions, which is no text but their names and requirements."""
    from images.reports.saved_reports import saved_report
    from topics.documents import Document

    report = saved_report(reference)
    seen: set[str] = set()
    for each in report.distributions if report else ():
        if each.name not in seen:
            seen.add(each.name)
            yield Document(name=each.name, version=each.version or "", requires=each.requires)
