"""Which catalogers and findings there are, in their order, and what they make of one root file system."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Protocol

from analyzers.evidence import Confidence, Finding
from analyzers.files import FileReaderError
from analyzers.reports import Unknown
from images.catalogers import (
    apk,
    build_tools,
    conda,
    cpu,
    cuda,
    default_python,
    distributions,
    dpkg,
    environments,
    interpreters,
    java,
    libc,
    loadable_libraries,
    native_libraries,
    os_release,
    rpm,
)
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact
from images.findings import (
    changed_files,
    end_of_life,
    gpu,
    leaked_secrets,
    missing_files,
    native_links,
    permissions,
    several_versions,
    unmet_requirements,
    unsuited_distributions,
)
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted


class Cataloger(Protocol):
    """A module that finds things of one kind; see `images.catalogers`."""

    __name__: str
    WANTED: Wanted

    def catalog(self, files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
        """What it adds to what those before it found."""


class Finder(Protocol):
    """A module that tells what is odd; see `images.findings`."""

    __name__: str

    def find(
        self, files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date
    ) -> tuple[Finding, ...]:
        """Its findings about everything that was catalogued."""


CATALOGERS: tuple[Cataloger, ...] = (
    os_release,
    dpkg,
    apk,
    rpm,
    conda,
    interpreters,
    environments,
    default_python,
    distributions,
    libc,
    native_libraries,
    cuda,
    cpu,
    build_tools,
    java,
    loadable_libraries,
)
"""In their order: each knows what those before it found."""

FINDERS: tuple[Finder, ...] = (
    missing_files,
    changed_files,
    several_versions,
    unmet_requirements,
    unsuited_distributions,
    native_links,
    gpu,
    end_of_life,
    permissions,
    leaked_secrets,
)


def wanted() -> tuple[Wanted, ...]:
    """The files that catalogers read."""
    return tuple(cataloger.WANTED for cataloger in CATALOGERS)


def catalogued(
    files: RootFiles,
    config: ImageConfig,
    today: datetime.date,
    facts: Mapping[str, Fact] | None = None,
    *,
    unread: Iterable[Unknown] = (),
) -> Catalog:
    """All that catalogers and findings say; where one cannot go on, that is an unknown.

    Args:
        facts: what is known of the machine that the files are on; files know better, but for hardware.
        unread: what is not known of the files: it keeps catalogers from saying that something is not there.
    """
    known = Catalog(facts=facts or {}, unknowns=tuple(unread))
    for cataloger in CATALOGERS:
        try:
            found = cataloger.catalog(files, config, known)
        except FileReaderError as error:
            found = Catalog(unknowns=(_stopped(cataloger.__name__, error),))
        known = merged((known, found))
    for finder in FINDERS:
        try:
            found = Catalog(findings=finder.find(files, config, known, today))
        except FileReaderError as error:
            found = Catalog(unknowns=(_stopped(finder.__name__, error),))
        known = merged((known, found))
    return known


def merged(catalogs: Iterable[Catalog]) -> Catalog:
    """Several catalogs as one; of two facts of one name the surer one stays, and of equals the later."""
    parts = tuple(catalogs)
    facts: dict[str, Fact] = {}
    for part in parts:
        for name, fact in part.facts.items():
            before = facts.get(name)
            if before is None or _SURENESS[fact.confidence] >= _SURENESS[before.confidence]:
                facts[name] = fact
    return Catalog(
        facts=facts,
        interpreters=tuple(one for part in parts for one in part.interpreters),
        distributions=tuple(one for part in parts for one in part.distributions),
        packages=tuple(one for part in parts for one in part.packages),
        libraries=tuple(one for part in parts for one in part.libraries),
        findings=tuple(one for part in parts for one in part.findings),
        unknowns=tuple(one for part in parts for one in part.unknowns),
    )


_SURENESS = {Confidence.POSSIBLE: 0, Confidence.LIKELY: 1, Confidence.CERTAIN: 2}


def _stopped(module: str, error: FileReaderError) -> Unknown:
    what = module.rpartition(".")[2].replace("_", " ")
    return Unknown(
        what=f"{what}: the rest", where=error.path.decode("utf-8", "backslashreplace"), reason=error.reason
    )
