"""Builds small ELF files: program headers, a dynamic section, symbol versions, a property note, no code."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_BASE = 0x10000


class _Names:
    def __init__(self) -> None:
        self.table = b"\0"

    def __getitem__(self, text: str) -> int:
        position = len(self.table)
        self.table += text.encode() + b"\0"
        return position


def elf(
    *,
    machine: int = 62,
    bits: int = 64,
    order: str = "<",
    kind: int = 3,
    soname: str | None = None,
    interpreter: str | None = None,
    needed: Sequence[str] = (),
    requires: Mapping[str, Sequence[str]] | None = None,
    weak: Mapping[str, Sequence[str]] | None = None,
    provides: Sequence[str] = (),
    rpath: str | None = None,
    runpath: str | None = None,
    isa_bits: int | None = None,
    padding: int = 0,
) -> bytes:
    """The bytes of an ELF file that says this of itself.

    Args:
        weak: versions that `requires` has too, or not, marked as weak.
        isa_bits: of the x86 property "ISA needed".
        padding: bytes before the dynamic section, as a large library has its code there.
    """
    wide = bits == 64
    names = _Names()
    dynamic: list[tuple[int, int]] = [(1, names[name]) for name in needed]
    dynamic += [
        (tag, names[text]) for tag, text in ((14, soname), (15, rpath), (29, runpath)) if text is not None
    ]
    needs = {name: [(version, 0) for version in versions] for name, versions in (requires or {}).items()}
    for name, versions in (weak or {}).items():
        needs.setdefault(name, []).extend((version, 2) for version in versions)
    need = _needs(names, needs, order)
    define = _definitions(names, [soname or "", *provides], order) if provides else b""

    header_bytes, segment_bytes = (64, 56) if wide else (52, 32)
    note = _property_note(isa_bits, wide, order) if isa_bits is not None else b""
    path = interpreter.encode() + b"\0" if interpreter is not None else b""
    segments = 2 + bool(note) + bool(path)
    body = b""
    start = header_bytes + segments * segment_bytes

    def placed(content: bytes) -> int:
        nonlocal body
        body += b"\0" * (-len(body) % 8)
        offset = start + len(body)
        body += content
        return offset

    note_at, path_at, strings_at = placed(note), placed(path), placed(names.table)
    dynamic += [(5, _BASE + strings_at), (10, len(names.table))]
    if needs:
        dynamic += [(0x6FFFFFFE, _BASE + placed(need)), (0x6FFFFFFF, len(needs))]
    if define:
        dynamic += [(0x6FFFFFFC, _BASE + placed(define)), (0x6FFFFFFD, len(provides) + 1)]
    body += b"\0" * padding
    table = b"".join(struct.pack(order + ("qQ" if wide else "iI"), *entry) for entry in [*dynamic, (0, 0)])
    dynamic_at = placed(table)
    total = start + len(body)

    headers = [(1, 0, total), (2, dynamic_at, len(table))]
    headers += [(3, path_at, len(path))] if path else []
    headers += [(0x6474E553, note_at, len(note))] if note else []
    packed = b"".join(_segment(wide, order, *header) for header in headers)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + b"\0" * 9
    fields = (kind, machine, 1, 0, header_bytes, 0, 0, header_bytes, segment_bytes, segments, 0, 0, 0)
    head = ident + struct.pack(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"), *fields)
    return head + packed + body


def _segment(wide: bool, order: str, kind: int, offset: int, size: int) -> bytes:
    address = _BASE + offset
    if wide:
        return struct.pack(order + "IIQQQQQQ", kind, 4, offset, address, address, size, size, 8)
    return struct.pack(order + "IIIIIIII", kind, offset, address, address, size, size, 4, 4)


def _needs(names: _Names, needs: Mapping[str, Sequence[tuple[str, int]]], order: str) -> bytes:
    content = b""
    for place, (library, versions) in enumerate(needs.items(), start=1):
        size = 16 + 16 * len(versions)
        following = 0 if place == len(needs) else size
        content += struct.pack(order + "HHIII", 1, len(versions), names[library], 16, following)
        for number, (version, flags) in enumerate(versions, start=1):
            step = 0 if number == len(versions) else 16
            content += struct.pack(order + "IHHII", 0, flags, number + 1, names[version], step)
    return content


def _definitions(names: _Names, versions: Sequence[str], order: str) -> bytes:
    content = b""
    for number, version in enumerate(versions, start=1):
        following = 0 if number == len(versions) else 28
        flags = 1 if number == 1 else 0
        content += struct.pack(order + "HHHHIII", 1, flags, number, 1, 0, 20, following)
        content += struct.pack(order + "II", names[version], 0)
    return content


def _property_note(isa_bits: int, wide: bool, order: str) -> bytes:
    align = 8 if wide else 4
    # An unrelated property (shadow stacks) comes first, as compilers order them by number.
    entries = b"".join(
        struct.pack(order + "III", kind, 4, value) + b"\0" * (align - 4)
        for kind, value in ((0xC0000002, 3), (0xC0008002, isa_bits))
    )
    return struct.pack(order + "III", 4, len(entries), 5) + b"GNU\0" + entries
