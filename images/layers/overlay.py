"""The layers of an image as one root file system in memory: `squashed`, as engines stack them (overlayfs).

A whiteout hides what the layers below have, before anything of its own layer is seen; so does what replaces a
directory, and a directory that stands where a layer below has something else: nothing is followed from one
layer into another. Each path is touched once for each layer that says something about it or above it.

Source: OCI image specification, "Image Layer Filesystem Changeset" and "Applying Changesets".
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.files import joined
from analyzers.reports import Unknown
from images.layers.content import EntryKind, LayerContent, LayerEntry
from images.layers.remarks import Remarks, in_layer
from images.layers.squashed_root import Children, Place, SquashedRoot

_LIMIT_LINKS = 40
_REMARKS = 20
_DIRECTORY, _SYMLINK, _HARDLINK = EntryKind.DIRECTORY, EntryKind.SYMLINK, EntryKind.HARDLINK


def squashed(layers: Sequence[LayerContent]) -> SquashedRoot:
    """What a container of the image sees.

    Args:
        layers: lowest first.
    """
    overlay = _Overlay(layers)
    unknowns: list[Unknown] = []
    for index in range(len(layers)):
        found = (*layers[index].unknowns, *overlay.add(index))
        unknowns += [in_layer(unknown, index) for unknown in found]
    return SquashedRoot(
        layers, overlay.owners, overlay.children, overlay.since, overlay.shared, tuple(unknowns)
    )


class _Overlay:
    """The root file system of the layers so far; see `SquashedRoot` for what its parts are."""

    def __init__(self, layers: Sequence[LayerContent]) -> None:
        self._layers = layers
        self.owners: dict[bytes, int] = {}
        self.children: Children = {b"": {}}
        self.since: dict[bytes, int] = {}
        self.shared: dict[bytes, Place] = {}

    def add(self, index: int) -> tuple[Unknown, ...]:
        """Put one layer on top of those before it."""
        layer = self._layers[index]
        remarks = Remarks(_REMARKS)
        for path, kind in layer.whiteouts.items():
            if kind is EntryKind.WHITEOUT:
                self._remove(path)
            elif path in self.children:
                self._remove_below(path)
        linked = {
            path: self._target(entry.target)
            for path, entry in layer.entries.items()
            if entry.kind is _HARDLINK
        }
        for path, kind in layer.whiteouts.items():  # what stands for them has a directory to be in
            directory = path if kind is EntryKind.OPAQUE else path.rpartition(b"/")[0]
            if directory not in self.children:
                self._enter(directory, index, remarks)
        for path, entry in layer.entries.items():
            if entry.kind is _DIRECTORY:
                self._enter(path, index, remarks)
                self.owners[path] = index
            elif entry.kind is not _HARDLINK:
                self._set(path, index, remarks)
            elif (place := linked[path]) is not None:
                self._set(path, index, remarks)
                self.shared[path] = place
            else:
                remarks.add(path, "left out: a hard link that leads nowhere")
        return remarks.unknowns()

    def _set(self, path: bytes, index: int, remarks: Remarks) -> None:
        if path in self.owners:
            self._remove(path)
        parent = path.rpartition(b"/")[0]
        if parent not in self.children:
            self._enter(parent, index, remarks)
        self.owners[path] = index
        self.children[parent][path] = None

    def _enter(self, path: bytes, index: int, remarks: Remarks) -> None:
        """Make sure that there is a directory, and those above it."""
        missing = []
        while path not in self.children:
            missing.append(path)
            path = path.rpartition(b"/")[0]
        for path in reversed(missing):
            if path in self.owners:
                remarks.add(path, "a directory of this layer replaces what a layer below has there")
                self._remove(path)
            self.owners[path] = index
            self.since[path] = index
            self.children[path] = {}
            self.children[path.rpartition(b"/")[0]][path] = None

    def _remove(self, path: bytes) -> None:
        if path not in self.owners:
            return
        del self.children[path.rpartition(b"/")[0]][path]
        self._forget(path)

    def _remove_below(self, directory: bytes) -> None:
        below, self.children[directory] = self.children[directory], {}
        for path in below:
            self._forget(path)

    def _forget(self, path: bytes) -> None:
        """Drop a path and what is below it, whose parent knows it no more."""
        pending = [path]
        while pending:
            gone = pending.pop()
            del self.owners[gone]
            self.shared.pop(gone, None)
            below = self.children.pop(gone, None)
            if below is not None:
                self.since.pop(gone, None)
                pending.extend(below)

    def _target(self, path: bytes) -> Place | None:
        """Where the content of a hard link's target is; links on the way are followed, the target is not."""
        parent, _, name = path.rpartition(b"/")
        directory = self._directory(parent)
        if directory is None:
            return None
        found = joined(directory, name)
        if found not in self.owners or found in self.children:
            return None
        return self.shared.get(found) or Place(self.owners[found], found)

    def _directory(self, path: bytes) -> bytes | None:
        pending = path.split(b"/")[::-1]
        found, links = b"", 0
        while pending:
            part = pending.pop()
            if part == b"..":
                found = found.rpartition(b"/")[0]
            elif part not in (b"", b"."):
                below = joined(found, part)
                if below in self.children:
                    found = below
                    continue
                entry = self._entry(below)
                links += 1
                if entry is None or entry.kind is not _SYMLINK or links > _LIMIT_LINKS:
                    return None
                if entry.target.startswith(b"/"):
                    found = b""
                pending.extend(entry.target.split(b"/")[::-1])
        return found

    def _entry(self, path: bytes) -> LayerEntry | None:
        owner = self.owners.get(path)
        if owner is None:
            return None
        place = self.shared.get(path) or Place(owner, path)
        return self._layers[place.layer].entries.get(place.path)
