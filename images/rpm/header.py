"""A header blob as rpm keeps it in its database: an index of tags over a store of values.

Source: https://rpm-software-management.github.io/rpm/manual/format_header.html
"""

from __future__ import annotations

import struct

from images.packages.listed import ListedPackage, text, word
from images.rpm.errors import RpmDatabaseError
from images.rpm.source_packages import source_package

_NAME, _VERSION, _RELEASE, _EPOCH = 1000, 1001, 1002, 1003
_LICENSE, _ARCH, _SOURCE_RPM = 1014, 1022, 1044
_WANTED = frozenset({_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCH, _SOURCE_RPM})

_INT32, _TEXTS = 4, frozenset({6, 8, 9})
_COUNTS = struct.Struct(">II")
_ENTRY = struct.Struct(">IIiI")
_NUMBER = struct.Struct(">I")
_LIMIT_ENTRIES = 0xFFFF


def read_header(blob: bytes) -> ListedPackage:
    """The package that a header is about; its version is ``%{EVR}`` of rpm.

    Raises:
        ValueError: the blob is no header, or lacks a name, a version or a release.
    """
    if len(blob) < _COUNTS.size:
        raise RpmDatabaseError(f"a header of {len(blob)} bytes")
    entries, size_bytes = _COUNTS.unpack_from(blob)
    store = _COUNTS.size + entries * _ENTRY.size
    if not 0 < entries <= _LIMIT_ENTRIES or store + size_bytes > len(blob):
        raise RpmDatabaseError(
            f"a header of {entries:,} entries and {size_bytes:,} bytes in {len(blob):,} bytes"
        )
    found = {
        tag: (kind, store + offset)
        for tag, kind, offset, _ in _ENTRY.iter_unpack(memoryview(blob)[_COUNTS.size : store])
        if tag in _WANTED and 0 <= offset < size_bytes
    }
    return _package(_Values(blob, store + size_bytes, found))


class _Values:
    def __init__(self, blob: bytes, end: int, found: dict[int, tuple[int, int]]) -> None:
        self._blob, self._end, self._found = blob, end, found

    def text(self, tag: int) -> bytes:
        kind, offset = self._found.get(tag, (0, 0))
        if kind not in _TEXTS:
            return b""
        end = self._blob.find(b"\0", offset, self._end)
        if end < 0:
            raise RpmDatabaseError(f"the value of tag {tag} does not end")
        return self._blob[offset:end]

    def number(self, tag: int) -> int | None:
        kind, offset = self._found.get(tag, (0, 0))
        if kind != _INT32:
            return None
        if offset + _NUMBER.size > self._end:
            raise RpmDatabaseError(f"the value of tag {tag} does not end")
        number: int = _NUMBER.unpack_from(self._blob, offset)[0]
        return number


def _package(values: _Values) -> ListedPackage:
    name = word(values.text(_NAME), "name")
    version = f"{word(values.text(_VERSION), 'version')}-{word(values.text(_RELEASE), 'release')}"
    epoch, arch = values.number(_EPOCH), values.text(_ARCH)
    source, source_version = source_package(values.text(_SOURCE_RPM))
    return ListedPackage(
        name=name,
        version=version if epoch is None else f"{epoch}:{version}",
        arch=word(arch, "architecture") if arch else None,
        source=source,
        source_version=None if source_version == version else source_version,
        license=text(values.text(_LICENSE)),
    )
