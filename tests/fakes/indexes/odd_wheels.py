"""Wheels that lie: made from sound ones, or by hand where no tool would write them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
BOMB_BYTES = 256 << 20


def many_members(count: int, form: bytes = b"%d") -> bytes:
    """A zip64 archive of so many empty members, made by hand because `zipfile` would take seconds."""
    local, central = bytearray(), bytearray()
    for number in range(count):
        name = form % number
        central += struct.pack(
            "<4s6H3L5H2L", CENTRAL, 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, len(local)
        )
        central += name
        local += struct.pack("<4s5H3L2H", LOCAL, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(central), len(local))
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(local) + len(central), 1)
    return bytes(
        local
        + central
        + end64
        + locator
        + struct.pack("<4s4H2LH", END, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )


def _patched(where: bytes, offset: int, form: str, *values: int) -> Callable[[bytes], bytes]:
    """Other numbers in the last record that begins with a signature."""

    def patch(wheel: bytes) -> bytes:
        content = bytearray(wheel)
        struct.pack_into(form, content, wheel.rindex(where) + offset, *values)
        return bytes(content)

    return patch


def _with(files: Mapping[str, bytes]) -> Callable[[bytes], bytes]:
    """More members, under any name."""

    def add(wheel: bytes) -> bytes:
        made = io.BytesIO(wheel)
        with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return made.getvalue()

    return add


def _lying_bomb(wheel: bytes) -> bytes:
    """A member that says to be small and is not."""
    return _patched(CENTRAL, 24, "<L", 1000)(_with({"odd/bomb.py": b" " * (BOMB_BYTES >> 4)})(wheel))


ODD_WHEELS: Mapping[str, Callable[[bytes], bytes]] = {
    "compressed size": _patched(CENTRAL, 20, "<L", 1 << 30),
    "size": _patched(CENTRAL, 24, "<L", 1 << 30),
    "checksum": _patched(CENTRAL, 16, "<L", 7),
    "overlapping": _patched(CENTRAL, 42, "<L", 1),
    "offset beyond the end": _patched(CENTRAL, 42, "<L", 0xFFFFFF00),
    "zip64 without its record": _patched(CENTRAL, 24, "<L", 0xFFFFFFFF),
    "method": _patched(CENTRAL, 10, "<H", 99),
    "count": _patched(END, 8, "<2H", 60_000, 60_000),
    "directory beyond the end": _patched(END, 16, "<L", 0xFFFFFF00),
    "more members than a wheel has": lambda wheel: many_members(100_001, b"odd/%d.py"),
    "as many members as a wheel may have": lambda wheel: many_members(100_000, b"odd/%d.py"),
    "bomb": _with({"odd/bomb.py": b" " * (BOMB_BYTES >> 2)}),
    "lying bomb": _lying_bomb,
    "names that lead out": _with({"../evil.py": b"", "odd/../../evil.py": b"", "/etc/evil.py": b""}),
    "names that are odd": _with({"odd/./a.py": b"", "odd//b.py": b"", "odd\\c.py": b"", "odd/\x07.py": b""}),
    "truncated": lambda wheel: wheel[:-30],
    "no archive": lambda wheel: bytes(len(wheel)),
    "empty": lambda wheel: b"",
}
