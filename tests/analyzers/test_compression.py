from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard

from analyzers.archives.compression import (
    MAGIC_BYTES,
    PIECE_BYTES,
    CompressionError,
    compression_of,
    expanded,
)

CONTENT = b"".join(b"%d " % number for number in range(200_000))
METHODS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, 1),
    "zstd": zstandard.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.fixture(params=["isal", "zlib"])
def _inflater(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "isal", None)  # as where there is no wheel of it
    else:
        pytest.importorskip("isal")


@pytest.mark.usefixtures("_inflater")
@pytest.mark.parametrize("size", [1000, 1 << 17, 1 << 30])
@pytest.mark.parametrize("name", METHODS)
def test_streams_that_follow_each_other_are_one(name: str, size: int) -> None:
    pack = METHODS[name]
    data = pack(CONTENT[:7]) + pack(b"") + pack(CONTENT[7:])
    assert compression_of(data[:MAGIC_BYTES]) == name
    pieces = list(expanded(chunked(data, size), name, 3))
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= PIECE_BYTES
    if name != "zstd":
        assert b"".join(expanded(chunked(data + bytes(700), size), name, 3)) == CONTENT
        with pytest.raises(CompressionError, match="more than 2 compressed streams"):
            list(expanded(chunked(data, size), name, 2))


@pytest.mark.usefixtures("_inflater")
@pytest.mark.parametrize("name", METHODS)
def test_damage_is_an_error(name: str) -> None:
    data = METHODS[name](CONTENT)
    cases = [data + b"garbage", data[:20] + bytes(100) + data[120:]]
    if name != "zstd":  # whose frames that end early show in their content alone
        cases += [data[:-1], data[:5], b""]
    for damaged in cases:
        with pytest.raises(CompressionError, match="compression is damaged"):
            list(expanded(chunked(damaged, 1000), name, 9))


@pytest.mark.usefixtures("_inflater")
def test_no_piece_is_larger_than_promised_whatever_the_ratio() -> None:
    for name, pack in METHODS.items():
        pieces = expanded(iter([pack(bytes(20 << 20))]), name, 1)
        assert all(len(piece) <= PIECE_BYTES for piece in pieces)


def test_a_window_larger_than_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packer.compress(b"x" * 1000) + packer.flush()
    with pytest.raises(CompressionError, match="memory"):
        list(expanded(iter([data]), "zstd", 1))


@pytest.mark.parametrize("head", [b"", b"\x1f\x8b", b"a/b", zlib.compress(b""), b"\x49\x2a\x4d\x18"])
def test_the_rest_has_no_compression(head: bytes) -> None:
    assert compression_of(head) is None
