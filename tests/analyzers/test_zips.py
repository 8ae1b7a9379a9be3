"""`zipfile` wrote it, so it must read the same; somebody else tampered with it, so it must be refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.archives.zip_directories import TAIL_BYTES, ZipError, ZipLimits, read_directory
from analyzers.archives.zips import ZipArchive
from analyzers.files import FileReaderError, FileTooLargeError
from analyzers.ranges import BytesReader, RangeMissing, SparseReader
from fakes.indexes.odd_wheels import many_members

LIMIT = 1 << 30
NAMES = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\."), min_size=1, max_size=8
    ),
    min_size=1,
    max_size=3,
).map("/".join)
METHODS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])


class _Unseekable(io.BytesIO):
    """Makes `zipfile` write data descriptors."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise io.UnsupportedOperation("seek")

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")


def _flat(names: list[str]) -> bool:
    """No name is below another."""
    return not any(other.startswith(name + "/") for name in names for other in names)


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """What `zipfile` writes: streamed or not, zip64 or not, with prefix and comment."""
    buffer = _Unseekable() if draw(st.booleans()) else io.BytesIO()
    names = draw(st.lists(NAMES, max_size=6, unique=True).filter(_flat))
    with zipfile.ZipFile(buffer, "w", allowZip64=True) as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = draw(METHODS)
            content = draw(st.binary(max_size=200)) * draw(st.sampled_from([1, 1000]))
            with archive.open(info, "w", force_zip64=draw(st.booleans())) as member:
                member.write(content)
        if draw(st.booleans()):
            archive.mkdir("a directory")
        archive.comment = draw(st.binary(max_size=300).filter(lambda comment: b"PK" not in comment))
    return draw(st.sampled_from([b"", b"#!/bin/sh\n", b"PK\3\4 prefix"])) + buffer.getvalue()


@given(archives())
def test_reads_what_zipfile_reads(content: bytes) -> None:
    archive = ZipArchive(BytesReader(content))
    with zipfile.ZipFile(io.BytesIO(content)) as oracle:
        infos = oracle.infolist()
        assert [member.path for member in archive.members.values()] == [
            info.filename.removesuffix("/").encode() for info in infos
        ]
        for info in infos:
            member = archive.members[info.filename.removesuffix("/").encode()]
            assert member.is_directory == info.is_dir()
            assert (member.crc32, member.size_bytes) == (info.CRC, info.file_size)
            assert member.compressed_bytes == info.compress_size
            if not info.is_dir():
                assert archive.read(member, LIMIT) == oracle.read(info)
                with archive.open(member) as stream:
                    assert stream.read() == oracle.read(info)


@settings(max_examples=25)
@given(archives(), st.integers(0, 30))
def test_a_cut_archive_is_refused(content: bytes, cut: int) -> None:
    with pytest.raises(FileReaderError):
        ZipArchive(BytesReader(content[: len(content) - 1 - cut]))


def _archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _read_all(content: bytes, limits: ZipLimits | None = None) -> None:
    archive = ZipArchive(BytesReader(content), limits or ZipLimits())
    for member in archive.members.values():
        if not member.is_directory:
            archive.read(member, LIMIT)


SMALL = _archive({"a.py": b"import b\n" * 20, "é/b.py": b"", "a-1.dist-info/METADATA": b"Name: a\n"})
ONE = _archive({"a.py": b"import b\n" * 20})


def test_truncated_at_any_byte_is_refused() -> None:
    for length in range(len(SMALL)):
        with pytest.raises(FileReaderError):
            _read_all(SMALL[:length])


def test_any_changed_byte_is_read_or_refused() -> None:
    refused = 0
    for position in range(len(SMALL)):
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(SMALL)
            changed[position] ^= flip
            try:
                _read_all(bytes(changed))
            except FileReaderError:
                refused += 1
    assert refused > len(SMALL)


@given(st.binary(max_size=400))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FileReaderError):
        _read_all(noise)


