"""An image by manifests, from wherever they are: indexes walked, a platform chosen, its layers read.

Source: https://github.com/opencontainers/image-spec/blob/main/image-index.md and manifest.md
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from analyzers.reports import Unknown
from images.errors import DamagedImageError, ImageReferenceError
from images.layers.content import LayerContent
from images.sources.archives import NamedLayer
from images.sources.assembly import ImageParts, check_diff_ids
from images.sources.config_documents import parse_config
from images.sources.documents import (
    Descriptor,
    Manifest,
    check_is_image,
    is_foreign,
    is_layer,
    parse_manifest,
)
from images.sources.layer_checks import absent_layer, check_diff_id
from images.sources.platform_choice import Wish
from images.sources.source import Platform, ReadLayer

_LIMIT_DEPTH = 8
_LIMIT_INDEXES = 64
_LIMIT_OFFERS = 4096
_LIMIT_UNSTATED = 16


class Blobs(Protocol):
    """Documents and layers by digest.

    Attributes:
        is_here: what it has can be told without asking; else it is said to have everything.
    """

    is_here: bool

    def has(self, digest: str) -> bool:
        """Whether it is there."""

    def manifest(self, descriptor: Descriptor) -> bytes:
        """A manifest or index, its digest checked."""

    def config(self, descriptor: Descriptor) -> bytes:
        """A configuration, its digest checked."""

    def layers(self, layers: Sequence[NamedLayer], read_layer: ReadLayer) -> Sequence[LayerContent]:
        """Layers in this order, their digests checked."""


class _Offer(msgspec.Struct, frozen=True):
    """A manifest and its platform."""

    descriptor: Descriptor
    platform: Platform | None


def read_manifests(
    blobs: Blobs,
    tops: Sequence[Descriptor],
    what: str,
    wish: Wish,
    read_layer: ReadLayer,
    progress: Callable[[str], None],
) -> ImageParts:
    """The image among `tops`, which are manifests and indexes, that serves best.

    Raises:
        ImageError: none serves, or it is damaged.
    """
    offers = _Walk(blobs, what).offers(tops)
    if not offers:
        raise ImageReferenceError(what, "holds no image")
    if len(offers) > 1 and any(offer.platform is None for offer in offers):
        offers = [_with_platform(blobs, offer, at) for at, offer in enumerate(offers)]
    chosen = wish.chosen(what, [(offer.platform, offer.descriptor) for offer in offers])
    if not blobs.has(chosen.digest):
        raise DamagedImageError(what, f"the manifest {chosen.digest} is missing")
    return _read(blobs, chosen, what, wish, read_layer, progress)


def _read(
    blobs: Blobs,
    chosen: Descriptor,
    what: str,
    wish: Wish,
    read_layer: ReadLayer,
    progress: Callable[[str], None],
) -> ImageParts:
    manifest = parse_manifest(blobs.manifest(chosen), chosen.digest)
    check_is_image(manifest, what)
    if manifest.config is None or manifest.layers is None:
        raise DamagedImageError(chosen.digest, "is an index where a manifest was stated")
    document = parse_config(blobs.config(manifest.config), manifest.config.digest)
    wish.check(what, document.platform, progress)
    named = [
        NamedLayer(
            what=f"layer {position} of {len(manifest.layers)} ({layer.digest})",
            name=layer.digest,
            digest=layer.digest,
            size_bytes=layer.size,
        )
        for position, layer in enumerate(manifest.layers, 1)
    ]
    diff_ids = check_diff_ids(document.config, len(named), what)
    reasons = [_unread(blobs, layer) for layer in manifest.layers]
    found = iter(
        blobs.layers([layer for layer, why in zip(named, reasons, strict=True) if why is None], read_layer)
    )
    layers, unknowns = [], list(document.unknowns)
    for layer, diff_id, reason in zip(named, diff_ids, reasons, strict=True):
        if reason is not None:
            unknowns.append(Unknown(what="layer", where=layer.name, reason=reason))
            layers.append(absent_layer(layer.name, layer.size_bytes or 0, diff_id))
            continue
        content = next(found)
        check_diff_id(layer.what, content, diff_id)
        layers.append(content)
    return ImageParts(
        config=document.config,
        layers=tuple(layers),
        platform=document.platform or chosen.stated_platform,
        manifest_digest=chosen.digest,
        unknowns=tuple(unknowns),
    )


def _unread(blobs: Blobs, layer: Descriptor) -> str | None:
    """Why a layer is not read; its addresses elsewhere are never asked, for the image chose them."""
    if not is_layer(layer):
        return f"its media type {layer.media_type!r} is not that of files"
    if is_foreign(layer) and not (blobs.is_here and blobs.has(layer.digest)):
        return "a foreign layer, which is not distributed with the image"
    return None


def _with_platform(blobs: Blobs, offer: _Offer, at: int) -> _Offer:
    """The platform out of the configuration, where the index does not state it."""
    if offer.platform is not None or at >= _LIMIT_UNSTATED or not blobs.has(offer.descriptor.digest):
        return offer
    manifest: Manifest = parse_manifest(blobs.manifest(offer.descriptor), offer.descriptor.digest)
    if manifest.config is None:
        return offer
    document = parse_config(blobs.config(manifest.config), manifest.config.digest)
    return _Offer(offer.descriptor, document.platform)


class _Walk:
    """A walk through indexes, each looked into once."""

    def __init__(self, blobs: Blobs, what: str) -> None:
        self._blobs, self._what = blobs, what
        self._seen: set[str] = set()
        self._indexes = 0
        self._offers: list[_Offer] = []

    def offers(self, tops: Sequence[Descriptor]) -> list[_Offer]:
        """The images that are there."""
        self._walk(tops, 0)
        present = [offer for offer in self._offers if self._blobs.has(offer.descriptor.digest)]
        return present or self._offers

    def _walk(self, descriptors: Sequence[Descriptor], depth: int) -> None:
        if depth > _LIMIT_DEPTH:
            raise DamagedImageError(self._what, f"indexes nest deeper than {_LIMIT_DEPTH}")
        for descriptor in descriptors:
            if descriptor.is_attestation or descriptor.digest in self._seen:
                continue
            self._seen.add(descriptor.digest)
            if len(self._seen) > _LIMIT_OFFERS:
                raise DamagedImageError(self._what, f"lists more than {_LIMIT_OFFERS:,} manifests")
            nested = self._nested(descriptor)
            if nested is None:
                self._offers.append(_Offer(descriptor, descriptor.stated_platform))
            else:
                self._walk(nested, depth + 1)

    def _nested(self, descriptor: Descriptor) -> Sequence[Descriptor] | None:
        """What an index lists; None for a manifest."""
        if not self._blobs.has(descriptor.digest) or (descriptor.media_type and not descriptor.is_index):
            return None
        self._indexes += 1
        if self._indexes > _LIMIT_INDEXES:
            raise DamagedImageError(self._what, f"has more than {_LIMIT_INDEXES} indexes")
        return parse_manifest(self._blobs.manifest(descriptor), descriptor.digest).manifests
