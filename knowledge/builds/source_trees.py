"""Unpacks an sdist into a directory, for a build: bounded, and never outside of that directory.

Source: PEP 517, PEP 625, PEP 706 (the ``data`` filter of `tarfile`).
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

MOST_MEMBERS = 100_000
LARGEST_BYTES = 2 << 30


class UnpackError(ValueError):
    """The archive is damaged, hostile, or too large."""


def unpack(content: bytes, filename: str, directory: Path) -> Path:
    """Unpacks an archive into an empty directory; returns the one directory at its root.

    Raises:
        UnpackError: see there; what was unpacked until then stays.
    """
    try:
        if filename.endswith(".zip"):
            _unzip(content, directory)
        else:
            _untar(content, directory)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
    ) as error:
        raise UnpackError(str(error)[:200] or type(error).__name__) from error
    roots = sorted(directory.iterdir())
    if len(roots) != 1 or not roots[0].is_dir() or roots[0].is_symlink():
        raise UnpackError(f"it has {len(roots)} entries at its root, where one directory belongs")
    return roots[0]


def _untar(content: bytes, directory: Path) -> None:
    count = size_bytes = 0
    with tarfile.open(fileobj=io.BytesIO(content), mode="r|*") as archive:
        for member in archive:
            count, size_bytes = count + 1, size_bytes + max(0, member.size)
            _check(count, size_bytes)
            archive.extract(member, directory, filter="data")


def _unzip(content: bytes, directory: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        _check(len(members), sum(member.file_size for member in members))
        for member in members:
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
                raise UnpackError(f"a member leads outside: {member.filename[:100]!r}")
            archive.extract(member, directory)


def _check(members: int, size_bytes: int) -> None:
    if members > MOST_MEMBERS or size_bytes > LARGEST_BYTES:
        raise UnpackError(f"more than {MOST_MEMBERS:,} members or {LARGEST_BYTES:,} bytes")
