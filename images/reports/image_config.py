"""An image's configuration document as the OCI image specification and Docker have it: `ImageConfig`.

Source: https://github.com/opencontainers/image-spec/blob/main/config.md
"""

from __future__ import annotations

import msgspec


class RunConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """How a container of the image is started."""

    user: str | None = None
    env: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    working_dir: str | None = None
    labels: dict[str, str] | None = None
    exposed_ports: dict[str, object] | None = None


class HistoryEntry(msgspec.Struct, frozen=True):
    """One step; `empty_layer` where it changed no file."""

    created_by: str | None = None
    comment: str | None = None
    empty_layer: bool = False


class RootFilesystem(msgspec.Struct, frozen=True):
    """Digests of the uncompressed layers, lowest first."""

    diff_ids: tuple[str, ...] = ()


class ImageConfig(msgspec.Struct, frozen=True):
    """The fields that are read; others are ignored."""

    architecture: str | None = None
    variant: str | None = None
    os: str | None = None
    config: RunConfig | None = None
    rootfs: RootFilesystem = RootFilesystem()
    history: tuple[HistoryEntry, ...] | None = None
