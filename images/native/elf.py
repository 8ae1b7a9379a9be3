"""Reads what an ELF file says of itself: bytes by offset in, an `ElfFile` out.

Program headers, the dynamic section, symbol versions and the GNU property note; section headers are not
needed, so stripped files are read as well. It reads some kilobytes, whatever the size of the file, and
follows no count, offset or string further than its caps.

Source: System V ABI, "Object Files" and "Program Loading and Dynamic Linking"; Linux Standard Base 5.0,
"Symbol Versioning"; x86-64 psABI, "Program Property".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from images.native.elf_file import ElfFile
from images.native.elf_parser import ELF_MAGIC, ReadAt

_LIMIT_SEGMENTS = 1024
_LIMIT_DYNAMIC_BYTES = 64 * 1024
_LIMIT_NOTE_BYTES = 64 * 1024
_LIMIT_NAMES = 16 * 1024
"""Needed libraries, or versions, of one file; the largest real ones have some hundred."""
_LIMIT_STRING_BYTES = 16 * 1024
"""Search paths are the longest strings; some build systems write one directory for each library."""
_LIMIT_STRINGS_BYTES = 512 * 1024
_CHUNK_BYTES = 4096

_ET_EXECUTABLE, _ET_SHARED = 2, 3
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP, _PT_NOTE, _PT_PROPERTY = 1, 2, 3, 4, 0x6474E553
_DT_NEEDED, _DT_STRTAB, _DT_STRSZ, _DT_SONAME, _DT_RPATH, _DT_RUNPATH = 1, 5, 10, 14, 15, 29
_DT_VERDEF, _DT_VERDEFNUM, _DT_VERNEED, _DT_VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
_VERSION_OF_THE_FILE, _VERSION_WEAK = 1, 2
_NOTE_PROPERTY, _PROPERTY_ISA_NEEDED = 5, 0xC0008002
_X86 = (3, 62)

_MACHINES = {
    (2, 32, "<"): "sparc",
    (2, 32, ">"): "sparc",
    (3, 32, "<"): "i686",
    (8, 32, "<"): "mipsel",
    (8, 32, ">"): "mips",
    (8, 64, "<"): "mips64el",
    (8, 64, ">"): "mips64",
    (20, 32, ">"): "ppc",
    (21, 64, "<"): "ppc64le",
    (21, 64, ">"): "ppc64",
    (22, 32, ">"): "s390",
    (22, 64, ">"): "s390x",
    (40, 32, "<"): "armv7l",
    (43, 64, ">"): "sparc64",
    (50, 64, "<"): "ia64",
    (62, 32, "<"): "x86_64",
    (62, 64, "<"): "x86_64",
    (183, 64, "<"): "aarch64",
    (183, 64, ">"): "aarch64_be",
    (190, 64, "<"): "cuda",
    (224, 64, "<"): "amdgpu",
    (243, 32, "<"): "riscv32",
    (243, 64, "<"): "riscv64",
    (247, 64, "<"): "bpf",
    (258, 64, "<"): "loongarch64",
}


class ElfError(ValueError):
    """An ELF file that contradicts itself, ends early, or exceeds what real ones hold."""


class _Layout(msgspec.Struct, frozen=True):
    """How numbers stand in files of one width and byte order; segments give type, offset, address, size."""

    bits: int
    order: str
    header: struct.Struct
    segment: struct.Struct
    dynamic: struct.Struct
    need: struct.Struct
    needed_version: struct.Struct
    definition: struct.Struct
    word: struct.Struct
    note: struct.Struct


def _layout(bits: int, order: str) -> _Layout:
    wide = bits == 64
    return _Layout(
        bits,
        order,
        header=struct.Struct(order + ("16xHHI8xQ8xI2xHH6x" if wide else "16xHHI4xI4xI2xHH6x")),
        segment=struct.Struct(order + ("I4xQQ8xQ16x" if wide else "III4xI12x")),
        dynamic=struct.Struct(order + ("qQ" if wide else "iI")),
        need=struct.Struct(order + "2xHIII"),
        needed_version=struct.Struct(order + "4xH2xII"),
        definition=struct.Struct(order + "2xH2xH4xII"),
        word=struct.Struct(order + "I"),
        note=struct.Struct(order + "III"),
    )


_LAYOUTS = {
    (kind, data): _layout(32 * kind, order) for kind in (1, 2) for data, order in ((1, "<"), (2, ">"))
}


class _Segments(msgspec.Struct):
    """The program headers: what is loaded where, and where the few things stand that are read."""

    loads: list[tuple[int, int, int]]
    dynamic: tuple[int, int] | None = None
    interpreter: tuple[int, int] | None = None
    notes: list[tuple[int, int]] = []

    def offset(self, address: int) -> int:
        """Where in the file stands what is loaded at an address."""
        for start, size, offset in self.loads:
            if start <= address < start + size:
                return offset + address - start
        raise ElfError(f"address {address:#x} is not in the file")


class _Strings:
    """The string table of the dynamic section, read string by string: that of a big library has megabytes."""

    def __init__(self, read: ReadAt, offset: int, size: int) -> None:
        self._read, self._offset, self._size, self._left = read, offset, size, _LIMIT_STRINGS_BYTES
        self._known: dict[int, str] = {}

    def __getitem__(self, position: int) -> str:
        text = self._known.get(position)
        return text if text is not None else self._take(position)

    def _take(self, position: int) -> str:
        if position >= self._size:
            raise ElfError(f"string {position:#x} is beyond the string table")
        whole = min(_LIMIT_STRING_BYTES, self._size - position)
        found = self._read(self._offset + position, min(128, whole))
        end = found.find(b"\0")
        if end < 0:
            found = self._read(self._offset + position, whole)
            end = found.find(b"\0")
        if end < 0:
            raise ElfError("a string of the string table does not end")
        self._left -= end
        if self._left < 0:
            raise ElfError(f"more than {_LIMIT_STRINGS_BYTES:,} bytes of names")
        text = self._known[position] = found[:end].decode("utf-8", "backslashreplace")
        return text


class _Records:
    """Reads small records that stand close together, a chunk at a time."""

    def __init__(self, read: ReadAt) -> None:
        self._read, self._start, self._chunk = read, 0, b""

    def at(self, layout: struct.Struct, offset: int) -> tuple[int, ...]:
        position = offset - self._start
        if position < 0 or position + layout.size > len(self._chunk):
            self._start, self._chunk, position = offset, self._read(offset, _CHUNK_BYTES), 0
            if len(self._chunk) < layout.size:
                raise ElfError("the symbol versions end early")
        return layout.unpack_from(self._chunk, position)


def parse_elf(read: ReadAt) -> ElfFile | None:
    """What an ELF file says of itself; None for what is no ELF file.

    Object files, core dumps and static executables have no dynamic section: of these machine and width are
    told. Versions that are marked as weak are not needed and left out.

    Raises:
        ElfError: the file is damaged, or what `read` gives does not reach.
    """
    head = read(0, 1024)
    layout = _layout_of(head)
    if layout is None:
        return None
    kind, machine, segments = _segments(head, layout, read)
    name = _MACHINES.get((machine, layout.bits, layout.order), f"machine-{machine}")
    if kind not in (_ET_EXECUTABLE, _ET_SHARED):
        return ElfFile(machine=name, bits=layout.bits)
    interpreter = _interpreter(read, *segments.interpreter) if segments.interpreter else None
    isa_level = _isa_level(read, layout, segments.notes) if machine in _X86 else None
    if segments.dynamic is None:
        return ElfFile(machine=name, bits=layout.bits, interpreter=interpreter, isa_level=isa_level)
    numbers, needed, paths = _dynamic(read, layout, segments.dynamic)
    if _DT_STRTAB not in numbers:
        return ElfFile(machine=name, bits=layout.bits, interpreter=interpreter, isa_level=isa_level)
    strings = _Strings(read, segments.offset(numbers[_DT_STRTAB]), numbers.get(_DT_STRSZ, 0))
    records = _Records(read)
    requires: dict[str, tuple[str, ...]] = {}
    if _DT_VERNEED in numbers:
        start, count = segments.offset(numbers[_DT_VERNEED]), numbers.get(_DT_VERNEEDNUM, 0)
        for library, versions in _needed_versions(records, layout, start, count):
            requires[strings[library]] = tuple([strings[version] for version in versions])
    provides: tuple[str, ...] = ()
    if _DT_VERDEF in numbers:
        start, count = segments.offset(numbers[_DT_VERDEF]), numbers.get(_DT_VERDEFNUM, 0)
        provides = tuple([strings[version] for version in _defined_versions(records, layout, start, count)])
    return ElfFile(
        machine=name,
        bits=layout.bits,
        soname=strings[numbers[_DT_SONAME]] if _DT_SONAME in numbers else None,
        interpreter=interpreter,
        needed=tuple([strings[position] for position in needed]),
        requires=requires,
        provides=provides,
        run_path=tuple([strings[position] for position in paths]),
        isa_level=isa_level,
    )


def dynamic_range(head: bytes) -> tuple[int, int] | None:
    """Offset and length in the file of the dynamic section; None where there is none, or it cannot be found.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of a shorter one.
    """
    layout = _layout_of(head)
    if layout is None:
        return None
    try:
        _, _, segments = _segments(head, layout, lambda offset, length: head[offset : offset + length])
    except ElfError:
        return None
    if segments.dynamic is None:
        return None
    offset, size = segments.dynamic
    return offset, min(size, _LIMIT_DYNAMIC_BYTES)


def _layout_of(head: bytes) -> _Layout | None:
    return _LAYOUTS.get((head[4], head[5])) if head.startswith(ELF_MAGIC) and len(head) > 6 else None


def _segments(head: bytes, layout: _Layout, read: ReadAt) -> tuple[int, int, _Segments]:
    if len(head) < layout.header.size:
        raise ElfError("the header ends early")
    kind, machine, _, offset, _, entry_bytes, count = layout.header.unpack_from(head)
    found = _Segments(loads=[])
    if kind not in (_ET_EXECUTABLE, _ET_SHARED) or not count:
        return kind, machine, found
    if entry_bytes != layout.segment.size:
        raise ElfError(f"program headers of {entry_bytes} bytes")
    if count > _LIMIT_SEGMENTS:
        raise ElfError(f"{count:,} program headers")
    end = offset + count * entry_bytes
    table = head[offset:end] if end <= len(head) else read(offset, count * entry_bytes)
    if len(table) < count * entry_bytes:
        raise ElfError("the program headers end early")
    for what, start, address, size in layout.segment.iter_unpack(table):
        if what == _PT_LOAD:
            found.loads.append((address, size, start))
        elif what == _PT_DYNAMIC and size:
            found.dynamic = (start, size)
        elif what == _PT_INTERP:
            found.interpreter = (start, size)
        elif what in (_PT_PROPERTY, _PT_NOTE):
            found.notes.append((start, size))
    return kind, machine, found


def _interpreter(read: ReadAt, offset: int, size: int) -> str:
    path, end, _ = read(offset, min(size, _LIMIT_STRING_BYTES)).partition(b"\0")
    if not end:
        raise ElfError("the loader's path does not end")
    return path.decode("utf-8", "backslashreplace")


def _dynamic(
    read: ReadAt, layout: _Layout, place: tuple[int, int]
) -> tuple[dict[int, int], list[int], list[int]]:
    """The dynamic section: numbers by tag, and the strings of needed libraries and of search paths."""
    offset, size = place
    content = read(offset, min(size, _LIMIT_DYNAMIC_BYTES))
    each = layout.dynamic.size
    numbers: dict[int, int] = {}
    needed: list[int] = []
    paths: list[int] = []
    for tag, value in layout.dynamic.iter_unpack(content[: len(content) // each * each]):
        if tag == 0:
            return numbers, needed, paths
        if tag == _DT_NEEDED:
            needed.append(value)
        elif tag in (_DT_RPATH, _DT_RUNPATH):
            paths.append(value)
        else:
            numbers[tag] = value
    raise ElfError("the dynamic section does not end")


def _needed_versions(
    records: _Records, layout: _Layout, offset: int, count: int
) -> Iterator[tuple[int, list[int]]]:
    """Per library the positions of its name and of the names of the versions that are needed of it."""
    left = _LIMIT_NAMES
    for _ in range(count):
        of_it, library, first, following = records.at(layout.need, offset)
        left = _fewer(left, of_it + 1)
        names, place = [], offset + first
        for _ in range(of_it):
            flags, name, step = records.at(layout.needed_version, place)
            if not flags & _VERSION_WEAK:
                names.append(name)
            place += step
            if not step:
                break
        yield library, names
        offset += following
        if not following:
            break


def _defined_versions(records: _Records, layout: _Layout, offset: int, count: int) -> Iterator[int]:
    left = _LIMIT_NAMES
    for _ in range(count):
        flags, names, first, following = records.at(layout.definition, offset)
        left = _fewer(left, 1)
        if names and not flags & _VERSION_OF_THE_FILE:
            yield records.at(layout.word, offset + first)[0]
        offset += following
        if not following:
            break


def _fewer(left: int, by: int) -> int:
    if by > left:
        raise ElfError(f"more than {_LIMIT_NAMES:,} symbol versions")
    return left - by


def _isa_level(read: ReadAt, layout: _Layout, notes: list[tuple[int, int]]) -> int | None:
    """The highest level among the properties; the segment made for them and the plain note are the same."""
    level = 0
    for offset, size in dict.fromkeys(notes):
        content = read(offset, min(size, _LIMIT_NOTE_BYTES))
        level = max(level, _level_of_note(content, layout))
    return level or None


def _level_of_note(content: bytes, layout: _Layout) -> int:
    position, level = 0, 0
    while position + 12 <= len(content):
        name_bytes, size, kind = layout.note.unpack_from(content, position)
        start = position + 12 + (name_bytes + 3 & ~3)
        if kind == _NOTE_PROPERTY and content[position + 12 : start] == b"GNU\0":
            level = max(level, _level_of_properties(content[start : start + size], layout))
        align = layout.bits // 8 if kind == _NOTE_PROPERTY else 4
        position = start + (size + align - 1 & -align)
    return level


def _level_of_properties(content: bytes, layout: _Layout) -> int:
    position, level, align = 0, 0, layout.bits // 8
    while position + 12 <= len(content):
        kind, size, value = layout.note.unpack_from(content, position)
        if kind == _PROPERTY_ISA_NEEDED and size == 4:
            level = max(level, (value & 0xF).bit_length())
        position += 8 + (size + align - 1 & -align)
    return level
