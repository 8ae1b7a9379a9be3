"""Every rule by which layers make one root, from their bytes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analyzers.files import FileKind, read_file, walk
from fakes.layers import (
    device,
    directory,
    fifo,
    file,
    hardlink,
    layer,
    opaque,
    symlink,
    whiteout,
)
from images.layers.overlay import squashed
from images.layers.reading import LayerReader
from images.layers.squashed_root import SquashedRoot
from images.wanted import Wanted

EVERYTHING = [Wanted(suffixes=(b"",))]


def root_of(*layers: bytes) -> SquashedRoot:
    reader = LayerReader(EVERYTHING)
    return squashed([reader(f"layer {number}", iter([one])) for number, one in enumerate(layers)])


def shown(root: SquashedRoot) -> dict[str, str]:
    """Every path with its content, or what it is."""
    found = {}
    for path, kind in walk(root):
        text = kind.value
        if kind is FileKind.FILE:
            text = read_file(root, path, 1 << 20).decode()
        elif kind is FileKind.SYMLINK:
            text = "-> " + root.read_link(path).decode()
        found[path.decode()] = text
    return found


def reasons(root: SquashedRoot) -> Sequence[str]:
    return [f"{one.where}: {one.reason}" for one in root.unknowns]


LOWER = layer(
    directory("a", mode=0o700),
    file("a/one", "1"),
    file("a/two", "2"),
    directory("a/deep"),
    file("a/deep/three", "3"),
    symlink("link", "a"),
    file("file", "f"),
)
BELOW = {"a": "directory", "a/deep": "directory", "a/deep/three": "3", "a/one": "1", "a/two": "2"}
LOWEST = {**BELOW, "file": "f", "link": "-> a"}


def without(*paths: str) -> dict[str, str]:
    return {path: text for path, text in LOWEST.items() if path not in paths}


UPPER_LAYERS = {
    "an empty layer": (layer(), LOWEST),
    "a layer without any block": (b"", LOWEST),
    "a file is replaced": (layer(file("./a/one", "new")), LOWEST | {"a/one": "new"}),
    "parents are implied": (
        layer(file("b/c/d", "x")),
        LOWEST | {"b": "directory", "b/c": "directory", "b/c/d": "x"},
    ),
    "a whiteout": (layer(whiteout("a/one")), without("a/one")),
    "a whiteout of a directory": (layer(whiteout("a")), without(*BELOW)),
    "a whiteout of nothing": (layer(whiteout("a/missing"), whiteout("b/c")), LOWEST),
    "a whiteout is not led astray by a link": (layer(whiteout("link/one")), LOWEST),
    "a whiteout spares its own layer": (
        layer(file("a/one", "new"), whiteout("a/one")),
        LOWEST | {"a/one": "new"},
    ),
    "a whiteout of a parent, after what its own layer sets below": (
        layer(file("a/new", "n"), whiteout("a")),
        without(*BELOW) | {"a": "directory", "a/new": "n"},
    ),
    "an opaque directory": (layer(opaque("a")), without(*BELOW) | {"a": "directory"}),
    "an opaque directory spares its own layer": (
        layer(file("a/new", "n"), opaque("a"), file("a/one", "again")),
        without(*BELOW) | {"a": "directory", "a/new": "n", "a/one": "again"},
    ),
    "an opaque directory further down": (layer(opaque("a/deep")), without("a/deep/three")),
    "an opaque directory that is new": (layer(opaque("new")), LOWEST | {"new": "directory"}),
    "an opaque root": (layer(opaque("")), {}),
    "an opaque directory over a link": (layer(opaque("link")), LOWEST | {"link": "directory"}),
    "a file replaces a directory": (layer(file("a", "x")), without(*BELOW) | {"a": "x"}),
    "a link replaces a directory": (layer(symlink("a", "file")), without(*BELOW) | {"a": "-> file"}),
    "a directory replaces a file": (layer(directory("file")), LOWEST | {"file": "directory"}),
    "a directory replaces a link": (layer(directory("link")), LOWEST | {"link": "directory"}),
    "a directory again": (layer(directory("a")), LOWEST),
    "devices and FIFOs": (layer(device("a/one"), fifo("p")), LOWEST | {"a/one": "other", "p": "other"}),
    "a hard link to a lower layer": (layer(hardlink("new", "a/one")), LOWEST | {"new": "1"}),
    "a hard link to a lower layer through a link": (
        layer(hardlink("new", "link/one")),
        LOWEST | {"new": "1"},
    ),
    "a hard link to a link": (layer(hardlink("new", "link")), LOWEST | {"new": "-> a"}),
    "a hard link to what was there by then": (
        layer(hardlink("new", "a/one"), file("a/one", "changed")),
        LOWEST | {"new": "1", "a/one": "changed"},
    ),
    "a hard link within its layer": (
        layer(file("a/one", "changed"), hardlink("new", "a/one")),
        LOWEST | {"new": "changed", "a/one": "changed"},
    ),
    "hard links to hard links": (
        layer(file("x", "1"), hardlink("y", "x"), hardlink("z", "y"), file("x", "2")),
        LOWEST | {"x": "2", "y": "1", "z": "1"},
    ),
    "what AUFS keeps for itself": (layer(file(".wh..wh.plnk/1.2", "x"), file(".wh..wh.aufs", "x")), LOWEST),
}


@pytest.mark.parametrize(("upper", "expected"), UPPER_LAYERS.values(), ids=UPPER_LAYERS)
def test_two_layers(upper: bytes, expected: dict[str, str]) -> None:
    assert shown(root_of(LOWER, upper)) == expected


def test_layers_say_where_paths_come_from() -> None:
    root = root_of(
        LOWER,
        layer(directory("a", mode=0o711), file("a/one", "2"), file("b/c", "")),
        layer(directory("b"), hardlink("l", "a/two"), opaque("a/deep"), file("a/deep/x", "")),
    )
    layers = {path.decode(): root.layer(path) for path, _ in walk(root)}
    assert layers == {
        "a": 0, "a/deep": 0, "a/deep/x": 2, "a/one": 1, "a/two": 0,
        "b": 1, "b/c": 1, "file": 0, "l": 2, "link": 0,
    }  # fmt: skip
    assert (root.layer(b""), root.layer(b"missing")) == (None, None)
    assert (root.stat(b"a").mode, root.stat(b"b").mode) == (0o711, 0o755)
