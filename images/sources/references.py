"""From what the user typed to the source that reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import assert_never

from images.errors import ImageReferenceError
from images.sources.platform_choice import Wish, host_platform, parse_platform
from images.sources.reference_texts import ImageReference, ReferenceKind, parse_reference
from images.sources.source import ImageSource


def image_source(
    reference: str | ImageReference,
    *,
    platform: str | None = None,
    insecure: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> ImageSource:
    """How the image of a reference is read; nothing is opened or asked before `ImageSource.read`.

    Args:
        platform: such as ``linux/arm64``; None takes this machine's, or the only one there is.
        insecure: speak to registries whose certificate is not known, and without encryption.
        environ: ``DOCKER_HOST``, ``DOCKER_CONFIG``, ``CONTAINER_HOST``, ``XDG_RUNTIME_DIR``, proxies, …

    Raises:
        ImageReferenceError: it cannot be understood, or is a root directory or this machine, which have no
            layers.
    """
    parsed = parse_reference(reference) if isinstance(reference, str) else reference
    wish = Wish(stated=parse_platform(platform) if platform is not None else None, host=host_platform())
    match parsed.kind:
        case ReferenceKind.DIRECTORY | ReferenceKind.HOST:
            raise ImageReferenceError(parsed.text, "is no image but a root directory")
        case (
            ReferenceKind.ARCHIVE
            | ReferenceKind.DOCKER_ARCHIVE
            | ReferenceKind.OCI_ARCHIVE
            | ReferenceKind.OCI_LAYOUT
        ):
            from images.sources.packed_images import PackedImage

            return PackedImage(parsed, wish)
        case ReferenceKind.DOCKER | ReferenceKind.PODMAN | ReferenceKind.REGISTRY | ReferenceKind.ANYWHERE:
            from images.sources.named_images import named_image

            return named_image(parsed, wish, insecure=insecure, environ=environ)
    assert_never(parsed.kind)
