"""The hashes by which a lockfile knows the files of a pin."""

from __future__ import annotations

from collections.abc import Iterator

from resolver.outputs.errors import HashesMissingError
from resolver.reports.advice import Pin


def digests(pin: Pin) -> Iterator[str]:
    """One ``algorithm:hex`` for each file, SHA-256 where the index states it.

    Raises:
        HashesMissingError: the index states none for some file.
    """
    for artifact in pin.artifacts:
        if not artifact.hashes:
            raise HashesMissingError(pin.name, artifact.filename)
        algorithm = "sha256" if artifact.sha256 else min(artifact.hashes)
        yield f"{algorithm}:{artifact.hashes[algorithm]}"
