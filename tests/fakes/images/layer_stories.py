"""Random images: layers that set, replace, hide and link to each other's paths, and what they come to.

`stacked` says what an engine makes of them in the plainest way there is: every layer is a tree of its own,
built entry by entry, and is then laid over the tree below.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from fakes.images.layers import directory, file, hardlink, layer, opaque, symlink, whiteout

Tree = dict[str, "Tree | str"]
"""Directories by name; a file is its content, a link its target behind ``-> ``."""


class Entry(NamedTuple):
    """One entry of a layer: what it does, its path, and content or target."""

    kind: str
    path: str
    text: str = ""


_KINDS = ("file", "file", "file", "directory", "symlink", "hardlink", "whiteout", "whiteout", "opaque")
_NAMES = ("a", "b", "c")


def random_layers(chance: random.Random, count: int, entries: int) -> list[list[Entry]]:
    """Layers of so few names that they collide; only what an engine accepts."""
    layers: list[list[Entry]] = []
    below: Tree = {}
    for number in range(count):
        chosen: list[Entry] = []
        for place in range(4 * chance.randrange(entries + 1)):
            kind = chance.choice(_KINDS)
            path = "/".join(chance.choices(_NAMES, k=chance.randint(1, 3)))
            text = {"file": f"{number}.{place}", "symlink": "nowhere"}.get(kind, "")
            if kind == "hardlink":
                text = "/".join(chance.choices(_NAMES, k=chance.randint(1, 3)))
            one = Entry(kind, path, text)
            if is_accepted(below, [*chosen, one]):
                chosen.append(one)
        below = laid_over(below, chosen)
        layers.append(chosen)
    return layers


def packed(entries: Sequence[Entry]) -> bytes:
    return layer(*map(_packed, entries))


def _packed(entry: Entry) -> bytes:
    match entry.kind:
        case "directory":
            return directory(entry.path)
        case "whiteout":
            return whiteout(entry.path)
        case "opaque":
            return opaque(entry.path)
        case "symlink":
            return symlink(entry.path, entry.text)
        case "hardlink":
            return hardlink(entry.path, entry.text)
    return file(entry.path, entry.text)


def stacked(layers: Sequence[Sequence[Entry]]) -> Tree:
    below: Tree = {}
    for entries in layers:
        below = laid_over(below, entries)
    return below


def is_accepted(below: Tree, entries: Sequence[Entry]) -> bool:
    """Whether the last entry is one about which engines agree."""
    *before, last = entries
    parts = last.path.split("/")
    above = [parts[:depth] for depth in range(1, len(parts))]
    seen = laid_over(below, before)
    if any(isinstance(_at(seen, place), str) for place in above):
        return False
    if last.kind in ("whiteout", "opaque"):
        hides = any(one.kind in ("whiteout", "opaque") and one.path.startswith(last.path) for one in before)
        if hides or not isinstance(_at(seen, parts[:-1] if last.kind == "whiteout" else parts), dict):
            return False
    if last.kind == "directory" and isinstance(_at(_own(below, before), parts), str):
        return False
    if last.kind == "hardlink" and f"{last.text}/".startswith(f"{last.path}/"):
        return False  # it would replace what it links to
    try:
        _own(below, entries)
    except LookupError:
        return False
    return True


def laid_over(below: Tree, entries: Sequence[Entry]) -> Tree:
    """The tree with one more layer."""
    return _merged(_hidden(below, entries), _own(below, entries))


def _own(below: Tree, entries: Sequence[Entry]) -> Tree:
    """What a layer holds itself.

    Raises:
        LookupError: a hard link leads nowhere, or to a directory.
    """
    own: Tree = {}
    hidden = _hidden(below, entries)
    for entry in entries:
        *above, name = entry.path.split("/")
        if entry.kind == "opaque":
            above = [*above, name]
        place = own
        for part in above:
            child = place.get(part)
            if not isinstance(child, dict):
                child = place[part] = {}
            place = child
        match entry.kind:
            case "file":
                place[name] = entry.text
            case "symlink":
                place[name] = f"-> {entry.text}"
            case "directory":
                if not isinstance(place.get(name), dict):
                    place[name] = {}
            case "hardlink":
                found = _at(own, entry.text.split("/")) or _at(_merged(hidden, own), entry.text.split("/"))
                if not isinstance(found, str):
                    raise LookupError(entry)
                place[name] = found
    return own


def _hidden(below: Tree, entries: Sequence[Entry]) -> Tree:
    """A tree without what whiteouts and opaque directories of a layer hide."""
    left = _copy(below)
    for entry in entries:
        *above, name = entry.path.split("/")
        place = _at(left, above)
        if not isinstance(place, dict):
            continue
        if entry.kind == "whiteout":
            place.pop(name, None)
        elif entry.kind == "opaque" and isinstance(place.get(name), dict):
            place[name] = {}
    return left


def _merged(below: Tree, own: Tree) -> Tree:
    merged = dict(below)
    for name, child in own.items():
        old = merged.get(name)
        merged[name] = _merged(old, child) if isinstance(old, dict) and isinstance(child, dict) else child
    return merged


def _at(tree: Tree, parts: Sequence[str]) -> Tree | str | None:
    found: Tree | str | None = tree
    for part in parts:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _copy(tree: Tree) -> Tree:
    return {name: _copy(child) if isinstance(child, dict) else child for name, child in tree.items()}
