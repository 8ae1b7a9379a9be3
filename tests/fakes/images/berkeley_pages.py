"""Pages of Berkeley DB's hash format, laid out one by one, as no loader would write them."""

from __future__ import annotations

import struct

PAGE = 512
KEY = b"\1\1\0\0\0"


def meta(
    last: int, *, page_bytes: int = PAGE, kind: int = 8, version: int = 9, flags: bytes = b"\0"
) -> bytes:
    head = struct.pack("<8xIIII", 0, 0x61561, version, page_bytes)
    head += b"\0" + bytes([kind]) + flags + bytes(5) + struct.pack("<I", last)
    return head.ljust(page_bytes, b"\0")


def hash_page(*items: bytes) -> bytes:
    offsets, body = [], b""
    for item in items:
        body = item + body
        offsets.append(PAGE - len(body))
    head = struct.pack("<8xIIIHHBB", 1, 0, 0, len(items), offsets[-1] if offsets else PAGE, 0, 13)
    head += struct.pack(f"<{len(items)}H", *offsets)
    return head.ljust(PAGE - len(body), b"\0") + body


def large(first: int, length: int) -> bytes:
    return struct.pack("<B3xII", 3, first, length)


def overflow(after: int, data: bytes, *, kind: int = 7) -> bytes:
    return (struct.pack("<8xIIIHHBB", 0, 0, after, 1, len(data), 0, kind) + data).ljust(PAGE, b"\0")
