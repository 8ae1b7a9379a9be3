"""Hashes that the user states for a project: which files they admit.

Source: https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.releases import File
from resolver.context import Context


def stated_hashes(project: str, context: Context) -> tuple[frozenset[str], ...]:
    """The hashes of each requirement and constraint of a project that states some, ``algorithm:hex``."""
    return tuple(frozenset(s.hashes) for s in context.statements(project) if s.hashes)


def matches(file: File, stated: Iterable[frozenset[str]]) -> bool:
    """Whether a file has one hash of each set, as its index tells."""
    own = {f"{algorithm}:{digest.lower()}" for algorithm, digest in file.hashes.items()}
    return all(own & hashes for hashes in stated)
