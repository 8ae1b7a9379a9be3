"""apk's database of installed packages."""

from __future__ import annotations

from images.packages.apk_installed import read_apk_installed
from images.packages.listed import ListedPackage

MUSL = b"""C:Q1L+oWGMGz8Bl/6UQ0BhIrI+1xd4U=
P:musl
V:1.2.5-r10
A:x86_64
S:407278
I:663552
T:the musl c library (libc) implementation
U:https://musl.libc.org/
L:MIT
o:musl
m:somebody
t:1750000000
c:0123456789abcdef0123456789abcdef01234567
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1L0FQVu+Tz8yx9KJFIPfP4X7LCyw=
R:libc.musl-x86_64.so.1
"""


def test_packages_with_architecture_origin_and_licence() -> None:
    utils = MUSL.replace(b"P:musl", b"P:musl-utils").replace(b"L:MIT", b"L:MIT AND BSD-2-Clause")
    listed = read_apk_installed(MUSL + b"\n" + utils + b"\n")
    assert listed.packages == (
        ListedPackage(name="musl", version="1.2.5-r10", arch="x86_64", source="musl", license="MIT"),
        ListedPackage(
            name="musl-utils",
            version="1.2.5-r10",
            arch="x86_64",
            source="musl",
            license="MIT AND BSD-2-Clause",
        ),
    )
    assert listed.troubles == ()


def test_a_virtual_package() -> None:
    (package,) = read_apk_installed(b"P:.build-deps\nV:20250101.120000\nA:noarch\n").packages
    assert package == ListedPackage(name=".build-deps", version="20250101.120000", arch="noarch")


def test_what_cannot_be_read_leaves_the_others() -> None:
    listed = read_apk_installed(b"P:a\n\n\xff\xfe\n\n\n" + MUSL + b"\nP:\nV:1\n\nP:t\nV:1 2\n")
    assert [package.name for package in listed.packages] == ["musl"]
    assert listed.troubles == (
        "line 1: no version",
        "line 3: no name",
        "line 26: no name",
        "line 29: version '1 2': it cannot be one",
    )


def test_a_line_without_end() -> None:
    listed = read_apk_installed(b"P:" + b"a" * 2_000_000)
    assert listed.packages == ()
    assert listed.troubles == (f"line 1: name '{'a' * 40}'…: it cannot be one",)


def test_nothing() -> None:
    assert read_apk_installed(b"").packages == ()
    assert read_apk_installed(b"").troubles == ()


def test_the_packages_that_one_needs() -> None:
    content = b"P:tool\nV:1-r0\nD:so:libc.musl-x86_64.so.1 py3-yaml python3~3.12 !bad cmd:sh\n\n"
    (package,) = read_apk_installed(content).packages
    assert package.depends == ("py3-yaml", "python3")
