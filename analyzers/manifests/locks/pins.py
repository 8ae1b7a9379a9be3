"""An existing lock, or requirements pinned by ``==``, as a list of preferences."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from analyzers.evidence import Location
from analyzers.manifests.declared import Declared, DeclaredKind, Ecosystem, GroupKind, Manifest


class PinnedVersion(msgspec.Struct, frozen=True):
    """A release of an index that a file settled on.

    Attributes:
        name: normalised.
        marker: where the pin holds; None for everywhere.
        hashes: ``algorithm:hex`` of its files; empty where the file states none.
    """

    name: str
    version: Version
    location: Location
    marker: str | None = None
    hashes: tuple[str, ...] = ()


def pins_of(manifest: Manifest) -> list[PinnedVersion]:
    """The versions that a lock, or the ``==`` lines of a manifest, settled on, in the order of the file.

    What comes from a URL, a path or version control is left out, and so are the needs of a build. A project
    may come more than once, under different markers.
    """
    return list(_pins(manifest))


def _pins(manifest: Manifest) -> Iterator[PinnedVersion]:
    for pin in manifest.pins:
        if pin.version is not None and pin.reference is None and pin.ecosystem is Ecosystem.PYPI:
            yield PinnedVersion(pin.name, Version(pin.version), pin.location, pin.marker, pin.hashes)
    for declared in manifest.declared:
        if declared.name is not None and (version := _exact(declared)) is not None:
            yield PinnedVersion(declared.name, version, declared.location, declared.marker, declared.hashes)


def _exact(declared: Declared) -> Version | None:
    """The version of a lone ``==`` without a wildcard."""
    if (
        declared.ecosystem is not Ecosystem.PYPI
        or declared.reference is not None
        or declared.kind is DeclaredKind.OVERRIDE
        or declared.group.kind is GroupKind.BUILD
    ):
        return None
    specifiers = list(SpecifierSet(declared.specifier))
    if len(specifiers) != 1 or specifiers[0].operator not in ("==", "==="):
        return None
    try:
        return Version(specifiers[0].version)
    except ValueError:  # a wildcard, or the arbitrary text that === allows
        return None
