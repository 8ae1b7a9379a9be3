"""Berkeley DB's hash format, by pages laid out here; its own loader serves other tests."""

from __future__ import annotations

import pytest

from fakes.images.berkeley_pages import KEY, hash_page, large, meta, overflow
from images.rpm.berkeley import berkeley_headers, is_berkeley_hash
from images.rpm.errors import RpmDatabaseError


def split(content: bytes) -> tuple[list[bytes], list[str]]:
    try:
        found = list(berkeley_headers(content))
    except RpmDatabaseError as error:
        return [], [str(error)]
    good = [one for one in found if isinstance(one, bytes)]
    return good, [str(one) for one in found if isinstance(one, RpmDatabaseError)]


def test_small_and_large_values_and_the_counter() -> None:
    content = meta(3)
    content += hash_page(b"\1" + bytes(4), b"\1\2\0\0\0", KEY, b"\1small", b"\1\2\0\0\0", large(2, 500))
    content += overflow(3, b"a" * 486) + overflow(0, b"b" * 14)
    assert is_berkeley_hash(content)
    assert split(content) == ([b"small", b"a" * 486 + b"b" * 14], [])


@pytest.mark.parametrize(
    ("content", "good", "trouble"),
    [
        (meta(0)[:40], [], "only 40 bytes"),
        (meta(0, kind=9), [], "page type 9 of version 9: no hash database that rpm wrote"),
        (meta(0, version=99), [], "page type 8 of version 99: no hash database that rpm wrote"),
        (meta(0, page_bytes=1000), [], "pages of 1,000 bytes"),
        (meta(0, flags=b"\1"), [], "it is encrypted or has checksums, as rpm never wrote it"),
        (meta(0xFFFFFFF0), [], "4,294,967,281 pages stated, 1 there"),
        (meta(1) + hash_page(KEY, b"\1a")[:-7], [], "page 1: the file ends within it"),
        (meta(1) + hash_page(KEY, b"\1a", KEY), [], "page 1: 3 entries"),
        (meta(1) + hash_page(KEY, b"\1a", KEY, b"\2a"), [b"a"], "page 1, entry 3: a value of type 2"),
        (meta(1) + hash_page(KEY, b"\3a"), [], "page 1, entry 1: a value of type 3"),
        (meta(1) + hash_page(KEY, large(0, 9)), [], "page 1, entry 1: its pages end 9 bytes early"),
        (meta(1) + hash_page(KEY, large(99, 9)), [], "page 1, entry 1: its pages end 9 bytes early"),
        (meta(1) + hash_page(KEY, large(1, 9)), [], "page 1, entry 1: page 1 is no part of a value"),
        (
            meta(2) + hash_page(KEY, large(2, 0xFFFFFFFF)) + overflow(0, b"a"),
            [],
            "page 1, entry 1: its pages end 4,294,967,294 bytes early",
        ),
        (
            meta(2) + hash_page(KEY, large(2, 999)) + overflow(2, b"a"),
            [],
            "page 1, entry 1: page 2 belongs to another value or comes twice",
        ),
        (
            meta(2) + hash_page(KEY, large(2, 1), KEY, large(2, 1)) + overflow(0, b"a"),
            [b"a"],
            "page 1, entry 3: page 2 belongs to another value or comes twice",
        ),
        (
            meta(2) + hash_page(KEY, large(2, 9)) + overflow(0, b""),
            [],
            "page 1, entry 1: page 2 is no part of a value",
        ),
    ],
)
def test_damage_is_told_and_leaves_the_others(content: bytes, good: list[bytes], trouble: str) -> None:
    assert split(content) == (good, [trouble])


def test_offsets_that_lead_out_of_the_page() -> None:
    page = bytearray(hash_page(KEY, b"\1a"))
    page[26:28] = b"\xff\xff"
    assert split(meta(1) + bytes(page)) == ([], ["page 1, entry 0: it lies outside of the page"])
    page = bytearray(hash_page(KEY, b"\1a"))
    page[20:22] = b"\xfe\xff"
    assert split(meta(1) + bytes(page)) == ([], ["page 1: 65,534 entries"])


def test_what_is_no_such_database() -> None:
    assert not is_berkeley_hash(b"")
    assert not is_berkeley_hash(bytes(512))
