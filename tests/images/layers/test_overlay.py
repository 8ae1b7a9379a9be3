"""Every rule by which layers make one root, from their bytes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analyzers.files import (
    FileKind,
    FileMissingError,
    UnsafePathError,
    WrongKindError,
    read_file,
    walk,
)
from fakes.images.layers import (
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
from images.roots.wanted import Wanted

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
    "a whiteout of nothing": (layer(whiteout("a/missing"), whiteout("b")), LOWEST),
    "a whiteout implies its parents": (layer(whiteout("b/c")), LOWEST | {"b": "directory"}),
    "a whiteout is not led astray by a link": (layer(whiteout("link/one")), LOWEST | {"link": "directory"}),
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


CONFLICTS = {
    "a directory over a link of a layer below": (
        [LOWER, layer(file("link/one", "new"))],
        LOWEST | {"link": "directory", "link/one": "new"},
        ["/link", "replaces what a layer below has there"],
    ),
    "a directory over a file of a layer below": (
        [LOWER, layer(file("file/one", "new"))],
        LOWEST | {"file": "directory", "file/one": "new"},
        ["/file", "replaces what a layer below has there"],
    ),
    "through a link of its own layer": (
        [layer(directory("a"), symlink("l", "a/"), file("l/x", "1"), symlink("m", "/l"), file("m/y", "2"))],
        {"a": "directory", "a/x": "1", "a/y": "2", "l": "-> a/", "m": "-> /l"},
        [],
    ),
    "a whiteout through a link of its own layer": (
        [LOWER, layer(symlink("l", "a"), whiteout("l/one"), file("l/new", "n"))],
        without("a/one") | {"l": "-> a", "a/new": "n"},
        [],
    ),
    "through a link that leads nowhere yet": (
        [layer(symlink("l", "../../b/./c/"), file("l/x", "1"))],
        {"b": "directory", "b/c": "directory", "b/c/x": "1", "l": "-> ../../b/./c/"},
        [],
    ),
    "through links in a circle": (
        [layer(symlink("l", "m"), symlink("m", "l"), file("l/x", "1"), file("y", ""))],
        {"l": "-> m", "m": "-> l", "y": ""},
        ["/l/x", "circles"],
    ),
    "below a file of its own layer": (
        [layer(file("f", "1"), file("f/x", ""), directory("f/y"), whiteout("f/z"))],
        {"f": "1"},
        ["/f/x", "in its way", "/f/y", "/f/.wh.z"],
    ),
    "a file replaces a directory of its own layer": (
        [layer(directory("a"), file("a/b/c", ""), file("a", "1"))],
        {"a": "1"},
        ["/a", "more than once"],
    ),
    "a directory replaces a file and a file a directory": (
        [layer(file("a/b", ""), file("a", "1"), directory("a"), file("a/c", "2"))],
        {"a": "directory", "a/c": "2"},
        ["/a", "more than once"],
    ),
    "a link replaces an implied directory": (
        [layer(file("a/b", "old"), file("c/b", "1"), symlink("a", "c"), file("a/d", "2"))],
        {"a": "-> c", "c": "directory", "c/b": "1", "c/d": "2"},
        ["/a", "more than once"],
    ),
    "a directory replaces a link": (
        [layer(symlink("a", "c"), file("a/b", "1"), directory("a"), file("a/b", "2"))],
        {"a": "directory", "a/b": "2", "c": "directory", "c/b": "1"},
        ["/a", "more than once"],
    ),
    "the last of several": ([layer(file("a", "1"), file("./a", "2"))], {"a": "2"}, ["/a", "more than once"]),
    "hard links that lead nowhere": (
        [
            LOWER,
            layer(hardlink("x", "missing"), hardlink("y", "a"), hardlink("z", "file/x"), whiteout("file")),
        ],
        without("file"),
        ["/x in", "/y in", "/z in", "leads nowhere"],
    ),
    "hard links to themselves and to directories": (
        [
            layer(
                directory("a"),
                hardlink("b", "b"),
                hardlink("c", "a"),
                hardlink("d", ""),
                hardlink("e", "../a"),
            )
        ],
        {"a": "directory"},
        ["/b", "itself", "/c", "to a directory", "/d", "is empty", "/e", "out of the root"],
    ),
    "a hard link to what a whiteout hides": (
        [LOWER, layer(whiteout("a/one"), hardlink("b", "a/one"))],
        without("a/one"),
        ["/b", "leads nowhere"],
    ),
    "bare whiteouts": (
        [LOWER, layer(file("a/.wh."), file("a/.wh..."), file(".wh.."))],
        LOWEST,
        ["/a/.wh.", "names nothing", "/.wh.."],
    ),
    "out of the root": (
        [
            layer(
                file("../x", ""),
                file("a/../../x", ""),
                file("a/../b", "1"),
                file("/c", "2"),
                file("//d/./e", "3"),
            )
        ],
        {"b": "1", "c": "2", "d": "directory", "d/e": "3"},
        ["../x", "out of the root", "detour", "absolute"],
    ),
}


@pytest.mark.parametrize(("layers", "expected", "told"), CONFLICTS.values(), ids=CONFLICTS)
def test_conflicts_are_decided_as_engines_do_and_told(
    layers: list[bytes], expected: dict[str, str], told: list[str]
) -> None:
    root = root_of(*layers)
    assert shown(root) == expected
    reported = "\n".join(reasons(root))
    for text in told:
        assert text in reported
    assert bool(reported) == bool(told)


def test_a_hard_link_keeps_what_it_shares() -> None:
    root = root_of(LOWER, layer(hardlink("b", "a/one")), layer(whiteout("a"), hardlink("c", "b")))
    assert shown(root) == without(*BELOW) | {"b": "1", "c": "1"}
    assert [root.layer(path) for path in (b"b", b"c")] == [1, 2]


def test_what_is_not_there_is_an_error_of_the_right_kind() -> None:
    root = root_of(LOWER)
    for read in (root.stat, root.open, root.read_link, root.list):
        with pytest.raises(FileMissingError):
            read(b"a/missing")
        with pytest.raises(WrongKindError, match="expected a directory, found a file"):
            read(b"a/one/below")
        with pytest.raises(WrongKindError, match="expected a directory, found a symlink"):
            read(b"link/one")
        with pytest.raises(UnsafePathError):
            read(b"../x")
    with pytest.raises(WrongKindError):
        root.list(b"a/one")
    with pytest.raises(WrongKindError):
        root.open(b"link")
    with pytest.raises(WrongKindError):
        root.read_link(b"a")
    assert (root.elf(b"missing"), root.sha256(b"missing")) == (None, None)


def test_names_need_not_be_text() -> None:
    name = b"\xff\xfe/\n\x1b[31m"
    root = root_of(layer(file(name, "x")), layer(file(name, "1"), file(name, "2")))
    assert list(walk(root)) == [(b"\xff\xfe", FileKind.DIRECTORY), (name, FileKind.FILE)]
    assert reasons(root)[0].startswith("/\\xff\\xfe/")


def test_huge_trees_take_time_in_proportion() -> None:
    """Every layer hides what the one before it made; nothing else is touched, or this would not end."""
    deep = "/".join("d" * 250)
    base = layer(*(file(f"{number % 100}/{number}") for number in range(10_000)), file(deep))
    tops = [layer(whiteout(f"top{number}"), file(f"top{number + 1}/{deep}/x")) for number in range(100)]
    root = root_of(base, *tops)
    assert root.paths() == 10_000 + 100 + 250 + 252
