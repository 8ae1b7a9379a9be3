"""Which files of an image are looked at: each cataloger says so, for nothing else is kept of a layer."""

from __future__ import annotations

import msgspec


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Files whose content a cataloger reads; a file that matches any of these is kept.

    Attributes:
        paths: whole paths, such as ``b"etc/os-release"``.
        names: last components, such as ``b"pyvenv.cfg"``.
        suffixes: endings of paths, such as ``b".egg-link"``.
        parents: endings of the directory that a file is directly in, such as ``b".dist-info"`` or
            ``b"var/lib/dpkg/status.d"``.
        limit_bytes: a larger file is not kept, and reading it says so.
    """

    paths: frozenset[bytes] = frozenset()
    names: frozenset[bytes] = frozenset()
    suffixes: tuple[bytes, ...] = ()
    parents: tuple[bytes, ...] = ()
    limit_bytes: int = 16 << 20
