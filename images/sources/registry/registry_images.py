"""An image in a registry: its manifest, its configuration and its layers, as they are downloaded.

Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing

from images.errors import DamagedImageError, ImageReferenceError
from images.layers.content import LayerContent
from images.sources.archives import NamedLayer
from images.sources.digests import check_document, digest_of
from images.sources.documents import (
    INDEX_TYPES,
    LIMIT_CONFIG_BYTES,
    LIMIT_MANIFEST_BYTES,
    MANIFEST_TYPES,
    Descriptor,
    parse_manifest,
)
from images.sources.image_names import ImageName, parse_image_name
from images.sources.layer_checks import read_checked
from images.sources.oci_images import read_manifests
from images.sources.platform_choice import Wish
from images.sources.reference_texts import ImageReference, ReferenceKind
from images.sources.registry.connection import RegistryConnection
from images.sources.registry.downloads import downloaded
from images.sources.registry.patience import Patience
from images.sources.source import Image, ReadLayer

_ACCEPTED = {"Accept": ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))}


class RegistryImage:
    """An `images.sources.source.ImageSource` of a registry.

    Args:
        insecure: see `images.sources.registry.connection.RegistryConnection`.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        reference: ImageReference,
        wish: Wish,
        *,
        insecure: bool,
        environ: Mapping[str, str],
        patience: Patience | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._reference, self._wish, self._insecure, self._environ = reference, wish, insecure, environ
        self._patience, self._sleep = patience or Patience(), sleep

    def read(self, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image, each layer downloaded and read once."""
        name = parse_image_name(self._reference.name or "")
        connection = RegistryConnection(
            name,
            insecure=self._insecure,
            environ=self._environ,
            patience=self._patience,
            sleep=self._sleep,
        )
        with closing(connection):
            top, content = _top(connection, name)
            blobs = _RegistryBlobs(connection, name, self._patience, progress)
            blobs.known[top.digest] = content
            what = str(name)
            parts = read_manifests(blobs, (top,), what, self._wish, read_layer, progress)
        return parts.image(self._reference.text, ReferenceKind.REGISTRY.value, (what,))


def _top(connection: RegistryConnection, name: ImageName) -> tuple[Descriptor, bytes]:
    """What the name stands for, and its descriptor."""
    what = str(name)
    response, content = connection.document(f"manifests/{name.version}", _ACCEPTED, LIMIT_MANIFEST_BYTES)
    if response.status_code == 404:
        raise ImageReferenceError(what, f"the registry {name.registry} does not have it")
    if response.status_code != 200:
        raise connection.refusal(response, what)
    digest = digest_of(content)
    if name.digest is not None:
        digest = name.digest.lower()
        check_document(content, digest)
    stated = response.headers.get("Docker-Content-Digest", digest)
    if stated.startswith("sha256:") and digest.startswith("sha256:") and stated != digest:
        raise DamagedImageError(what, f"the registry states the digest {stated[:100]}, and it is {digest}")
    media_type = parse_manifest(content, what).media_type
    stated_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    known = (*INDEX_TYPES, *MANIFEST_TYPES)
    descriptor = Descriptor(
        digest=digest,
        size=len(content),
        media_type=media_type or (stated_type if stated_type in known else ""),
    )
    return descriptor, content


class _RegistryBlobs:
    """`images.sources.oci_images.Blobs` of a registry.

    Attributes:
        known: manifests by digest that are here already, checked.
    """

    is_here = False

    def __init__(
        self,
        connection: RegistryConnection,
        name: ImageName,
        patience: Patience,
        progress: Callable[[str], None],
    ) -> None:
        self._connection, self._name = connection, name
        self._patience, self._progress = patience, progress
        self.known: dict[str, bytes] = {}

    def has(self, digest: str) -> bool:
        return True  # only asking would tell

    def manifest(self, descriptor: Descriptor) -> bytes:
        if descriptor.digest not in self.known:
            path = f"manifests/{descriptor.digest}"
            self.known[descriptor.digest] = self._document(descriptor, path, _ACCEPTED, LIMIT_MANIFEST_BYTES)
        return self.known[descriptor.digest]

    def config(self, descriptor: Descriptor) -> bytes:
        return self._document(descriptor, f"blobs/{descriptor.digest}", {}, LIMIT_CONFIG_BYTES)

    def layers(self, layers: Sequence[NamedLayer], read_layer: ReadLayer) -> Sequence[LayerContent]:
        found: dict[str, LayerContent] = {}
        for layer in layers:
            if layer.name not in found:
                found[layer.name] = self._layer(layer, read_layer)
        return [found[layer.name] for layer in layers]

    def _layer(self, layer: NamedLayer, read_layer: ReadLayer) -> LayerContent:
        self._progress(f"{layer.what}: {layer.size_bytes or 0:,} bytes")
        with closing(self._chunks(layer)) as chunks:
            return read_checked(layer, chunks, read_layer)

    def _chunks(self, layer: NamedLayer) -> Generator[bytes, None, None]:
        return downloaded(self._connection, layer, self._patience)

    def _document(
        self, descriptor: Descriptor, path: str, headers: Mapping[str, str], limit_bytes: int
    ) -> bytes:
        response, content = self._connection.document(path, headers, limit_bytes)
        if response.status_code == 404:
            raise DamagedImageError(
                str(self._name), f"the registry lacks {descriptor.digest}, which belongs to it"
            )
        if response.status_code != 200:
            raise self._connection.refusal(response, str(self._name))
        return check_document(content, descriptor.digest)
