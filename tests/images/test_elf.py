from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.images.elves import elf
from images.native.elf import ElfError, dynamic_range, parse_elf
from images.native.elf_file import ElfFile
from images.native.elf_parser import HEAD_BYTES


def reader(content: bytes) -> Callable[[int, int], bytes]:
    return lambda offset, length: content[offset : offset + length]


def parsed(content: bytes) -> ElfFile | None:
    return parse_elf(reader(content))


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_everything_an_extension_module_says(bits: int, order: str) -> None:
    content = elf(
        machine=8,
        bits=bits,
        order=order,
        soname="libfast.so.2",
        needed=["libstdc++.so.6", "libc.so.6"],
        requires={"libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.34"], "libstdc++.so.6": ["CXXABI_1.3"]},
        provides=["FAST_1.0", "FAST_2.0"],
        runpath="$ORIGIN/../lib:/opt/lib",
    )
    assert parsed(content) == ElfFile(
        machine={
            (32, "<"): "mipsel",
            (32, ">"): "mips",
            (64, "<"): "mips64el",
            (64, ">"): "mips64",
        }[bits, order],
        bits=bits,
        soname="libfast.so.2",
        needed=("libstdc++.so.6", "libc.so.6"),
        requires={"libc.so.6": ("GLIBC_2.2.5", "GLIBC_2.34"), "libstdc++.so.6": ("CXXABI_1.3",)},
        provides=("FAST_1.0", "FAST_2.0"),
        run_path=("$ORIGIN/../lib:/opt/lib",),
    )


def test_an_executable_names_its_loader() -> None:
    found = parsed(elf(kind=2, interpreter="/lib64/ld-linux-x86-64.so.2", needed=["libc.so.6"], rpath="/a"))
    assert found is not None
    assert (found.interpreter, found.soname, found.run_path) == ("/lib64/ld-linux-x86-64.so.2", None, ("/a",))


@pytest.mark.parametrize(("isa_bits", "level"), [(1, 1), (0b11, 2), (0b111, 3), (0b1111, 4), (0, None)])
@pytest.mark.parametrize("bits", [32, 64])
def test_the_level_that_the_property_note_states(isa_bits: int, level: int | None, bits: int) -> None:
    found = parsed(elf(machine=62, bits=bits, isa_bits=isa_bits))
    assert found is not None
    assert found.isa_level == level


def test_the_property_means_something_else_on_other_machines() -> None:
    found = parsed(elf(machine=183, isa_bits=0b111))
    assert found is not None
    assert (found.machine, found.isa_level) == ("aarch64", None)


@pytest.mark.parametrize(
    ("machine", "bits", "order", "name"),
    [
        (3, 32, "<", "i686"),
        (21, 64, "<", "ppc64le"),
        (21, 64, ">", "ppc64"),
        (22, 64, ">", "s390x"),
        (40, 32, "<", "armv7l"),
        (62, 64, "<", "x86_64"),
        (183, 64, "<", "aarch64"),
        (243, 64, "<", "riscv64"),
        (258, 64, "<", "loongarch64"),
        (4711, 64, "<", "machine-4711"),
    ],
)
def test_machines_have_the_names_of_the_fact(machine: int, bits: int, order: str, name: str) -> None:
    found = parsed(elf(machine=machine, bits=bits, order=order))
    assert found is not None
    assert (found.machine, found.bits) == (name, bits)


def test_a_version_that_is_only_weakly_wanted_is_not_needed() -> None:
    found = parsed(elf(requires={"libc.so.6": ["GLIBC_2.17"]}, weak={"libc.so.6": ["GLIBC_2.99"]}))
    assert found is not None
    assert found.requires == {"libc.so.6": ("GLIBC_2.17",)}


def test_object_files_have_a_machine_and_no_more() -> None:
    assert parsed(elf(kind=1, needed=["libc.so.6"])) == ElfFile(machine="x86_64", bits=64)


@pytest.mark.parametrize(
    "content", [b"", b"\x7fEL", b"#!/bin/sh\n", b"MZ\x90\0" * 20, b"\x7fELF\x07\x09\x01"]
)
def test_what_is_no_elf_file_is_none(content: bytes) -> None:
    assert parsed(content) is None
    assert dynamic_range(content) is None


def test_a_name_that_is_not_utf8_is_escaped() -> None:
    content = elf(needed=["libXX.so"]).replace(b"libXX", b"lib\xff\xfe")
    found = parsed(content)
    assert found is not None
    assert found.needed == (r"lib\xff\xfe.so",)


