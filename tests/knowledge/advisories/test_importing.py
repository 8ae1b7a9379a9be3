from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.indexes.advisories import CRITICAL, osv
from knowledge.advisories.importing import Imported, import_advisories
from knowledge.advisories.known import KnownVulnerabilities
from knowledge.errors import AdvisoriesError
from knowledge.stores.locations import open_store
from knowledge.stores.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(":memory:")
    yield opened
    opened.close()


def imported(store: Store, *paths: Path) -> Imported:
    return import_advisories(paths, store, lambda text: None)


def severities(store: Store, project: str) -> list[tuple[str, int]]:
    return [(one.id, one.severity) for one in KnownVulnerabilities(store).of([project])[project]]


def test_documents_directories_and_archives_say_the_same(tmp_path: Path, store: Store) -> None:
    document = osv("CVE-1", "My_Lib", {"introduced": "0"}, vector=CRITICAL)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "CVE-1.json").write_bytes(document)
    (tmp_path / "deep" / "README").write_text("no advisory")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("CVE-1.json", document)
    for path in (tmp_path / "deep", tmp_path / "deep" / "er" / "CVE-1.json", tmp_path / "all.zip"):
        found = imported(store, path)
        assert (found.documents, found.advisories, found.projects, found.unread) == (1, 1, {"my-lib"}, 0)
    assert severities(store, "my-lib") == [("CVE-1", 98)]


def test_the_version_that_was_modified_last_stays(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "CVE-1.json"
    for modified, vector in (("2024-05-02T00:00:00Z", CRITICAL), ("2024-05-01T00:00:00Z", None)):
        path.write_bytes(osv("CVE-1", "lib", {"introduced": "0"}, vector=vector, modified=modified))
        imported(store, path)
        assert severities(store, "lib") == [("CVE-1", 98)]
    withdrawn = {"modified": "2024-06-01T00:00:00Z", "withdrawn": "2024-06-01T00:00:00Z"}
    path.write_bytes(osv("CVE-1", "lib", {"introduced": "0"}, **withdrawn))
    assert imported(store, path).withdrawn == 1
    assert severities(store, "lib") == []


def test_other_ecosystems_are_passed_over(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "one.json"
    affected = [
        {"package": {"ecosystem": "npm", "name": "lib"}, "versions": ["1.0"]},
        {"package": {"ecosystem": "PyPI", "name": "one"}, "versions": ["1.0"]},
        {"package": {"ecosystem": "PyPI", "name": "Two"}, "versions": ["1.0"]},
    ]
    path.write_bytes(osv("CVE-1", "", affected=affected))
    assert imported(store, path).projects == {"one", "two"}
    assert severities(store, "lib") == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[" * 100_000,
        b'{"id": ""}',
        b'{"id": 3}',
        osv("CVE-1", "lib", {"introduced": "newest"}),
        b'{"id": "CVE-1", "affected": 3}',
        b" " * (9 << 20),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_kept(
    content: bytes, tmp_path: Path, store: Store
) -> None:
    (tmp_path / "a.json").write_bytes(content)
    (tmp_path / "b.json").write_bytes(osv("CVE-2", "lib", {"introduced": "0"}))
    found = imported(store, tmp_path)
    assert (found.documents, found.unread, found.advisories) == (2, 1, 1)
    assert found.unknowns[0].where == str(tmp_path / "a.json")
    assert severities(store, "lib") == [("CVE-2", 55)]


def test_vectors_that_are_none_say_nothing(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(osv("CVE-1", "lib", {"introduced": "0"}, vector="CVSS:3.1/AV:N" + "/X" * 1000))
    assert imported(store, path).unread == 0
    assert severities(store, "lib") == [("CVE-1", 55)]


def test_what_is_not_there_or_damaged_is_an_error(tmp_path: Path, store: Store) -> None:
    with pytest.raises(AdvisoriesError, match="No such file"):
        imported(store, tmp_path / "gone.json")
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CVE-1.json", osv("CVE-1", "lib", {"introduced": "0"}))
    content = bytearray((tmp_path / "all.zip").read_bytes())
    content[45:60] = b"\xff" * 15
    (tmp_path / "all.zip").write_bytes(content)
    with pytest.raises(AdvisoriesError, match="damaged"):
        imported(store, tmp_path / "all.zip")
