"""Installed Python distributions of a root, each for the interpreter that imports it.

A directory counts once, wherever it is searched from: for the interpreter whose prefix it lies in, else for
the default one. Copies that projects vendor lie within other distributions and are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from packaging.utils import canonicalize_name

from analyzers.distributions import read_head
from analyzers.egg_infos import read_egg_info
from analyzers.evidence import Finding, Level, Location
from analyzers.files import FileEntry, FileKind, FileReaderError, joined
from analyzers.installed_entries import ENDINGS, InstalledEntry, InstalledForm, installed_entries
from analyzers.metadata import CoreMetadata
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.installations.editable import editable_project, linked_project
from images.installations.seen_places import seen_places
from images.reports.image_config import ImageConfig
from images.reports.records import Interpreter, PythonDistribution
from images.roots.following import FollowingFiles
from images.roots.links import path_of_shown, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted
from images.secrets import addresses_without_secrets

WANTED = Wanted(
    names=frozenset(
        {
            *(b"METADATA", b"RECORD", b"WHEEL", b"INSTALLER", b"direct_url.json", b"PKG-INFO"),
            *(b"requires.txt", b"top_level.txt", b"entry_points.txt"),
        }
    ),
    suffixes=(b".pth", b".egg-link", b".egg-info"),
    limit_bytes=64 << 20,
)
_LIMIT_DISTRIBUTIONS = 50_000
_LIMIT_UNKNOWNS = 1_000
_LIMIT_LICENSE = 200
_METADATA_FILES = {
    InstalledForm.DIST_INFO: b"METADATA",
    InstalledForm.EGG_INFO: b"PKG-INFO",
    InstalledForm.EGG: b"EGG-INFO/PKG-INFO",
}


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every installed distribution; `known` has interpreters and environments with their search paths."""
    seen = seen_places(files)
    reading = _Reading(seen.files)
    owners = _owners(known.interpreters)
    strays = (path for path in (*seen.places.site_packages, *seen.places.bundles) if path not in owners)
    for directory in (*owners, *dict.fromkeys(strays)):
        reading.directory(directory, owners.get(directory))
    return Catalog(
        distributions=tuple(_without_echoes(reading.found)),
        findings=tuple(reading.findings),
        unknowns=tuple(reading.unknowns),
    )


def _owners(interpreters: Iterable[Interpreter]) -> dict[bytes, str]:
    """Which interpreter a directory counts for, in the order in which they are searched."""
    best: dict[str, tuple[tuple[int, bool, bool], Interpreter]] = {}
    for interpreter in interpreters:
        inside = interpreter.prefix.rstrip("/") + "/"
        for directory in interpreter.search_path:
            depth = inside.count("/") if directory.startswith(inside) else 0
            rank = (depth, interpreter.is_default, interpreter.base is None)
            if directory not in best or rank > best[directory][0]:
                best[directory] = rank, interpreter
    return {path_of_shown(directory): interpreter.path for directory, (_, interpreter) in best.items()}


class _Reading:
    """What was found so far."""

    def __init__(self, files: FollowingFiles) -> None:
        self._files = files
        self._counted: set[bytes | None] = set()
        self.found: list[PythonDistribution] = []
        self.findings: list[Finding] = []
        self.unknowns: list[Unknown] = []

    def directory(self, directory: bytes, interpreter: str | None) -> None:
        """The distributions of one directory."""
        try:
            children = self._files.list(directory)
        except FileReaderError as error:
            self._unknown(directory, error.reason)
            return
        for entry in installed_entries(directory, _followed(self._files, directory, children)):
            if len(self.found) >= _LIMIT_DISTRIBUTIONS:
                self._unknown(
                    directory, f"more than {_LIMIT_DISTRIBUTIONS:,} distributions; the rest is left out"
                )
                return
            if entry.is_left_over:
                self.findings.append(_left_over(entry))
            elif interpreter is not None:
                self._counted.add(self._files.found(entry.path))
                self._entry(directory, entry, interpreter)
            elif entry.form is InstalledForm.DIST_INFO and entry.path not in self._counted:
                # What a store holds and links lead to from elsewhere was counted there.
                self._entry(directory, entry, interpreter)

    def _entry(self, directory: bytes, entry: InstalledEntry, interpreter: str | None) -> None:
        editable, where = None, entry
        if entry.form is InstalledForm.EGG_LINK:
            project = linked_project(self._files, entry.path)
            editable = shown_path(project) if project is not None else None
            metadata = _project_metadata(self._files, project)
            if metadata is None:
                self.findings.append(_without_project(entry, editable))
                return
            where = metadata
        is_dist_info = where.form is InstalledForm.DIST_INFO
        try:
            read = read_head(self._files, where.path) if is_dist_info else read_egg_info(self._files, where)
        except FileReaderError as error:
            self._unknown(where.path, error.reason)
            return
        for unknown in read.unknowns:
            self._note(msgspec.structs.replace(unknown, where=f"/{unknown.where}"))
        if read.metadata is None and entry.form is not InstalledForm.EGG_FILE:
            self.findings.append(_damaged(entry))
            return
        if is_dist_info:
            project = editable_project(self._files, directory, entry, read)
            editable = shown_path(project) if project is not None else None
            if project is not None and self._files.directory(project) is None:
                self.findings.append(_without_project(entry, editable))
        name = canonicalize_name(read.metadata.name if read.metadata else entry.name)
        url = addresses_without_secrets(read.direct_url.url) if read.direct_url is not None else None
        stated = (
            joined(where.path, _METADATA_FILES[where.form]) if where.form in _METADATA_FILES else where.path
        )
        self.found.append(
            PythonDistribution(
                name=name,
                version=read.metadata.version if read.metadata else entry.version,
                interpreter=interpreter,
                location=shown_path(directory),
                where=shown_path(entry.path),
                requires=tuple(map(addresses_without_secrets, read.metadata.requires_dist))
                if read.metadata
                else (),
                requires_python=read.metadata.requires_python if read.metadata else None,
                installer=read.installer or _system_installer(directory),
                requested=read.requested,
                editable=editable,
                url=url,
                tags=read.wheel.tags if read.wheel is not None else (),
                license=_license(read.metadata) if read.metadata else None,
                layer=self._files.layer(stated),
            )
        )

    def _unknown(self, path: bytes, reason: str) -> None:
        self._note(Unknown(what="distribution", where=shown_path(path), reason=reason))

    def _note(self, unknown: Unknown) -> None:
        if len(self.unknowns) < _LIMIT_UNKNOWNS:
            self.unknowns.append(unknown)


