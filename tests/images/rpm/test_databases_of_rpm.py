"""All three kinds of database hold what rpm, and a reader of other people, say they hold."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from fakes.images.roots import MemoryRoot
from fakes.images.rpm_databases import RpmRoot, berkeley_database, built_packages, ndb_database, told
from images.catalogers.catalog import Catalog
from images.catalogers.rpm import catalog
from images.packages.listed import PackageList
from images.reports.image_config import ImageConfig
from images.rpm.databases import read_rpm_database

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def rpm_root(tmp_path_factory: pytest.TempPathFactory) -> RpmRoot:
    place = tmp_path_factory.mktemp("rpm")
    root = RpmRoot(place / "root")
    root.directory.mkdir()
    root.install(built_packages(place, "many", parts=300))
    root.remove([f"part{number}" for number in range(20, 60)])
    return root


def listed(packages: PackageList) -> list[tuple[str, ...]]:
    assert packages.troubles == ()
    return sorted(map(told, packages.packages))


def test_sqlite(rpm_root: RpmRoot) -> None:
    expected = rpm_root.listing()
    assert len(expected) == 261
    assert {fields[1] for fields in expected} >= {"1.2~rc1-4", "0:1.2~rc1-4", "2:162^git162-4"}
    log = rpm_root.database.with_name("rpmdb.sqlite-wal").read_bytes()
    assert listed(read_rpm_database(rpm_root.database.read_bytes(), log)) == expected


@pytest.mark.parametrize("order", [1234, 4321], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
def test_berkeley(rpm_root: RpmRoot, tmp_path: Path, order: int, page_bytes: int) -> None:
    content = berkeley_database(tmp_path / "Packages", rpm_root.headers(), order, page_bytes)
    assert listed(read_rpm_database(content)) == rpm_root.listing()


def test_ndb(rpm_root: RpmRoot) -> None:
    content = ndb_database(rpm_root.headers())
    assert content[12:16] == b"\2\0\0\0"  # pages of slots
    assert listed(read_rpm_database(content)) == rpm_root.listing()


def test_manifest_of_images_without_rpm(rpm_root: RpmRoot) -> None:
    root = MemoryRoot({b"var/lib/rpmmanifest/container-manifest-2": rpm_root.manifest()})
    found = catalog(root, ImageConfig(), Catalog())
    assert sorted((package.name, package.version, package.arch) for package in found.packages) == [
        (name, version.removeprefix("0:"), arch) for name, version, arch, *_ in rpm_root.listing()
    ]
    assert {package.source for package in found.packages} == {"many"}
    assert found.unknowns == ()


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages.db", "Packages"])
def test_agrees_with_another_reader(rpm_root: RpmRoot, tmp_path: Path, name: str) -> None:
    if importlib.util.find_spec("pygorpmrustinfo") is None:
        pytest.skip("pygorpmrustinfo is not installed")
    from pygorpmrustinfo import get_rpm_db_info

    if name == "rpmdb.sqlite":
        shutil.copy(rpm_root.database, tmp_path)
    elif name == "Packages":
        berkeley_database(tmp_path / name, rpm_root.headers())
    else:
        (tmp_path / name).write_bytes(ndb_database(rpm_root.headers()))
    theirs = sorted(
        (package["Name"], package["Epoch"], f"{package['Version']}-{package['Release']}", package["Arch"])
        for package in get_rpm_db_info(str(tmp_path / name))
    )
    ours = read_rpm_database((tmp_path / name).read_bytes()).packages
    assert theirs == sorted(
        (
            package.name,
            int(package.version.partition(":")[0]) if ":" in package.version else None,
            package.version.rpartition(":")[2],
            package.arch,
        )
        for package in ours
    )


def test_the_cataloger_finds_it_through_the_link_of_a_distribution(rpm_root: RpmRoot) -> None:
    files = {b"usr/lib/sysimage/rpm/rpmdb.sqlite": rpm_root.database.read_bytes()}
    root = MemoryRoot(files, {b"var/lib/rpm": b"../../usr/lib/sysimage/rpm"})
    found = catalog(root, ImageConfig(), Catalog())
    assert sorted((package.name, package.version) for package in found.packages) == [
        (name, version) for name, version, *_ in rpm_root.listing()
    ]
    assert {package.where for package in found.packages} == {"/usr/lib/sysimage/rpm/rpmdb.sqlite"}
    assert {package.type for package in found.packages} == {"rpm"}
    assert found.unknowns == ()
