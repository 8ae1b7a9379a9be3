"""Where an interpreter looks for installed distributions, in its order; no line of a ``.pth`` is executed.

Source: CPython, ``Lib/site.py``, with what Debian (``dist-packages``) and Fedora (``/usr/local``) change.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import msgspec

from analyzers.files import FileReaderError, joined, read_file
from analyzers.installed_entries import installed_entries
from analyzers.metadata import decoded
from images.installations.executables import Installation
from images.installations.variables import ProcessVariables
from images.roots.following import FollowingFiles

SITE_NAME = b"site.py"
PTH_SUFFIX = b".pth"
_LIMIT_SITE_BYTES = 1 << 18
_LIMIT_PTH_BYTES = 1 << 20
_LIMIT_PTH_FILES = 1_000
_LIMIT_PTH_LINES = 10_000
_LIMIT_DIRECTORIES = 500
_QUOTED_USR_LOCAL = re.compile(rb"""["']/usr/local/?["']""")


class Sites:
    """The directories of one image that interpreters search, with what was read of each kept."""

    def __init__(self, files: FollowingFiles, variables: ProcessVariables) -> None:
        self.files, self.variables = files, variables
        self._named: dict[bytes, tuple[bytes, ...]] = {}
        self._first: tuple[bytes, ...] | None = None

    def named_by_pth(self, site: bytes) -> tuple[bytes, ...]:
        """The directories that the ``.pth`` files of a directory add, those that exist."""
        if site not in self._named:
            paths = itertools.islice(_pth_paths(self.files, site), _LIMIT_DIRECTORIES)
            found = [real for path in paths if (real := self.files.directory(path)) is not None]
            self._named[site] = tuple(dict.fromkeys(found))
        return self._named[site]

    def searched_first(self) -> tuple[bytes, ...]:
        """The directories of PYTHONPATH; of those only such with distributions in them matter here."""
        if self._first is None:
            found = []
            for directory in self.variables.paths("PYTHONPATH"):
                real = self.files.directory(directory) if b"\0" not in directory else None
                if real is not None and any(installed_entries(real, self.files.list(real))):
                    found.append(real)
            self._first = tuple(dict.fromkeys(found))
        return self._first


class SearchPath:
    """Directories that exist, each once by its real path, in the order in which they are added."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._found = dict.fromkeys(sites.searched_first())

    @property
    def directories(self) -> tuple[bytes, ...]:
        """Those that were added, after those that come first for every interpreter."""
        return tuple(self._found)

    def add(self, path: bytes) -> bytes | None:
        """Search a directory if there is one; gives its real path where it is new."""
        if b"\0" in path or len(self._found) >= _LIMIT_DIRECTORIES:
            return None
        real = self._sites.files.directory(path)
        if real is None or real in self._found:
            return None
        self._found[real] = None
        return real

    def add_site(self, path: bytes) -> None:
        """The same of a directory whose ``.pth`` files count."""
        site = self.add(path)
        if site is not None:
            for target in self._sites.named_by_pth(site):
                if len(self._found) < _LIMIT_DIRECTORIES:
                    self._found.setdefault(target)


def _pth_paths(files: FollowingFiles, site: bytes) -> Iterator[bytes]:
    """The paths that the ``.pth`` files of a directory name, whether there is anything or not."""
    try:
        names = [child.name for child in files.list(site) if child.name.endswith(PTH_SUFFIX)]
    except FileReaderError:
        return
    for name in names[:_LIMIT_PTH_FILES]:
        for line in pth_lines(files, joined(site, name)):
            yield line.lstrip(b"/") if line.startswith(b"/") else joined(site, line)


def pth_lines(files: FollowingFiles, path: bytes) -> list[bytes]:
    """The lines of a ``.pth`` file that are paths."""
    try:
        text = decoded(read_file(files, path, _LIMIT_PTH_BYTES))
    except FileReaderError:
        return []
    lines = [line.rstrip() for line in text.splitlines()[:_LIMIT_PTH_LINES]]
    return [
        line.encode("utf-8", "backslashreplace")
        for line in lines
        if line and not line.startswith(("#", "import ", "import\t")) and "\0" not in line
    ]


class SiteLayout(msgspec.Struct, frozen=True, kw_only=True):
    """What the distribution changed of ``site.py``."""

    is_debian: bool = False
    is_fedora: bool = False


def site_layout(files: FollowingFiles, library: bytes | None) -> SiteLayout:
    """How the interpreter with this library finds its directories."""
    if library is None:
        return SiteLayout()
    try:
        text = read_file(files, joined(library, SITE_NAME), _LIMIT_SITE_BYTES)
    except FileReaderError:
        # Without its source: Debian alone has the directory that all releases share.
        above = library.rpartition(b"/")[0]
        return SiteLayout(is_debian=files.directory(joined(above, b"python3/dist-packages")) is not None)
    return SiteLayout(
        is_debian=b"dist-packages" in text,
        is_fedora=_QUOTED_USR_LOCAL.search(text) is not None,
    )


def interpreter_path(sites: Sites, installation: Installation) -> tuple[bytes, ...]:
    """The directories that an interpreter searches outside of any environment."""
    path = SearchPath(sites)
    if installation.python is None:
        return path.directories
    for directory in _system_sites(sites, installation):
        path.add_site(directory)
    if installation.library is not None:
        _add_library(sites.files, path, installation.library)
    return path.directories


def environment_path(
    sites: Sites, prefix: bytes, base: Installation | None, python: str | None, *, with_system_sites: bool
) -> tuple[bytes, ...]:
    """The directories that the interpreter of a virtual environment searches."""
    path = SearchPath(sites)
    for directory in environment_sites(prefix, base, python):
        path.add_site(directory)
    if with_system_sites and base is not None:
        for directory in _system_sites(sites, base):
            path.add_site(directory)
    return path.directories


def _system_sites(sites: Sites, installation: Installation) -> Iterator[bytes]:
    yield from user_sites(installation, sites.variables)
    yield from prefix_sites(sites.files, installation)


def environment_sites(prefix: bytes, base: Installation | None, python: str | None) -> Iterator[bytes]:
    """``site-packages`` of a virtual environment."""
    implementation = base.implementation if base is not None else "cpython"
    threads = "t" if base is not None and "t" in base.flags else ""
    if python is not None:
        yield from _standard_sites(prefix, implementation, python, threads)
    if implementation == "pypy":
        yield joined(prefix, b"site-packages")


def user_sites(installation: Installation, variables: ProcessVariables) -> Iterator[bytes]:
    """``site-packages`` of the users: below PYTHONUSERBASE, else ``.local`` in their home directories."""
    if variables.environ.get("PYTHONNOUSERSITE") or installation.python is None:
        return
    base = variables.environ.get("PYTHONUSERBASE")
    if base:
        bases = [variables.absolute(base.encode("utf-8", "backslashreplace"))]
    else:
        bases = [joined(home, b".local") for home in variables.homes]
    stem = "python" if installation.implementation == "cpython" else installation.implementation
    threads = "t" if "t" in installation.flags else ""
    for each in bases:
        yield joined(each, f"lib/{stem}{installation.python}{threads}/site-packages".encode())


def prefix_sites(files: FollowingFiles, installation: Installation) -> Iterator[bytes]:
    """The directories of the prefix itself, and of its distribution's additions."""
    prefix, python = installation.prefix, installation.python or ""
    threads = "t" if "t" in installation.flags else ""
    layout = site_layout(files, installation.library)
    if layout.is_debian:
        shared = f"python{python.partition('.')[0]}"
        yield joined(prefix, f"local/lib/python{python}/dist-packages".encode())
        yield joined(prefix, f"lib/{shared}/dist-packages".encode())
        yield joined(prefix, f"lib/python{python}/dist-packages".encode())
        return
    if layout.is_fedora and prefix == b"usr":
        yield from _standard_sites(b"usr/local", installation.implementation, python, threads)
    yield from _standard_sites(prefix, installation.implementation, python, threads)
    if installation.implementation == "pypy":
        yield joined(prefix, b"site-packages")


def _standard_sites(prefix: bytes, implementation: str, python: str, threads: str) -> Iterator[bytes]:
    stem = "python" if implementation == "cpython" else implementation
    for folder in ("lib64", "lib"):
        yield joined(prefix, f"{folder}/{stem}{python}{threads}/site-packages".encode())


def _add_library(files: FollowingFiles, path: SearchPath, library: bytes) -> None:
    """The standard library is searched too: Debian keeps metadata of what was part of it there."""
    for directory in (library, joined(library, b"lib-dynload")):
        try:
            children = files.list(directory)
        except FileReaderError:
            continue
        if any(installed_entries(directory, children)):
            path.add(directory)
