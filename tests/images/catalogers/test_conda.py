"""Packages of conda in every prefix."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from fakes.images.layered_roots import LayeredMemoryRoot
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.conda import catalog
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles


def record(name: str, version: str = "1") -> bytes:
    return f'{{"name": "{name}", "version": "{version}", "subdir": "linux-64"}}'.encode()


FILES = {
    b"opt/conda/conda-meta/a-1-0.json": record("a"),
    b"opt/conda/envs/x/conda-meta/b-2-0.json": record("b", "2"),
    b"opt/conda/conda-meta/history": b"",
    b"opt/conda/conda-meta/bad.json": b"{}",
    b"home/conda-meta.json": record("no"),
    b"home/not-conda-meta/a.json": record("no"),
}


@pytest.mark.parametrize("root", [MemoryRoot, lambda files: LayeredMemoryRoot([files])])
def test_every_prefix(root: Callable[[Mapping[bytes, bytes]], RootFiles]) -> None:
    found = catalog(root(FILES), ImageConfig(), Catalog())
    assert [(package.name, package.version, package.where) for package in found.packages] == [
        ("a", "1", "/opt/conda/conda-meta/a-1-0.json"),
        ("b", "2", "/opt/conda/envs/x/conda-meta/b-2-0.json"),
    ]
    assert {(package.type, package.arch) for package in found.packages} == {("conda", "linux-64")}
    assert [unknown.where for unknown in found.unknowns] == ["/opt/conda/conda-meta/bad.json"]


def test_a_record_that_is_written_again_is_of_the_layer_that_first_had_it() -> None:
    path = b"opt/conda/conda-meta/a-1-0.json"
    root = LayeredMemoryRoot([{path: record("a")}, {path: record("a") + b" "}])
    assert [package.layer for package in catalog(root, ImageConfig(), Catalog()).packages] == [0]


def test_a_link_is_no_record() -> None:
    root = MemoryRoot({b"x": record("a")}, {b"opt/conda-meta/a.json": b"/x"})
    assert catalog(root, ImageConfig(), Catalog()).packages == ()
