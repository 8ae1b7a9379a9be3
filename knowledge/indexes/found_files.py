"""The files of ``--find-links`` in a run: looked for at the first question, local ones read on the spot."""

from __future__ import annotations

import concurrent.futures
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledge.errors import InvalidMetadataError, OfflineError
from knowledge.releases import File, FileKind, ListedFile, Metadata, MetadataSource
from knowledge.transport.threads import Transport

if TYPE_CHECKING:
    from knowledge.indexes.find_links import FoundLinks
    from knowledge.transport.client import Client

_LARGEST_CONTENT_BYTES = 256 << 20


class FoundFiles:
    """What `locations` name.

    Args:
        locations: see `knowledge.indexes.find_links.read_locations`.
        transport: asks for pages.
        offline: no page is asked for.
    """

    def __init__(self, locations: Sequence[str], transport: Transport, *, offline: bool = False) -> None:
        self._locations = locations
        self._transport = transport
        self._offline = offline
        self._links: FoundLinks | None = None

    def of(self, project: str) -> list[ListedFile]:
        """The files of a project; normalised name.

        Raises:
            ConfigurationError: a location is of no use.
            OfflineError: a page would have to be asked for, and requests are forbidden.
            TransportError: a page could not be had.
        """
        if not self._locations:
            return []
        if self._links is None:
            self._links = self._load()
        return self._links.of(project)

    def is_local(self, file: File) -> bool:
        """Whether a file lies on this machine."""
        return file.index_url is None and file.url.startswith("file:")

    def metadata(self, project: str, file: File) -> Metadata | None:
        """The metadata of a file that lies on this machine; None for other files.

        Raises:
            ArtifactError: one of its kinds.
        """
        if not self.is_local(file):
            return None
        from analyzers.files import FileReaderError
        from analyzers.sdists import SdistError, read_facts, read_zipped_facts
        from analyzers.wheels import wheel_metadata
        from knowledge.files.artifacts import checked, of_sdist
        from knowledge.indexes.find_links import open_local

        try:
            local = open_local(file)
            assert local is not None
            try:
                if file.kind is FileKind.WHEEL:
                    return checked(project, file, wheel_metadata(local), MetadataSource.WHEEL)
                if file.filename.endswith(".zip"):
                    return of_sdist(project, file, read_zipped_facts(local, file.filename))
                return of_sdist(project, file, read_facts(local.chunks(), file.filename))
            finally:
                local.close()
        except (FileReaderError, SdistError) as error:
            raise InvalidMetadataError(file.filename, file.url, str(error)) from error
        except OSError as error:
            raise InvalidMetadataError(file.filename, file.url, error.strerror or "cannot be read") from error

    def content(self, file: File) -> bytes:
        """All of a file, from this machine or elsewhere.

        Raises:
            HashMismatchError: it is not what was promised.
            InvalidMetadataError: it cannot be read, or is too large.
            TransportError: one of its kinds.
        """
        from knowledge.files.digests import verify
        from knowledge.indexes.find_links import open_local

        if not self.is_local(file):
            data = self._transport.submit(functools.partial(_download, file)).result()
        else:
            try:
                local = open_local(file)
                assert local is not None
                try:
                    data = local.read(0, min(local.size_bytes, _LARGEST_CONTENT_BYTES + 1))
                finally:
                    local.close()
            except OSError as error:
                reason = error.strerror or "cannot be read"
                raise InvalidMetadataError(file.filename, file.url, reason) from error
            if len(data) > _LARGEST_CONTENT_BYTES:
                raise InvalidMetadataError(file.filename, file.url, "is too large to be built")
        verify(file, file.hashes, data, "the file")
        return data

    def _load(self) -> FoundLinks:
        from knowledge.indexes.find_links import FoundLinks, read_locations

        entries, pages = read_locations(self._locations)
        if pages and self._offline:
            raise OfflineError(f"the page {pages[0]}")
        links = FoundLinks()
        links.add(entries)
        for request in [self._request(page) for page in pages]:
            links.add(request.result())
        return links

    def _request(self, page: str) -> concurrent.futures.Future[list[ListedFile]]:
        def work(client: Client) -> list[ListedFile]:
            from knowledge.indexes.find_links import fetch_page

            return fetch_page(client, page)

        return self._transport.submit(work)


def _download(file: File, client: Client) -> bytes:
    from knowledge.transport.statistics import RequestKind

    headers = {"Accept-Encoding": "identity"}
    response = client.get(file.url, RequestKind.SDIST, headers=headers, largest_bytes=_LARGEST_CONTENT_BYTES)
    return response.body
