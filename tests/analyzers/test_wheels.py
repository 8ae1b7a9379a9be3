from __future__ import annotations

import io
import os
import zipfile

import pytest

from analyzers.files import UnsafePathError
from analyzers.ranges import BytesReader
from analyzers.wheels import (
    TAIL_BYTES,
    RangeMissing,
    SparseReader,
    WheelError,
    WheelReader,
    ZipError,
    wheel_dist_info,
    wheel_metadata,
)

METADATA = b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n\nA description.\n"


def _wheel(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_finds_the_metadata() -> None:
    wheel = _wheel(
        {"pkg/__init__.py": b"", "pkg-1.0.dist-info/METADATA": METADATA, "pkg-1.0.dist-info/RECORD": b""}
    )
    assert wheel_metadata(BytesReader(wheel)) == METADATA
    assert wheel_dist_info(WheelReader(BytesReader(wheel)).archive) == b"pkg-1.0.dist-info"


def test_only_the_root_counts() -> None:
    wheel = _wheel(
        {"pkg/_vendor/x-1.dist-info/METADATA": b"Name: x\n", "pkg-1.0.dist-info/METADATA": METADATA}
    )
    assert wheel_metadata(BytesReader(wheel)) == METADATA


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"pkg.py": b""}, "this one has 0"),
        (
            {"a-1.dist-info/METADATA": b"", "b-1.dist-info/METADATA": b""},
            "has 2: a-1.dist-info, b-1.dist-info",
        ),
        ({"a-1.dist-info/RECORD": b""}, "missing from the wheel"),
    ],
)
def test_archives_that_are_no_wheel_are_refused(members: dict[str, bytes], reason: str) -> None:
    with pytest.raises(WheelError, match=reason):
        wheel_metadata(BytesReader(_wheel(members)))


@pytest.mark.parametrize("tail", [b"METADATA last", b""])
def test_a_large_wheel_takes_the_tail_and_one_range_at_most(tail: bytes) -> None:
    payload = {"pkg/data.bin": os.urandom(300_000)}
    dist_info = {"pkg-1.0.dist-info/METADATA": METADATA}
    wheel = _wheel(payload | dist_info if tail else dist_info | payload)
    reader, asked = SparseReader(len(wheel)), 0
    reader.add(len(wheel) - TAIL_BYTES, wheel[-TAIL_BYTES:])
    while True:
        try:
            found = wheel_metadata(reader)
            break
        except RangeMissing as missing:
            asked += missing.length
            assert missing.length < 1000
            reader.add(missing.offset, wheel[missing.offset : missing.offset + missing.length])
    assert found == METADATA
    assert (asked == 0) == bool(tail)


@pytest.mark.slow
@pytest.mark.parametrize("comment_bytes", [0, 60_000, 65_535])
@pytest.mark.parametrize("is_last", [True, False])
def test_a_large_directory_is_fetched_with_metadata_where_that_stands_before_it(
    is_last: bool, comment_bytes: int
) -> None:
    payload = {f"pkg/some/long/directory/{number}.py": b"" for number in range(5000)}
    dist_info = {"pkg-1.0.dist-info/METADATA": METADATA, "pkg-1.0.dist-info/RECORD": os.urandom(100_000)}
    wheel = _wheel(payload | dist_info if is_last else dist_info | payload)
    if comment_bytes:
        wheel = wheel[:-2] + comment_bytes.to_bytes(2, "little") + b" " * comment_bytes
    reader, asked = SparseReader(len(wheel)), list[int]()
    while True:
        try:
            found = wheel_metadata(reader)
            break
        except RangeMissing as missing:
            asked.append(missing.length)
            reader.add(missing.offset, wheel[missing.offset : missing.offset + missing.length])
    assert found == METADATA
    directory_bytes = len(wheel) - wheel.index(b"PK\1\2")
    if comment_bytes < 65_535:
        assert len(asked) == (2 if is_last else 3)
        assert (sum(asked) > directory_bytes + 100_000) == is_last
    else:  # the comment hides the end of the directory
        assert len(asked) <= 5


def test_truncated_at_any_byte_is_refused() -> None:
    wheel = _wheel({"pkg-1.0.dist-info/METADATA": METADATA})
    for length in range(len(wheel)):
        with pytest.raises(ZipError):
            wheel_metadata(BytesReader(wheel[:length]))


def test_a_file_that_is_a_directory_too_is_refused() -> None:
    reader = WheelReader(BytesReader(_wheel({"a": b"", "a/b": b""})))
    with pytest.raises(UnsafePathError):
        reader.list(b"")


def test_directory_members_and_implied_directories_are_directories() -> None:
    reader = WheelReader(BytesReader(_wheel({"empty/": b"", "pkg/a.py": b""})))
    assert [(child.name, child.kind.value) for child in reader.list(b"")] == [
        (b"empty", "directory"),
        (b"pkg", "directory"),
    ]
    assert reader.list(b"empty") == ()
