"""What manifests say about indexes and kinds of files, put together in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.utils import canonicalize_name

from analyzers.evidence import Location
from analyzers.manifests.declared import Index, Manifest
from resolver.asked.asked import FileWishes
from resolver.targets.formats import ALL

_NONE = ":none:"


class FileWishesDraft:
    """Collects; `finish` gives the record."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._indexes: dict[tuple[str, str], Index] = {}
        self._pinned: dict[str, tuple[str, Location]] = {}
        self._no_index = self._prereleases = False
        self._requires_hashes: str | None = None
        self._no_binary: set[str] = set()
        self._no_build: set[str] = set()

    def add(self, manifest: Manifest) -> None:
        """What a file says, those that it includes too."""
        for index in manifest.indexes:
            self._indexes[(index.kind, index.url)] = index
        options = manifest.options
        self._no_index |= options.no_index
        self._prereleases |= options.pre
        if options.require_hashes:
            self._requires_hashes = self._requires_hashes or manifest.path
        _collect(options.no_binary, self._no_binary)
        _collect(options.only_binary, self._no_build)
        ignored = (("--prefer-binary", options.prefer_binary), ("--trusted-host", options.trusted_hosts))
        for name, stated in ignored:
            if stated:
                self.notes.append(f"{manifest.path}: the option {name} is passed over")

    def pin(self, project: str, index: str, location: Location) -> None:
        """A project comes from the index of this name."""
        self._pinned[project] = (index, location)

    def finish(self) -> FileWishes:
        """The record."""
        return FileWishes(
            indexes=tuple(self._indexes.values()),
            pinned=self._pinned,
            no_index=self._no_index,
            prereleases=self._prereleases,
            requires_hashes=self._requires_hashes,
            no_binary=frozenset(self._no_binary),
            no_build=frozenset(self._no_build),
        )


def _collect(stated: Iterable[str], names: set[str]) -> None:
    """Source: https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-no-binary."""
    for name in stated:
        if name == ALL:
            names.clear()
            names.add(ALL)
        elif name == _NONE:
            names.clear()
        else:
            names.add(canonicalize_name(name))
