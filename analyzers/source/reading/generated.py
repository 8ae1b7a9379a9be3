"""Directories that nobody wrote: virtual environments, caches, what installers and builds leave behind.

A name alone decides only where nobody gives it to his own code; ``build`` and its like must show what made
them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzers.files import FileEntry, FileReader, FileReaderError, joined

_NAMES = frozenset(
    {
        *(b"__pycache__", b"__pypackages__", b"node_modules", b"bower_components"),
        *(b"site-packages", b"dist-packages", b"CVS", b"_darcs"),
    }
)
_ENDINGS = (b".egg-info", b".dist-info", b".egg")
_CONDA = b"conda-meta"
_OF_ENVIRONMENTS = frozenset(
    {b"bin", b"lib", b"lib64", b"include", b"share", b"Scripts", b"Lib", b"Include", _CONDA, b"etc", b"pkgs"}
)
_MARKERS = frozenset({b"pyvenv.cfg", b"CACHEDIR.TAG"})
_BUILT = re.compile(rb"(?:bdist|lib|temp|scripts)[.-].+")
_BUILDS = frozenset({b"setup.py", b"setup.cfg", b"pyproject.toml"})
_SPHINX = frozenset({b"doctrees", b"html", b"jupyter_execute", b"linkcheck"})
_ARCHIVES = (b".whl", b".tar.gz", b".egg")


def is_generated(reader: FileReader, path: bytes, children: Sequence[FileEntry]) -> bool:
    """Whether a directory below the root is evidently no source of the project.

    Args:
        reader: the tree, for a look at what stands beside or below.
        path: of the directory.
        children: of the directory.
    """
    above, _, name = path.rpartition(b"/")
    if name in _NAMES or name.endswith(_ENDINGS):
        return True
    names = {child.name for child in children}
    if not names.isdisjoint(_MARKERS) or (_CONDA in names and not names.isdisjoint((b"bin", b"lib", b"Lib"))):
        return True
    if name == b"build" and b"__init__.py" not in names:
        if any(_BUILT.fullmatch(child) for child in names):
            return True
        return b"lib" in names and not _names_in(reader, above).isdisjoint(_BUILDS)
    if name == b"_build":
        return not names.isdisjoint(_SPHINX)
    if name == b"dist":
        return any(child.endswith(_ARCHIVES) for child in names)
    return _is_old_environment(reader, path, names)


def environment_folders(children: Sequence[FileEntry]) -> frozenset[bytes]:
    """The folders of an environment that a project shares its root with; none where it has its own."""
    names = {child.name for child in children}
    return _OF_ENVIRONMENTS if b"pyvenv.cfg" in names or _CONDA in names else frozenset()


def _is_old_environment(reader: FileReader, path: bytes, names: set[bytes]) -> bool:
    """Environments of virtualenv before version 20 have no ``pyvenv.cfg``."""
    for scripts, library in ((b"bin", b"lib"), (b"Scripts", b"Lib")):
        if scripts in names and library in names:
            below = _names_in(reader, joined(path, scripts))
            if any(name.startswith(b"activate") for name in below) and any(
                b"python" in name for name in below
            ):
                return True
    return False


def _names_in(reader: FileReader, path: bytes) -> set[bytes]:
    try:
        return {child.name for child in reader.list(path)}
    except FileReaderError:
        return set()
