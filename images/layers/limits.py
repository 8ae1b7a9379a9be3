"""What reading the layers of one image may cost: `LayerLimits`."""

from __future__ import annotations

import msgspec

from analyzers.kept_contents import KeepLimits


class LayerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for all layers of an image together, unless they say otherwise.

    Attributes:
        blob_bytes: of one layer as it comes.
        content_bytes: of the uncompressed archives.
        ratio: how many times larger than its blob one archive may be, once it has `ratio_free_bytes`.
        entries: paths that are set, removed, or implied by others.
        name_bytes: of all paths and targets of links.
        extended_bytes: of the extended headers of one layer.
        streams: compressed streams that follow each other in one layer.
        elves: ELF files that are looked at.
        keep: contents of wanted files.
        remarks: how many entries of a layer are named for the same reason.
    """

    blob_bytes: int = 64 << 30
    content_bytes: int = 128 << 30
    ratio: int = 200
    ratio_free_bytes: int = 256 << 20
    entries: int = 2_000_000
    name_bytes: int = 256 << 20
    extended_bytes: int = 128 << 20
    streams: int = 500_000
    elves: int = 100_000
    keep: KeepLimits = KeepLimits(file_bytes=64 << 20, plain_bytes=32 << 20, kept_bytes=128 << 20)
    remarks: int = 20


DEFAULT_LIMITS = LayerLimits()
