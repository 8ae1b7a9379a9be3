"""Whatever bytes come as a layer, reading ends, within its limits, with a record of what it found."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.files import FileKind, walk
from fakes.images.layer_stories import packed, random_layers
from fakes.images.layers import (
    base256,
    directory,
    file,
    gnu_long,
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
from images.layers.limits import LayerLimits
from images.layers.overlay import squashed
from images.layers.reading import LayerReader
from images.native.elf_file import ElfFile
from images.native.elf_parser import ElfParser
from images.roots.wanted import Wanted

WANTED = (Wanted(suffixes=(b"",), limit_bytes=10_000),)
LIMITS = LayerLimits(content_bytes=1 << 20, entries=200, name_bytes=20_000, extended_bytes=20_000)
ELF = ElfParser(lambda read: ElfFile(machine="x", bits=64) if read(0, 4) else None, lambda head: None)
SEED = layer(
    directory("a"),
    file("a/b", b"\x7fELF" + bytes(100)),
    gnu_long("l" * 120) + file("x", "1"),
    pax({"path": "é" * 60, "size": "3"}) + header("y") + padded(b"abc"),
    symlink("s", "../a"),
    hardlink("h", "a/b"),
    file("s/c", "2"),
    whiteout("gone"),
    opaque("a/d"),
    header("sparse", b"S", size=base256(512)) + bytes(512),
)


def assert_survived(*blobs: bytes) -> None:
    reader = LayerReader(WANTED, ELF, digests=True, limits=LIMITS)
    layers = [reader(str(number), iter([blob])) for number, blob in enumerate(blobs)]
    assert sum(len(one.entries) for one in layers) <= LIMITS.entries + len(layers)
    assert sum(one.size_bytes for one in layers) <= LIMITS.content_bytes
    root = squashed(layers)
    seen = 0
    for path, kind in walk(root, limit_depth=300):
        seen += 1
        assert root.stat(path).kind is kind
        if kind is FileKind.SYMLINK:
            root.read_link(path)
        assert root.layer(path) is not None
    assert seen == root.paths()
    for path in root.elf_paths():
        assert root.elf(path) is not None


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The seed with bytes changed, blocks moved or cut, and checksums right again more often than not."""
    changed = bytearray(SEED)
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(changed) - 1))
        match draw(st.sampled_from(("change", "change", "change", "move", "cut"))):
            case "change":
                changed[at] = draw(st.integers(0, 255))
            case "move":
                start = at - at % 512
                other = draw(st.integers(0, len(changed) // 512)) * 512
                changed[other:other] = changed[start : start + 512]
            case "cut":
                del changed[at : at + draw(st.integers(1, 1024))]
                changed = changed or bytearray(1)
    if draw(st.booleans()):
        for start in range(0, len(changed) - 511, 512):
            block = changed[start : start + 512]
            if block[257:262] == b"ustar":
                checksum = sum(block) - sum(block[148:156]) + 256
                changed[start + 148 : start + 156] = b"%06o\0 " % checksum
    return bytes(changed)


@given(mutated(), st.sampled_from((bytes, gzipped, zstandarded)))
def test_mutated_archives(content: bytes, pack: type[bytes]) -> None:
    assert_survived(SEED, pack(content))


@given(st.data())
def test_mutated_blobs(data: st.DataObject) -> None:
    blob = bytearray(data.draw(st.sampled_from((gzipped(SEED), zstandarded(SEED)))))
    for _ in range(data.draw(st.integers(1, 4))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    assert_survived(bytes(blob[: data.draw(st.integers(0, len(blob)))]))


@given(st.binary(max_size=3000))
def test_any_bytes(content: bytes) -> None:
    assert_survived(content)


@given(st.integers(0, 1 << 64))
def test_random_layers_in_any_order(seed: int) -> None:
    chance = random.Random(seed)
    layers = random_layers(chance, 4, 12)
    for entries in layers:
        chance.shuffle(entries)
    chance.shuffle(layers)
    assert_survived(*map(packed, layers))


MILLION = """
import sys
from fakes.images.layers import header, gzipped
from images.layers.overlay import squashed
from images.layers.reading import LayerReader
from images.roots.wanted import Wanted

def chunks():
    for start in range(0, 1_000_000, 1000):
        yield gzipped(b"".join(header("usr/lib/%d/%d" % (start, number)) for number in range(1000)))
    yield gzipped(bytes(1024))

found = LayerReader([Wanted(names=frozenset({b"x"}))])("the layer", chunks())
print(len(found.entries), squashed([found]).paths(), len(found.unknowns))
"""


@pytest.mark.slow
def test_a_million_entries_take_bounded_memory() -> None:
    """In a process of its own, whose memory is limited: one that takes more ends with an error."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    tests = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", MILLION],
        env={"PYTHONPATH": f"{tests}:{tests.parent}", "PATH": "/usr/bin"},
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.stdout, done.stderr) == ("1000000 1001002 0\n", "")
