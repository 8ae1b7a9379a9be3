"""The apk and os-release catalogers say the same as apk does of a real Alpine root."""

from __future__ import annotations

import re

import pytest

from fakes.images.alpine_root import AlpineRoot
from fakes.images.roots import MemoryRoot
from images.catalogers import apk, os_release
from images.catalogers.catalog import Catalog
from images.reports.image_config import ImageConfig

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.index]

_LINE = re.compile(r"(\S+) (\S+) \{(\S+)\} \((.+)\) \[installed\]")


def test_lists_what_apk_lists(alpine_root: AlpineRoot) -> None:
    paths = (b"lib/apk/db/installed", b"etc/os-release", b"usr/lib/os-release")
    places = {path: alpine_root.directory / path.decode() for path in paths}
    root = MemoryRoot({path: place.read_bytes() for path, place in places.items() if place.is_file()})
    found = apk.catalog(root, ImageConfig(), Catalog())
    lines = alpine_root.run("apk", "list", "--installed").splitlines()
    expected = sorted(match.groups() for line in lines if (match := _LINE.fullmatch(line)))
    assert len(lines) == len(expected) > 50
    assert expected == sorted(
        (f"{package.name}-{package.version}", package.arch, package.source, package.license)
        for package in found.packages
    )
    assert found.unknowns == ()
    release = alpine_root.directory / "etc/alpine-release"
    facts = os_release.catalog(root, ImageConfig(), Catalog()).facts
    assert facts["os.id"].value == "alpine"
    assert facts["os.version"].value == release.read_text().strip()
