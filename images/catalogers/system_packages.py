"""From what a database lists to the records, findings and unknowns of a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.catalogers.database_files import DatabaseFile
from images.catalogers.package_layers import database_states, first_layers
from images.packages.listed import PackageKey, PackageList
from images.reports.records import SystemPackage
from images.roots.root_files import RootFiles


def package_catalog(
    listed: PackageList, kind: str, where: str, layers: Mapping[PackageKey, int | None]
) -> Catalog:
    """The packages of one database.

    Args:
        kind: as `SystemPackage.type`.
        where: the database.
    """
    packages = tuple(
        SystemPackage(
            name=package.name,
            version=package.version,
            type=kind,
            where=where,
            arch=package.arch,
            source=package.source,
            source_version=None if package.source_version == package.version else package.source_version,
            depends=package.depends,
            license=package.license,
            layer=layers.get(package.key),
        )
        for package in listed.packages
    )
    return Catalog(
        packages=packages,
        findings=tuple(
            Finding(
                id="half-installed-package",
                level=Level.WARNING,
                message=f"{package.name} {package.version} is {package.state}: its installation did not end,"
                " so it is not counted among the installed packages",
                subject=package.name,
                location=Location(path=where),
                evidence=(Evidence(what=f"its state is {package.state}", where=where),),
            )
            for package in listed.half_installed
        ),
        unknowns=tuple(
            Unknown(what=f"{kind} packages", where=where, reason=reason) for reason in listed.troubles
        ),
    )


def file_catalog(
    files: RootFiles,
    database: DatabaseFile,
    kind: str,
    read: Callable[[bytes], PackageList],
    listed: PackageList | None = None,
) -> Catalog:
    """The packages of a database that is one file, with their layers.

    Args:
        listed: its packages where more than its content decides.
    """
    listed = read(database.content) if listed is None else listed
    states = database_states(files, database.path, read)
    layers = first_layers(listed.keys, states, files.layer(database.path))
    return package_catalog(listed, kind, database.where, layers)


def together(catalogs: tuple[Catalog, ...], unknowns: tuple[Unknown, ...] = ()) -> Catalog:
    """Several catalogs of packages as one."""
    return Catalog(
        packages=tuple(package for catalog in catalogs for package in catalog.packages),
        findings=tuple(finding for catalog in catalogs for finding in catalog.findings),
        unknowns=(*unknowns, *(unknown for catalog in catalogs for unknown in catalog.unknowns)),
    )
