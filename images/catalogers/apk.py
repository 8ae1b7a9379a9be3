"""Packages that apk's database lists, where Alpine has it and where merged ``/usr`` has it."""

from __future__ import annotations

from images.catalogers.catalog import Catalog
from images.catalogers.database_files import read_databases
from images.catalogers.system_packages import file_catalog, together
from images.packages.apk_installed import read_apk_installed
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

_DATABASES = (b"lib/apk/db/installed", b"usr/lib/apk/db/installed")
_LIMIT_BYTES = 32 << 20

WANTED = Wanted(paths=frozenset(_DATABASES), limit_bytes=_LIMIT_BYTES)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every installed package."""
    databases, unknowns = read_databases(files, _DATABASES, "apk database", _LIMIT_BYTES)
    catalogs = (file_catalog(files, database, "apk", read_apk_installed) for database in databases)
    return together(tuple(catalogs), unknowns)
