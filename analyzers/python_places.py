"""Where a tree keeps Python: one walk over names, `PythonPlaces` out; no file is read, no link followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from analyzers.files import FileEntry, FileKind, FileReader, FileReaderError, joined
from analyzers.reports import Unknown

_SITE_NAMES = frozenset({b"site-packages", b"dist-packages"})
_METADATA_ENDINGS = (b".dist-info", b".egg-info", b".egg-link")
_LIBRARY_NAME = re.compile(rb"(?:python|pypy|graalpy)[0-9](?:\.[0-9]{1,2})?t?", re.ASCII)
_LIBRARY_LANDMARKS = frozenset({b"os.py", b"os.pyc"})
"""What an interpreter looks for to find its library. Source: CPython, ``Modules/getpath.py``."""
_EXECUTABLE_STARTS = (b"python", b"pypy", b"graalpy", b"platform-python")
_EXECUTABLE = re.compile(
    rb"(?:platform-)?(?:python|pypy|graalpy)(?:[0-9](?:\.[0-9]{1,2})?)?[tdmu]{0,2}(?:-dbg|-c)?", re.ASCII
)
# Nothing is installed below these, or what is there is none of the tree's own.
_PASSED_OVER = frozenset({b"node_modules", b"__pycache__", b".git", b"include"})
_PASSED_OVER_AT_ROOT = frozenset({b"proc", b"sys", b"dev"})
_SHARED_DATA = frozenset(
    {b"doc", b"fonts", b"i18n", b"icons", b"info", b"licenses", b"locale", b"man", b"terminfo", b"zoneinfo"}
)
_CACHE_TAG = b"CACHEDIR.TAG"
"""Source: https://bford.info/cachedir/"""
_CONDA_CACHE = b"pkgs"
"""Packages that conda unpacked, beside the environments that it links them into."""
_LIMIT_DEPTH = 24
_LIMIT_ENTRIES = 2_000_000


class PythonPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """Paths, nearest to the root first.

    Attributes:
        site_packages: directories named ``site-packages`` or ``dist-packages``.
        bundles: other directories that hold ``*.dist-info``, as ``pip install --target`` leaves them; those
            in caches, such as the one of uv, are left out.
        environments: directories that hold ``pyvenv.cfg``.
        libraries: directories of a standard library, such as ``usr/lib/python3.11``.
        executables: files and links with the name of an interpreter.
        conda: directories that hold ``conda-meta``.
    """

    site_packages: tuple[bytes, ...] = ()
    bundles: tuple[bytes, ...] = ()
    environments: tuple[bytes, ...] = ()
    libraries: tuple[bytes, ...] = ()
    executables: tuple[bytes, ...] = ()
    conda: tuple[bytes, ...] = ()


def python_places(reader: FileReader, unknowns: list[Unknown] | None = None) -> PythonPlaces:
    """What a tree holds of Python; what lies within installed packages, such as vendored copies, is left out.

    Args:
        reader: the tree.
        unknowns: gets a directory that cannot be listed, and that the search was cut short.
    """
    walk = _Walk()
    level, seen = [b""], 0
    for depth in range(_LIMIT_DEPTH):
        following: list[bytes] = []
        for directory in level:
            try:
                children = reader.list(directory)
            except FileReaderError as error:
                _note(unknowns, directory, error.reason)
                continue
            seen += len(children)
            following.extend(walk.entered(directory, children))
            if seen > _LIMIT_ENTRIES:
                reason = f"more than {_LIMIT_ENTRIES:,} entries in the tree; the rest is left out"
                _note(unknowns, directory, reason)
                return walk.places()
        if depth + 1 == _LIMIT_DEPTH and following:
            reason = f"more than {_LIMIT_DEPTH} directories deep; what is below is left out"
            _note(unknowns, following[0], reason)
        level = following
    return walk.places()


class _Walk:
    """What was found so far."""

    def __init__(self) -> None:
        self._site_packages: list[bytes] = []
        self._bundles: list[bytes] = []
        self._environments: list[bytes] = []
        self._libraries: list[bytes] = []
        self._executables: list[bytes] = []
        self._conda: list[bytes] = []
        self._caches: set[bytes] = set()

    def entered(self, directory: bytes, children: tuple[FileEntry, ...]) -> Iterator[bytes]:
        """Note what a directory holds; gives those below it that are to be entered."""
        is_bundle = is_library = is_cache = is_environment = is_conda = False
        below: list[bytes] = []
        file, link, folder = FileKind.FILE, FileKind.SYMLINK, FileKind.DIRECTORY
        for child in children:
            name, kind = child.name, child.kind
            if kind is folder:
                if name in _SITE_NAMES:
                    self._site_packages.append(joined(directory, name))
                elif name.endswith(_METADATA_ENDINGS):
                    is_bundle = is_bundle or name.endswith(b".dist-info")
                elif name == b"conda-meta":
                    is_conda = True
                    self._conda.append(directory)
                else:
                    below.append(name)
            elif kind is file or kind is link:
                if name.startswith(_EXECUTABLE_STARTS):
                    if _EXECUTABLE.fullmatch(name):
                        self._executables.append(joined(directory, name))
                elif name == b"pyvenv.cfg":
                    is_environment = True
                    self._environments.append(directory)
                elif name == _CACHE_TAG:
                    is_cache = True
                elif name in _LIBRARY_LANDMARKS:
                    is_library = is_library or is_library_name(directory)
        if is_library:
            self._libraries.append(directory)
            return iter(())
        if is_cache and not is_environment:  # uv marks its environments so, too
            self._caches.add(directory)
        if is_bundle:
            self._bundles.append(directory)
        if is_conda:
            below = [name for name in below if name != _CONDA_CACHE]
        return (joined(directory, name) for name in below if not _is_passed_over(directory, name))

    def _is_cached(self, path: bytes) -> bool:
        while path:
            if path in self._caches:
                return True
            path = path.rpartition(b"/")[0]
        return False

    def places(self) -> PythonPlaces:
        return PythonPlaces(
            site_packages=tuple(self._site_packages),
            bundles=tuple(path for path in self._bundles if not self._is_cached(path)),
            environments=tuple(self._environments),
            libraries=tuple(self._libraries),
            executables=tuple(self._executables),
            conda=tuple(self._conda),
        )


def holds_distributions(children: tuple[FileEntry, ...]) -> bool:
    """Whether a directory with these children is one that distributions are installed in."""
    return any(child.name.endswith(_METADATA_ENDINGS) for child in children)


def is_library_name(directory: bytes) -> bool:
    """Whether a directory has the name of a standard library: ``lib/python3.11``, PyPy's ``lib-python/3``."""
    above, _, name = directory.rpartition(b"/")
    return _LIBRARY_NAME.fullmatch(name) is not None or (
        above.rpartition(b"/")[2] == b"lib-python" and name[:1].isdigit()
    )


def _is_passed_over(directory: bytes, name: bytes) -> bool:
    if name in _PASSED_OVER:
        return True
    if not directory:
        return name in _PASSED_OVER_AT_ROOT
    return name in _SHARED_DATA and directory.rpartition(b"/")[2] == b"share"


def _note(unknowns: list[Unknown] | None, directory: bytes, reason: str) -> None:
    if unknowns is not None and len(unknowns) < 1_000:
        where = directory.decode("utf-8", "backslashreplace") or "."
        unknowns.append(Unknown(what="directory", where=where, reason=reason))
