from __future__ import annotations

import gzip
import io
import tarfile

import zstandard

from fakes.images.layers import (
    device,
    directory,
    fifo,
    file,
    gzipped,
    hardlink,
    header,
    layer,
    opaque,
    padded,
    pax,
    symlink,
    whiteout,
    zstandarded,
)


def test_tarfile_reads_every_entry() -> None:
    long = "d/" * 60 + "name"
    content = layer(
        directory("a"),
        file("a/b", "text", mode=0o755),
        symlink("a/c", "/b"),
        hardlink("d", "a/b"),
        fifo("e"),
        device("f"),
        device("g", block=True),
        whiteout("a/h"),
        whiteout("i"),
        opaque("a"),
        opaque(""),
        file(long, b"x"),
        symlink(long + "2", long),
        pax({"path": "é" * 90}) + header("short", size=1) + padded(b"y"),
    )
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        found = [(entry.name, entry.type, entry.size, entry.linkname) for entry in archive]
        assert archive.getmember("a/b").mode == 0o755
    assert found == [
        ("a", b"5", 0, ""),
        ("a/b", b"0", 4, ""),
        ("a/c", b"2", 0, "/b"),
        ("d", b"1", 0, "a/b"),
        ("e", b"6", 0, ""),
        ("f", b"3", 0, ""),
        ("g", b"4", 0, ""),
        ("a/.wh.h", b"0", 0, ""),
        (".wh.i", b"0", 0, ""),
        ("a/.wh..wh..opq", b"0", 0, ""),
        (".wh..wh..opq", b"0", 0, ""),
        (long, b"0", 1, ""),
        (long + "2", b"2", 0, long),
        ("é" * 90, b"0", 1, ""),
    ]


def test_compressed_it_is_the_same() -> None:
    content = layer(file("a", b"x" * 5000))
    assert gzip.decompress(gzipped(content)) == content
    assert zstandard.ZstdDecompressor().decompress(zstandarded(content)) == content
