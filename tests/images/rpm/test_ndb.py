"""rpm's own format."""

from __future__ import annotations

import struct

import pytest

from fakes.images.rpm_databases import ndb_database
from images.rpm.errors import RpmDatabaseError
from images.rpm.ndb import ndb_headers

HEADERS = [bytes([number % 256]) * (number % 50 + 1) for number in range(600)]


def split(content: bytes) -> tuple[list[bytes], list[str]]:
    try:
        found = list(ndb_headers(content))
    except RpmDatabaseError as error:
        return [], [str(error)]
    good = [one for one in found if isinstance(one, bytes)]
    return good, [str(one) for one in found if isinstance(one, RpmDatabaseError)]


@pytest.mark.parametrize("count", [0, 1, 254, 255, 600])
def test_every_blob(count: int) -> None:
    assert split(ndb_database(HEADERS[:count])) == (HEADERS[:count], [])


def changed(place: int, new: bytes) -> bytes:
    content = bytearray(ndb_database([b"one", b"two"], free_slots=0))
    content[place : place + len(new)] = new
    return bytes(content)


FIRST, SECOND, BLOB = 32, 48, 4096


@pytest.mark.parametrize(
    ("content", "good", "trouble"),
    [
        (b"RpmP", [], "only 4 bytes"),
        (changed(4, b"\1"), [], "version 1 of the format"),
        (
            changed(12, struct.pack("<I", 0xFFFFFFFF)),
            [b"one", b"two"],
            "4,294,967,295 pages of slots in 4,160",
        ),
        (changed(FIRST, b"Slop"), [b"two"], "a slot begins with b'Slop'"),
        (changed(FIRST + 8, struct.pack("<I", 1)), [b"two"], "package 1: its place overlaps"),
        (changed(FIRST + 12, struct.pack("<I", 0xFFFFFFFF)), [b"two"], "package 1: its place overlaps"),
        (changed(FIRST + 12, struct.pack("<I", 0)), [b"two"], "package 1: its blob has 0 bytes"),
        (changed(SECOND + 8, struct.pack("<I", 256)), [b"one"], "package 2: its place overlaps"),
        (changed(BLOB, b"Blob"), [b"two"], "package 1: its blob does not begin as it should"),
        (changed(BLOB + 4, b"\7"), [b"two"], "package 1: its blob does not begin as it should"),
        (changed(BLOB + 12, b"\xff\xff"), [b"two"], "package 1: its blob does not begin as it should"),
        (changed(BLOB + 12, b"\2"), [b"two"], "package 1: its blob does not end as it should"),
        (changed(BLOB + 28, b"WXYZ"), [b"two"], "package 1: its blob does not end as it should"),
    ],
)
def test_damage_is_told_and_leaves_the_others(content: bytes, good: list[bytes], trouble: str) -> None:
    found, troubles = split(content)
    assert found == good
    assert troubles[0].startswith(trouble)


def test_a_truncated_file() -> None:
    content = ndb_database(HEADERS)
    good, troubles = split(content[: len(content) * 3 // 4])
    assert 0 < len(good) < len(HEADERS)
    assert troubles != []
