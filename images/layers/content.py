"""What one layer holds after it was read once: `LayerContent`. It does not depend on the layers below."""

from __future__ import annotations

import enum

import msgspec

from analyzers.reports import Unknown
from images.native.elf_file import ElfFile


class EntryKind(enum.IntEnum):
    """What an entry of a layer does to its path."""

    FILE = 0
    DIRECTORY = 1
    SYMLINK = 2
    HARDLINK = 3
    OTHER = 4
    WHITEOUT = 5
    OPAQUE = 6


class LayerEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One path of a layer.

    Attributes:
        target: of a symbolic link as written; of a hard link a path of the image.
        mode: permission bits alone.
    """

    kind: EntryKind
    size_bytes: int = 0
    mode: int = 0
    target: bytes = b""


class LayerContent(msgspec.Struct, frozen=True, kw_only=True):
    """A layer: every path, the content of the files that were wanted, and the digests of what was read.

    Attributes:
        entries: by path, directories that are only implied left out; nothing is below what is no directory.
            A hard link is one to a path of the layers below; one to a path of this layer is what that was.
        whiteouts: what is hidden of the layers below: a path (`EntryKind.WHITEOUT`), or all that is in a
            directory (`EntryKind.OPAQUE`); apart, because a layer can both hide and set a path.
        contents: of wanted files.
        packed: those of `contents` that zlib compressed.
        left_out: wanted files whose content was not kept, and why.
        elves: of ELF files.
        digests: sha256 of files, where they were asked for.
        blob_digest: ``sha256:…`` of the layer as it came, compressed or not.
        diff_id: ``sha256:…`` of the uncompressed archive; empty where the blob could not be expanded to its
            end, which `unknowns` then says.
        unknowns: entries that were refused or are odd, and why; that the archive was not read to its end.
            Which layer it is they do not say, for it is not known here: see `images.layers.remarks.in_layer`.
    """

    entries: dict[bytes, LayerEntry]
    whiteouts: dict[bytes, EntryKind]
    contents: dict[bytes, bytes]
    elves: dict[bytes, ElfFile]
    digests: dict[bytes, bytes]
    blob_digest: str
    blob_bytes: int
    diff_id: str
    size_bytes: int
    unknowns: tuple[Unknown, ...] = ()
    packed: frozenset[bytes] = frozenset()
    left_out: dict[bytes, str] = {}
