"""What setuptools and distutils left of an installed distribution: PKG-INFO in, `Distribution` out.

Source: https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html
"""

from __future__ import annotations

import msgspec

from analyzers.distributions import Distribution
from analyzers.files import FileMissingError, FileReader, FileReaderError, joined, read_file
from analyzers.installed_entries import InstalledEntry, InstalledForm
from analyzers.metadata import CoreMetadata, MetadataError, parse_metadata
from analyzers.reports import Unknown
from analyzers.requires_txt import LIMIT_BYTES, RequiresTxtError, parse_requires_txt

_PKG_INFO_LIMIT_BYTES = 16 << 20
_TOP_LEVEL_LIMIT_BYTES = 1 << 20


def read_egg_info(reader: FileReader, entry: InstalledEntry) -> Distribution:
    """What a directory or file ``*.egg-info``, or an unpacked egg, says; ``requires.txt`` among it.

    A packed egg and an ``.egg-link`` say nothing by themselves.
    """
    unknowns: list[Unknown] = []
    metadata, top_level = None, ""
    match entry.form:
        case InstalledForm.EGG_INFO_FILE:
            metadata = _metadata(reader, entry.path, unknowns)
        case InstalledForm.EGG_INFO | InstalledForm.EGG:
            folder = joined(entry.path, b"EGG-INFO") if entry.form is InstalledForm.EGG else entry.path
            metadata = _metadata(reader, joined(folder, b"PKG-INFO"), unknowns)
            requires = _content(reader, joined(folder, b"requires.txt"), LIMIT_BYTES, unknowns)
            if metadata is not None and requires is not None and not metadata.requires_dist:
                metadata = _with_requires(metadata, requires, joined(folder, b"requires.txt"), unknowns)
            listed = _content(reader, joined(folder, b"top_level.txt"), _TOP_LEVEL_LIMIT_BYTES, unknowns)
            top_level = (listed or b"").decode("utf-8", "replace")
        case _:
            pass
    return Distribution(
        where=entry.path.decode("utf-8", "backslashreplace"),
        metadata=metadata,
        top_level=tuple(top_level.split()),
        unknowns=tuple(unknowns),
    )


def _metadata(reader: FileReader, path: bytes, unknowns: list[Unknown]) -> CoreMetadata | None:
    content = _content(reader, path, _PKG_INFO_LIMIT_BYTES, unknowns, is_needed=True)
    if content is None:
        return None
    try:
        return parse_metadata(content, path.decode("utf-8", "backslashreplace"), any_version=True)
    except MetadataError as error:
        unknowns.append(_unknown(path, f"{error.what}: {error.reason}"))
        return None


def _with_requires(
    metadata: CoreMetadata, content: bytes, path: bytes, unknowns: list[Unknown]
) -> CoreMetadata:
    try:
        requires = parse_requires_txt(content)
    except RequiresTxtError as error:
        unknowns.append(_unknown(path, str(error)))
        return metadata
    return msgspec.structs.replace(
        metadata,
        requires_dist=requires.requires_dist,
        provides_extra=metadata.provides_extra or requires.extras,
    )


def _content(
    reader: FileReader, path: bytes, limit_bytes: int, unknowns: list[Unknown], *, is_needed: bool = False
) -> bytes | None:
    try:
        return read_file(reader, path, limit_bytes)
    except FileMissingError as error:
        if is_needed:
            unknowns.append(_unknown(path, error.reason))
    except FileReaderError as error:
        unknowns.append(_unknown(path, error.reason))
    return None


def _unknown(path: bytes, reason: str) -> Unknown:
    return Unknown(what="distribution", where=path.decode("utf-8", "backslashreplace"), reason=reason)
