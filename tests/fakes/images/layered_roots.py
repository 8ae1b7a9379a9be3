"""`LayeredMemoryRoot`: a root file system in memory that remembers its layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fakes.images.roots import MemoryRoot


class LayeredMemoryRoot(MemoryRoot):
    """Layers over each other, the lowest first; each maps paths to contents, None for what it removes.

    It is `images.roots.root_files.LayeredFiles` and `images.roots.root_files.KeptFiles` as well.
    """

    def __init__(
        self, layers: Sequence[Mapping[bytes, bytes | None]], links: Mapping[bytes, bytes] | None = None
    ) -> None:
        files: dict[bytes, bytes] = {}
        tops: dict[bytes, int] = {}
        for number, layer in enumerate(layers):
            for path, content in layer.items():
                files.pop(path, None)
                if content is not None:
                    files[path], tops[path] = content, number
        super().__init__(files, links, layers=tops)
        self._all, self._kept = tuple(layers), tuple(files)

    def versions(self, path: bytes) -> Iterator[tuple[int, bytes | None]]:
        for number in reversed(range(len(self._all))):
            if path in self._all[number]:
                yield number, self._all[number][path]

    def kept_paths(self) -> Iterator[bytes]:
        return iter(self._kept)
