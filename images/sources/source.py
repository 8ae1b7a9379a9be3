"""The one protocol of image sources: each reads every layer of one image once and hands out an `Image`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from analyzers.reports import Unknown
from images.layers.content import LayerContent
from images.reports.image_config import ImageConfig


class Platform(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A platform in the container world's names, such as linux, arm64, v8."""

    os: str
    architecture: str
    variant: str | None = None

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))


class ReadLayer(Protocol):
    """Reads one layer; see `images.layers.reading`."""

    def __call__(self, name: str, chunks: Iterator[bytes]) -> LayerContent:
        """A layer from its bytes, compressed or not, which is told by what they begin with.

        Args:
            name: for messages, such as its digest.
        """


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """An image that was read.

    Attributes:
        reference: as the user named it.
        source: such as ``docker-archive``, ``oci-layout``, ``registry``, ``docker``, ``podman``.
        layers: lowest first; their digests are those that manifest and configuration state.
        manifest_digest: None where the source has none.
        tags: names of the image where the source knows them.
        unknowns: such as foreign layers.
    """

    reference: str
    source: str
    config: ImageConfig
    layers: tuple[LayerContent, ...]
    platform: Platform | None = None
    manifest_digest: str | None = None
    tags: tuple[str, ...] = ()
    unknowns: tuple[Unknown, ...] = ()


class ImageSource(Protocol):
    """One image in one place.

    Layers may come in any order, for a daemon streams them before it says what they are; what a layer holds
    does not depend on those below it.
    """

    def read(self, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image, each layer read once.

        Raises:
            ImageError: it is not there, damaged, too large, or not what its digests say.
        """
