"""Which files of a layer are kept, and up to what size: what all catalogers want in one quick answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from images.roots.wanted import Wanted

_REMEMBERED_DIRECTORIES = 4096


class WantedFiles:
    """Several `Wanted`, asked together; what several want is kept up to the largest of their limits."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._paths = _largest((path, one.limit_bytes) for one in wanted for path in one.paths)
        self._names = _largest((name, one.limit_bytes) for one in wanted for name in one.names)
        self._suffixes = _largest((suffix, one.limit_bytes) for one in wanted for suffix in one.suffixes)
        self._parents = _largest((parent, one.limit_bytes) for one in wanted for parent in one.parents)
        self._any_suffix, self._any_parent = tuple(self._suffixes), tuple(self._parents)
        self._directories: dict[bytes, int] = {}

    def limit(self, path: bytes) -> int | None:
        """Up to how many bytes a file is kept; None for one that nobody wants."""
        directory, _, name = path.rpartition(b"/")
        found = self._directories.get(directory)
        if found is None:
            found = self._directory(directory)
        if name in self._names:
            found = max(found, self._names[name])
        if path.endswith(self._any_suffix):
            found = max(found, _of_endings(path, self._suffixes))
        if path in self._paths:
            found = max(found, self._paths[path])
        return found if found >= 0 else None

    def _directory(self, directory: bytes) -> int:
        if len(self._directories) >= _REMEMBERED_DIRECTORIES:
            self._directories.clear()
        found = _of_endings(directory, self._parents) if directory.endswith(self._any_parent) else -1
        self._directories[directory] = found
        return found


def _largest(limits: Iterable[tuple[bytes, int]]) -> dict[bytes, int]:
    largest: dict[bytes, int] = {}
    for key, limit_bytes in limits:
        largest[key] = max(largest.get(key, 0), limit_bytes)
    return largest


def _of_endings(path: bytes, endings: dict[bytes, int]) -> int:
    return max(limit_bytes for ending, limit_bytes in endings.items() if path.endswith(ending))
