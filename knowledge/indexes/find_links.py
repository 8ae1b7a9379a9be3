"""What ``--find-links`` names: wheels and sdists in a directory, by path or address, or linked by a page.

What is found is filed under the projects whose it may be. Local files are read where they lie: their digests
when a project asks for them, their metadata without a copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import url2pathname

from knowledge.errors import ConfigurationError
from knowledge.indexes.filenames import FilenameReader, normalized, split_label
from knowledge.releases import Digests, File, ListedFile
from knowledge.transport.urls import split_credentials

if TYPE_CHECKING:
    from knowledge.transport.client import Client

_SUFFIXES = (".whl", ".tar.gz", ".zip")
_PAGES = (".html", ".htm")
_MOST_ENTRIES = 100_000
_LARGEST_PAGE_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 20
_WEB = re.compile(r"https?://", re.IGNORECASE)


class FoundLinks:
    """Distribution files by the project whose they may be."""

    def __init__(self) -> None:
        self._by_project: dict[str, dict[str, ListedFile]] = {}

    def add(self, entries: Iterable[ListedFile]) -> None:
        """Adds files; of two with one name the first one stays."""
        for entry in entries:
            for project in _projects(entry.filename):
                self._by_project.setdefault(project, {}).setdefault(entry.filename, entry)

    def of(self, project: str) -> list[ListedFile]:
        """The files of a project (normalised name), local ones with their digest and size."""
        reader = FilenameReader(project)
        entries = self._by_project.get(project, {})
        found = [entry for name, entry in entries.items() if reader.read(split_label(name)[0])]
        for entry in found:
            path = local_path(entry.url)
            if path is not None and entry.size is None:
                with contextlib.suppress(OSError):  # then it has no digest, and reading it will say why
                    entry.size, entry.hashes = _measured(path)
        return found


def local_path(url: str) -> Path | None:
    """The path that a ``file:`` address means; None for another address."""
    return Path(url2pathname(urlsplit(url).path)) if url[:5].lower() == "file:" else None


def read_locations(locations: Iterable[str]) -> tuple[list[ListedFile], list[str]]:
    """The files of local locations, and the addresses of pages that must be asked for.

    Args:
        locations: directories, files and addresses, as the user writes them.

    Raises:
        ConfigurationError: a location does not exist, is neither directory, page nor distribution, or is no
            address that can be asked.
    """
    entries: list[ListedFile] = []
    pages: list[str] = []
    for location in locations:
        if _WEB.match(location):
            address, _ = split_credentials(location)
            name = unquote(urlsplit(address).path.rpartition("/")[2])
            if name.endswith(_SUFFIXES):
                entries.append(ListedFile(filename=name, url=address.partition("#")[0]))
            else:
                pages.append(address)
            continue
        if "://" in location and local_path(location) is None:
            raise ConfigurationError("find-links", location[:200], "is no address that can be asked")
        path = (local_path(location) or Path(location)).expanduser()
        try:
            entries.extend(_of_path(path, location))
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            raise ConfigurationError("find-links", location[:200], reason) from error
    return entries, pages


def fetch_page(client: Client, address: str) -> list[ListedFile]:
    """The distribution files that a page links.

    Raises:
        TransportError: one of its kinds.
    """
    from knowledge.indexes.simple_api import ACCEPT, entries_from_page
    from knowledge.transport.statistics import RequestKind

    response = client.get(
        address, RequestKind.LISTING, headers={"Accept": ACCEPT}, largest_bytes=_LARGEST_PAGE_BYTES
    )
    entries, _, _ = entries_from_page(response.body, response.headers.get("content-type", ""), response.url)
    return [entry for entry in entries if entry.filename.endswith(_SUFFIXES)]


class LocalFile:
    """A file of this machine as a `RangeReader`. A context manager.

    Raises:
        OSError: when made, if it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        self.size_bytes = os.fstat(self._descriptor).st_size
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            self.close()
            raise OSError(0, "is no regular file")

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`."""
        return os.pread(self._descriptor, length, offset)

    def chunks(self) -> Iterator[bytes]:
        """The whole file, piece by piece."""
        for offset in range(0, self.size_bytes, _CHUNK_BYTES):
            yield self.read(offset, _CHUNK_BYTES)

    def close(self) -> None:
        """Ends access to the file."""
        os.close(self._descriptor)


def open_local(file: File) -> LocalFile | None:
    """A file of this machine for reading; None where it is elsewhere.

    Raises:
        OSError: it cannot be read.
    """
    path = local_path(file.url)
    return None if path is None else LocalFile(path)


def _of_path(path: Path, location: str) -> list[ListedFile]:
    if path.is_dir():
        with os.scandir(path) as listed:
            names = sorted(entry.name for _, entry in zip(range(_MOST_ENTRIES), listed, strict=False))
        return [_entry(path / name) for name in names if name.endswith(_SUFFIXES)]
    if path.name.endswith(_SUFFIXES) and path.is_file():
        return [_entry(path)]
    if path.suffix in _PAGES:
        from knowledge.indexes.simple_api import links_of_html

        with path.open("rb") as page:
            links = links_of_html(page.read(_LARGEST_PAGE_BYTES))
        return [entry for link in links if (entry := _linked(path, link)) is not None]
    if not path.exists():
        raise ConfigurationError("find-links", location[:200], "does not exist")
    raise ConfigurationError("find-links", location[:200], "is no directory, HTML page, wheel or sdist")


def _linked(page: Path, link: str) -> ListedFile | None:
    """What an anchor of a local page names; None where that is no distribution on this machine or the web."""
    try:
        address = urljoin(page.absolute().as_uri(), link)
        name = unquote(urlsplit(address).path.rpartition("/")[2])
        address, _ = split_credentials(address.partition("#")[0])
    except ValueError:
        return None
    if not name.endswith(_SUFFIXES) or not (_WEB.match(address) or local_path(address)):
        return None
    return ListedFile(filename=name, url=address)


def _entry(path: Path) -> ListedFile:
    return ListedFile(filename=path.name, url=path.absolute().as_uri())


def _projects(filename: str) -> set[str]:
    """Every project that the name may be of: an sdist's does not say where its project ends."""
    if filename.endswith(".whl"):
        return {normalized(filename.partition("-")[0])}
    parts = filename.split("-")[:20]
    return {normalized("-".join(parts[:count])) for count in range(1, len(parts))}


def _measured(path: Path) -> tuple[int, Digests]:
    file = LocalFile(path)
    try:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        return file.size_bytes, Digests(sha256=digest.hexdigest())
    finally:
        file.close()
