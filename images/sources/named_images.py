"""Images by name: in Docker, in podman, in their registry, or wherever they are found first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from images.errors import ImageError, ImageReferenceError, SourceUnavailableError
from images.sources.daemons import DaemonImage
from images.sources.platform_choice import Wish
from images.sources.reference_texts import ImageReference, ReferenceKind
from images.sources.registry.registry_images import RegistryImage
from images.sources.source import Image, ImageSource, ReadLayer

_DAEMONS = (ReferenceKind.DOCKER, ReferenceKind.PODMAN)


def named_image(
    reference: ImageReference, wish: Wish, *, insecure: bool, environ: Mapping[str, str]
) -> ImageSource:
    """The source of an image that has a name."""
    if reference.kind in _DAEMONS:
        return DaemonImage(reference, reference.kind, reference.name or "", wish, environ)
    registry = RegistryImage(reference, wish, insecure=insecure, environ=environ)
    if reference.kind is ReferenceKind.REGISTRY:
        return registry
    daemons = [DaemonImage(reference, kind, reference.text, wish, environ) for kind in _DAEMONS]
    return FirstFound(daemons, registry, reference.text)


class FirstFound:
    """An `images.sources.source.ImageSource` that asks daemons, and then a registry."""

    def __init__(self, daemons: Sequence[DaemonImage], registry: RegistryImage, text: str) -> None:
        self._daemons, self._registry, self._text = daemons, registry, text

    def read(self, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image, from the first that has it."""
        reasons = []
        for daemon in self._daemons:
            try:
                found = daemon.found()
            except (ImageReferenceError, SourceUnavailableError) as error:
                reasons.append(str(error))
                progress(str(error))
                continue
            return daemon.read_found(found, read_layer, progress)
        try:
            return self._registry.read(read_layer, progress)
        except ImageError as error:
            error.add_note(f"asked before: {'; '.join(reasons)}")
            if Path(self._text).is_dir():
                error.add_note(
                    f"the directory {self._text} was passed over, for it is neither an OCI layout nor a root "
                    f"file system; ./{self._text} means it"
                )
            raise
