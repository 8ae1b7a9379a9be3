"""Packages of apk and the layers that installed them."""

from __future__ import annotations

import pytest

from fakes.images.layered_roots import LayeredMemoryRoot
from fakes.images.roots import MemoryRoot
from images.catalogers.apk import WANTED, catalog
from images.catalogers.catalog import Catalog
from images.reports.image_config import ImageConfig
from images.reports.records import SystemPackage

OLD, NEW = b"lib/apk/db/installed", b"usr/lib/apk/db/installed"


def installed(*names: str) -> bytes:
    return "\n".join(f"P:{name}\nV:1.2.3-r4\nA:aarch64\no:{name}-source\nL:MIT\n" for name in names).encode()


@pytest.mark.parametrize("path", [OLD, NEW])
def test_both_places(path: bytes) -> None:
    assert path in WANTED.paths
    found = catalog(MemoryRoot({path: installed("musl")}, layers={path: 0}), ImageConfig(), Catalog())
    assert found.packages == (
        SystemPackage(
            name="musl",
            version="1.2.3-r4",
            type="apk",
            where=f"/{path.decode()}",
            arch="aarch64",
            source="musl-source",
            license="MIT",
            layer=0,
        ),
    )


def test_merged_directories_are_read_once() -> None:
    root = MemoryRoot({NEW: installed("musl")}, {b"lib": b"usr/lib"})
    assert len(catalog(root, ImageConfig(), Catalog()).packages) == 1


def test_layers() -> None:
    root = LayeredMemoryRoot([{OLD: installed("musl")}, {OLD: installed("musl", "zlib")}])
    found = catalog(root, ImageConfig(), Catalog())
    assert [(package.name, package.layer) for package in found.packages] == [("musl", 0), ("zlib", 1)]


def test_a_corrupt_database() -> None:
    (unknown,) = catalog(MemoryRoot({OLD: b"\0\xff garbage"}), ImageConfig(), Catalog()).unknowns
    assert (unknown.where, unknown.reason) == ("/lib/apk/db/installed", "line 1: no name")
