"""The image of an archive, be it Docker's or OCI's: since Docker 25 its archives are layouts too."""

from __future__ import annotations

from collections.abc import Callable

from images.errors import ImageReferenceError
from images.sources.archives import Archive
from images.sources.assembly import ImageParts
from images.sources.docker_saves import MANIFEST_NAME, read_saved
from images.sources.layouts import INDEX_NAME, read_layout
from images.sources.platform_choice import Wish
from images.sources.source import ReadLayer


def read_archived(
    archive: Archive,
    what: str,
    name: str | None,
    wish: Wish,
    read_layer: ReadLayer,
    progress: Callable[[str], None],
) -> ImageParts:
    """The image that has this name, or the only one.

    Raises:
        ImageError: it is not there or damaged, or the archive is not that of an image.
    """
    names = archive.names()
    if INDEX_NAME in names:
        return read_layout(archive, what, name, wish, read_layer, progress)
    if MANIFEST_NAME in names or "repositories" in names:
        return read_saved(archive, what, name, wish, read_layer, progress)
    raise ImageReferenceError(
        what,
        f"is no archive of an image: it holds neither {MANIFEST_NAME} nor {INDEX_NAME}",
        "a root file system is read from a directory: dir:PATH",
    )
