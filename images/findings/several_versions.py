"""Distributions that one interpreter finds in several versions: which of them is imported."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from analyzers.evidence import Evidence, Finding, Level, Location
from images.catalogers.catalog import Catalog
from images.installations.visible import Sight, sights
from images.reports.image_config import ImageConfig
from images.reports.records import PythonDistribution
from images.roots.root_files import RootFiles


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """A finding for each name and the places it is in, whatever number of interpreters searches them."""
    found: dict[tuple[str, ...], Finding] = {}
    for sight in sights(known):
        for finding in _findings(sight):
            found.setdefault(tuple(each.where for each in finding.evidence), finding)
    return tuple(found.values())


def _findings(sight: Sight) -> Iterator[Finding]:
    for name, several in sight.distributions.items():
        if len({one.version for one in several}) > 1:
            yield _finding(sight, name, several)


def _finding(sight: Sight, name: str, several: list[PythonDistribution]) -> Finding:
    first, others = several[0], several[1:]
    beside = [one for one in others if one.location == first.location]
    if beside:
        rest = ", ".join(str(one.version) for one in beside)
        message = (
            f"{name} is in {first.location} with versions {first.version} and {rest} at once: the files of "
            f"one have overwritten those of the other; uninstall {name} there and install one version"
        )
    else:
        rest = ", ".join(f"{one.version} in {one.location}" for one in others)
        message = (
            f"{sight.interpreter.path} imports {name} {first.version} from {first.location}, which hides "
            f"{rest}; uninstall the one that is not meant"
        )
    return Finding(
        id="several-versions",
        level=Level.WARNING if beside else Level.INFO,
        message=message,
        subject=name,
        location=Location(path=first.where),
        evidence=tuple(Evidence(what=f"{name} {one.version}", where=one.where) for one in several),
    )
