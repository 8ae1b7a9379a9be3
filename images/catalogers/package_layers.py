"""The layer that installed a package: the lowest from which on it is listed without a gap.

A database is one file that every installation writes anew; its own layer is only that of the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

from images.packages.listed import PackageKey, PackageList
from images.roots.root_files import LayeredFiles, RootFiles

States = Iterator[tuple[int, Set[PackageKey]]]
"""What a database listed after each layer that changed it, the highest first."""


def first_layers(
    packages: Set[PackageKey], states: States, otherwise: int | None
) -> dict[PackageKey, int | None]:
    """The layer of each package.

    Args:
        otherwise: where no state tells it.
    """
    layers: dict[PackageKey, int | None] = dict.fromkeys(packages, otherwise)
    left = packages
    for layer, listed in states:
        left = left & listed
        if not left:
            break
        layers |= dict.fromkeys(left, layer)
    return layers


def database_states(files: RootFiles, path: bytes, read: Callable[[bytes], PackageList]) -> States:
    """The states of a database that is one file."""
    if isinstance(files, LayeredFiles):
        for layer, content in files.versions(path):
            yield layer, frozenset() if content is None else read(content).keys