def test_the_dynamic_section_is_found_from_the_head_alone() -> None:
    content = elf(needed=["libc.so.6"], padding=300_000)
    place = dynamic_range(content[:HEAD_BYTES])
    assert place is not None
    offset, length = place
    assert offset > HEAD_BYTES
    assert offset + length == len(content)

    def at_hand(start: int, count: int) -> bytes:
        """The head and the dynamic section; what is between them was not kept."""
        end = HEAD_BYTES if start < HEAD_BYTES else len(content)
        return content[start : min(start + count, end)] if start < HEAD_BYTES or start >= offset else b""

    assert parse_elf(at_hand) == parsed(content)
    with pytest.raises(ElfError, match="the dynamic section does not end"):
        parse_elf(reader(content[:HEAD_BYTES]))


@pytest.mark.parametrize("bits", [32, 64])
def test_every_truncation_is_an_error_or_a_result(bits: int) -> None:
    content = elf(
        bits=bits,
        interpreter="/lib/ld.so",
        soname="liba.so",
        requires={"libc.so.6": ["GLIBC_2.34"]},
        provides=["A_1"],
        isa_bits=3,
    )
    outcomes = {_outcome(content[:length]) for length in range(len(content))}
    assert len(outcomes) > 3
    assert parsed(content) is not None


def _outcome(content: bytes) -> str:
    try:
        return repr(parsed(content))
    except ElfError as error:
        return str(error)


def _with_header_field(content: bytes, offset: int, form: str, value: int) -> bytes:
    return content[:offset] + struct.pack(form, value) + content[offset + struct.calcsize(form) :]


def test_more_program_headers_than_real_files_have_are_refused() -> None:
    content = _with_header_field(elf(), 56, "<H", 0xFFFF)
    with pytest.raises(ElfError, match="65,535 program headers"):
        parsed(content)


def test_more_versions_than_real_files_have_are_refused() -> None:
    content = elf(requires={f"lib{number}.so": ["V"] for number in range(300)})
    place = content.index(struct.pack("<HH", 1, 1))
    for number in range(300):
        content = _with_header_field(content, place + 32 * number + 2, "<H", 0xFFFF)
    with pytest.raises(ElfError, match=r"more than 16,384 symbol versions"):
        parsed(content)


def test_more_names_than_real_files_have_are_refused() -> None:
    content = elf(needed=[f"{number:04}" + "a" * 8000 for number in range(100)])
    with pytest.raises(ElfError, match=r"more than 524,288 bytes of names"):
        parsed(content)


RICH = elf(
    interpreter="/lib64/ld-linux-x86-64.so.2",
    soname="libfast.so.2",
    needed=["libstdc++.so.6", "libc.so.6"],
    requires={"libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.34"]},
    provides=["FAST_1.0"],
    runpath="$ORIGIN",
    isa_bits=7,
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(RICH) - 1),
            st.sampled_from(
                [b"\0", b"\xff", b"\x01", b"\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\xff" * 8]
            ),
        ),
        max_size=6,
    ),
    st.sampled_from([RICH, elf(bits=32, order=">", needed=["libc.so"], requires={"libc.so": ["A", "B"]})]),
)
def test_a_damaged_file_is_an_error_or_a_bounded_result(
    edits: list[tuple[int, bytes]], content: bytes
) -> None:
    """Whatever is overwritten: no other exception, few reads, each of bounded length."""
    damaged = bytearray(content)
    for place, patch in edits:
        damaged[place : place + len(patch)] = patch
    reads: list[int] = []

    def counted(offset: int, length: int) -> bytes:
        reads.append(length)
        return bytes(damaged[offset : offset + length])

    try:
        found = parse_elf(counted)
    except ElfError:
        found = None
    dynamic_range(bytes(damaged))
    assert len(reads) < 200
    assert max(reads, default=0) <= 64 * 1024
    assert found is None or len(found.needed) <= 64


def elf_files_of_this_machine() -> list[Path]:
    """Files below the system's library directories, evenly chosen."""
    candidates = [
        path
        for root in ("/usr/lib", "/usr/bin", "/lib")
        for path in sorted(Path(root).rglob("*"))
        if path.is_file() and not path.is_symlink() and path.parts[:4] != ("/", "usr", "lib", "debug")
    ]
    found = []
    for path in candidates:
        with path.open("rb") as file:
            if file.read(4) == b"\x7fELF":
                found.append(path)
    return list(islice(found, 0, None, max(1, len(found) // 400)))


@pytest.mark.slow
def test_agrees_with_pyelftools_on_the_files_of_this_machine() -> None:
    oracle = pytest.importorskip("fakes.images.elf_oracle", reason="pyelftools is not installed")
    files = elf_files_of_this_machine()
    if not files:
        pytest.skip("this machine has no ELF files below /usr/lib")
    for path in files:
        content = path.read_bytes()
        assert (path, parsed(content)) == (path, oracle.described(path))
