"""Whatever the bytes of dpkg's, apk's and conda's databases are: packages or troubles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images.packages.apk_installed import read_apk_installed
from images.packages.conda_meta import read_conda_record
from images.packages.dpkg_status import read_dpkg_control, read_dpkg_status
from images.packages.listed import PackageList

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(b"Package:", b"Status: install ok installed", b"Version: 1", b"Architecture: all"),
                *(b"Source: a (1", b"P:a", b"V:1", b"A:x", b"o:", b"L:", b"F:usr"),
                *(b"\n", b"\n\n", b"\n \n", b": ", b"\r\n", b"\0"),
            ]
        ),
        st.binary(max_size=8),
    ),
    max_size=40,
)


@pytest.mark.slow
@pytest.mark.parametrize("read", [read_dpkg_status, read_dpkg_control, read_apk_installed])
@given(pieces=PIECES, between=st.sampled_from([b"", b"\n", b"\n\n"]))
@settings(max_examples=150, deadline=None)
def test_any_pieces(read: Callable[[bytes], PackageList], pieces: list[bytes], between: bytes) -> None:
    content = between.join(pieces)
    listed = read(content)
    assert len(listed.packages) <= content.count(b"\n\n") + 1
    assert len(listed.troubles) <= 21
    for package in listed.packages:
        for value in (package.name, package.version, package.arch or "x"):
            assert value.isascii()
            assert value.isprintable()
            assert " " not in value


@given(content=st.one_of(st.binary(max_size=60), st.binary(max_size=9).map(lambda it: b'{"name": "' + it)))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_no_record_of_conda(content: bytes) -> None:
    with pytest.raises(ValueError, match="no record of conda"):
        read_conda_record(content)
