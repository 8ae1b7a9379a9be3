"""What is installed in a tree, imported on paper: each environment of a directory or an image for itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from analyzers.api.conditions import Target
from analyzers.api.modules import Root
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.digests import sha256_of
from analyzers.distributions import Distribution, find_distributions, read_distribution
from analyzers.files import FileReader, FileReaderError, joined
from analyzers.importing.machine import Target as ImportTarget
from analyzers.importing.simulation import Code, simulated
from analyzers.importing.stack import Part, StackFiles
from analyzers.reports import Unknown
from analyzers.site_packages import SitePackages, site_packages
from analyzers.source.reading.walking import path_text
from knowledge.imports.stack_imports import ProjectCode
from knowledge.indexes.filenames import normalized
from resolver.commands.runs.used_apis import UsedApis
from resolver.reports.check import Basis, Clash, verdicts, with_uses

_MODULE_ENDINGS = (".py", ".so", ".pyd")
_PASSED_OVER = frozenset({"tests", "test", "docs", "doc", "examples", "example", "benchmarks", "conftest"})
_LIBRARY = re.compile(rb"python(3\.[0-9]{1,2})", re.ASCII)
_DEBIAN = re.compile(rb"((?:.*/)?usr)(?:/local)?/lib/python3(?:\.[0-9]{1,2})?/dist-packages", re.ASCII)
_PREFIX = re.compile(rb"(.*?)/?(?:lib|lib64|Lib)/(?:python[0-9.]+t?/)?(?:site|dist)-packages", re.ASCII)
_MOST_ENVIRONMENTS = 8


class Installed(NamedTuple):
    """What was found in the environments of a tree.

    Attributes:
        releases: normalised name to version; where several environments have one, that of the largest.
        digest: of names and versions.
        unknowns: what is not known, and why.
    """

    releases: dict[str, str]
    verdicts: tuple[Clash, ...]
    is_complete: bool
    digest: str
    unknowns: tuple[Unknown, ...]


class _Environment:
    """The places that one Python has its distributions in."""

    def __init__(self, prefix: bytes) -> None:
        self.prefix = prefix
        self.places: list[SitePackages] = []
        self.owners: dict[bytes, str] = {}
        self.versions: dict[str, str] = {}
        self.roots: set[str] = set()

    def add(self, place: SitePackages, each: Distribution) -> None:
        """Take in a distribution; the first one of a name is the one that is imported."""
        if each.metadata is None:
            return
        name = normalized(each.metadata.name)
        if name in self.versions:
            return
        self.versions[name] = each.metadata.version
        for row in each.record or ():
            path = row.path
            if path.startswith("/") or ".." in path.split("/"):
                continue
            self.owners[joined(place.directory, path.encode())] = name
            head, _, rest = path.partition("/")
            stem = head if rest else head.partition(".")[0]
            if path.endswith(_MODULE_ENDINGS) and stem.isidentifier() and stem not in _PASSED_OVER:
                self.roots.add(stem)


def check_installed(
    reader: FileReader,
    target: ImportTarget,
    code: ProjectCode | None,
    *,
    stated: str | None,
    uses: UsedApis | None = None,
) -> Installed | None:
    """Import what is installed in a tree, on paper, from nothing but its own files.

    Args:
        reader: a virtual environment, a prefix, a ``site-packages``, or the root of an image.
        target: the Python that imports; the path of the packages may say another one.
        code: of the user; where there is some, only that is imported, in the largest environment.
        stated: the Python as the user says it; then the path says nothing.
        uses: of the code.

    Returns:
        None where nothing is installed.
    """
    unknowns: list[Unknown] = []
    found = _environments(reader, unknowns)
    if not found:
        return None
    releases: dict[str, str] = {}
    told: dict[Clash, None] = {}
    is_complete = True
    looked_at = found[: 1 if code is not None else _MOST_ENVIRONMENTS]
    unknowns += [
        Unknown(
            what=f"{len(each.versions)} distributions",
            where=path_text(each.prefix),
            reason="another environment is looked at",
        )
        for each in found[len(looked_at) :]
    ]
    for each in looked_at:
        releases = {**each.versions, **releases}
        parts = [Part(code.reader, directory) for directory in code.directories] if code else []
        parts += [Part(reader, place.directory, None, each.owners) for place in each.places]
        python = target if stated else _python(reader, each.places, target)
        result = simulated(
            StackFiles(parts, each.versions),
            python,
            roots=list(code.modules) if code else sorted(each.roots),
            code=[Code(name, text) for name, text in code.scripts] if code else (),
        )
        told |= dict.fromkeys(verdicts((*result.failures, *result.doubtful), each.versions))
        if uses is not None:
            roots = [Root(reader, place.directory) for place in each.places]
            surfaces = DistributionSurfaces(roots, Target(python=python.python[:2], platform=python.platform))
            told |= dict.fromkeys(uses.installed(each.versions, surfaces))
        is_complete = is_complete and result.is_complete
        reasons = result.faults or (() if result.is_complete else (_BROKEN_OFF,))
        unknowns += [Unknown(what=_WHAT, where=path_text(each.prefix), reason=reason) for reason in reasons]
    everything = [sorted(each.versions.items()) for each in looked_at]
    return Installed(
        dict(sorted(releases.items())),
        with_uses(
            (verdict for verdict in told if verdict.basis is Basis.IMPORT),
            (verdict for verdict in told if verdict.basis is Basis.USE),
        ),
        is_complete,
        sha256_of(repr(everything).encode()),
        tuple(sorted(set(unknowns))),
    )


_WHAT = "what importing the stack meets"
_BROKEN_OFF = "the simulation was broken off; the rest is not known"


def _environments(reader: FileReader, unknowns: list[Unknown]) -> list[_Environment]:
    """The environments that have something, the largest one first."""
    found: dict[bytes, _Environment] = {}
    for place in site_packages(reader, unknowns):
        prefix = _prefix(place.directory)
        environment = found.setdefault(prefix, _Environment(prefix))
        environment.places.append(place)
        for info in find_distributions(reader, place.directory):
            each = read_distribution(reader, info)
            unknowns += each.unknowns
            environment.add(place, each)
    filled = [each for each in found.values() if each.versions]
    return sorted(filled, key=lambda each: -len(each.versions))


def _prefix(directory: bytes) -> bytes:
    """What a place belongs to: Debian's Python has two, others those of their prefix and version."""
    if debian := _DEBIAN.fullmatch(directory):
        return debian[1]
    found = _PREFIX.fullmatch(directory)
    if found is None:
        return directory
    library = directory.rpartition(b"/")[0].rpartition(b"/")[2]
    return joined(found[1], b"lib/" + library) if _LIBRARY.fullmatch(library) else found[1]


def _python(reader: FileReader, places: Sequence[SitePackages], target: ImportTarget) -> ImportTarget:
    """The target with the Python that the paths state."""
    for place in places:
        stated = place.python or ""
        if "." not in stated:
            stated = _beside(reader, place.directory) or stated
        major, _, minor = stated.partition(".")
        if minor.isdigit():
            if (int(major), int(minor)) == target.python[:2]:
                return target
            return ImportTarget((int(major), int(minor), 0), target.platform, target.implementation)
    return target


def _beside(reader: FileReader, directory: bytes) -> str | None:
    """The version of the library beside ``python3/dist-packages``; None where there is not one of them."""
    above = directory.rpartition(b"/")[0].rpartition(b"/")[0]
    try:
        names = [_LIBRARY.fullmatch(child.name) for child in reader.list(above)]
    except FileReaderError:
        return None
    versions = [match[1].decode() for match in names if match]
    return versions[0] if len(versions) == 1 else None
