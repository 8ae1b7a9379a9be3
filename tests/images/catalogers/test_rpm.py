"""Which of several rpm databases is the system's, and the layers of packages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from fakes.images.layered_roots import LayeredMemoryRoot
from fakes.images.roots import MemoryRoot
from fakes.images.rpm_databases import ndb_database, package_blob
from images.catalogers.catalog import Catalog
from images.catalogers.rpm import WANTED, catalog
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles

SYSIMAGE, VAR = b"usr/lib/sysimage/rpm/Packages.db", b"var/lib/rpm/Packages.db"


def database(*names: str) -> bytes:
    return ndb_database([package_blob(name) for name in names])


def cataloged(files: RootFiles) -> Catalog:
    return catalog(files, ImageConfig(), Catalog())


def layers(files: RootFiles) -> dict[str, int | None]:
    return {package.name: package.layer for package in cataloged(files).packages}


def test_a_second_database_is_named_and_not_read() -> None:
    found = cataloged(MemoryRoot({SYSIMAGE: database("new"), VAR: database("old")}))
    assert [package.name for package in found.packages] == ["new"]
    assert [(unknown.where, unknown.reason) for unknown in found.unknowns] == [
        ("/var/lib/rpm/Packages.db", f"it is not read: /{SYSIMAGE.decode()} is taken for the system's")
    ]


def test_an_empty_database_gives_way() -> None:
    files = {SYSIMAGE: database(), VAR: database("a"), b"usr/lib/sysimage/rpm/rpmdb.sqlite": b""}
    found = cataloged(MemoryRoot(files))
    assert [package.where for package in found.packages] == ["/var/lib/rpm/Packages.db"]
    assert found.unknowns == ()


def test_a_damaged_database_does_not_give_way_to_one_of_old() -> None:
    files = {b"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0", VAR: database("old")}
    found = cataloged(MemoryRoot(files))
    assert found.packages == ()
    assert [unknown.where for unknown in found.unknowns] == [
        "/var/lib/rpm/Packages.db",
        "/var/lib/rpm/rpmdb.sqlite",
    ]


def test_what_is_no_database_is_unknown() -> None:
    (unknown,) = cataloged(MemoryRoot({VAR: b"\0" * 8192})).unknowns
    assert unknown.reason.startswith("it begins as no database of rpm does: ")


def test_layers_of_packages() -> None:
    root = LayeredMemoryRoot(
        [{VAR: database("a", "b")}, {VAR: database("a", "c")}, {VAR: database("a", "b")}]
    )
    assert layers(root) == {"a": 0, "b": 2}


def test_what_a_layer_left_in_the_log_is_of_that_layer(tmp_path: Path) -> None:
    place, path = tmp_path / "db", b"var/lib/rpm/rpmdb.sqlite"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)")
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (package_blob("a"),))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        lower = {path: place.read_bytes(), path + b"-wal": b""}
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (package_blob("b"),))
        connection.commit()
        upper: dict[bytes, bytes | None] = {path + b"-wal": (tmp_path / "db-wal").read_bytes()}
    assert path + b"-wal" in WANTED.paths
    assert layers(LayeredMemoryRoot([lower, upper])) == {"a": 0, "b": 1}


def test_a_manifest_counts_where_there_is_no_database() -> None:
    path = b"var/lib/rpmmanifest/container-manifest-2"
    line = b"openssl\t3.0-1\t1\t2\tMicrosoft\t(none)\t9\tx86_64\t1\tssl-3.0-1.src.rpm\n"
    found = cataloged(MemoryRoot({path: line + b"\nbad\tline\n"}))
    assert [(package.name, package.version, package.source) for package in found.packages] == [
        ("openssl", "1:3.0-1", "ssl")
    ]
    assert [unknown.reason for unknown in found.unknowns] == ["line 3: 2 columns for 10"]
    found = cataloged(MemoryRoot({path: line, VAR: database("a")}))
    assert [package.name for package in found.packages] == ["a"]


def test_nothing() -> None:
    assert cataloged(MemoryRoot({})) == Catalog()
