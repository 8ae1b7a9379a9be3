"""A report on an image as a page: what it is, what is in it, and what is odd."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from analyzers.evidence import Level
from images.findings.remedies import REMEDIES
from images.reports.report import ImageReport
from resolver.outputs.pages.blocks import Block, Entries, Leaf, Page, Section, Tile
from resolver.outputs.pages.contents import Contents
from resolver.outputs.pages.leaves import leaf, shown, sized
from resolver.outputs.pages.parts import (
    environment_section,
    finding_sections,
    further_section,
    list_section,
    made_by,
    run_section,
    unknowns_section,
)
from resolver.outputs.pages.rendering import rendered_page
from resolver.outputs.texts.image_text import place_of, system_of
from resolver.outputs.texts.levels import graded

_MOST_OPEN = 60
"""Rows of a table that is shown at once."""


def image_page(report: ImageReport) -> str:
    """The page."""
    told: dict[str, object] = msgspec.to_builtins(report)
    findings = tuple(finding_sections("findings", "Findings", report.findings, REMEDIES))
    sections = [*findings, *(part for part in _sections(report, told) if part is not None)]
    levels = {finding.level for finding in report.findings}
    return rendered_page(
        Page(
            kind="image" if report.origin.kind not in ("host", "dir") else report.origin.kind,
            headline="This machine" if report.origin.kind == "host" else shown(report.origin.reference),
            verdict=graded(finding.level for finding in report.findings) or "no findings",
            tone="bad" if Level.ERROR in levels else "fair" if Level.WARNING in levels else "good",
            lead=_lead(report),
            entries=_asked(report),
            tiles=tuple(_tiles(report)),
            sections=tuple(sections),
            made_by=made_by(report),
            made_at=shown(report.created_at),
        )
    )


def _lead(report: ImageReport) -> str:
    base = report.configuration.base
    where = place_of(report)
    return shown(f"{system_of(report)}{f', built on {base}' if base else ''}; {where}.")


def _asked(report: ImageReport) -> Entries:
    made = report.configuration
    found: list[tuple[str, Block]] = []
    if report.platform:
        found.append(("Platform", leaf(report.platform)))
    command = shlex.join((*made.entrypoint, *made.command))
    if report.layers:
        where = f" in {made.working_directory}" if made.working_directory else ""
        found.append(
            ("Runs", Leaf(text=shown(f"{command or 'nothing by itself'}, as {made.user or 'root'}{where}")))
        )
    if made.exposed_ports:
        found.append(("Ports", Leaf(text=shown(", ".join(made.exposed_ports)))))
    found.append(("Digest", leaf(report.input.digest)))
    return Entries(items=tuple(found))


def _tiles(report: ImageReport) -> Iterator[Tile]:
    if report.layers:
        size = sum(layer.size_bytes for layer in report.layers)
        yield Tile(label="Size", figure=Leaf(text=sized(size)), note=f"unpacked, {len(report.layers)} layers")
    default = next((one for one in report.interpreters if one.is_default), None)
    pythons = len(report.interpreters)
    if default is not None and default.version is not None:
        yield Tile(label="Python", figure=Leaf(text=shown(default.version)), note=f"of {pythons:,}")
    else:
        yield Tile(label="Pythons", figure=Leaf(text=f"{pythons:,}"))
    yield Tile(label="Distributions", figure=Leaf(text=f"{len(report.distributions):,}"), note="of Python")
    types = Counter(package.type for package in report.packages)
    yield Tile(label="Packages", figure=Leaf(text=f"{len(report.packages):,}"), note=shown(", ".join(types)))
    yield Tile(
        label="Libraries",
        figure=Leaf(text=f"{len(report.libraries):,}"),
        note="native, that decide what runs",
    )
    yield Tile(label="Not known", figure=Leaf(text=f"{len(report.unknowns):,}"))


def _sections(report: ImageReport, told: dict[str, object]) -> Iterator[Section | None]:
    told.pop("findings")
    columns: tuple[str, ...] = ("index", "size_bytes", "entries", "created_by", "diff_id")
    yield list_section(told, "layers", "Layers", columns, lead="The lowest first.", wide="created_by")
    columns = ("path", "version", "implementation", "kind", "base", "is_default", "layer", "prefix")
    yield list_section(
        told, "interpreters", "Pythons", columns, is_open=len(report.interpreters) <= _MOST_OPEN
    )
    columns = ("name", "version", "installer", "interpreter", "license", "layer", "location")
    yield list_section(
        told, "distributions", "Python distributions", columns, wide="location",
        is_open=len(report.distributions) <= _MOST_OPEN,
    )  # fmt: skip
    columns = ("name", "version", "type", "arch", "source", "license", "layer", "where")
    yield list_section(
        told, "packages", "Packages of the system", columns, is_open=len(report.packages) <= _MOST_OPEN
    )
    columns = ("name", "version", "provider", "soname", "layer", "path")
    yield list_section(
        told, "libraries", "Native libraries", columns, is_open=len(report.libraries) <= _MOST_OPEN
    )
    yield environment_section(told, "What is known of the runtime")
    yield _configuration(told)
    yield unknowns_section(told)
    yield run_section(told, ("origin", "platform"))
    yield further_section(told)


def _configuration(told: dict[str, object]) -> Section | None:
    stated = told.pop("configuration")
    assert isinstance(stated, Mapping)
    entries = Contents().entries(stated)
    if entries is None:
        return None
    lead = "What the image says of itself; values of secrets are left out."
    return Section(anchor="configuration", title="Configuration", lead=lead, blocks=(entries,), is_open=False)
