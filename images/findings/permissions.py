"""Who may change what runs: directories that everybody may write to, and the user that the image runs as."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.files import FileKind, FileReaderError, joined
from images.catalogers.catalog import Catalog
from images.reports.image_config import ImageConfig
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles

_EVERYBODY = 0o002
_IMPORTED = (b".py", b".pyc", b".so", b".pth", b".egg", b".egg-link", b".zip")
_MOST_DIRECTORIES = 1000
_MOST_CHILDREN = 20_000
_MOST_SHOWN = 5


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """``world-writable-search-path`` and ``runs-as-root``."""
    return (*_search_paths(files, known), *_user(config))


def _search_paths(files: RootFiles, known: Catalog) -> Iterator[Finding]:
    directories = dict.fromkeys(path for one in known.interpreters for path in one.search_path)
    for shown in list(directories)[:_MOST_DIRECTORIES]:
        directory = led_to(files, shown.encode("utf-8", "surrogateescape"))
        if directory is None or _kind(files, directory) is not FileKind.DIRECTORY:
            continue
        open_paths = list(_open_paths(files, directory))
        if not open_paths:
            continue
        more = "" if len(open_paths) <= _MOST_SHOWN else f" and {len(open_paths) - _MOST_SHOWN} more"
        yield Finding(
            id="world-writable-search-path",
            level=Level.WARNING,
            message=f"every user of the container may change what Python imports from {shown}{more}",
            subject=shown,
            location=Location(path=shown),
            evidence=tuple(
                Evidence(what=f"its mode is {mode:04o}", where=shown_path(path))
                for path, mode in open_paths[:_MOST_SHOWN]
            ),
        )


def _open_paths(files: RootFiles, directory: bytes) -> Iterator[tuple[bytes, int]]:
    """The directory, those above it, and what lies in it, so far as everybody may write there."""
    above = directory
    while True:
        mode = _mode(files, above)
        # In a directory above, the sticky bit keeps others from renaming what is not theirs.
        if mode & _EVERYBODY and (above == directory or not mode & 0o1000):
            yield above, mode
        if not above:
            break
        above = above.rpartition(b"/")[0]
    try:
        children = files.list(directory)
    except FileReaderError:
        return
    for child in children[:_MOST_CHILDREN]:
        if child.kind is FileKind.DIRECTORY or (
            child.kind is FileKind.FILE and child.name.endswith(_IMPORTED)
        ):
            path = joined(directory, child.name)
            mode = _mode(files, path)
            if mode & _EVERYBODY:
                yield path, mode


def _kind(files: RootFiles, path: bytes) -> FileKind | None:
    try:
        return files.stat(path).kind
    except FileReaderError:
        return None


def _mode(files: RootFiles, path: bytes) -> int:
    try:
        return files.stat(path).mode
    except FileReaderError:
        return 0


def _user(config: ImageConfig) -> Iterator[Finding]:
    run = config.config
    if run is None or not config.rootfs.diff_ids:  # no image, or one that says nothing about how it runs
        return
    user = (run.user or "").partition(":")[0]
    if user in ("", "0", "root"):
        yield Finding(
            id="runs-as-root",
            level=Level.INFO,
            message="containers of the image run as root",
            subject="root",
            evidence=(
                Evidence(
                    what=f"User is {run.user!r}" if run.user else "no User is set", where="configuration"
                ),
            ),
        )
