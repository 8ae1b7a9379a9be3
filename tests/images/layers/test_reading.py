"""What one layer holds, from its bytes: contents, ELF facts, digests, and what the limits leave out."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator

import pytest

from analyzers.kept_contents import KeepLimits
from fakes.images.layers import (
    base256,
    directory,
    fifo,
    file,
    gzipped,
    hardlink,
    header,
    layer,
    padded,
    pax,
    symlink,
    whiteout,
    zstandarded,
)
from images.layers.content import EntryKind, LayerContent, LayerEntry
from images.layers.limits import DEFAULT_LIMITS, LayerLimits
from images.layers.reading import LayerReader
from images.native.elf_file import ElfFile
from images.native.elf_parser import ElfParser, ReadAt
from images.roots.wanted import Wanted

EVERYTHING = (Wanted(suffixes=(b"",)),)


def _parse(read: ReadAt) -> ElfFile | None:
    """An ELF file in these tests says ``machine`` in its bytes 8 to 12, and may be ``damaged``."""
    if read(4, 7) == b"damaged":
        raise ValueError("damaged")
    return ElfFile(machine=read(8, 4).decode(), bits=64) if read(0, 4) == b"\x7fELF" else None


ELF = ElfParser(_parse, lambda head: None)


def elf(machine: str, size: int = 100) -> bytes:
    return (b"\x7fELF0000" + machine.encode()).ljust(size, b"\0")


def read(
    content: bytes,
    *wanted: Wanted,
    elf: ElfParser | None = None,
    digests: bool = False,
    limits: LayerLimits = DEFAULT_LIMITS,
    chunk: int = 1 << 20,
) -> LayerContent:
    chunks = (content[at : at + chunk] for at in range(0, len(content), chunk))
    return LayerReader(wanted or EVERYTHING, elf, digests=digests, limits=limits)("the layer", chunks)


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def reasons(found: LayerContent) -> str:
    return "\n".join(f"{one.what} {one.where}: {one.reason}" for one in found.unknowns)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda content: content,
    "gzip": gzipped,
    "gzip of several members": lambda content: gzip.compress(content[:700]) + gzip.compress(content[700:]),
    "gzip with padding": lambda content: gzipped(content) + bytes(100),
    "zstd": zstandarded,
    "zstd of several frames": lambda content: zstandarded(content[:700]) + zstandarded(content[700:]),
    "zstd with frames to skip": lambda content: (
        b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstandarded(content) + b"\x5f\x2a\x4d\x18\x01\0\0\0x"
    ),
}


@pytest.mark.parametrize("chunk", [1, 511, 1 << 20])
@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
def test_every_compression_holds_the_same(packed: Callable[[bytes], bytes], chunk: int) -> None:
    plain = layer(
        directory("a", mode=0o700),
        file("a/b", b"content" * 100, mode=0o4755),
        symlink("c", "a"),
        fifo("p"),
        hardlink("d", "a/b"),
        hardlink("below", "x/y"),
        whiteout("a/gone"),
    )
    blob = packed(plain)
    found = read(blob, chunk=chunk, digests=True)
    content = LayerEntry(EntryKind.FILE, 700, 0o4755)
    assert found == LayerContent(
        entries={
            b"a": LayerEntry(EntryKind.DIRECTORY, 0, 0o700),
            b"a/b": content,
            b"c": LayerEntry(EntryKind.SYMLINK, 1, 0o777, b"a"),
            b"p": LayerEntry(EntryKind.OTHER, 0, 0o644),
            b"d": content,
            b"below": LayerEntry(EntryKind.HARDLINK, 0, 0o644, b"x/y"),
        },
        whiteouts={b"a/gone": EntryKind.WHITEOUT},
        contents=dict.fromkeys((b"a/b", b"d"), b"content" * 100),
        elves={},
        digests=dict.fromkeys((b"a/b", b"d"), hashlib.sha256(b"content" * 100).digest()),
        blob_digest=sha256(blob),
        blob_bytes=len(blob),
        diff_id=sha256(plain),
        size_bytes=len(plain),
    )


def test_only_what_is_wanted_is_kept() -> None:
    wanted = Wanted(
        paths=frozenset({b"etc/os-release"}),
        names=frozenset({b"METADATA"}),
        suffixes=(b".egg-link",),
        parents=(b".dist-info",),
        limit_bytes=3,
    )
    larger = Wanted(names=frozenset({b"RECORD"}), limit_bytes=5)
    found = read(
        layer(
            file("etc/os-release", "1"),
            file("usr/etc/os-release", "2"),
            file("a/METADATA", "3"),
            file("a/METADATA2", "4"),
            file("x.egg-link", "5"),
            file("b.dist-info/RECORD", "12345"),
            file("b.dist-info/WHEEL", "1234"),
            file("b.dist-info/licenses/x", "8"),
        ),
        wanted,
        larger,
    )
    assert set(found.contents) == {b"etc/os-release", b"a/METADATA", b"x.egg-link", b"b.dist-info/RECORD"}
    assert found.left_out == {b"b.dist-info/WHEEL": "it is larger than the limit of 3 bytes"}
    assert len(found.entries) == 8


def test_contents_beyond_the_room_are_compressed_then_left_out() -> None:
    noise = os.urandom(900)
    reader = LayerReader(
        EVERYTHING,
        limits=LayerLimits(keep=KeepLimits(file_bytes=5000, plain_bytes=1000, kept_bytes=1900)),
    )
    first = reader("first", iter([layer(file("a", b"a" * 1000), file("b", b"b" * 1000))]))
    second = reader("second", iter([layer(file("c", noise), file("d", b"d" * 5001), hardlink("e", "c"))]))
    assert (first.contents[b"a"], set(first.packed)) == (b"a" * 1000, {b"b"})
    assert zlib.decompress(first.contents[b"b"]) == b"b" * 1000
    assert not second.contents
    assert second.left_out == {
        b"c": "there was no room to keep it",
        b"d": "it is larger than the limit of 5,000 bytes",
        b"e": "there was no room to keep it",
    }
    assert "/c: there was no room to keep it" in reasons(second)


def test_a_file_that_is_replaced_gives_its_room_back() -> None:
    keep = KeepLimits(file_bytes=5000, plain_bytes=0, kept_bytes=1000)
    noise = os.urandom(900)
    found = read(
        layer(file("a/x", noise), file("a/y", noise), file("a", ""), file("b", noise)),
        limits=LayerLimits(keep=keep),
    )
    assert set(found.contents) == {b"a", b"b"}
    assert not found.left_out


def test_elf_files_are_reduced_while_they_stream_by() -> None:
    content = layer(
        file("bin/small", elf("arm1")),
        file("bin/large", elf("x861", 9 << 20)),
        file("bin/tiny", elf("tiny", 20)),
        file("lib/damaged", b"\x7fELFdamaged".ljust(100)),
        file("text", b"x" * 100),
        hardlink("bin/link", "bin/small"),
    )
    for digests in (False, True):
        found = read(content, Wanted(names=frozenset({b"small"})), elf=ELF, digests=digests)
        assert {path: one.machine for path, one in found.elves.items()} == {
            b"bin/small": "arm1",
            b"bin/large": "x861",
            b"bin/link": "arm1",
        }
        assert reasons(found) == "layer entry /lib/damaged: a damaged ELF file"
        assert set(found.contents) == {b"bin/small"}
        assert len(found.digests) == (6 if digests else 0)
    assert found.digests[b"bin/large"] == hashlib.sha256(elf("x861", 9 << 20)).digest()
    assert not read(content).elves
    few = read(content, elf=ELF, limits=LayerLimits(elves=1))
    assert (len(few.elves), "beyond those that are looked at" in reasons(few)) == (2, True)


def test_holes_are_told() -> None:
    sparse = header("sparse", b"S", size=512) + padded(b"x" * 512)
    extended = bytearray(header("more", b"S", size=512))
    extended[482] = 1
    extended[148:156] = b"%06o\0 " % (sum(extended) - sum(extended[148:156]) + 256)
    found = read(
        layer(
            sparse,
            bytes(extended) + bytes(504) + b"\1" + bytes(7) + bytes(512) + padded(b"y" * 512),
            pax({"GNU.sparse.major": "1", "GNU.sparse.name": "real"})
            + file("GNUSparseFile.0/real", "1\n0\n1\n"),
            file("after", "x"),
        )
    )
    assert list(found.entries) == [b"sparse", b"more", b"real", b"after"]
    assert (set(found.left_out), found.contents) == ({b"sparse", b"more", b"real"}, {b"after": b"x"})
    assert reasons(found).count("has holes") == 3


BLOCK_OF_FILE = file("whole", "x")
PLAIN_DAMAGE = {
    "cut in a content": (file("a", b"x" * 5000)[:2000], "ends early"),
    "cut in a header": (header("a")[:100], "ends early"),
    "a wrong checksum": (header("a", checksum=b"000000\0 "), "a header has a wrong checksum"),
    "a negative size": (header("a", size=base256(-1)), "where a number belongs"),
    "an enormous size": (header("a", size=base256(1 << 80)), "ends early"),
    "a huge pax header": (header("a", b"x", size=5 << 30), "an extended header of 5,368,709,120 bytes"),
    "a damaged pax header": (header("a", b"x", size=9) + padded(b"99 path=a"), "extended header is damaged"),
    "a global header that renames": (pax({"path": "x"}, is_global=True), "a global header that states"),
    "garbage": (b"garbage" * 200, "where a number belongs"),
}


@pytest.mark.parametrize(("rest", "reason"), PLAIN_DAMAGE.values(), ids=PLAIN_DAMAGE)
def test_damage_is_told_and_what_came_before_it_counts(rest: bytes, reason: str) -> None:
    plain = BLOCK_OF_FILE + rest
    for packed in (plain, gzipped(plain), zstandarded(plain)):
        found = read(packed, digests=True)
        assert found.contents == {b"whole": b"x"}
        assert (found.blob_digest, found.diff_id) == (sha256(packed), sha256(plain))
        assert [one.what for one in found.unknowns] == ["layer"]
        assert reason in reasons(found)


PACKED_DAMAGE = {
    "gzip cut off": gzipped(layer(BLOCK_OF_FILE))[:-9],
    "gzip with a wrong checksum": gzipped(layer(BLOCK_OF_FILE))[:-8] + bytes(8),
    "gzip followed by garbage": gzipped(layer(BLOCK_OF_FILE)) + b"garbage of some length",
    "zstd followed by garbage": zstandarded(layer(BLOCK_OF_FILE)) + b"garbage of some length",
    "zstd with a damaged head": zstandarded(layer(BLOCK_OF_FILE))[:4] + b"\xff" * 60,
}


@pytest.mark.parametrize("blob", PACKED_DAMAGE.values(), ids=PACKED_DAMAGE)
def test_damaged_compression_is_told(blob: bytes) -> None:
    found = read(blob)
    assert "it was not read to its end: its compression is damaged" in reasons(found)
    assert (found.blob_digest, found.diff_id) == (sha256(blob), "")


def test_an_archive_may_lack_its_end() -> None:
    for plain in (b"", BLOCK_OF_FILE, BLOCK_OF_FILE + bytes(512), BLOCK_OF_FILE + bytes(5000) + b"more"):
        found = read(plain)
        assert (found.unknowns, found.diff_id, found.size_bytes) == ((), sha256(plain), len(plain))


def test_global_headers_of_comments_say_nothing_of_entries() -> None:
    assert read(layer(pax({"comment": "0" * 40}, is_global=True), BLOCK_OF_FILE)).contents == {b"whole": b"x"}


@pytest.mark.parametrize("packed", [gzipped, zstandarded], ids=["gzip", "zstd"])
def test_bombs_end_early_and_are_told(packed: Callable[[bytes], bytes]) -> None:
    blob = packed(layer(BLOCK_OF_FILE, file("zeros", bytes(32 << 20))))
    by_ratio = read(blob, limits=LayerLimits(ratio=50, ratio_free_bytes=1 << 20))
    assert "expands to more than 50 times its size" in reasons(by_ratio)
    by_size = read(blob, limits=LayerLimits(content_bytes=4 << 20))
    assert "expands to more than 4,194,304 bytes" in reasons(by_size)
    for found in (by_ratio, by_size):
        assert found.size_bytes <= 8 << 20
        assert (found.diff_id, found.blob_digest) == ("", sha256(blob))
        assert found.contents == {b"whole": b"x"}


def test_limits_are_those_of_all_layers_together() -> None:
    reader = LayerReader(EVERYTHING, limits=LayerLimits(content_bytes=3000))
    one = layer(BLOCK_OF_FILE)
    assert not reader("first", iter([one])).unknowns
    assert "expands to more than 952 bytes" in reasons(reader("second", iter([one])))
    reader = LayerReader(EVERYTHING, limits=LayerLimits(entries=4))
    assert not reader("first", iter([layer(file("a"), file("b"))])).unknowns
    assert "has more than" in reasons(reader("second", iter([layer(file("c"), file("d"))])))


ABC = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("limits", "content", "reason"),
    [
        (LayerLimits(entries=10), layer(*(file(x) for x in ABC)), "more than 10 entries"),
        (LayerLimits(entries=100), layer(file("/".join("d" * 200))), "more than 100 entries"),
        (LayerLimits(entries=9), layer(*(whiteout(x) for x in ABC)), "more than 9 entries"),
        (LayerLimits(name_bytes=100), layer(*(file("n" * 40 + x) for x in "abc")), "more than 100 bytes"),
        (
            LayerLimits(name_bytes=100),
            layer(symlink("a", "t" * 99), symlink("b", "t")),
            "more than 100 bytes",
        ),
        (LayerLimits(extended_bytes=500), layer(*[pax({"path": "x" * 99}) + file("a")] * 9), "500 bytes"),
        (LayerLimits(streams=5), gzip.compress(b"") * 9, "more than 5 compressed streams"),
        (LayerLimits(blob_bytes=100), layer(), "more than 100 bytes"),
        (
            LayerLimits(entries=50),
            layer(*(symlink("a", "b") + file("a/1/2/3/4/5/6/7/8/x") + directory("a") for _ in range(200))),
            "replace each other without end",
        ),
        (DEFAULT_LIMITS, layer(file("x/" * 257 + "x")), "deeper than 256"),
        (DEFAULT_LIMITS, layer(file("x" * 4097)), "longer than 4,096"),
        (DEFAULT_LIMITS, layer(pax({"path": b"a\0b"}) + file("a")), "NUL"),
        (DEFAULT_LIMITS, layer(header(b"")), "is empty"),
    ],
)
def test_costs_are_bounded(limits: LayerLimits, content: bytes, reason: str) -> None:
    assert reason in reasons(read(content, limits=limits))


def test_many_odd_entries_are_counted() -> None:
    found = read(layer(*(file(f"../{number}") for number in range(1000))))
    assert len(found.unknowns) == 21
    assert found.unknowns[-1].reason == "980 more entries: left out: its name leads out of the root"
    assert found.unknowns[0].where == "/../0"


def test_what_the_source_raises_is_raised() -> None:
    def chunks() -> Iterator[bytes]:
        yield layer(BLOCK_OF_FILE)[:600]
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError, match="gone"):
        LayerReader(EVERYTHING)("the layer", chunks())
