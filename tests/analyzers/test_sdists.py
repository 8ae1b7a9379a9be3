from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator

import pytest

from analyzers.metadata import CoreMetadata, parse_metadata
from analyzers.ranges import BytesReader, RangeMissing, SparseReader
from analyzers.sdists import (
    SdistError,
    SdistFacts,
    is_static,
    read_facts,
    read_zipped_facts,
    unverified,
)

PKG_INFO = b"Metadata-Version: 2.2\nName: pkg\nVersion: 1.0\n"


def _sdist(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _zip(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


DECOYS = [
    ("pkg-1.0/PKG-INFO.txt", b"no"),
    ("pkg-1.0/pkg.egg-info/PKG-INFO", b"no"),
    ("pkg-1.0/vendor/PKG-INFO", b"no"),
    ("pkg.egg-info/PKG-INFO", b"no"),
    ("PKG-INFO", b"no"),
]


@pytest.mark.parametrize("name", ["pkg-1.0/PKG-INFO", "./pkg-1.0/PKG-INFO", "odd root/PKG-INFO"])
def test_finds_the_one_in_the_root_directory(name: str) -> None:
    sdist = _sdist([*DECOYS, (name, PKG_INFO)])
    assert read_facts(iter([sdist]), "pkg-1.0.tar.gz").pkg_info == PKG_INFO


def test_reads_no_further_than_it_must() -> None:
    sdist = _sdist([("pkg-1.0/PKG-INFO", PKG_INFO), ("pkg-1.0/data", bytes(20 << 20))])
    given = 0

    def chunks() -> Iterator[bytes]:
        nonlocal given
        for at in range(0, len(sdist), 1024):
            given += 1
            yield sdist[at : at + 1024]

    assert read_facts(chunks(), "PKG-1.0.TAR.GZ").pkg_info == PKG_INFO
    assert given <= 2
    assert len(sdist) > 50 * 1024


@pytest.mark.parametrize(
    ("data", "filename", "reason"),
    [
        (_sdist(DECOYS), "pkg-1.0.tar.gz", "holds no PKG-INFO"),
        (_sdist([("pkg-1.0/PKG-INFO", bytes(17 << 20))]), "pkg-1.0.tar.gz", "a member of"),
        (_sdist([("pkg-1.0/PKG-INFO", PKG_INFO)])[:100], "pkg-1.0.tar.gz", "ends early"),
        (gzip.compress(b"no tar" * 100, mtime=0), "pkg-1.0.tar.gz", "checksum|number"),
        (b"<html>", "pkg-1.0.tar.gz", "compression is damaged"),
        (b"", "pkg-1.0.tar.Z", ".tar.z archives are not supported"),
        (b"", "pkg", "not supported"),
    ],
)
def test_what_gives_none_is_an_error_that_names_the_file(data: bytes, filename: str, reason: str) -> None:
    with pytest.raises(SdistError, match=reason) as caught:
        read_facts(iter([data]), filename)
    assert caught.value.filename == filename
    assert str(caught.value).startswith(filename)


def test_errors_of_the_source_of_chunks_pass_through() -> None:
    def broken() -> Iterator[bytes]:
        yield b"\x1f\x8b"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        read_facts(broken(), "pkg-1.0.tar.gz")


def test_a_zipped_sdist_takes_the_tail_and_one_range() -> None:
    sdist = _zip([*DECOYS, ("pkg-1.0/PKG-INFO", PKG_INFO), ("pkg-1.0/data", bytes(300_000))])
    reader, rounds = SparseReader(len(sdist)), 0
    while True:
        try:
            found = read_zipped_facts(reader, "pkg-1.0.zip").pkg_info
            break
        except RangeMissing as missing:
            rounds += 1
            reader.add(missing.offset, sdist[missing.offset : missing.offset + missing.length])
    assert (found, rounds) == (PKG_INFO, 2)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_zip(DECOYS), "holds 0 PKG-INFO"),
        (_zip([("a/PKG-INFO", b""), ("b/PKG-INFO", b"")]), "holds 2 PKG-INFO"),
        (b"PK", "no end-of-central"),
    ],
)
def test_a_zip_without_exactly_one_is_an_error(data: bytes, reason: str) -> None:
    with pytest.raises(SdistError, match=reason):
        read_zipped_facts(BytesReader(data), "pkg-1.0.zip")


@pytest.mark.parametrize(
    ("version", "dynamic", "static"),
    [
        ("2.2", (), True),
        ("2.4", ("license-file", "summary"), True),
        ("2.10", (), True),
        ("3.0", (), True),
        ("2.1", (), False),
        ("1.2", (), False),
        ("2.2", ("requires-dist",), False),
        ("2.2", ("provides-extra",), False),
        ("2.3", ("summary", "requires-python"), False),
        (None, (), False),
        ("2", (), False),
        ("two", (), False),
        ("2.²", (), False),
        ("2." + "9" * 5000, (), False),
    ],
)
def test_is_static(version: str | None, dynamic: tuple[str, ...], static: bool) -> None:
    metadata = CoreMetadata(metadata_version=version, name="pkg", version="1.0", dynamic=dynamic)
    assert is_static(metadata) is static


