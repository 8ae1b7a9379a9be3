"""Documents from METADATA of wheels and of what is installed in a tree; what is unreadable is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from analyzers.distributions import find_distributions
from analyzers.files import FileReader, FileReaderError, joined, read_file
from analyzers.metadata import MetadataError
from analyzers.ranges import StreamRanges
from analyzers.reports import Unknown
from analyzers.site_packages import site_packages
from analyzers.wheels import METADATA_LIMIT_BYTES, wheel_metadata
from topics.documents import Document, from_metadata

WHEELS_LIMIT = 200_000
_SEPARATORS = re.compile(r"[-_.]+")


def installed_documents(reader: FileReader, unknowns: list[Unknown]) -> Iterator[Document]:
    """The documents of the distributions installed in a tree, the nearest of each name.

    Args:
        reader: a virtual environment, a prefix, a ``site-packages``, or the root of an image.
        unknowns: gets what cannot be read.
    """
    seen: set[str] = set()
    for place in site_packages(reader, unknowns):
        try:
            found = find_distributions(reader, place.directory)
        except FileReaderError as error:
            unknowns.append(_unread(place.directory.decode("utf-8", "backslashreplace"), error))
            continue
        for dist_info in found:
            where = joined(dist_info, b"METADATA")
            shown = where.decode("utf-8", "backslashreplace")
            try:
                document = from_metadata(read_file(reader, where, METADATA_LIMIT_BYTES), shown)
            except (FileReaderError, MetadataError) as error:
                unknowns.append(_unread(shown, error))
                continue
            if _is_new(document, seen):
                yield document


def wheel_document(path: Path, unknowns: list[Unknown]) -> Document | None:
    """The document of a wheel, of which METADATA alone is read; None where that cannot be, which is told.

    Raises:
        OSError: there is no such file.
    """
    with path.open("rb") as stream:
        try:
            return from_metadata(wheel_metadata(StreamRanges(stream)), path.name)
        except (FileReaderError, MetadataError) as error:
            unknowns.append(Unknown(what="wheel", where=str(path), reason=str(error)))
            return None


def wheel_paths(directory: Path) -> list[Path]:
    """The wheels directly in a directory, by name and then the newest version first.

    Raises:
        OSError: it cannot be listed.
    """
    found = [path for path in directory.iterdir() if path.suffix == ".whl" and path.is_file()]
    return sorted(sorted(found, key=_version, reverse=True), key=_project)


def wheel_documents(directory: Path, unknowns: list[Unknown]) -> Iterator[Document]:
    """The documents of the wheels directly in a directory: of each project the newest that is readable.

    Raises:
        OSError: it cannot be listed.
    """
    seen: set[str] = set()
    paths = wheel_paths(directory)
    if len(paths) > WHEELS_LIMIT:
        reason = f"it has {len(paths):,} wheels, of which the first {WHEELS_LIMIT:,} are read"
        unknowns.append(Unknown(what="wheels", where=str(directory), reason=reason))
    for path in paths[:WHEELS_LIMIT]:
        try:
            document = wheel_document(path, unknowns)
        except OSError as error:
            unknowns.append(
                Unknown(what="wheel", where=str(path), reason=error.strerror or type(error).__name__)
            )
            continue
        if document is not None and _is_new(document, seen):
            yield document


def _is_new(document: Document, seen: set[str]) -> bool:
    name = _SEPARATORS.sub("-", document.name).lower()
    is_new = name not in seen
    seen.add(name)
    return is_new


def _project(path: Path) -> str:
    return _SEPARATORS.sub("-", path.name.partition("-")[0]).lower()


def _version(path: Path) -> tuple[bool, object, str]:
    """A key by which versions order; names that state none come before all others."""
    from packaging.version import InvalidVersion, Version

    stated = path.name.split("-")[1:2]
    try:
        return True, Version(stated[0]) if stated else Version("0"), path.name
    except InvalidVersion:
        return False, Version("0"), path.name


def _unread(where: str, error: Exception) -> Unknown:
    reason = error.reason if isinstance(error, FileReaderError) else str(error)
    return Unknown(what="document", where=where, reason=reason)
