"""Where the project of an editable install lies. Source: PEP 610, PEP 660; setuptools' ``develop``."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes, urlsplit

from analyzers.distributions import Distribution
from analyzers.files import FileReaderError, joined, read_file
from analyzers.installed_entries import InstalledEntry
from images.installations.search_paths import pth_lines
from images.roots.following import FollowingFiles

_LIMIT_LINK_BYTES = 1 << 16


def editable_project(
    files: FollowingFiles, directory: bytes, entry: InstalledEntry, read: Distribution
) -> bytes | None:
    """The directory of the project, whether it is there or not; None for an install that is not editable."""
    direct = read.direct_url
    if direct is not None:
        if direct.dir_info is None or not direct.dir_info.editable:
            return None
        return _local_path(direct.url)
    # Backends without a direct_url.json still name their link for the release that it leads to.
    stem = entry.path.rpartition(b"/")[2].removesuffix(b".dist-info")
    for name in (b"__editable__." + stem + b".pth", b"_" + stem.partition(b"-")[0] + b".pth"):
        lines = pth_lines(files, joined(directory, name))
        if lines and lines[0].startswith(b"/"):
            return lines[0].strip(b"/")
    return None


def linked_project(files: FollowingFiles, egg_link: bytes) -> bytes | None:
    """The directory that the first line of an ``.egg-link`` names; None where it names none."""
    try:
        content = read_file(files, egg_link, _LIMIT_LINK_BYTES)
    except FileReaderError:
        return None
    line = content.split(b"\n", 1)[0].strip()
    if not line or b"\0" in line:
        return None
    folder = egg_link.rpartition(b"/")[0]
    return line.strip(b"/") if line.startswith(b"/") else joined(folder, line)


def _local_path(url: str) -> bytes | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = unquote_to_bytes(parts.path)
    return path.strip(b"/") if parts.scheme == "file" and b"\0" not in path else None