@given(st.data())
def test_a_damaged_directory_never_raises_anything_else(data: st.DataObject) -> None:
    start = SMALL.index(b"PK\1\2")
    changed = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(start, len(SMALL) - 1))] = data.draw(
            st.sampled_from([0, 1, 8, 0x7F, 0xFF])
        )
    try:
        _read_all(bytes(changed))
    except FileReaderError as error:
        assert error.reason


def _patched(content: bytes, signature: bytes, offset: int, form: str, *values: int) -> bytes:
    """The archive with the numbers at an offset into its last record of a kind replaced."""
    changed = bytearray(content)
    struct.pack_into(form, changed, content.rindex(signature) + offset, *values)
    return bytes(changed)


CENTRAL, LOCAL, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(_patched(ONE, CENTRAL, 24, "<L", 20), "holds more than", id="size too small"),
        pytest.param(_patched(ONE, CENTRAL, 24, "<L", 9999), "bytes less than", id="size too large"),
        pytest.param(_patched(ONE, CENTRAL, 16, "<L", 1), "CRC-32", id="checksum"),
        pytest.param(_patched(ONE, CENTRAL, 20, "<L", 9999), "overlaps", id="compressed size"),
        pytest.param(_patched(ONE, CENTRAL, 20, "<L", 5), "too early", id="compressed size cut"),
        pytest.param(_patched(ONE, CENTRAL, 42, "<L", 9999), "overlaps", id="offset beyond"),
        pytest.param(_patched(ONE, CENTRAL, 42, "<L", 1), "overlaps", id="offset shifted"),
        pytest.param(_patched(ONE, CENTRAL, 8, "<H", 1), "encrypted", id="encrypted"),
        pytest.param(_patched(ONE, CENTRAL, 34, "<H", 1), "several disks", id="member on disk 1"),
        pytest.param(_patched(ONE, CENTRAL, 10, "<H", 14), "method 14", id="lzma"),
        pytest.param(_patched(ONE, CENTRAL, 24, "<L", 0xFFFFFFFF), "zip64 sizes", id="zip64 extra missing"),
        pytest.param(_patched(ONE, LOCAL, 26, "<H", 3), "local header", id="local name length"),
        pytest.param(_patched(ONE, LOCAL, 28, "<H", 60000), "overlaps", id="local extra length"),
        pytest.param(_patched(ONE, LOCAL, 8, "<H", 0), "local header", id="local method"),
        pytest.param(_patched(ONE, END, 4, "<H", 1), "several disks", id="disk 1"),
        pytest.param(_patched(ONE, END, 8, "<2H", 2, 2), "more members", id="two of one"),
        pytest.param(_patched(ONE, END, 8, "<2H", 0, 0), "more than its members", id="none of one"),
        pytest.param(_patched(ONE, END, 12, "<L", 1 << 31), "does not fit", id="directory length"),
        pytest.param(_patched(ONE, END, 16, "<L", 1 << 31), "does not fit", id="directory offset"),
        pytest.param(_patched(ONE, END, 20, "<H", 4), "no end-of-central", id="comment length"),
        pytest.param(ONE + b"\0", "no end-of-central", id="data behind the end"),
    ],
)
def test_lies_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ZipError, match=reason):
        _read_all(content)


@pytest.mark.parametrize(
    "name",
    [
        "../a.py",
        "a/../../b",
        "/etc/passwd",
        "a\\b.py",
        "a//b.py",
        "./a.py",
        ".",
        "/",
        "x" * 5000,
        "d/" * 70 + "f",
    ],
)
def test_bad_paths_are_refused(name: str) -> None:
    with pytest.raises(FileReaderError):
        ZipArchive(BytesReader(_archive({name: b"x"})))


def test_nul_in_a_path_is_refused() -> None:
    with pytest.raises(FileReaderError, match="NUL"):
        ZipArchive(BytesReader(ONE.replace(b"a.py", b"a\0py")))


def test_a_path_that_is_not_the_utf8_it_claims_is_refused() -> None:
    with pytest.raises(ZipError, match="UTF-8"):
        ZipArchive(BytesReader(SMALL.replace("é".encode(), b"\xff\xff")))


