"""Packages that dpkg's databases list: the status file, and the directory of images without dpkg."""

from __future__ import annotations

import re

from images.catalogers.catalog import Catalog
from images.catalogers.database_files import children, read_databases
from images.catalogers.system_packages import file_catalog, together
from images.packages.dpkg_status import read_dpkg_control, read_dpkg_status
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

_STATUS = b"var/lib/dpkg/status"
_UPDATES = b"var/lib/dpkg/updates"
_CONTROLS = b"var/lib/dpkg/status.d"

_UPDATE_NAME = re.compile(rb"[0-9]{4}")
_LIMIT_BYTES = 32 << 20
_LIMIT_CONTROL_BYTES = 1 << 20
_WHAT = "dpkg database"

WANTED = Wanted(paths=frozenset({_STATUS}), parents=(_UPDATES, _CONTROLS), limit_bytes=_LIMIT_BYTES)


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every package that is installed, not what was removed and left its configuration."""
    return together((_of_status(files), _of_controls(files)))


def _of_status(files: RootFiles) -> Catalog:
    databases, unknowns = read_databases(files, (_STATUS,), _WHAT, _LIMIT_BYTES)
    names = filter(_UPDATE_NAME.fullmatch, children(files, _UPDATES))
    updates, troubles = read_databases(
        files, (_UPDATES + b"/" + name for name in names), _WHAT, _LIMIT_CONTROL_BYTES
    )
    catalogs = []
    for database in databases:
        listed = read_dpkg_status(database.content, [update.content for update in updates])
        catalogs.append(file_catalog(files, database, "deb", read_dpkg_status, listed))
    return together(tuple(catalogs), (*unknowns, *troubles))


def _of_controls(files: RootFiles) -> Catalog:
    """Distroless images: the control file of each package, and beside it the digests of its files."""
    names = (name for name in children(files, _CONTROLS) if not name.endswith(b".md5sums"))
    databases, unknowns = read_databases(
        files, (_CONTROLS + b"/" + name for name in names), _WHAT, _LIMIT_CONTROL_BYTES
    )
    catalogs = (file_catalog(files, database, "deb", read_dpkg_control) for database in databases)
    return together(tuple(catalogs), unknowns)
