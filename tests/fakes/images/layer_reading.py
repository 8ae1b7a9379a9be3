"""`read_plainly`: a `ReadLayer` in few lines that any other can be held against."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator

import zstandard

from analyzers.reports import Unknown
from images.layers.content import EntryKind, LayerContent, LayerEntry


def read_plainly(name: str, chunks: Iterator[bytes]) -> LayerContent:
    """The layer's paths and the content of its files, all of them in memory."""
    blob = b"".join(chunks)
    try:
        plain = _expanded(blob)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError):
        plain = b""
    entries: dict[bytes, LayerEntry] = {}
    contents: dict[bytes, bytes] = {}
    unknowns: list[Unknown] = []
    try:
        for member, content in _members(plain):
            path = member.name.encode("utf-8", "surrogateescape")
            kind = EntryKind.FILE if member.isfile() else EntryKind.DIRECTORY
            entries[path] = LayerEntry(kind, member.size, member.mode)
            if content is not None:
                contents[path] = content
    except (tarfile.TarError, UnicodeError, ValueError) as error:
        unknowns.append(Unknown(what="layer", where=name, reason=str(error)))
    return LayerContent(
        entries=entries,
        whiteouts={},
        contents=contents,
        elves={},
        digests={},
        blob_digest=f"sha256:{hashlib.sha256(blob).hexdigest()}",
        blob_bytes=len(blob),
        diff_id=f"sha256:{hashlib.sha256(plain).hexdigest()}",
        size_bytes=len(plain),
        unknowns=tuple(unknowns),
    )


def _expanded(blob: bytes) -> bytes:
    if blob.startswith(b"\x1f\x8b"):
        return gzip.decompress(blob)
    if blob.startswith(b"\x28\xb5\x2f\xfd"):
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(blob), read_across_frames=True).read()
    return blob


def _members(plain: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes | None]]:
    if not any(plain):
        return
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            yield member, file.read() if file is not None else None


def tar_of(files: dict[str, bytes]) -> bytes:
    """A layer of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