def test_names_without_the_utf8_flag_are_code_page_437() -> None:
    content = SMALL.replace("é".encode(), b"e\x82")
    flags = content.rindex(CENTRAL, 0, content.rindex(b"e\x82")) + 8
    changed = bytearray(content)
    changed[flags : flags + 2] = b"\0\0"
    assert "eé/b.py".encode() in ZipArchive(BytesReader(bytes(changed))).members


def test_two_members_of_one_path_are_refused() -> None:
    with pytest.raises(ZipError, match="two members"):
        ZipArchive(BytesReader(_archive({"a.py": b"1", "b.py": b"2"}).replace(b"b.py", b"a.py")))


def test_members_that_share_bytes_are_refused() -> None:
    content = _archive({"a.py": b"1" * 50, "b.py": b"2" * 50}, zipfile.ZIP_STORED)
    with pytest.raises(ZipError, match="overlaps"):
        ZipArchive(BytesReader(_patched(content, CENTRAL, 42, "<L", 0)))


def test_a_bomb_costs_no_more_than_it_declares() -> None:
    bomb = _archive({"bomb": bytes(50 << 20)})
    member = ZipArchive(BytesReader(bomb)).members[b"bomb"]
    with pytest.raises(FileTooLargeError):
        ZipArchive(BytesReader(bomb)).read(member, 1 << 20)
    lying = ZipArchive(BytesReader(_patched(bomb, CENTRAL, 24, "<L", 1000)))
    with pytest.raises(ZipError, match="more than the declared"):
        lying.read(lying.members[b"bomb"], 1 << 20)
    with pytest.raises(ZipError, match="more than the declared"):
        lying.open(lying.members[b"bomb"])


def test_caps_on_count_directory_and_total() -> None:
    content = _archive({f"{number}.py": b"x" for number in range(20)})
    for limits in (ZipLimits(members=19), ZipLimits(directory_bytes=100), ZipLimits(total_bytes=19)):
        with pytest.raises(ZipError, match="claims"):
            ZipArchive(BytesReader(content), limits)
    _read_all(content, ZipLimits(members=20, total_bytes=20))


def test_zip64_counts_beyond_65535_are_read_and_bounded() -> None:
    assert len(ZipArchive(BytesReader(many_members(70_000))).members) == 70_000
    with pytest.raises(ZipError, match="100,001 members"):
        ZipArchive(BytesReader(many_members(100_001)))


END64, LOCATOR = b"PK\6\6", b"PK\6\7"


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        pytest.param(
            lambda zip64: _patched(zip64, END64, 4, "<Q", 99), "not where it belongs", id="record size"
        ),
        pytest.param(
            lambda zip64: _patched(zip64, END64, 24, "<2Q", 1, 1), "more than its members", id="count"
        ),
        pytest.param(
            lambda zip64: _patched(zip64, END64, 24, "<2Q", 1 << 60, 1 << 60), "claims", id="large count"
        ),
        pytest.param(
            lambda zip64: _patched(zip64, END64, 40, "<Q", 1 << 62), "points elsewhere", id="length"
        ),
        pytest.param(
            lambda zip64: _patched(zip64, END64, 48, "<Q", 1 << 62), "points elsewhere", id="offset"
        ),
        pytest.param(lambda zip64: _patched(zip64, END64, 16, "<L", 1), "contradicts|disks", id="disk"),
        pytest.param(lambda zip64: _patched(zip64, LOCATOR, 8, "<Q", 5), "points elsewhere", id="locator"),
        pytest.param(lambda zip64: _patched(zip64, LOCATOR, 16, "<L", 2), "points elsewhere", id="disks"),
        pytest.param(lambda zip64: _patched(zip64, END, 8, "<2H", 2, 2), "contradicts", id="two counts"),
        pytest.param(lambda zip64: zip64.replace(END64, b"PK\6\1"), "not where it belongs", id="signature"),
    ],
)
def test_zip64_lies_are_refused(lie: Callable[[bytes], bytes], reason: str) -> None:
    zip64 = many_members(3)
    _read_all(zip64)
    with pytest.raises(ZipError, match=reason):
        _read_all(lie(zip64))


def test_a_reader_that_gives_too_little_is_refused() -> None:
    class Short(BytesReader):
        def read(self, offset: int, length: int) -> bytes:
            return super().read(offset, length)[:-1]

    with pytest.raises(ZipError, match="could be read"):
        ZipArchive(Short(ONE))