def _system_installer(directory: bytes) -> str | None:
    """Who installed what does not say so: Debian's packages fill ``dist-packages`` of ``/usr/lib``."""
    is_debian = directory.startswith(b"usr/lib/") and directory.endswith(b"/dist-packages")
    return "debian" if is_debian else None


def _followed(files: FollowingFiles, directory: bytes, children: Iterable[FileEntry]) -> Iterator[FileEntry]:
    """The children that may be distributions, links with the kind of what they lead to."""
    for child in children:
        if not child.name.endswith(ENDINGS):
            continue
        if child.kind is FileKind.SYMLINK:
            real = files.found(joined(directory, child.name))
            if real is not None:
                yield FileEntry(child.name, files.stat(real).kind)
        else:
            yield child


def _project_metadata(files: FollowingFiles, project: bytes | None) -> InstalledEntry | None:
    """The ``*.egg-info`` of a project that an egg-link leads to."""
    if project is None or files.directory(project) is None:
        return None
    entries = installed_entries(project, _followed(files, project, files.list(project)))
    return next((entry for entry in entries if entry.form is InstalledForm.EGG_INFO), None)


def _without_echoes(found: list[PythonDistribution]) -> Iterator[PythonDistribution]:
    """Each once in a directory, and without the ``*.egg-info`` in the sources of an editable install."""
    met: set[tuple[str, str | None, str]] = set()
    projects = {(one.name, one.editable) for one in found if one.editable is not None}
    for one in found:
        folders = (one.location, one.location.removesuffix("/src"), one.location.rpartition("/")[0])
        is_echo = one.editable is None and any((one.name, folder) in projects for folder in folders)
        key = (one.name, one.version, one.location)
        if not is_echo and key not in met:
            met.add(key)
            yield one


def _license(metadata: CoreMetadata) -> str | None:
    """A name for the licence: the expression, else a short text, else what classifiers say."""
    if metadata.license_expression:
        return metadata.license_expression
    if metadata.license and len(metadata.license) <= _LIMIT_LICENSE and metadata.license != "UNKNOWN":
        return metadata.license
    stated = [text.rpartition(" :: ")[2] for text in metadata.classifiers if text.startswith("License :: ")]
    return "; ".join(stated)[:_LIMIT_LICENSE] or None


def _left_over(entry: InstalledEntry) -> Finding:
    shown = shown_path(entry.path)
    return Finding(
        id="interrupted-uninstallation",
        level=Level.WARNING,
        message=f"{shown}: was left by an uninstallation that did not end; remove it",
        subject=shown,
        location=Location(path=shown),
    )


def _damaged(entry: InstalledEntry) -> Finding:
    shown = shown_path(entry.path)
    return Finding(
        id="damaged-metadata",
        level=Level.WARNING,
        message=f"{shown}: says no name and version, so that no tool counts it as installed; "
        f"install {entry.name} again, or remove the entry",
        subject=canonicalize_name(entry.name),
        location=Location(path=shown),
    )


def _without_project(entry: InstalledEntry, editable: str | None) -> Finding:
    shown = shown_path(entry.path)
    place = f"{editable}, which is not there" if editable else "nowhere"
    return Finding(
        id="editable-project-missing",
        level=Level.ERROR,
        message=f"{shown}: is an editable install whose project is {place}; "
        f"copy the project into the image, or install {entry.name} as a wheel",
        subject=canonicalize_name(entry.name),
        location=Location(path=shown),
    )
