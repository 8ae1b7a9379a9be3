"""The dpkg cataloger says the same as dpkg does of a real Debian root."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from fakes.images.debian_root import DebianRoot, dpkg_listing
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.catalogers.dpkg import catalog
from images.reports.image_config import ImageConfig
from images.reports.records import SystemPackage

pytestmark = [pytest.mark.system, pytest.mark.slow]


def cataloged(database: Path) -> Catalog:
    files = {b"var/lib/dpkg/status": (database / "status").read_bytes()}
    return catalog(MemoryRoot(files), ImageConfig(), Catalog())


def told(package: SystemPackage) -> tuple[str | None, ...]:
    source_version = package.source_version or package.version
    return package.name, package.version, package.arch, package.source, source_version


def expected(database: Path) -> list[tuple[str, ...]]:
    return sorted(
        (package.name, package.version, package.arch, package.source, package.source_version)
        for package in dpkg_listing(database)
        if package.status in {"installed", "triggers-awaited", "triggers-pending"}
    )


def test_lists_what_dpkg_lists(debian_root: DebianRoot) -> None:
    database = debian_root.directory / "var/lib/dpkg"
    found = cataloged(database)
    assert sorted(map(told, found.packages)) == expected(database)
    assert len(found.packages) > 100
    assert {"python3", "python3-pip", "libc6"} <= {package.name for package in found.packages}
    assert found.unknowns == ()
    assert found.findings == ()


def test_lists_what_dpkg_lists_after_removals(debian_root: DebianRoot, tmp_path: Path) -> None:
    database = tmp_path / "dpkg"
    subprocess.run(["cp", "-a", debian_root.directory / "var/lib/dpkg", database], check=True)
    states = {"adduser": "deinstall ok config-files", "apt": "install ok half-configured"}
    states |= {"bash": "hold ok installed", "gpgv": "deinstall ok installed"}
    status = (database / "status").read_text()
    for name, state in states.items():
        pattern = rf"(?m)(^Package: {name}\n(?:\S.*\n)*?Status: )install ok installed$"
        status, count = re.subn(pattern, rf"\g<1>{state}", status)
        assert count == 1
    (database / "status").write_text(status)
    found = cataloged(database)
    assert sorted(map(told, found.packages)) == expected(database)
    names = {package.name for package in found.packages}
    assert names & set(states) == {"bash", "gpgv"}
    assert [(finding.id, finding.subject) for finding in found.findings] == [
        ("half-installed-package", "apt")
    ]
