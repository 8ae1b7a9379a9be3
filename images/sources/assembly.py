"""What every source of images finds in the end: `ImageParts`."""

from __future__ import annotations

import msgspec

from analyzers.reports import Unknown
from images.errors import DamagedImageError
from images.layers.content import LayerContent
from images.reports.image_config import ImageConfig
from images.sources.source import Image, Platform


class ImageParts(msgspec.Struct, frozen=True, kw_only=True):
    """An `Image` but for where it came from."""

    config: ImageConfig
    layers: tuple[LayerContent, ...]
    platform: Platform | None
    manifest_digest: str | None = None
    tags: tuple[str, ...] = ()
    unknowns: tuple[Unknown, ...] = ()

    def image(self, reference: str, source: str, tags: tuple[str, ...] = ()) -> Image:
        """The whole; `tags` are those that its place knows, where it itself states none."""
        return Image(
            reference=reference,
            source=source,
            config=self.config,
            layers=self.layers,
            platform=self.platform,
            manifest_digest=self.manifest_digest,
            tags=self.tags or tags,
            unknowns=self.unknowns,
        )


def check_diff_ids(config: ImageConfig, count_layers: int, what: str) -> tuple[str, ...]:
    """The digests of the uncompressed layers.

    Raises:
        DamagedImageError: there is not one for each layer.
    """
    diff_ids = config.rootfs.diff_ids
    if len(diff_ids) != count_layers:
        raise DamagedImageError(
            what, f"has {count_layers:,} layers, and its configuration speaks of {len(diff_ids):,}"
        )
    return diff_ids
