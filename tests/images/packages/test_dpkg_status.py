"""dpkg's database: which of its packages are installed, and what cannot be read."""

from __future__ import annotations

import pytest

from images.packages.dpkg_status import read_dpkg_control, read_dpkg_status
from images.packages.listed import HalfInstalled, ListedPackage


def paragraph(
    name: str, state: str = "install ok installed", *more: str, version: str = "1:2.0-3+b1"
) -> bytes:
    lines = [f"Package: {name}", f"Status: {state}", "Architecture: amd64", f"Version: {version}", *more]
    return "\n".join([*lines, "Description: what it is", " Version: 9 is no field", ""]).encode()


def names(content: bytes) -> list[str]:
    return [package.name for package in read_dpkg_status(content).packages]


def test_a_package_with_its_source() -> None:
    content = paragraph("libc6", "install ok installed", "Source: glibc (2.36-9)", "Multi-Arch: same")
    assert read_dpkg_status(content).packages == (
        ListedPackage(
            name="libc6", version="1:2.0-3+b1", arch="amd64", source="glibc", source_version="2.36-9"
        ),
    )


def test_a_source_without_version_has_that_of_the_package() -> None:
    (package,) = read_dpkg_status(paragraph("libc6", "install ok installed", "Source: glibc")).packages
    assert (package.source, package.source_version) == ("glibc", None)


@pytest.mark.parametrize(
    ("state", "is_installed"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("deinstall ok installed", True),
        ("install reinstreq installed", True),
        ("install ok triggers-pending", True),
        ("install ok triggers-awaited", True),
        ("install ok unpacked", False),
        ("install ok half-configured", False),
        ("install reinstreq half-installed", False),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_states(state: str, is_installed: bool) -> None:
    assert (names(paragraph("a", state)) == ["a"]) is is_installed


def test_what_was_half_installed_is_told() -> None:
    listed = read_dpkg_status(paragraph("a", "install ok half-configured"))
    assert listed.packages == ()
    assert listed.half_installed == (HalfInstalled(name="a", version="1:2.0-3+b1", state="half-configured"),)
    assert listed.troubles == ()


def test_the_last_paragraph_of_a_package_counts() -> None:
    content = b"\n".join([paragraph("a"), paragraph("b"), paragraph("a", "deinstall ok config-files")])
    assert names(content) == ["b"]


def test_one_name_of_two_architectures() -> None:
    content = paragraph("a") + b"\n" + paragraph("a").replace(b"amd64", b"i386")
    assert [(package.name, package.arch) for package in read_dpkg_status(content).packages] == [
        ("a", "amd64"),
        ("a", "i386"),
    ]


def test_updates_that_dpkg_has_not_merged_count() -> None:
    updates = [paragraph("a", version="2"), paragraph("b", "deinstall ok config-files"), paragraph("c")]
    listed = read_dpkg_status(paragraph("a", version="1") + b"\n" + paragraph("b"), updates)
    assert [(package.name, package.version) for package in listed.packages] == [
        ("a", "2"),
        ("c", "1:2.0-3+b1"),
    ]


def test_field_names_in_any_case_and_with_tabs() -> None:
    content = b"PACKAGE:\ta\nstatus: install ok installed\nversion:1\n"
    assert read_dpkg_status(content).packages == (ListedPackage(name="a", version="1", source="a"),)


def test_the_control_file_of_a_distroless_image_needs_no_status() -> None:
    content = b"Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n"
    assert [package.name for package in read_dpkg_control(content).packages] == ["base-files"]
    assert read_dpkg_control(b"\n\n").troubles == ("it holds no package",)


@pytest.mark.parametrize(
    ("bad", "trouble"),
    [
        (paragraph("a b"), "line 1: name 'a b': it cannot be one"),
        (paragraph("a").replace(b"Version: 1:", b"Versions: 1:"), "line 1: no version"),
        (paragraph("a", version="1\x1b[31m"), r"line 1: version '1\x1b[31m': it cannot be one"),
        (paragraph("a" * 1000), f"line 1: name '{'a' * 40}'…: it cannot be one"),
        (
            b"Package: \xff\nStatus: install ok installed\nVersion: 1\n",
            r"line 1: name '\\xff': it cannot be one",
        ),
        (b"\x00\xff" * 50, "line 1: a paragraph without a package"),
    ],
)
def test_a_bad_paragraph_leaves_the_others(bad: bytes, trouble: str) -> None:
    listed = read_dpkg_status(bad + b"\n\n\n" + paragraph("good"))
    assert [package.name for package in listed.packages] == ["good"]
    assert listed.troubles == (trouble,)


def test_places_of_troubles_are_lines() -> None:
    listed = read_dpkg_status(paragraph("a") + b"\n\n\n" + b"Nothing: here\n")
    assert listed.troubles == ("line 10: a paragraph without a package",)


def test_many_bad_paragraphs_are_counted() -> None:
    listed = read_dpkg_status(b"X: y\n\n" * 5000)
    assert len(listed.troubles) == 21
    assert listed.troubles[-1] == "and 4,980 more of the kind"


@pytest.mark.slow
def test_more_packages_than_any_system_has() -> None:
    content = b"\n\n".join(
        b"Package: p%d\nStatus: a b installed\nVersion: 1" % number for number in range(100_001)
    )
    listed = read_dpkg_status(content)
    assert len(listed.packages) == 100_000
    assert listed.troubles == ("more than 100,000 packages: the others are left out",)


def test_a_truncated_database_keeps_what_is_whole() -> None:
    content = paragraph("a") + b"\n" + paragraph("b") + b"\n" + b"Package: c\nStatus: install ok insta"
    assert names(content) == ["a", "b"]


def test_the_packages_that_one_needs() -> None:
    status = (
        b"Package: tool\nStatus: install ok installed\nVersion: 1\n"
        b"Pre-Depends: libc6 (>= 2.34)\n"
        b"Depends: python3:any (>= 3.9~), python3-apt, debconf (>= 0.5) | debconf-2.0, libc6,\n  late\n"
    )
    (package,) = read_dpkg_status(status).packages
    assert package.depends[:5] == ("libc6", "python3", "python3-apt", "debconf", "debconf-2.0")
