"""Existing locks as preferences: which releases to try first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import Manifest
from analyzers.manifests.locks.pins import pins_of
from resolver.context import Lock, Preference


def lock_of(manifest: Manifest, is_live: Callable[[str], bool]) -> Lock:
    """What a lock pins where a marker for which `is_live` says so holds."""
    versions: dict[str, set[str]] = {}
    for pin in pins_of(manifest):
        if is_live(pin.marker or ""):
            versions.setdefault(pin.name, set()).add(str(pin.version))
    return Lock(manifest.path, {name: frozenset(texts) for name, texts in versions.items()})


def preferences_of(locks: Iterable[Lock], upgrade: Iterable[str]) -> dict[str, Preference]:
    """Normalised project name to what the first lock that pins it says.

    Args:
        locks: the most significant first.
        upgrade: projects that keep nothing.
    """
    found: dict[str, Preference] = {}
    for lock in locks:
        for name, texts in lock.pins.items():
            found.setdefault(name, Preference(texts, lock.path))
    for name in upgrade:
        found.pop(canonicalize_name(name), None)
    return found
