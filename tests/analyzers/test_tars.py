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

from analyzers.tar_headers import TarError
from analyzers.tars import TarLimits, TarStream

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


def _header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    block = bytearray(512)
    block[: len(name)] = name
    block[124 : 124 + len(size)] = size
    block[156:157] = kind
    block[257:263] = b"ustar\0"
    block[148:156] = b"%06o\0 " % (sum(block) + 256)
    return bytes(block)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(_header(b"a", b"\xff" * 12), "number", id="negative size"),
        pytest.param(_header(b"a", b"-7"), "number", id="signed octal"),
        pytest.param(_header(b"a", b"\x80" + b"\xff" * 11), "ends early|more than", id="enormous size"),
        pytest.param(_header(b"a", b"0", b"S"), "sparse", id="sparse"),
        pytest.param(_header(b"a", b"7777777777", b"x"), "extended header of", id="pax bomb"),
        pytest.param(_header(b"a", b"7777777777", b"L"), "extended header of", id="long name bomb"),
        pytest.param(
            _header(b"a", b"11", b"x") + b"9 size=a\n".ljust(512, b"\0") + _header(b"a", b"0"),
            "number",
            id="pax size",
        ),
        pytest.param(_header(b"a", b"11", b"x") + b"99 path=a".ljust(512, b"\0"), "damaged", id="pax length"),
        pytest.param(
            _header(b"a", b"11", b"x") + b"0 path=aa".ljust(512, b"\0"), "damaged", id="pax zero length"
        ),
        pytest.param(
            _header(b"a", b"11", b"g") + b"9 path=a\n".ljust(512, b"\0"), "global", id="global path"
        ),
        pytest.param(_header(b"a", b"0")[:-1] + b"x", "checksum", id="checksum"),
        pytest.param(b"", "ends early", id="empty"),
        pytest.param(_header(b"a", b"0"), "ends early", id="no end"),
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
