"""`tarfile` wrote it, so it must read the same; what is damaged or hostile must be refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.archives.tar_headers import TarError, TarKind
from analyzers.archives.tars import TarLimits, TarStream
from fakes.images.layers import base256, gnu_long, header, layer, padded, pax

LIMIT = 1 << 30
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=120)
FORMATS = st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])


def _tar(members: list[tuple[str, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _files(
    content: bytes, suffix: str = ".tar", limits: TarLimits | None = None
) -> list[tuple[bytes, bytes]]:
    stream = TarStream(iter([content]), suffix, limits or TarLimits())
    return [(member.path, stream.content(member, LIMIT)) for member in stream.members() if member.is_file]


@given(st.lists(st.tuples(NAMES, st.binary(max_size=1200)), max_size=5), FORMATS)
def test_reads_what_tarfile_wrote(members: list[tuple[str, bytes]], form: int) -> None:
    try:
        archive = _tar(members, form)
    except ValueError:  # ustar cannot say it
        return
    with tarfile.open(fileobj=io.BytesIO(archive)) as oracle:
        expected = [(info.name.encode(), info.size) for info in oracle.getmembers() if info.isreg()]
    found = _files(archive)
    assert [(path, len(content)) for path, content in found] == expected
    assert [content for _, content in found] == [content for _, content in members]


@pytest.mark.parametrize("size", [1, 7, 512, 100_000])
@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".tar", lambda tar: tar),
        (".tar.gz", gzip.compress),
        (".tgz", lambda tar: gzip.compress(tar[:700]) + gzip.compress(tar[700:]) + bytes(100)),
        (".tar.bz2", lambda tar: bz2.compress(tar[:700]) + bz2.compress(tar[700:])),
        (".tar.xz", lzma.compress),
    ],
)
def test_reads_every_compression_in_any_chunks(
    suffix: str, data: Callable[[bytes], bytes], size: int
) -> None:
    tar = _tar([("root/first", b"x" * 5000), ("root/second", b"second")])
    packed = data(tar)
    chunks = (packed[at : at + size] for at in range(0, len(packed), size))
    stream = TarStream(chunks, suffix)
    found = [(member.path, stream.content(member, LIMIT)) for member in stream.members()]
    assert found == [(b"root/first", b"x" * 5000), (b"root/second", b"second")]


KINDS = {
    tarfile.REGTYPE: TarKind.FILE,
    tarfile.AREGTYPE: TarKind.FILE,
    tarfile.DIRTYPE: TarKind.DIRECTORY,
    tarfile.SYMTYPE: TarKind.SYMLINK,
    tarfile.LNKTYPE: TarKind.HARDLINK,
    tarfile.FIFOTYPE: TarKind.OTHER,
    tarfile.CHRTYPE: TarKind.OTHER,
    tarfile.BLKTYPE: TarKind.OTHER,
    tarfile.CONTTYPE: TarKind.FILE,
}
ENTRIES = st.tuples(
    NAMES, st.sampled_from(sorted(KINDS)), NAMES, st.integers(0, 0o7777), st.integers(0, 9 << 30), st.binary()
)


@given(st.lists(ENTRIES, max_size=6), FORMATS)
def test_says_of_every_member_what_tarfile_says(
    entries: list[tuple[str, bytes, str, int, int, bytes]], form: int
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, kind, link, mode, time, content in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.mtime = kind, mode, time + 0.25
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = link
            is_file = KINDS[kind] is TarKind.FILE
            info.size = len(content) if is_file else 0
            try:
                archive.addfile(info, io.BytesIO(content) if is_file else None)
            except ValueError:  # ustar cannot say it
                return
    with tarfile.open(fileobj=io.BytesIO(buffer.getvalue())) as oracle:
        expected = [
            (info.name.encode(), KINDS[info.type], info.size, info.mode, info.linkname.encode())
            for info in oracle.getmembers()
        ]
    stream = TarStream(iter([buffer.getvalue()]), ".tar")
    assert [
        (member.path.rstrip(b"/"), member.kind, member.size_bytes, member.mode, member.link)
        for member in stream.members()
    ] == expected


@pytest.mark.parametrize("chunk", [1, 100, 1 << 20])
def test_long_names_links_and_numbers(chunk: int) -> None:
    long = b"d/" * 90 + b"\xff"
    tar = layer(
        gnu_long(long) + header("cut", size=base256(3)) + padded(b"abc"),
        gnu_long(long, b"K") + gnu_long(long + b"/x") + header("cut", b"2", link="cut"),
        pax({"linkpath": long, "mtime": "1.5"}) + header("hard", b"1", link="cut", size=5000),
        pax({"size": "3", "path": b"\xfe"}) + header("x", size=1) + padded(b"def"),
        pax({"path": ""}) + header("kept"),
        header("old", b"\0", magic=b"\0" * 8, prefix=b"not a prefix"),
        header("old/", b"\0", size=100, magic=b"\0" * 8),
        header("gnu", magic=b"ustar  \0", prefix=b"not a prefix"),
        header("name", prefix=b"prefix"),
        header("mode", checksum=None, mode=0o107777),
        header("device", b"3", size=700),
        header("unheard of", b"Z", size=700) + bytes(1024),
    )
    stream = TarStream((tar[at : at + chunk] for at in range(0, len(tar), chunk)), ".tar")
    found = []
    for member in stream.members():
        if member.size_bytes == 3:
            assert stream.starts_with(b"ab") != stream.starts_with(b"de")
            assert not stream.starts_with(b"abcd")
            assert b"".join(stream.pieces()) in (b"abc", b"def")
        found.append((member.path, member.kind, member.size_bytes, member.link))
    assert found == [
        (long, TarKind.FILE, 3, b""),
        (long + b"/x", TarKind.SYMLINK, 0, long),
        (b"hard", TarKind.HARDLINK, 0, long),
        (b"\xfe", TarKind.FILE, 3, b""),
        (b"kept", TarKind.FILE, 0, b""),
        (b"old", TarKind.FILE, 0, b""),
        (b"old/", TarKind.DIRECTORY, 0, b""),
        (b"gnu", TarKind.FILE, 0, b""),
        (b"prefix/name", TarKind.FILE, 0, b""),
        (b"mode", TarKind.FILE, 0, b""),
        (b"device", TarKind.OTHER, 0, b""),
        (b"unheard of", TarKind.OTHER, 700, b""),
    ]


def test_checksums_of_signed_bytes_are_right_too() -> None:
    block = bytearray(header(b"\xe9" * 90))
    signed = sum(byte - 256 if byte > 127 else byte for byte in block[:148] + block[156:]) + 256
    assert signed > 0
    block[148:156] = b"%06o\0 " % signed
    assert _files(bytes(block) + bytes(1024)) == [(b"\xe9" * 90, b"")]


def test_content_that_nobody_reads_is_skipped() -> None:
    stream = TarStream(iter([_tar([("a", b"x" * 5000), ("b", b"")])]), ".tar")
    assert [(member.path, member.size_bytes) for member in stream.members()] == [(b"a", 5000), (b"b", 0)]


def test_directories_and_links_are_no_files() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"entry{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("file"))
    assert _files(buffer.getvalue()) == [(b"file", b"")]


def test_cut_or_changed_anywhere_it_is_read_or_refused() -> None:
    packed = gzip.compress(_tar([("root/PKG-INFO", b"Name: a\n" * 10)]), mtime=0)
    refused = 0
    for length in range(len(packed)):
        try:
            _files(packed[:length], ".tar.gz")
        except TarError:
            refused += 1
    for position in range(len(packed)):
        changed = bytearray(packed)
        changed[position] ^= 0xFF
        try:
            _files(bytes(changed), ".tar.gz")
        except TarError:
            refused += 1
    assert refused > len(packed)


@given(st.data())
def test_a_damaged_header_never_raises_anything_else(data: st.DataObject) -> None:
    changed = bytearray(_tar([("é" * 80, b"x"), ("b", b"y")]))
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, 2048))] = data.draw(st.integers(0, 255))
    for start in range(0, 2560, 512):  # a checksum that is right again lets the damage through
        block = changed[start : start + 512]
        checksum = sum(block) - sum(block[148:156]) + 256
        changed[start + 148 : start + 156] = b"%06o\0 " % checksum
    try:
        _files(bytes(changed))
    except TarError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(header(b"a", size=b"\xff" * 12), "number", id="negative size"),
        pytest.param(header(b"a", size=b"-7"), "number", id="signed octal"),
        pytest.param(header(b"a", size=b"\x80" + b"\xff" * 11), "ends early|more than", id="enormous size"),
        pytest.param(header(b"a", b"S"), "sparse", id="sparse"),
        pytest.param(header(b"a", b"x", size=b"7777777777"), "extended header of", id="pax bomb"),
        pytest.param(header(b"a", b"L", size=b"7777777777"), "extended header of", id="long name bomb"),
        pytest.param(
            header(b"a", b"x", size=b"11") + b"9 size=a\n".ljust(512, b"\0") + header(b"a", size=b"0"),
            "number",
            id="pax size",
        ),
        pytest.param(
            header(b"a", b"x", size=b"11") + b"99 path=a".ljust(512, b"\0"), "damaged", id="pax length"
        ),
        pytest.param(
            header(b"a", b"x", size=b"11") + b"0 path=aa".ljust(512, b"\0"), "damaged", id="pax zero length"
        ),
        pytest.param(
            header(b"a", b"g", size=b"11") + b"9 path=a\n".ljust(512, b"\0"), "global", id="global path"
        ),
        pytest.param(header(b"a", size=b"0")[:-1] + b"x", "checksum", id="checksum"),
        pytest.param(header(b"a", size=base256(-512)), "number", id="negative base 256"),
        pytest.param(pax({"GNU.sparse.major": "1"}) + header(b"a"), "sparse", id="pax sparse"),
        pytest.param(pax({"linkpath": "a"}, is_global=True), "global", id="global link path"),
        pytest.param(b"", "ends early", id="empty"),
        pytest.param(header(b"a", size=b"0"), "ends early", id="no end"),
    ],
)
def test_hostile_archives_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(TarError, match=reason):
        _files(content)


def test_costs_are_bounded() -> None:
    tar = _tar([("zeros", bytes(30 << 20))])
    for packed, suffix in (
        (gzip.compress(tar), ".tar.gz"),
        (bz2.compress(tar), ".tar.bz2"),
        (lzma.compress(tar), ".tar.xz"),
    ):
        with pytest.raises(TarError, match="unpacked"):
            _files(packed, suffix, TarLimits(content_bytes=1 << 20))
    with pytest.raises(TarError, match="compressed"):
        _files(tar, ".tar", TarLimits(compressed_bytes=1 << 20))
    with pytest.raises(TarError, match="headers"):
        _files(_tar([(str(number), b"") for number in range(20)]), ".tar", TarLimits(headers=10))
    with pytest.raises(TarError, match="bytes of extended headers"):
        _files(pax({"path": "x"}) * 30, ".tar", TarLimits(extended_bytes=200))
    with pytest.raises(TarError, match="streams"):
        _files(gzip.compress(b"") * 200, ".tar.gz", TarLimits(streams=100))


def test_an_endless_stream_ends() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1 << 16)

    stream = TarStream(endless(), ".tar.gz", TarLimits(compressed_bytes=1 << 20))
    with pytest.raises(TarError):
        list(stream.members())


def test_other_suffixes_are_refused() -> None:
    with pytest.raises(TarError, match="not supported"):
        TarStream(iter([]), ".tar.zst")
