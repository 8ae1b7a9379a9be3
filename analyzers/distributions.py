"""What a ``*.dist-info`` directory says, the same in a directory, an image and a wheel: `Distribution` out.

What is missing is None or empty; what is there and cannot be read is an `Unknown` in the record. Nothing
here fails because of what a file holds.

Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ (PEP 376, 610,
627), the entry points specification, and PEP 427 for WHEEL.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import msgspec

from analyzers.files import (
    FileKind,
    FileMissingError,
    FileReader,
    FileReaderError,
    joined,
    path_parts,
    read_file,
)
from analyzers.metadata import CoreMetadata, MetadataError, decoded, parse_metadata
from analyzers.reports import Unknown
from analyzers.undecodable import UNDECODABLE

__all__ = [
    "CoreMetadata",
    "DirectUrl",
    "Distribution",
    "EntryPoint",
    "MetadataError",
    "RecordRow",
    "WheelInfo",
    "find_distributions",
    "parse_metadata",
    "read_distribution",
]

_METADATA_LIMIT_BYTES = 16 << 20
_RECORD_LIMIT_BYTES = 64 << 20
_SMALL_LIMIT_BYTES = 1 << 20
_RECORD_LIMIT_ROWS = 500_000
_UNKNOWNS_LIMIT = 20
_SIZE = re.compile(r"[0-9]{1,18}", re.ASCII)
_CREDENTIALS = re.compile(r"(?<=://)(?!git@)[^/?#]*@")


class RecordRow(msgspec.Struct, frozen=True, array_like=True):
    """One installed file.

    Attributes:
        path: as written: relative to the directory that holds the ``*.dist-info``, or absolute.
        hash: ``algorithm=digest`` in URL-safe base64 without padding.
    """

    path: str
    hash: str | None = None
    size_bytes: int | None = None


class EntryPoint(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One object that a distribution advertises.

    Attributes:
        value: ``module:attribute [extras]`` as written.
    """

    group: str
    name: str
    value: str


class WheelInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What WHEEL says about how the wheel was built.

    Attributes:
        tags: expanded, as ``py3-none-any``.
    """

    wheel_version: str | None = None
    generator: str | None = None
    root_is_purelib: bool | None = None
    tags: tuple[str, ...] = ()
    build: str | None = None


class VcsInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The commit a distribution was built from."""

    vcs: str
    commit_id: str
    requested_revision: str | None = None


class ArchiveInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The archive a distribution was installed from."""

    hash: str | None = None
    hashes: dict[str, str] = {}


class DirectoryInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The local directory a distribution was installed from."""

    editable: bool = False


