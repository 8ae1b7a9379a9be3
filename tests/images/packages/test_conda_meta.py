"""The records of conda."""

from __future__ import annotations

import pytest

from images.packages.conda_meta import read_conda_record
from images.packages.listed import ListedPackage


def test_a_record() -> None:
    content = b"""{"build": "h5eee18b_0", "build_number": 0, "name": "openblas", "version": "0.3.21",
    "subdir": "linux-64", "license": "BSD-3-Clause", "files": ["lib/libopenblas.so"], "depends": []}"""
    assert read_conda_record(content) == ListedPackage(
        name="openblas", version="0.3.21", arch="linux-64", license="BSD-3-Clause"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"name": "a"}',
        b'{"name": 1, "version": "1"}',
        b'{"name": "a b", "version": "1"}',
        b'{"name": "a", "version": ""}',
        b'{"name": "\xff", "version": "1"}',
        b'{"name": "\\ud800", "version": "1"}',
        b'{"files": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_record(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"no record of conda|cannot be one|no version"):
        read_conda_record(content)
