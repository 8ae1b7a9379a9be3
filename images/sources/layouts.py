"""An OCI image layout, in a directory or an archive: ``index.json`` names its images, the rest are blobs.

Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

from images.errors import DamagedImageError, ImageReferenceError
from images.layers.content import LayerContent
from images.sources.archives import Archive, NamedLayer
from images.sources.assembly import ImageParts
from images.sources.digests import check_document, digest_parts
from images.sources.documents import LIMIT_CONFIG_BYTES, LIMIT_MANIFEST_BYTES, Descriptor, parse_manifest
from images.sources.image_names import same_image
from images.sources.oci_images import read_manifests
from images.sources.platform_choice import Wish
from images.sources.source import ReadLayer

INDEX_NAME, MARK_NAME = "index.json", "oci-layout"
_NAME_NOTES = ("org.opencontainers.image.ref.name", "io.containerd.image.name")
_LIMIT_NAMED = 20


def read_layout(
    archive: Archive,
    what: str,
    name: str | None,
    wish: Wish,
    read_layer: ReadLayer,
    progress: Callable[[str], None],
) -> ImageParts:
    """The image of a layout that has this name, or the only one.

    Args:
        name: a tag, a whole name, a digest, or None.

    Raises:
        ImageError: it is not there or damaged.
    """
    names = archive.names()
    if INDEX_NAME not in names:
        raise ImageReferenceError(what, f"is no OCI layout: it holds no {INDEX_NAME}")
    index = parse_manifest(archive.document(INDEX_NAME, LIMIT_MANIFEST_BYTES), INDEX_NAME)
    if index.manifests is None:
        raise DamagedImageError(what, f"its {INDEX_NAME} is no index")
    tops = _named(index.manifests, what, name)
    parts = read_manifests(_ArchiveBlobs(archive, names), tops, what, wish, read_layer, progress)
    tags = {tag for top in tops for tag in _tags(top)}
    return msgspec.structs.replace(parts, tags=tuple(sorted(tags)))


def _tags(descriptor: Descriptor) -> tuple[str, ...]:
    notes = descriptor.annotations or {}
    return tuple(notes[key] for key in _NAME_NOTES if key in notes)


def _named(manifests: Sequence[Descriptor], what: str, name: str | None) -> Sequence[Descriptor]:
    """Those of one name; all of them where they differ in their platforms alone."""
    images = [descriptor for descriptor in manifests if not descriptor.is_attestation]
    found = images if name is None else [image for image in images if _is_named(image, name)]
    tags = {tag for image in found for tag in _tags(image)}
    distinct = {image.digest for image in found}
    if found and (name is not None or len(distinct) == 1 or len(tags) < 2):
        return found
    if not images:
        raise ImageReferenceError(what, "holds no image")
    known = sorted({tag for image in images for tag in _tags(image)})[:_LIMIT_NAMED]
    reason = f"holds no image {name!r}" if name is not None else f"holds {len(distinct)} images"
    names = ", ".join(known or [image.digest for image in images[:3]])
    raise ImageReferenceError(what, reason, f"name one after the path and a colon: {names}")


def _is_named(descriptor: Descriptor, name: str) -> bool:
    if descriptor.digest == name.removeprefix("@"):
        return True
    tags = _tags(descriptor)
    return any(name in (tag, tag.rpartition(":")[2]) or same_image(tag, name) for tag in tags)


class _ArchiveBlobs:
    """`images.sources.oci_images.Blobs` in an archive."""

    is_here = True

    def __init__(self, archive: Archive, names: Collection[str]) -> None:
        self._archive, self._names = archive, names

    def has(self, digest: str) -> bool:
        return _blob_name(digest) in self._names

    def manifest(self, descriptor: Descriptor) -> bytes:
        content = self._archive.document(_blob_name(descriptor.digest), LIMIT_MANIFEST_BYTES)
        return check_document(content, descriptor.digest)

    def config(self, descriptor: Descriptor) -> bytes:
        content = self._archive.document(_blob_name(descriptor.digest), LIMIT_CONFIG_BYTES)
        return check_document(content, descriptor.digest)

    def layers(self, layers: Sequence[NamedLayer], read_layer: ReadLayer) -> Sequence[LayerContent]:
        return [
            self._archive.layer(msgspec.structs.replace(layer, name=_blob_name(layer.name)), read_layer)
            for layer in layers
        ]


def _blob_name(digest: str) -> str:
    algorithm, digits = digest_parts(digest)
    return f"blobs/{algorithm}/{digits}"
