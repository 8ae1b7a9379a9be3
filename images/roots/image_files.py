"""The files of an image for an instrument that reads files: `image_files`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from images.layers.overlay import squashed
from images.layers.reading import LayerReader
from images.layers.squashed_root import SquashedRoot
from images.roots.wanted import Wanted
from images.sources.references import image_source

PYTHON_FILES = Wanted(
    suffixes=(b".py", b".egg-link", b".pth"),
    names=frozenset({b"PKG-INFO"}),
    parents=(b".dist-info", b".egg-info"),
    limit_bytes=8 << 20,
)
"""What installed distributions consist of, as far as it is read for their imports."""

METADATA_FILES = Wanted(names=frozenset({b"METADATA"}))
"""What installed distributions say of themselves."""


def image_files(
    reference: str,
    wanted: Sequence[Wanted],
    *,
    platform: str | None = None,
    environ: Mapping[str, str],
    progress: Callable[[str], None] = lambda text: None,
) -> SquashedRoot:
    """The root file system of an image; of its files those can be read that are wanted.

    Args:
        reference: see `images.sources.reference_texts`.
        wanted: what can be read.
        platform: such as ``linux/arm64``, where an image is there for several.
        environ: where daemons and credentials are found.
        progress: told what is done, by one line at a time.

    Raises:
        ImageError: it cannot be understood, found or read.
    """
    source = image_source(reference, platform=platform, environ=environ)
    return squashed(source.read(LayerReader(wanted), progress).layers)