def test_damage_stays_damage_when_a_stream_is_read_on() -> None:
    archive = ZipArchive(BytesReader(_patched(ONE, CENTRAL, 16, "<L", 1)))
    with archive.open(archive.members[b"a.py"]) as stream:
        assert stream.read(5) == b"impor"
        for _ in range(2):
            with pytest.raises(ZipError, match="CRC-32"):
                stream.read(1000)


def _read_sparsely(content: bytes, path: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """A member over a `SparseReader`, and the ranges that were asked for."""
    reader, asked = SparseReader(len(content)), list[tuple[int, int]]()
    while True:
        try:
            archive = ZipArchive(reader)
            return archive.read(archive.members[path], LIMIT), asked
        except RangeMissing as missing:
            asked.append((missing.offset, missing.length))
            reader.add(missing.offset, content[missing.offset : missing.offset + missing.length])


def test_a_small_archive_takes_one_range() -> None:
    assert _read_sparsely(ONE, b"a.py") == (b"import b\n" * 20, [(0, len(ONE))])


def test_a_large_archive_takes_one_range_more_a_member() -> None:
    noise = zlib.compress(bytes(range(256))) * 2000
    content = _archive({"first": noise, "wanted": b"here", "last": noise}, zipfile.ZIP_STORED)
    found, asked = _read_sparsely(content, b"wanted")
    assert found == b"here"
    assert asked[0] == (len(content) - TAIL_BYTES, TAIL_BYTES)
    assert len(asked) == 2
    assert asked[1][1] < 150


def test_a_large_directory_takes_one_range_more() -> None:
    content = _archive({f"some/long/directory/{number}.py": b"" for number in range(2000)} | {"z": b"here"})
    found, asked = _read_sparsely(content, b"z")
    assert found == b"here"
    assert len(asked) == 2


def test_longer_local_headers_take_a_second_range_and_read_right() -> None:
    noise = zlib.compress(bytes(range(256))) * 2000
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.py", noise)
        archive.writestr("b.py", noise)
    plain = bytearray(buffer.getvalue())
    # Pad the first local header alone, as aligners do, and move what follows.
    struct.pack_into("<H", plain, 28, 4000)
    plain[34:34] = struct.pack("<2H", 0xD935, 3996) + bytes(3996)
    content = _patched(bytes(plain), CENTRAL, 42, "<L", 4034 + len(noise))
    content = _patched(content, END, 16, "<L", content.index(CENTRAL))
    found, asked = _read_sparsely(content, b"a.py")
    assert found == noise
    assert len(asked) == 3


def test_members_beyond_a_whole_range_are_streamed_in_chunks() -> None:
    large = bytes(range(256)) * (40 << 10)
    content = _archive({"large": large}, zipfile.ZIP_STORED)
    archive = ZipArchive(BytesReader(content))
    member = archive.members[b"large"]
    assert archive.range_of(member)[1] < len(large)
    assert archive.read(member, LIMIT) == large


@given(st.lists(st.sampled_from(["a", "ab.d", "b", "x.d/", "d"]), min_size=1, max_size=3), st.data())
def test_members_are_kept_by_what_their_path_contains(parts: list[str], data: st.DataObject) -> None:
    """Also where it stands in comments, in extra fields, and across the end of a name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(data.draw(st.integers(0, 6))):
            info = zipfile.ZipInfo(f"{number}{''.join(data.draw(st.permutations(parts)))}".rstrip("/"))
            info.comment = data.draw(st.sampled_from([b"", b".d/", b"/", b"d/x"]))
            info.extra = data.draw(st.sampled_from([b"", b"\x99\x99\x03\x00.d/", b"\x99\x99\x02\x00d/"]))
            archive.writestr(info, b"content")
    reader = BytesReader(buffer.getvalue())
    every = read_directory(reader)
    for wanted in (b".d/", b".d", b"/"):
        expected = {path: member for path, member in every.items() if wanted in member.raw_path}
        assert read_directory(reader, containing=wanted) == expected
