"""Which distribution the root is of: ``os.id`` and ``os.version``."""

from __future__ import annotations

import re

from analyzers.evidence import Confidence
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.catalogers.database_files import read_databases
from images.facts.environment import Fact
from images.reports.image_config import ImageConfig
from images.roots.links import shown_path
from images.roots.os_release import LARGEST_OS_RELEASE_BYTES, OS_RELEASE_PATHS, distribution_facts
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

_RED_HAT_PATH = b"etc/redhat-release"
_RED_HAT = re.compile(rb"(CentOS|Red Hat|Scientific|Fedora)\b[^\n]{0,80}? release (\d+(?:\.\d+){0,2})\b")
_RED_HAT_IDS = {b"CentOS": "centos", b"Red Hat": "rhel", b"Scientific": "scientific", b"Fedora": "fedora"}
"""The word of the file, and the ID that the same distribution states in its later os-release."""

_PATHS = tuple(path.encode() for path in OS_RELEASE_PATHS)

WANTED = Wanted(
    paths=frozenset({*_PATHS, _RED_HAT_PATH}),
    names=frozenset({b"os-release", b"redhat-release", b"centos-release"}),
    limit_bytes=LARGEST_OS_RELEASE_BYTES,
)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """The facts that the first readable os-release states; before there was one, redhat-release."""
    unknowns: list[Unknown] = []
    for path in _PATHS:
        found, troubles = read_databases(files, (path,), "os-release", LARGEST_OS_RELEASE_BYTES)
        unknowns += troubles
        for file in found:
            facts = distribution_facts(file.content, shown_path(path)).facts
            if facts:
                return Catalog(facts=facts, unknowns=tuple(unknowns))
            unknowns.append(Unknown(what="os-release", where=file.where, reason="it states no valid ID"))
    return Catalog(facts=_red_hat_facts(files), unknowns=tuple(unknowns))


def _red_hat_facts(files: RootFiles) -> dict[str, Fact]:
    """Red Hat Enterprise Linux 6 and its rebuilds have no os-release."""
    found, _ = read_databases(files, (_RED_HAT_PATH,), "redhat-release", LARGEST_OS_RELEASE_BYTES)
    for file in found:
        match = _RED_HAT.match(file.content)
        if match is not None:
            stated = {"os.id": _RED_HAT_IDS[match[1]], "os.version": match[2].decode()}
            return {
                name: Fact(value=value, source=shown_path(_RED_HAT_PATH), confidence=Confidence.LIKELY)
                for name, value in stated.items()
            }
    return {}
