"""The registry that a name without one is looked for in: the one place that names it."""

from __future__ import annotations

import msgspec


class DefaultRegistry(msgspec.Struct, frozen=True, kw_only=True):
    """A registry whose name is left out.

    Attributes:
        name: as names of images have it.
        aliases: other names for it.
        host: that serves the registry's interface.
        library: the namespace of repositories that are named without one.
    """

    name: str
    aliases: tuple[str, ...]
    host: str
    library: str


DEFAULT_REGISTRY = DefaultRegistry(
    name="docker.io",
    aliases=("index.docker.io", "registry-1.docker.io"),
    host="registry-1.docker.io",
    library="library",
)
