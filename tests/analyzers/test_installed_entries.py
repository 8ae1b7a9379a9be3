from __future__ import annotations

import pytest

from analyzers.egg_infos import read_egg_info
from analyzers.files import FileEntry, FileKind
from analyzers.installed_entries import InstalledEntry, InstalledForm, installed_entries, named
from analyzers.trees import MemoryReader

_FILE, _FOLDER = FileKind.FILE, FileKind.DIRECTORY


@pytest.mark.parametrize(
    ("name", "kind", "form", "stated"),
    [
        (b"A_b-1.0.dist-info", _FOLDER, InstalledForm.DIST_INFO, ("A_b", "1.0")),
        (b"a.egg-info", _FOLDER, InstalledForm.EGG_INFO, ("a", None)),
        (b"lazr.uri-1.0.6-py3.11.egg-info", _FOLDER, InstalledForm.EGG_INFO, ("lazr.uri", "1.0.6")),
        (b"gpg-1.18.0-unknown.egg-info", _FILE, InstalledForm.EGG_INFO_FILE, ("gpg", "1.18.0-unknown")),
        (b"a-1-py3.9-linux-x86_64.egg", _FILE, InstalledForm.EGG_FILE, ("a", "1")),
        (b"a-1-py3.9.egg", _FOLDER, InstalledForm.EGG, ("a", "1")),
        (b"my-project.egg-link", _FILE, InstalledForm.EGG_LINK, ("my-project", None)),
        (b"\xff-1.dist-info", _FOLDER, InstalledForm.DIST_INFO, ("\\xff", "1")),
    ],
)
def test_forms(name: bytes, kind: FileKind, form: InstalledForm, stated: tuple[str, str | None]) -> None:
    (entry,) = installed_entries(b"site", [FileEntry(name, kind)])
    assert entry == InstalledEntry(path=b"site/" + name, form=form, name=stated[0], version=stated[1])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (b"a-1.dist-info", _FILE),
        (b"a-1.dist-info", FileKind.SYMLINK),
        (b"a.egg-link", _FOLDER),
        (b".dist-info", _FOLDER),
        (b"a-1.data", _FOLDER),
    ],
)
def test_what_is_none(name: bytes, kind: FileKind) -> None:
    assert list(installed_entries(b"", [FileEntry(name, kind)])) == []


def test_what_an_uninstallation_left() -> None:
    (entry,) = installed_entries(b"", [FileEntry(b"~ip-23.0.dist-info", _FOLDER)])
    assert entry.is_left_over


def test_names_of_any_length_take_no_time() -> None:
    assert named("a" * 100_000 + "-" * 100_000)[0] == "a" * 100_000
    assert named("a-py1" * 50_000)[0] == "a"


def _read(files: dict[bytes, bytes], form: InstalledForm) -> tuple[object, ...]:
    found = read_egg_info(MemoryReader(files), InstalledEntry(path=b"a.x", form=form, name="a"))
    requires = found.metadata.requires_dist if found.metadata else None
    return requires, found.top_level, tuple(unknown.where for unknown in found.unknowns)


def test_egg_infos() -> None:
    head = b"Name: a\nVersion: 1-x\n"
    whole = {b"a.x/PKG-INFO": head, b"a.x/requires.txt": b"b\n", b"a.x/top_level.txt": b"a\n_a\n"}
    assert _read(whole, InstalledForm.EGG_INFO) == (("b",), ("a", "_a"), ())
    stated = whole | {b"a.x/PKG-INFO": head + b"Requires-Dist: c\n"}
    assert _read(stated, InstalledForm.EGG_INFO) == (("c",), ("a", "_a"), ())
    assert _read({b"a.x": head}, InstalledForm.EGG_INFO_FILE) == ((), (), ())
    assert _read({b"a.x/EGG-INFO/PKG-INFO": head}, InstalledForm.EGG) == ((), (), ())
    assert _read({b"a.x": b"PK"}, InstalledForm.EGG_FILE) == (None, (), ())


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({b"a.x/top_level.txt": b""}, "a.x/PKG-INFO"),
        ({b"a.x/PKG-INFO": b"Version: 1\n"}, "a.x/PKG-INFO"),
        ({b"a.x/PKG-INFO": b"Name: a\nVersion: 1\n", b"a.x/requires.txt": b"[unclosed"}, "a.x/requires.txt"),
        ({b"a.x/PKG-INFO": b"Name: a\nVersion: 1\n", b"a.x/requires.txt/x": b""}, "a.x/requires.txt"),
    ],
)
def test_what_cannot_be_read_of_an_egg_info(files: dict[bytes, bytes], where: str) -> None:
    assert _read(files, InstalledForm.EGG_INFO)[2] == (where,)
