"""The list that images without rpm keep of what they are made of: ``rpm -qa`` as text, a package a line.

Source: Azure Linux, its distroless images. The columns of ``container-manifest-2`` are name, version with
release, time of installation, time of building, vendor, nothing, size, architecture, epoch, source package.
"""

from __future__ import annotations

from images.packages.listed import FullError, ListedPackage, Lister, PackageList, word
from images.rpm.errors import RpmDatabaseError
from images.rpm.source_packages import source_package

_COLUMNS = 10
_ABSENT = (b"", b"(none)")
_LIMIT_LINE_BYTES = 4096


def read_rpm_manifest(content: bytes) -> PackageList:
    """The packages of ``container-manifest-2``; no epoch is there told from one of nought."""
    lister = Lister()
    try:
        for number, line in enumerate(content.split(b"\n"), 1):
            try:
                if line:
                    lister.add(_package(line[:_LIMIT_LINE_BYTES]))
            except ValueError as error:
                lister.trouble(f"line {number:,}: {error}")
    except FullError as error:
        lister.trouble(str(error))
    return lister.listed()


def _package(line: bytes) -> ListedPackage:
    columns = line.split(b"\t")
    if len(columns) != _COLUMNS:
        raise RpmDatabaseError(f"{len(columns)} columns for {_COLUMNS}")
    version, arch, epoch = word(columns[1], "version"), columns[7], columns[8]
    source, source_version = source_package(columns[9])
    return ListedPackage(
        name=word(columns[0], "name"),
        version=version if epoch in (*_ABSENT, b"0") else f"{word(epoch, 'epoch')}:{version}",
        arch=None if arch in _ABSENT else word(arch, "architecture"),
        source=source,
        source_version=None if source_version == version else source_version,
    )
