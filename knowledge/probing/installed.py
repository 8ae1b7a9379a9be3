"""What was installed for a stack: whose each file and module is, and by which names each is imported."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from analyzers.directories import DirectoryReader
from analyzers.distributions import Distribution, find_distributions, read_distribution
from analyzers.files import FileReaderError
from analyzers.source.names.provided_names import provided_names
from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import PinnedFile

_SUFFIXES = (".py", ".pyc", ".so", ".pyd", ".pyx", ".pxd")


class Installed:
    """The releases of an environment by what they brought.

    Args:
        site_packages: where they were installed, on this machine.
        seen_site: the same directory as programs see it.
        pins: what was installed; nothing else is believed to be there.
    """

    def __init__(self, site_packages: Path, seen_site: str, pins: Iterable[PinnedFile]) -> None:
        self.site_packages = site_packages
        self._site = seen_site.rstrip("/") + "/"
        self._releases = {pin.project: pin.release for pin in pins}
        self._files: dict[str, ReleaseIdentity] = {}
        self._modules: dict[str, ReleaseIdentity] = {}
        self.names: dict[str, tuple[str, ...]] = dict.fromkeys(self._releases, ())
        distributions = list(_distributions(site_packages))
        for one in distributions:
            self._add_files(one)
        for provided in provided_names(distributions):
            release = self._releases.get(canonicalize_name(provided.name))
            if release is not None:
                self.names[release.project] = tuple(sorted(provided.names))
                for name in provided.names:
                    self._modules.setdefault(name, release)

    def _add_files(self, one: Distribution) -> None:
        assert one.metadata is not None
        release = self._releases.get(canonicalize_name(one.metadata.name))
        if release is None:
            return
        for row in one.record or ():
            path = posixpath.normpath(row.path)
            if not path.startswith(("/", "..")):
                self._files.setdefault(path, release)
                if path.endswith(_SUFFIXES):
                    module = _module(path)
                    self._modules.setdefault(module, release)

    def relative(self, path: str) -> str:
        """A path below where packages are installed; empty for another."""
        return path[len(self._site) :] if path.startswith(self._site) else ""

    def without_site(self, text: str) -> str:
        """A text in which paths begin where packages are installed."""
        return text.replace(self._site, "")

    def of_file(self, path: str) -> ReleaseIdentity | None:
        """Whose file that is, as programs see it, or as it is written in what was compiled."""
        relative = self.relative(path) or ("" if path.startswith(("/", "<")) else posixpath.normpath(path))
        if not relative:
            return None
        return self._files.get(relative) or self.of_module(_module(relative))

    def of_module(self, name: str) -> ReleaseIdentity | None:
        """Whose module that is, by its dotted name; the closest package above it counts as well."""
        while name:
            if name in self._modules:
                return self._modules[name]
            name = name.rpartition(".")[0]
        return None

    def of_library(self, name: str, *, any_version: bool = False) -> ReleaseIdentity | None:
        """Whose shared library that is, by the name of its file.

        Args:
            name: such as ``libtorch.so`` or ``libarrow.so.1500``.
            any_version: whether another number after ``.so`` will do.
        """
        wanted = _unnumbered(name) if any_version else name
        for path, owner in self._files.items():
            found = path.rpartition("/")[2]
            if ".so" in found and (_unnumbered(found) if any_version else found) == wanted:
                return owner
        return None

    def of_project(self, project: str) -> ReleaseIdentity | None:
        """The release of a project (normalised name)."""
        return self._releases.get(project)


def _unnumbered(library: str) -> str:
    return library.partition(".so")[0]


def _module(path: str) -> str:
    """The dotted name that a file is imported by."""
    directory, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    parts = [part for part in directory.split("/") if part]
    return ".".join(parts if stem == "__init__" else [*parts, stem])


def _distributions(site_packages: Path) -> Iterator[Distribution]:
    reader = DirectoryReader(site_packages)
    try:
        found = find_distributions(reader, b"")
    except FileReaderError:
        return
    for place in found:
        try:
            one = read_distribution(reader, place)
        except FileReaderError:
            continue
        if one.metadata is not None:
            yield one
