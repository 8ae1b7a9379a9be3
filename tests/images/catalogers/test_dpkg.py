"""Packages of dpkg, wherever its database is, and the layers that installed them."""

from __future__ import annotations

from fakes.images.layered_roots import LayeredMemoryRoot
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.dpkg import WANTED, catalog
from images.reports.image_config import ImageConfig
from images.reports.records import SystemPackage
from images.roots.root_files import RootFiles

STATUS = b"var/lib/dpkg/status"
CONTROLS = b"var/lib/dpkg/status.d/"


def status(**versions: str) -> bytes:
    return "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: all\nVersion: {version}\n"
        for name, version in versions.items()
    ).encode()


def cataloged(files: RootFiles) -> Catalog:
    return catalog(files, ImageConfig(), Catalog())


def layers(files: RootFiles) -> dict[str, int | None]:
    return {package.name: package.layer for package in cataloged(files).packages}


def test_a_package() -> None:
    found = cataloged(MemoryRoot({STATUS: status(a="1:2-3")}, layers={STATUS: 4}))
    assert found.packages == (
        SystemPackage(
            name="a",
            version="1:2-3",
            type="deb",
            where="/var/lib/dpkg/status",
            arch="all",
            source="a",
            layer=4,
        ),
    )


def test_the_lowest_layer_that_lists_it_without_a_gap() -> None:
    root = LayeredMemoryRoot(
        [
            {STATUS: status(base="1", upgraded="1", removed="1", gap="1")},
            {b"etc/x": b""},
            {STATUS: status(base="1", upgraded="2", removed="1", added="1")},
            {STATUS: status(base="1", upgraded="2", added="1", gap="1")},
        ]
    )
    assert layers(root) == {"base": 0, "upgraded": 2, "added": 2, "gap": 3}


def test_a_layer_that_removed_the_database_is_a_gap() -> None:
    root = LayeredMemoryRoot([{STATUS: status(a="1")}, {STATUS: None}, {STATUS: status(a="1", b="1")}])
    assert layers(root) == {"a": 2, "b": 2}


def test_a_version_that_came_back_is_of_the_layer_that_brought_it_back() -> None:
    root = LayeredMemoryRoot([{STATUS: status(a=version)} for version in ("1", "2", "1")])
    assert layers(root) == {"a": 2}


def test_a_damaged_lower_database_hides_what_was_in_it() -> None:
    root = LayeredMemoryRoot([{STATUS: b"\xff" * 100}, {STATUS: status(a="1")}])
    assert layers(root) == {"a": 1}
    assert cataloged(root).unknowns == ()


def test_an_image_without_dpkg() -> None:
    files = {
        CONTROLS + b"base": b"Package: base-files\nVersion: 12\nArchitecture: amd64\n",
        CONTROLS + b"base.md5sums": b"0123  etc/os-release\n",
        CONTROLS + b"bad": b"\xff",
    }
    found = cataloged(LayeredMemoryRoot([files, {CONTROLS + b"new": files[CONTROLS + b"base"]}]))
    assert [(package.where, package.layer) for package in found.packages] == [
        ("/var/lib/dpkg/status.d/base", 0),
        ("/var/lib/dpkg/status.d/new", 1),
    ]
    assert [(unknown.where, unknown.reason) for unknown in found.unknowns] == [
        ("/var/lib/dpkg/status.d/bad", "line 1: no name")
    ]


def test_updates_count_in_their_order() -> None:
    updates = b"var/lib/dpkg/updates/"
    files = {
        STATUS: status(a="1"),
        updates + b"0001": status(a="3"),
        updates + b"0000": status(a="2", b="1"),
        updates + b"tmp.i": status(c="1"),
    }
    found = cataloged(MemoryRoot(files))
    assert [(package.name, package.version) for package in found.packages] == [("a", "3"), ("b", "1")]


def test_through_links_inside_of_the_root() -> None:
    root = MemoryRoot({b"data/dpkg/status": status(a="1")}, {b"var/lib/dpkg": b"/../data/dpkg"})
    assert [package.where for package in cataloged(root).packages] == ["/data/dpkg/status"]


def test_a_database_that_is_a_loop_or_a_directory_is_unknown() -> None:
    found = cataloged(MemoryRoot({}, {STATUS: b"status"}))
    assert [unknown.reason for unknown in found.unknowns] == ["too many levels of symbolic links"]
    found = cataloged(MemoryRoot({STATUS + b"/x": b""}))
    assert [unknown.reason for unknown in found.unknowns] == ["expected a file, found a directory"]


def test_no_database() -> None:
    assert cataloged(MemoryRoot({})) == Catalog()


def test_what_was_half_installed_is_a_finding() -> None:
    files = {STATUS: status(a="1").replace(b"ok installed", b"ok unpacked")}
    (finding,) = cataloged(MemoryRoot(files)).findings
    assert finding.id == "half-installed-package"
    assert finding.message.startswith("a 1 is unpacked: ")


def test_wanted() -> None:
    assert STATUS in WANTED.paths
    assert b"var/lib/dpkg/status.d" in WANTED.parents
