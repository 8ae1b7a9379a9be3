"""Installed distributions, as dist-info directories in memory: name, files, requirements, entry points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzers.distributions import find_distributions, read_distribution
from analyzers.source.names.provided_names import Provided, provided_names
from analyzers.trees import MemoryReader
from fakes.indexes.core_metadata import core_metadata

_SITE_PACKAGES = b"lib/python3.11/site-packages"


def installed(
    name: str,
    files: Iterable[str] = (),
    *,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    top_level: str | None = None,
    entry_points: str | None = None,
    stated: str = "",
) -> dict[bytes, bytes]:
    """The files of one dist-info; `stated` are further lines of METADATA."""
    folder = _SITE_PACKAGES + f"/{name}-1.0.dist-info/".encode()
    metadata = core_metadata(name, "1.0", requires=requires, extras=extras) + stated.encode()
    tree = {folder + b"METADATA": metadata}
    if rows := list(files):
        tree[folder + b"RECORD"] = "".join(f"{row},,\n" for row in rows).encode()
    if top_level is not None:
        tree[folder + b"top_level.txt"] = top_level.encode()
    if entry_points is not None:
        tree[folder + b"entry_points.txt"] = entry_points.encode()
    return tree


def provided(*distributions: Mapping[bytes, bytes]) -> list[Provided]:
    """What an environment with these distributions provides, read as a real one is."""
    tree = {path: content for one in distributions for path, content in one.items()}
    reader = MemoryReader(tree)
    found = find_distributions(reader, _SITE_PACKAGES) if tree else []
    return provided_names(read_distribution(reader, path) for path in found)
