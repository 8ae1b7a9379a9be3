"""From what was read and found to an `ImageReport`: the same, byte for byte, for the same content.

Nothing here depends on the source of an image but `ImageReport.origin`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from analyzers.digests import sha256_of
from analyzers.evidence import Finding, Level
from analyzers.reports import Input, Tool, Unknown
from images.catalogers.catalog import Catalog
from images.catalogers.configuration import configuration
from images.facts.environment import Fact, RuntimeEnvironment
from images.layers.content import LayerContent
from images.reports.base_image import base_image
from images.reports.chain_id import chain_id
from images.reports.history import created_by, layered_steps
from images.reports.image_config import ImageConfig
from images.reports.records import Layer
from images.reports.report import ImageOrigin, ImageReport
from images.sources.source import Image

_MOST_UNKNOWNS = 10_000
_LEVELS = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


class ReportHead(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a report, and when."""

    tool: Tool
    created_at: str


def image_report(image: Image, found: Catalog, unknowns: Iterable[Unknown], head: ReportHead) -> ImageReport:
    """The report on an image.

    Args:
        unknowns: what could not be read of its layers, beside what `image` and `found` say.
    """
    origin = ImageOrigin(
        kind=image.source,
        reference=unicode_text(image.reference),
        manifest_digest=image.manifest_digest,
        tags=tuple(sorted(image.tags)),
        blobs=tuple(layer.blob_digest for layer in image.layers),
        transferred_bytes=sum(layer.blob_bytes for layer in image.layers),
    )
    report = _report(
        Input(what="image", digest=chain_id([layer.diff_id for layer in image.layers])),
        origin,
        image.config,
        found,
        (*image.unknowns, *unknowns),
        head,
    )
    return msgspec.structs.replace(
        report, platform=_platform(image), layers=tuple(_layers(image.config, image.layers))
    )


def root_report(
    kind: str,
    reference: str,
    config: ImageConfig,
    found: Catalog,
    unknowns: Iterable[Unknown],
    head: ReportHead,
) -> ImageReport:
    """The report on a root directory or this machine; its digest is that of what was found."""
    origin = ImageOrigin(kind=kind, reference=unicode_text(reference))
    report = _report(Input(what=kind, digest=""), origin, config, found, unknowns, head)
    body = msgspec.structs.replace(report, origin=ImageOrigin(kind=kind, reference=""), created_at="")
    digest = sha256_of(msgspec.json.encode(body, order="deterministic"))
    return msgspec.structs.replace(report, input=Input(what=kind, digest=digest))


def unicode_text(text: str) -> str:
    """Text that is Unicode, whatever bytes the command line or the environment handed out."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _report(
    what: Input,
    origin: ImageOrigin,
    config: ImageConfig,
    found: Catalog,
    unknowns: Iterable[Unknown],
    head: ReportHead,
) -> ImageReport:
    base, evidence = base_image(config, found)
    return ImageReport(
        tool=head.tool,
        input=what,
        created_at=head.created_at,
        unknowns=_unknowns((*found.unknowns, *unknowns)),
        origin=origin,
        platform=None,
        environment=RuntimeEnvironment(facts=_facts(found, config)),
        configuration=msgspec.structs.replace(configuration(config), base=base, base_evidence=evidence),
        interpreters=tuple(sorted(found.interpreters, key=lambda one: (one.path, one.prefix))),
        distributions=tuple(
            sorted(
                found.distributions,
                key=lambda one: (one.interpreter or "", one.name, one.version or "", one.where),
            )
        ),
        packages=tuple(
            sorted(
                found.packages, key=lambda one: (one.type, one.name, one.arch or "", one.version, one.where)
            )
        ),
        libraries=tuple(sorted(found.libraries, key=lambda one: (one.name, one.path))),
        findings=tuple(sorted(dict.fromkeys(found.findings), key=_finding_key)),
    )


def _facts(found: Catalog, config: ImageConfig) -> dict[str, Fact]:
    """By name; the kernel is the one that the configuration is for."""
    facts = dict(found.facts)
    if config.os:
        facts.setdefault("os.kernel", Fact(value=config.os.lower(), source="configuration of the image"))
    return dict(sorted(facts.items()))


def _platform(image: Image) -> str | None:
    if image.platform is not None:
        return str(image.platform)
    config = image.config
    return "/".join(filter(None, (config.os, config.architecture, config.variant))) or None


def _layers(config: ImageConfig, layers: Sequence[LayerContent]) -> Iterable[Layer]:
    steps = {layer: created_by(entry)[0] for entry, layer in layered_steps(config) if layer is not None}
    for index, layer in enumerate(layers):
        yield Layer(
            index=index,
            diff_id=layer.diff_id,
            size_bytes=layer.size_bytes,
            entries=len(layer.entries) + len(layer.whiteouts),
            created_by=steps.get(index) or None,
        )


def _finding_key(finding: Finding) -> tuple[int, str, str, str, str]:
    return (
        _LEVELS[finding.level],
        finding.id,
        str(finding.location or ""),
        finding.subject or "",
        finding.message,
    )


def _unknowns(unknowns: Iterable[Unknown]) -> tuple[Unknown, ...]:
    ordered = sorted(set(unknowns))
    if len(ordered) <= _MOST_UNKNOWNS:
        return tuple(ordered)
    more = Unknown(
        what="more", where="the report", reason=f"{len(ordered) - _MOST_UNKNOWNS:,} more are left out"
    )
    return (*ordered[:_MOST_UNKNOWNS], more)
