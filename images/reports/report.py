"""What `stackwright inspect` says of an image: `ImageReport`."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Finding
from analyzers.reports import Report
from images.facts.environment import RuntimeEnvironment
from images.reports.records import (
    Configuration,
    Interpreter,
    Layer,
    NativeLibrary,
    PythonDistribution,
    SystemPackage,
)


class ImageOrigin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an image was read from: all that differs between two copies of it.

    Attributes:
        kind: as `images.sources.source.Image.source`.
        blobs: ``sha256:…`` of the layers as they came, lowest first.
    """

    kind: str
    reference: str
    manifest_digest: str | None = None
    tags: tuple[str, ...] = ()
    blobs: tuple[str, ...] = ()
    transferred_bytes: int | None = None


class ImageReport(Report, frozen=True, kw_only=True):
    """Everything that was found in one image, directory, or on this machine.

    `input.digest` is the chain of the layers (OCI's ChainID), so it does not depend on the source.
    """

    origin: ImageOrigin
    platform: str | None
    environment: RuntimeEnvironment
    configuration: Configuration
    layers: tuple[Layer, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    distributions: tuple[PythonDistribution, ...] = ()
    packages: tuple[SystemPackage, ...] = ()
    libraries: tuple[NativeLibrary, ...] = ()
    findings: tuple[Finding, ...] = ()
