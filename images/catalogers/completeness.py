"""Whether all of a root file system was seen: only then can a cataloger say that something is not there."""

from __future__ import annotations

from images.catalogers.catalog import Catalog

_OF_THE_TREE = frozenset({"digest", "layer", "path"})
"""What unknowns are about that hide paths. A single entry that was refused, or content that could not be
understood, leaves the names around it known."""


def saw_everything(known: Catalog) -> bool:
    """Whether no layer was left out or broken off, and no directory passed over.

    Args:
        known: with the unknowns of the layers or of the directory.
    """
    return not any(unknown.what in _OF_THE_TREE for unknown in known.unknowns)
