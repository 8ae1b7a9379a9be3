"""What ``docker save`` and ``podman save`` write: ``manifest.json`` names configuration and layers.

Source: https://github.com/moby/moby/blob/master/image/spec/spec.md
"""

from __future__ import annotations

import re
from collections.abc import Callable

from images.errors import DamagedImageError, ImageReferenceError
from images.sources.archives import Archive, NamedLayer
from images.sources.assembly import ImageParts, check_diff_ids
from images.sources.config_documents import ConfigDocument, parse_config
from images.sources.digests import check_document
from images.sources.documents import (
    LIMIT_CONFIG_BYTES,
    LIMIT_LAYERS,
    LIMIT_MANIFEST_BYTES,
    SavedImage,
    decoded,
)
from images.sources.image_names import same_image
from images.sources.layer_checks import check_diff_id
from images.sources.platform_choice import Wish
from images.sources.source import ReadLayer

MANIFEST_NAME = "manifest.json"
_LIMIT_NAMED = 20
_CONFIG_DIGEST = re.compile(r"(?:.*/)?([0-9a-f]{64})(?:\.json)?")


def read_saved(
    archive: Archive,
    what: str,
    name: str | None,
    wish: Wish,
    read_layer: ReadLayer,
    progress: Callable[[str], None],
) -> ImageParts:
    """The image of an archive that has this name, or the only one.

    Args:
        name: a name of an image, ``@`` and its position, or None.

    Raises:
        ImageError: it is not there or damaged.
    """
    if MANIFEST_NAME not in archive.names():
        old = "repositories" in archive.names()
        reason = "was written by a Docker before 1.10" if old else f"holds no {MANIFEST_NAME}"
        raise ImageReferenceError(what, f"is no archive that is read here: it {reason}")
    content = archive.document(MANIFEST_NAME, LIMIT_MANIFEST_BYTES)
    saved = _named(decoded(content, tuple[SavedImage, ...], MANIFEST_NAME), what, name)
    document = _config(archive, saved.config)
    wish.check(what, document.platform, progress)
    names = saved.layers or ()
    diff_ids = check_diff_ids(document.config, len(names), what)
    layers = []
    for position, (layer_name, diff_id) in enumerate(zip(names, diff_ids, strict=True), 1):
        of = f"layer {position} of {len(names)} ({diff_id})"
        layer = archive.layer(NamedLayer(what=of, name=layer_name), read_layer)
        check_diff_id(of, layer, diff_id)
        layers.append(layer)
    return ImageParts(
        config=document.config,
        layers=tuple(layers),
        platform=document.platform,
        tags=saved.repo_tags or (),
        unknowns=document.unknowns,
    )


def _named(images: tuple[SavedImage, ...], what: str, name: str | None) -> SavedImage:
    position = name.removeprefix("@") if name is not None and name.startswith("@") else ""
    if position.isdecimal() and len(position) < 6:
        found = list(images[int(position) :][:1])
    elif name is not None:
        found = [image for image in images if any(same_image(tag, name) for tag in image.repo_tags or ())]
    else:
        found = list(images)
    distinct = {(image.config, image.layers) for image in found}
    if len(distinct) == 1:
        if len(found[0].layers or ()) > LIMIT_LAYERS:
            raise DamagedImageError(what, f"has more than {LIMIT_LAYERS:,} layers")
        return found[0]
    if not images:
        raise DamagedImageError(what, "holds no image")
    tags = sorted({tag for image in images for tag in image.repo_tags or ()})[:_LIMIT_NAMED]
    reason = f"holds no image {name!r}" if name is not None else f"holds {len(distinct)} images"
    raise ImageReferenceError(what, reason, f"name one after the file and a colon: {', '.join(tags) or '@0'}")


def _config(archive: Archive, name: str) -> ConfigDocument:
    """The configuration; its name holds its digest, except where a tool of old wrote it."""
    content = archive.document(name, LIMIT_CONFIG_BYTES)
    digest = _CONFIG_DIGEST.fullmatch(name)
    if digest is not None:
        check_document(content, f"sha256:{digest[1]}")
    return parse_config(content, name)
