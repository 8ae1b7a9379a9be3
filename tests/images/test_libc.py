from __future__ import annotations

import pytest

from images.native.libc import LARGEST_LOADER_BYTES, glibc_version, musl_version


@pytest.mark.parametrize(
    ("text", "version"),
    [("glibc 2.36", "2.36"), ("glibc 2.20-2014.11", "2.20"), ("musl 1.2", None), ("", None), ("glibc", None)],
)
def test_glibc_names_itself_and_its_version(text: str, version: str | None) -> None:
    assert glibc_version(text) == version


@pytest.mark.parametrize(
    ("loader", "version"),
    [
        (b"\x7fELF..invalid\x00\x001.2.3\x00Unsupported relocation\x00", "1.2.3"),
        (b"\x7fELF..\x001.1.24\x00..\x001.1.24\x00", "1.1.24"),
        (b"\x7fELF..\x001.2.3\x00..\x001.2.4\x00", None),
        (b"\x7fELF..\x0011.2.3\x00..\x001.2.3.4\x00..\x001.2.3-git\x00", None),
        (b"", None),
        (b"\x00" * LARGEST_LOADER_BYTES + b"1.2.3\x00", None),
    ],
)
def test_a_musl_loader_holds_its_version_once(loader: bytes, version: str | None) -> None:
    assert musl_version(loader) == version
