"""A report on an image for the terminal: what it is, how it was made, what is in it, and what is odd."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from analyzers.evidence import Finding
from images.findings.remedies import REMEDIES
from images.reports.report import ImageReport
from resolver.outputs.texts.columns import counted, cut, megabytes
from resolver.outputs.texts.image_contents import distributions, native, packages, pythons
from resolver.outputs.texts.levels import graded
from resolver.outputs.texts.lines import NARROWEST, fitted

_MOST_LAYERS = 30
_MOST_FINDINGS = 25
_MOST_EVIDENCE = 3
_MOST_UNKNOWNS = 10
_INDENT = " " * 11
_PLACES = {
    "archive": "an archive",
    "docker-archive": "an archive of docker save",
    "oci-archive": "an OCI archive",
    "oci-layout": "an OCI layout",
    "docker": "Docker",
    "podman": "podman",
    "registry": "a registry",
    "directory": "a root directory",
    "host": "this machine",
}
_NAMES = {
    "debian": "Debian",
    "ubuntu": "Ubuntu",
    "alpine": "Alpine",
    "rhel": "Red Hat Enterprise Linux",
    "centos": "CentOS",
    "fedora": "Fedora",
    "amzn": "Amazon Linux",
    "rocky": "Rocky Linux",
    "almalinux": "AlmaLinux",
    "opensuse-leap": "openSUSE Leap",
}


def image_text(report: ImageReport, width: int, *, whole: bool = False) -> str:
    """The lines of a report, each at most so wide where words allow.

    Args:
        whole: shorten no list.
    """
    width = max(width, NARROWEST)
    blocks = (
        _head(report),
        _layers(report, width, whole=whole),
        pythons(report, width, whole=whole),
        distributions(report, width, whole=whole),
        packages(report, width, whole=whole),
        native(report, width, whole=whole),
        _findings(report.findings, whole=whole),
        _unknowns(report, whole=whole),
    )
    lines = [line for block in map(list, blocks) if block for line in (*block, "")]
    return "".join(f"{line}\n" for text in lines[:-1] for line in fitted(text, width, _INDENT))


def _head(report: ImageReport) -> Iterator[str]:
    origin = report.origin
    platform = f", {report.platform}" if report.platform else ""
    yield f"{origin.reference}: {place_of(report)}{platform}"
    yield ""
    system = system_of(report)
    base = report.configuration.base
    yield f"System     {system}{f', built on {base}' if base else ''}"
    if report.layers:
        size_bytes = sum(layer.size_bytes for layer in report.layers)
        entries = sum(layer.entries for layer in report.layers)
        yield (
            f"Size       {counted(len(report.layers), 'layer')}, {megabytes(size_bytes)} unpacked, "
            f"{counted(entries, 'entry', 'entries')}"
        )
    yield from _running(report)
    yield f"Digest     {report.input.digest}"


def place_of(report: ImageReport) -> str:
    """Where an image was read from, in words."""
    return _PLACES.get(report.origin.kind, report.origin.kind)


def system_of(report: ImageReport) -> str:
    """The system of an image, with its version and architecture, as far as they are known."""
    environment = report.environment
    os_id, version = environment.text("os.id"), environment.text("os.version")
    name = _NAMES.get(os_id or "", os_id) or "not known"
    arch = environment.text("arch")
    return f"{name}{f' {version}' if version else ''}{f' on {arch}' if arch else ''}"


def _running(report: ImageReport) -> Iterator[str]:
    made = report.configuration
    command = shlex.join((*made.entrypoint, *made.command))
    if report.layers:
        where = f" in {made.working_directory}" if made.working_directory else ""
        yield f"Runs       {command or 'nothing by itself'}, as {made.user or 'root'}{where}"
    if made.exposed_ports:
        yield f"Ports      {', '.join(made.exposed_ports)}"


def _layers(report: ImageReport, width: int, *, whole: bool) -> Iterator[str]:
    if not report.layers:
        return
    yield "Layers, the lowest first:"
    shown = report.layers if whole else report.layers[:_MOST_LAYERS]
    numbers = len(str(shown[-1].index))
    sizes = max(len(megabytes(layer.size_bytes)) for layer in shown)
    for layer in shown:
        start = f"  {layer.index:>{numbers}}  {megabytes(layer.size_bytes):>{sizes}}  "
        step = layer.created_by or "(no history)"
        yield start + (step if whole else cut(step, width - len(start)))
    if len(shown) < len(report.layers):
        yield f"  and {len(report.layers) - len(shown)} more (--all or --format json has all)"


def _findings(findings: Sequence[Finding], *, whole: bool) -> Iterator[str]:
    if not findings:
        yield "No findings."
        return
    yield f"Findings ({graded(finding.level for finding in findings)}):"
    shown = findings if whole else findings[:_MOST_FINDINGS]
    advised = set[str]()
    for finding in shown:
        yield f"  {finding.level.value:<7}  {finding.message} [{finding.id}]"
        for evidence in finding.evidence[: None if whole else _MOST_EVIDENCE]:
            yield f"{_INDENT}{evidence.where}: {evidence.what}"
        if not whole and len(finding.evidence) > _MOST_EVIDENCE:
            yield f"{_INDENT}and {len(finding.evidence) - _MOST_EVIDENCE} more"
        remedy = REMEDIES.get(finding.id)
        if remedy is not None and finding.id not in advised:
            advised.add(finding.id)
            yield f"{_INDENT}→ {remedy}"
    if len(shown) < len(findings):
        yield f"  and {len(findings) - len(shown)} more (--all or --format json has all)"


def _unknowns(report: ImageReport, *, whole: bool) -> Iterator[str]:
    if not report.unknowns:
        return
    yield f"Not known ({len(report.unknowns):,}):"
    shown = report.unknowns if whole else report.unknowns[:_MOST_UNKNOWNS]
    for unknown in shown:
        yield f"  {unknown.where}: {unknown.what}: {unknown.reason}"
    if len(shown) < len(report.unknowns):
        yield f"  and {len(report.unknowns) - len(shown):,} more (--all or --format json has all)"
