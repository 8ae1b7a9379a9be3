"""Manifests and indexes: JSON documents in, records out, with caps; what is no container image is told apart.

Source: https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md and descriptor.md;
https://distribution.github.io/distribution/spec/manifest-v2-2/
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from analyzers.undecodable import UNDECODABLE
from images.errors import DamagedImageError, ImageReferenceError
from images.sources.source import Platform

LIMIT_MANIFEST_BYTES = 4 << 20
LIMIT_CONFIG_BYTES = 8 << 20
LIMIT_LAYERS = 1000
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_CONFIG_TYPES = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_LAYER_TYPES = (
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar",
)
_FOREIGN_TYPES = (
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
)
_ENCRYPTED = "+encrypted"
_COMPRESSIONS = ("", ".gzip", "+gzip", ".zstd", "+zstd", "+zstd:chunked")
_T = TypeVar("_T")


class _PlatformFields(msgspec.Struct, frozen=True):
    os: str = ""
    architecture: str = ""
    variant: str | None = None


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """What a document says of another or of a layer."""

    digest: str
    size: Annotated[int, msgspec.Meta(ge=0, le=1 << 48)]
    media_type: str = ""
    platform: _PlatformFields | None = None
    annotations: dict[str, str] | None = None
    artifact_type: str | None = None

    @property
    def is_index(self) -> bool:
        """Whether it states to be an index."""
        return self.media_type in INDEX_TYPES

    @property
    def is_attestation(self) -> bool:
        """Whether it is what BuildKit says about an image, and no image."""
        notes = self.annotations or {}
        if self.platform is not None and self.platform.os == self.platform.architecture == "unknown":
            return True
        return "vnd.docker.reference.type" in notes

    @property
    def stated_platform(self) -> Platform | None:
        """The platform, where it is stated."""
        fields = self.platform
        if fields is None or not fields.os or not fields.architecture:
            return None
        return Platform(os=fields.os, architecture=fields.architecture, variant=fields.variant or None)


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """A document that is a manifest or an index, as its fields tell: not every one states its media type."""

    media_type: str = ""
    schema_version: int = 2
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    manifests: tuple[Descriptor, ...] | None = None
    artifact_type: str | None = None


class SavedImage(msgspec.Struct, frozen=True, rename="pascal"):
    """One image of the ``manifest.json`` that ``docker save`` writes."""

    config: str
    repo_tags: tuple[str, ...] | None = None
    layers: tuple[str, ...] | None = None


def decoded(content: bytes, kind: type[_T], what: str) -> _T:
    """A document as a record.

    Raises:
        DamagedImageError: it is no such document.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except UNDECODABLE as error:
        raise DamagedImageError(what, f"is not readable: {error}") from error


def parse_manifest(content: bytes, what: str) -> Manifest:
    """A manifest with its configuration and layers, or an index with its manifests.

    Raises:
        DamagedImageError: it is neither.
        ImageReferenceError: it is of a kind that is not supported.
    """
    manifest = decoded(content, Manifest, what)
    if manifest.schema_version == 1:
        raise ImageReferenceError(
            what,
            "is a manifest of version 1, from before Docker 1.10",
            "pull it with an old Docker and push it again with a present one",
        )
    if manifest.manifests is not None and manifest.layers is None:
        return manifest
    if manifest.config is None or manifest.layers is None or manifest.manifests is not None:
        raise DamagedImageError(what, "is neither a manifest nor an index")
    if len(manifest.layers) > LIMIT_LAYERS:
        raise DamagedImageError(what, f"has {len(manifest.layers):,} layers, more than {LIMIT_LAYERS:,}")
    return manifest


def check_is_image(manifest: Manifest, what: str) -> None:
    """Tell an image from other things that registries keep.

    Raises:
        ImageReferenceError: it is an artifact, such as a Helm chart or a signature, or encrypted.
    """
    kind = manifest.config.media_type if manifest.config is not None else ""
    if kind not in _CONFIG_TYPES or manifest.artifact_type not in (None, "", *_CONFIG_TYPES):
        stated = manifest.artifact_type or kind or "of no type"
        raise ImageReferenceError(what, f"is not a container image but an artifact ({stated[:100]})")
    for layer in manifest.layers or ():
        if _ENCRYPTED in layer.media_type:
            raise ImageReferenceError(
                what,
                f"layer {layer.digest} is encrypted",
                "decrypt it first: skopeo copy --decryption-key KEY",
            )


def is_foreign(layer: Descriptor) -> bool:
    """Whether a layer is one that registries do not keep."""
    return _is_of(layer.media_type, _FOREIGN_TYPES)


def is_layer(layer: Descriptor) -> bool:
    """Whether a layer is an archive of files."""
    return _is_of(layer.media_type, (*_LAYER_TYPES, *_FOREIGN_TYPES))


def _is_of(media_type: str, families: tuple[str, ...]) -> bool:
    return any(
        media_type.startswith(family) and media_type[len(family) :] in _COMPRESSIONS for family in families
    )
