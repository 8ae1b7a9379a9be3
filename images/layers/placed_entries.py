"""Where the entries of one layer come to lie: `PlacedEntries`, as if each were written to a disk in its turn.

A symbolic link that the same layer set is followed on the way to an entry; links of lower layers are not
known here, and engines that stack layers (overlayfs) do not see them either. What replaces a directory
removes what is below it. So in the end nothing lies below anything but directories.

Source: containerd ``archive/tar.go`` and Docker ``pkg/archive/diff.go``, which do so while they unpack.
"""

from __future__ import annotations

from analyzers.archives.tar_headers import TarError
from analyzers.files import joined
from images.layers.content import EntryKind, LayerEntry

_LIMIT_LINKS = 40
_WORK_FACTOR = 8
_DIRECTORY, _SYMLINK = EntryKind.DIRECTORY, EntryKind.SYMLINK


class EntryPlaceError(ValueError):
    """An entry that has no place in its layer."""


class PlacedEntries:
    """The entries so far.

    Args:
        limit: how many paths at most, those of implied directories included.

    Attributes:
        entries: by the path where they lie.
        whiteouts: as `images.layers.content.LayerContent.whiteouts`.
    """

    def __init__(self, limit: int) -> None:
        self.entries: dict[bytes, LayerEntry] = {}
        self.whiteouts: dict[bytes, EntryKind] = {}
        self._limit, self._work = limit, _WORK_FACTOR * limit
        self._directories: dict[bytes, bytes] = {b"": b""}
        """Where a directory lies, by its path as written; complete for every directory on the way."""

    @property
    def count(self) -> int:
        """How many paths are set or hidden, those of directories that are only implied included."""
        return len(self.entries) + len(self._directories) + len(self.whiteouts)

    def place(self, path: bytes) -> bytes:
        """Where the entry of a path comes to lie, through links of this layer.

        Raises:
            EntryPlaceError: a file is in its way, or links lead around in circles.
            TarError: finding places takes too long.
        """
        parent, _, name = path.rpartition(b"/")
        directory = self.directory(parent)
        return path if directory == parent else joined(directory, name)

    def directory(self, path: bytes) -> bytes:
        """Where a directory lies, which is implied where nothing has its path.

        Raises:
            EntryPlaceError: it is a file, or links lead around in circles.
            TarError: finding places takes too long.
        """
        found = self._directories.get(path)
        return self._enter(path) if found is None else found

    def put(self, path: bytes, entry: LayerEntry) -> list[bytes]:
        """Set an entry at its place; returned is what it replaces, itself and what was below it.

        Raises:
            TarError: there are too many, or they replace each other too often.
        """
        previous = self.entries.get(path)
        replaced: list[bytes] = []
        if previous is not None or path in self._directories:
            if previous is not None:
                replaced.append(path)
            was_directory = previous is None or previous.kind is _DIRECTORY
            if was_directory and entry.kind is not _DIRECTORY:
                replaced += self._remove_below(path)
            elif previous is not None and previous.kind is _SYMLINK:
                self._forget_directories(path)
        self.entries[path] = entry
        if len(self.entries) + len(self._directories) + len(self.whiteouts) > self._limit:
            raise TarError(f"has more than {self._limit:,} entries")
        return replaced

    def hide(self, directory: bytes, name: bytes | None) -> None:
        """Hide what the layers below have in a directory: a name, or all.

        Raises:
            TarError: there are too many.
        """
        if name is None:
            self.whiteouts.setdefault(directory, EntryKind.OPAQUE)
        else:
            self.whiteouts[joined(directory, name)] = EntryKind.WHITEOUT
        if self.count > self._limit:
            raise TarError(f"has more than {self._limit:,} entries")

    def _remove_below(self, path: bytes) -> list[bytes]:
        self._spend(len(self.entries) + len(self.whiteouts))
        below = path + b"/"
        for hidden in [known for known in self.whiteouts if known.startswith(below)]:
            del self.whiteouts[hidden]
        if self.whiteouts.get(path) is EntryKind.OPAQUE:
            del self.whiteouts[path]
        removed = [known for known in self.entries if known.startswith(below)]
        for known in removed:
            del self.entries[known]
        self._forget_directories(path)
        return removed

    def _forget_directories(self, path: bytes) -> None:
        """Forget the directories at a path and below it, and all that are reached through links."""
        self._spend(len(self._directories))
        below = path + b"/"
        self._directories = {
            written: place
            for written, place in self._directories.items()
            if written == place and written != path and not written.startswith(below)
        }

    def _enter(self, path: bytes) -> bytes:
        missing = []
        written = path
        while (found := self._directories.get(written)) is None:
            written, _, name = written.rpartition(b"/")
            missing.append(name)
        for name in reversed(missing):
            written = joined(written, name)
            found = self._directories[written] = self._follow(found, name)
        return found

    def _follow(self, directory: bytes, name: bytes) -> bytes:
        found, pending, links = directory, [name], 0
        while pending:
            self._spend(1)
            part = pending.pop()
            if part == b"..":
                found = found.rpartition(b"/")[0]
            elif part not in (b"", b"."):
                below = joined(found, part)
                entry = self.entries.get(below)
                if entry is None or entry.kind is _DIRECTORY:
                    found = self._directories[below] = below
                    continue
                if entry.kind is not _SYMLINK:
                    raise EntryPlaceError("a file of the same layer is in its way")
                links += 1
                if links > _LIMIT_LINKS:
                    raise EntryPlaceError("links lead around in circles on the way to it")
                if entry.target.startswith(b"/"):
                    found = b""
                pending.extend(entry.target.split(b"/")[::-1])
        return found

    def _spend(self, steps: int) -> None:
        self._work -= steps
        if self._work < 0:
            raise TarError("has entries that replace each other without end")
