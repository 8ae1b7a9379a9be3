"""Header blobs of rpm."""

from __future__ import annotations

import struct

import pytest

from fakes.images.rpm_databases import header_blob, package_blob
from images.packages.listed import ListedPackage
from images.rpm.header import read_header

EPOCH, LICENSE, ARCH, SOURCE, SUMMARY = 1003, 1014, 1022, 1044, 1004


def test_a_package() -> None:
    blob = package_blob(
        "bash",
        "5.1.8",
        "6.el9",
        (SUMMARY, 9, b"shell\0Schale\0"),
        (EPOCH, 4, struct.pack(">I", 2)),
        (LICENSE, 6, b"GPLv3+\0"),
        (ARCH, 6, b"x86_64\0"),
        (SOURCE, 6, b"bash-shell-5.1.8-6.el9.src.rpm\0"),
    )
    assert read_header(blob) == ListedPackage(
        name="bash", version="2:5.1.8-6.el9", arch="x86_64", source="bash-shell", license="GPLv3+"
    )


def test_an_epoch_of_nought_is_shown_as_rpm_shows_it() -> None:
    assert read_header(package_blob("a", "1", "1", (EPOCH, 4, bytes(4)))).version == "0:1-1"
    assert read_header(package_blob("a", "1", "1")).version == "1-1"


def test_a_source_of_another_version() -> None:
    package = read_header(package_blob("a", "1", "1", (SOURCE, 6, b"s-9-8.nosrc.rpm\0")))
    assert (package.source, package.source_version) == ("s", "9-8")


@pytest.mark.parametrize("file_name", [b"", b"a.src.rpm", b"a-1.src.rpm", b"(none)", b"a-1-1.rpm"])
def test_no_source(file_name: bytes) -> None:
    assert read_header(package_blob("a", "1", "1", (SOURCE, 6, file_name + b"\0"))).source is None


def test_later_entries_replace_those_of_the_region_before() -> None:
    assert read_header(package_blob("a", "1", "1", (1002, 6, b"2\0"))).version == "1-2"


def test_a_key_has_no_architecture() -> None:
    package = read_header(package_blob("gpg-pubkey", "8483c65d", "5ccc5b19"))
    assert (package.name, package.version, package.arch) == ("gpg-pubkey", "8483c65d-5ccc5b19", None)


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (b"", "a header of 0 bytes"),
        (b"\0\0\0\1", "a header of 4 bytes"),
        (bytes(8), "a header of 0 entries"),
        (struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF), "a header of 4,294,967,295 entries"),
        (struct.pack(">II", 1, 0xFFFFFFFF) + bytes(16), "and 4,294,967,295 bytes in 24 bytes"),
        (package_blob("a")[:-1], "bytes in"),
        (header_blob([(1000, 6, b"a\0")]), "no version"),
        (header_blob([(1000, 6, b"a")]), "the value of tag 1000 does not end"),
        (header_blob([(1000, 4, b"aaaa")]), "no name"),
        (package_blob("a", "1", "1", (EPOCH, 4, b"\0")), "the value of tag 1003 does not end"),
        (package_blob("a\n"), "cannot be one"),
        (package_blob("ä"), "cannot be one"),
    ],
)
def test_what_is_no_header(blob: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_header(blob)


@pytest.mark.parametrize("offset", [-1, 5, 1 << 30])
def test_an_offset_outside_of_the_store(offset: int) -> None:
    blob = struct.pack(">IIIIiI", 1, 2, 1000, 6, offset, 1) + b"a\0"
    with pytest.raises(ValueError, match="no name"):
        read_header(blob)
