"""Existing locks as preferences: which releases to try first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from packaging.utils import canonicalize_name

from analyzers.manifests.declared import Manifest
from analyzers.manifests.pins import pins_of
from resolver.context import Preference


def preferences_of(
    locks: Iterable[Manifest], upgrade: Iterable[str], is_live: Callable[[str], bool]
) -> dict[str, Preference]:
    """Normalised project name to what the first lock that pins it says.

    Args:
        locks: the most significant first.
        upgrade: projects that keep nothing.
        is_live: whether a marker holds on the target.
    """
    found: dict[str, Preference] = {}
    for lock in locks:
        versions: dict[str, set[str]] = {}
        for pin in pins_of(lock):
            if is_live(pin.marker or ""):
                versions.setdefault(pin.name, set()).add(str(pin.version))
        for name, texts in versions.items():
            found.setdefault(name, Preference(frozenset(texts), lock.path))
    for name in upgrade:
        found.pop(canonicalize_name(name), None)
    return found