def test_dynamic_counts_however_it_is_spelled() -> None:
    assert is_static(parse_metadata(PKG_INFO, "PKG-INFO"))
    assert not is_static(parse_metadata(PKG_INFO + b"Dynamic: Requires-Dist\n", "PKG-INFO"))
    repeated = PKG_INFO + b"Requires-Python: >=3\nRequires-Python: >=2\n"
    assert not is_static(parse_metadata(repeated, "PKG-INFO"))


OLD = b"Metadata-Version: 1.2\nName: pkg\nVersion: 1.0\nProvides-Extra: y\n"
REQUIRES = b"bar\n\n[x]\nbaz\n"
EGG_INFOS = ["pkg-1.0/pkg.egg-info", "./pkg-1.0/src/pkg.egg-info", "pkg-1.0/lib/pkg.egg-info"]


@pytest.mark.parametrize("folder", EGG_INFOS)
@pytest.mark.parametrize("late", [True, False])
def test_facts_of_an_sdist_that_is_not_static(folder: str, late: bool) -> None:
    members = [("pkg-1.0/PKG-INFO", OLD), (f"{folder}/requires.txt", REQUIRES), ("pkg-1.0/zzz", b"")]
    if late:
        members.reverse()
    expected = SdistFacts(OLD, REQUIRES, True)
    assert read_facts(iter([_sdist(members)]), "pkg-1.0.tar.gz") == expected
    if not folder.startswith("."):
        assert read_zipped_facts(BytesReader(_zip(members)), "pkg-1.0.zip") == expected


def test_nothing_else_is_read_when_pkg_info_is_static() -> None:
    members = [("pkg-1.0/PKG-INFO", PKG_INFO), ("pkg-1.0/pkg.egg-info/requires.txt", REQUIRES)]
    assert read_facts(iter([_sdist(members)]), "pkg-1.0.tar.gz") == SdistFacts(PKG_INFO)
    assert read_zipped_facts(BytesReader(_zip(members)), "pkg-1.0.zip") == SdistFacts(PKG_INFO)


def test_an_egg_info_directory_without_requirements_says_none() -> None:
    members = [("pkg-1.0/PKG-INFO", OLD), ("pkg-1.0/pkg.egg-info/SOURCES.txt", b"")]
    facts = read_facts(iter([_sdist(members)]), "pkg-1.0.tar.gz")
    assert facts == SdistFacts(OLD, None, True)
    core = unverified(parse_metadata(OLD, "pkg"), facts)
    assert core is not None
    assert (core.requires_dist, core.provides_extra) == ((), ("y",))


def test_egg_info_in_other_places_does_not_count() -> None:
    members = [
        ("pkg-1.0/PKG-INFO", OLD),
        ("pkg-1.0/tests/data/pkg.egg-info/requires.txt", REQUIRES),
        ("pkg.egg-info/requires.txt", REQUIRES),
        ("../pkg.egg-info/requires.txt", REQUIRES),
    ]
    assert read_facts(iter([_sdist(members)]), "pkg-1.0.tar.gz") == SdistFacts(OLD)


def test_two_egg_info_directories_are_refused() -> None:
    members = [("pkg-1.0/PKG-INFO", OLD), ("pkg-1.0/a.egg-info/x", b""), ("pkg-1.0/b.egg-info/x", b"")]
    with pytest.raises(SdistError, match="2 egg-info"):
        read_facts(iter([_sdist(members)]), "pkg-1.0.tar.gz")
    with pytest.raises(SdistError, match="2 egg-info"):
        read_zipped_facts(BytesReader(_zip(members)), "pkg-1.0.zip")


def test_an_archive_that_is_cut_off_before_its_facts_are_complete_says_so() -> None:
    sdist = _sdist([("pkg-1.0/PKG-INFO", OLD), ("pkg-1.0/data", bytes(1 << 20))])
    with pytest.raises(SdistError):
        read_facts(iter([sdist[: len(sdist) // 2]]), "pkg-1.0.tar.gz")


def test_what_only_pkg_info_states_counts_unverified() -> None:
    core = parse_metadata(OLD + b"Requires-Dist: bar\n", "pkg")
    assert unverified(core, SdistFacts(OLD)) == core
    assert unverified(parse_metadata(OLD, "pkg"), SdistFacts(OLD)) is None
    joined = unverified(core, SdistFacts(OLD, REQUIRES, True))
    assert joined is not None
    assert (joined.requires_dist, joined.provides_extra) == (("bar", 'baz; extra == "x"'), ("y", "x"))
