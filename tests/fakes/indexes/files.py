"""Releases and files of a `FakeIndex`: fields first, bytes when they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fakes.indexes.core_metadata import core_metadata
from knowledge.releases import FileKind

UPLOADED_AT = "2024-01-01T00:00:00.000000Z"


@dataclass(frozen=True, kw_only=True)
class Release:
    """The fields of one release's metadata."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requires_python: str | None = None

    @cached_property
    def metadata(self) -> bytes:
        return core_metadata(
            self.name,
            self.version,
            requires=self.requires,
            extras=self.extras,
            requires_python=self.requires_python,
        )


@dataclass(frozen=True, kw_only=True)
class FakeFile:
    """One file on the index.

    Attributes:
        build: makes the bytes; called at most once.
        release: None for a file added as bytes, of which nothing else is known.
        metadata: what a ``.metadata`` file would hold; None where there is none to serve.
        metadata_announced: the listing promises a ``.metadata`` file, whether there is one or not.
        stated_hashes: hashes for the listing instead of the true ones.
    """

    filename: str
    kind: FileKind
    build: Callable[[], bytes]
    release: Release | None = None
    requires_python: str | None = None
    yanked: str | None = None
    uploaded_at: str | None = UPLOADED_AT
    metadata_served: bool = False
    metadata_announced: bool = False
    stated_metadata: bytes | None = None
    stated_hashes: Mapping[str, str] | None = None

    @cached_property
    def content(self) -> bytes:
        return self.build()

    @property
    def metadata(self) -> bytes | None:
        return self.stated_metadata or (self.release.metadata if self.release else None)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        if self.stated_hashes is not None:
            return self.stated_hashes
        return {"sha256": hashlib.sha256(self.content).hexdigest()}

    @cached_property
    def metadata_hashes(self) -> Mapping[str, str] | None:
        if not self.metadata_announced or self.metadata is None:
            return None
        return {"sha256": hashlib.sha256(self.metadata).hexdigest()}
