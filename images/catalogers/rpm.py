"""Packages that rpm's database lists, of whichever of its three kinds and wherever it is."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.files import FileReaderError
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.catalogers.database_files import DatabaseFile, read_databases
from images.catalogers.package_layers import States, first_layers
from images.catalogers.system_packages import file_catalog, package_catalog, together
from images.packages.listed import PackageList
from images.reports.image_config import ImageConfig
from images.roots.links import resolved
from images.roots.root_files import LayeredFiles, RootFiles
from images.roots.wanted import Wanted
from images.rpm.databases import read_rpm_database
from images.rpm.manifest import read_rpm_manifest

_DIRECTORIES = (b"usr/lib/sysimage/rpm", b"var/lib/rpm", b"usr/share/rpm")
"""Fedora and SUSE today, everybody before, ostree."""

_SQLITE = b"rpmdb.sqlite"
_NAMES = (_SQLITE, b"Packages.db", b"Packages")
"""The newest first: rpm leaves the old one where it converted a database."""

_LOG_SUFFIX = b"-wal"
_LIMIT_BYTES = 128 << 20
_WHAT = "rpm database"

_MANIFEST = b"var/lib/rpmmanifest/container-manifest-2"
_LIMIT_MANIFEST_BYTES = 16 << 20

_PATHS = (directory + b"/" + name for directory in _DIRECTORIES for name in (*_NAMES, _SQLITE + _LOG_SUFFIX))
WANTED = Wanted(
    paths=frozenset({*_PATHS, _MANIFEST}),
    limit_bytes=_LIMIT_BYTES,
)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every package of the system's database: the first that is not empty; others are unknowns."""
    unknowns: list[Unknown] = []
    chosen: Catalog | None = None
    taken = ""
    for directory in _real_directories(files):
        for database in _databases(files, directory, unknowns):
            if chosen is not None:
                reason = f"it is not read: {taken} is taken for the system's"
                unknowns.append(Unknown(what=_WHAT, where=database.where, reason=reason))
                continue
            found = _packages(files, database, unknowns)
            if found.packages or found.unknowns:
                chosen, taken = found, database.where
    return together((_of_manifest(files) if chosen is None else chosen,), tuple(unknowns))


def _of_manifest(files: RootFiles) -> Catalog:
    """Images that were built by rpm and keep neither it nor its database."""
    found, unknowns = read_databases(files, (_MANIFEST,), "rpm manifest", _LIMIT_MANIFEST_BYTES)
    return together(tuple(file_catalog(files, file, "rpm", read_rpm_manifest) for file in found), unknowns)


def _real_directories(files: RootFiles) -> Iterator[bytes]:
    seen = set()
    for directory in _DIRECTORIES:
        try:
            real = resolved(files, directory)
        except FileReaderError:
            continue
        if real not in seen:
            seen.add(real)
            yield real


def _databases(files: RootFiles, directory: bytes, unknowns: list[Unknown]) -> Iterator[DatabaseFile]:
    for name in _NAMES:
        found, troubles = read_databases(files, (directory + b"/" + name,), _WHAT, _LIMIT_BYTES)
        unknowns += troubles
        yield from found


def _packages(files: RootFiles, database: DatabaseFile, unknowns: list[Unknown]) -> Catalog:
    logs, troubles = read_databases(files, (database.path + _LOG_SUFFIX,), _WHAT, _LIMIT_BYTES)
    unknowns += troubles
    listed = read_rpm_database(database.content, logs[0].content if logs else b"")
    layers = first_layers(listed.keys, _states(files, database.path), files.layer(database.path))
    return package_catalog(listed, "rpm", database.where, layers)


def _states(files: RootFiles, path: bytes) -> States:
    """After each layer that changed the database or its log."""
    if not isinstance(files, LayeredFiles):
        return
    contents = list(files.versions(path))
    logs = list(files.versions(path + _LOG_SUFFIX))
    for layer in sorted({layer for layer, _ in (*contents, *logs)}, reverse=True):
        content, log = _as_of(layer, contents), _as_of(layer, logs)
        listed = PackageList() if content is None else read_rpm_database(content, log or b"")
        yield layer, listed.keys


def _as_of(layer: int, versions: list[tuple[int, bytes | None]]) -> bytes | None:
    return next((content for changed, content in versions if changed <= layer), None)