class DirectUrl(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a distribution came from that no index served; the URL never holds credentials.

    Source: PEP 610.
    """

    url: str
    subdirectory: str | None = None
    vcs_info: VcsInfo | None = None
    archive_info: ArchiveInfo | None = None
    dir_info: DirectoryInfo | None = None


class Distribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An installed or packed distribution.

    Attributes:
        where: path of its ``*.dist-info`` within what was read.
        record: None where there is no RECORD, as in what Debian installs.
        requested: installed because it was asked for by name.
    """

    where: str
    metadata: CoreMetadata | None
    record: tuple[RecordRow, ...] | None = None
    entry_points: tuple[EntryPoint, ...] = ()
    wheel: WheelInfo | None = None
    direct_url: DirectUrl | None = None
    installer: str | None = None
    requested: bool = False
    top_level: tuple[str, ...] = ()
    unknowns: tuple[Unknown, ...] = ()


def find_distributions(reader: FileReader, directory: bytes) -> list[bytes]:
    """Paths of the ``*.dist-info`` directories directly in a directory such as ``site-packages``, sorted.

    Raises:
        FileReaderError: the directory cannot be listed.
    """
    return [
        joined(directory, child.name)
        for child in reader.list(directory)
        if child.kind is FileKind.DIRECTORY and child.name.endswith(b".dist-info")
    ]


def read_distribution(reader: FileReader, dist_info: bytes) -> Distribution:
    """Everything a ``*.dist-info`` directory says.

    Raises:
        UnsafePathError: `dist_info` is no path.
    """
    path_parts(dist_info)
    files = _DistInfo(reader, dist_info)
    return Distribution(
        where=files.where,
        metadata=_metadata(files),
        record=_record(files),
        entry_points=tuple(_entry_points(files)),
        wheel=_wheel(files),
        direct_url=_direct_url(files),
        installer=(files.text("INSTALLER") or "").strip() or None,
        requested=files.text("REQUESTED") is not None,
        top_level=tuple((files.text("top_level.txt") or "").split()),
        unknowns=tuple(files.unknowns),
    )


def read_head(reader: FileReader, dist_info: bytes) -> Distribution:
    """The same of an installed distribution without what may be long: RECORD, entry points, top-level names.

    Its version is taken as written, even where it is none by PEP 440.

    Raises:
        UnsafePathError: `dist_info` is no path.
    """
    path_parts(dist_info)
    files = _DistInfo(reader, dist_info)
    return Distribution(
        where=files.where,
        metadata=_metadata(files, any_version=True),
        wheel=_wheel(files),
        direct_url=_direct_url(files),
        installer=(files.text("INSTALLER") or "").strip() or None,
        requested=files.exists("REQUESTED"),
        unknowns=tuple(files.unknowns),
    )


class _DistInfo:
    """The directory's files by name, with what could not be read about them."""

    def __init__(self, reader: FileReader, path: bytes) -> None:
        self._reader, self._path = reader, path
        self.where = path.decode("utf-8", "backslashreplace")
        self.unknowns: list[Unknown] = []

    def content(self, name: str, limit_bytes: int) -> bytes | None:
        try:
            return read_file(self._reader, joined(self._path, name.encode()), limit_bytes)
        except FileMissingError:
            return None
        except FileReaderError as error:
            self.unknown(name, error.reason)
            return None

    def exists(self, name: str) -> bool:
        try:
            self._reader.stat(joined(self._path, name.encode()))
        except FileReaderError:
            return False
        return True

    def text(self, name: str, limit_bytes: int = _SMALL_LIMIT_BYTES) -> str | None:
        content = self.content(name, limit_bytes)
        return None if content is None else decoded(content)

    def unknown(self, name: str, reason: str) -> None:
        """Remember a reason, a bounded number of them a file."""
        where = f"{self.where}/{name}"
        same = sum(unknown.where == where for unknown in self.unknowns)
        if same < _UNKNOWNS_LIMIT:
            self.unknowns.append(Unknown(what="distribution", where=where, reason=reason))
        elif same == _UNKNOWNS_LIMIT:
            self.unknowns.append(Unknown(what="distribution", where=where, reason="… and more of the kind"))


def _metadata(files: _DistInfo, *, any_version: bool = False) -> CoreMetadata | None:
    failures = len(files.unknowns)
    content = files.content("METADATA", _METADATA_LIMIT_BYTES)
    if content is None:
        if len(files.unknowns) == failures:
            files.unknown("METADATA", "is missing")
        return None
    try:
        return parse_metadata(content, f"{files.where}/METADATA", any_version=any_version)
    except MetadataError as error:
        files.unknown("METADATA", f"{error.what}: {error.reason}")
        return None


def _record(files: _DistInfo) -> tuple[RecordRow, ...] | None:
    text = files.text("RECORD", _RECORD_LIMIT_BYTES)
    if text is None:
        return None
    rows: list[RecordRow] = []
    lines = csv.reader(text.splitlines(keepends=True))
    while len(rows) < _RECORD_LIMIT_ROWS:
        try:
            columns = next(lines, None)
        except csv.Error as error:
            files.unknown("RECORD", f"line {lines.line_num}: {error}")
            continue
        if columns is None:
            return tuple(rows)
        if len(columns) == 3 and columns[0] and (not columns[2] or _SIZE.fullmatch(columns[2])):
            rows.append(RecordRow(columns[0], columns[1] or None, int(columns[2]) if columns[2] else None))
        elif columns:
            files.unknown("RECORD", f"line {lines.line_num}: is not a path, a hash and a size")
    files.unknown("RECORD", f"has more than {_RECORD_LIMIT_ROWS:,} rows")
    return tuple(rows)


def _entry_points(files: _DistInfo) -> Iterator[EntryPoint]:
    group = None
    for number, line in enumerate((files.text("entry_points.txt") or "").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith(("#", ";")):
            continue
        if text.startswith("[") and text.endswith("]"):
            group = text[1:-1].strip()
            continue
        name, equals, value = (part.strip() for part in text.partition("="))
        if group and name and equals and value:
            yield EntryPoint(group, name, value)
        else:
            files.unknown("entry_points.txt", f"line {number}: is no entry of a group")


def _wheel(files: _DistInfo) -> WheelInfo | None:
    text = files.text("WHEEL")
    if text is None:
        return None
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), []).append(value.strip())

    def only(name: str) -> str | None:
        return fields.get(name, [""])[0] or None

    return WheelInfo(
        wheel_version=only("wheel-version"),
        generator=only("generator"),
        root_is_purelib={"true": True, "false": False}.get((only("root-is-purelib") or "").lower()),
        tags=tuple(fields.get("tag", ())),
        build=only("build"),
    )


def _direct_url(files: _DistInfo) -> DirectUrl | None:
    content = files.content("direct_url.json", _SMALL_LIMIT_BYTES)
    if content is None:
        return None
    try:
        found = msgspec.json.decode(content, type=DirectUrl)
    except UNDECODABLE as error:
        files.unknown("direct_url.json", str(error))
        return None
    return msgspec.structs.replace(found, url=_CREDENTIALS.sub("", found.url, count=1))
