"""Packages that conda and its kin installed, in whichever prefix: one record each in its ``conda-meta``."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.files import FileKind, FileReaderError, TooManyFilesError, walk
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.catalogers.database_files import read_databases
from images.catalogers.system_packages import file_catalog, together
from images.packages.conda_meta import read_conda_record
from images.packages.listed import Lister, PackageList
from images.reports.image_config import ImageConfig
from images.roots.root_files import KeptFiles, RootFiles
from images.roots.wanted import Wanted

_PARENT = b"/conda-meta"
_SUFFIX = b".json"
_LIMIT_BYTES = 16 << 20
_WHAT = "conda packages"

WANTED = Wanted(parents=(_PARENT,), limit_bytes=_LIMIT_BYTES)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every package of every prefix; channels, pins and history are no packages."""
    unknowns: list[Unknown] = []
    databases, troubles = read_databases(files, sorted(_records(files, unknowns)), _WHAT, _LIMIT_BYTES)
    catalogs = (file_catalog(files, database, "conda", _listed) for database in databases)
    return together(tuple(catalogs), (*unknowns, *troubles))


def _listed(content: bytes) -> PackageList:
    lister = Lister()
    try:
        lister.add(read_conda_record(content))
    except ValueError as error:
        lister.trouble(str(error))
    return lister.listed()


def _records(files: RootFiles, unknowns: list[Unknown]) -> Iterator[bytes]:
    if isinstance(files, KeptFiles):
        yield from filter(_is_record, files.kept_paths())
        return

    def note(error: FileReaderError) -> None:
        """What cannot be listed is a matter of the whole root, not of these packages."""

    try:
        for path, kind in walk(files, on_error=note):
            if kind is FileKind.FILE and _is_record(path):
                yield path
    except TooManyFilesError as error:
        unknowns.append(Unknown(what=_WHAT, where="/", reason=error.reason))


def _is_record(path: bytes) -> bool:
    directory, _, name = path.rpartition(b"/")
    return name.endswith(_SUFFIX) and directory.endswith(_PARENT)
