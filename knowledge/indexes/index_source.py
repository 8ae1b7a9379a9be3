"""What one index says: asks its shelf in the store first, and then the index; every request is made once.

For one thread. Requests run in the transport's thread; each of them, once done, is put in `arrivals`.
"""

from __future__ import annotations

import collections
import concurrent.futures
import functools
import queue
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from knowledge.errors import OfflineError
from knowledge.indexes.shelves import Shelf, StoredListing, artifact_key
from knowledge.releases import File, Listing, Metadata
from knowledge.transport.threads import Transport

if TYPE_CHECKING:
    from knowledge.files.artifacts import ArtifactReader
    from knowledge.indexes.project_pages import FetchedListing
    from knowledge.transport.client import Client


T = TypeVar("T")


class Arrival(NamedTuple):
    """A request that is done, well or not: of a listing where `file` is None."""

    source: IndexSource
    project: str
    file: File | None


class IndexSource:
    """Facts of one index.

    Args:
        url: root of the simple API, without credentials, with a closing slash.
        shelf: what is stored of it.
        transport: makes requests.
        arrivals: is told of every request that is done, from another thread.
        offline: no request is made; stored facts are used however old they are.
        refresh: no listing that was stored by an earlier run is believed without asking.
    """

    def __init__(
        self,
        url: str,
        shelf: Shelf,
        transport: Transport,
        arrivals: queue.SimpleQueue[Arrival],
        *,
        offline: bool = False,
        refresh: bool = False,
    ) -> None:
        self.url = url
        self.shelf = shelf
        self._transport = transport
        self._arrivals = arrivals
        self._offline = offline
        self._refresh = refresh
        self._done: collections.deque[Arrival] = collections.deque()  # written by the transport's thread
        self._artifacts: ArtifactReader | None = None
        self._listings: dict[str, Listing | None] = {}
        self._stale: dict[str, StoredListing] = {}
        self._looked_up: set[str] = set()
        self._metadata: dict[str, Metadata] = {}
        self._listing_requests: dict[str, concurrent.futures.Future[FetchedListing]] = {}
        self._metadata_requests: dict[str, tuple[File, concurrent.futures.Future[Metadata]]] = {}

    # Listings

    def look_up(self, names: Iterable[str]) -> None:
        """Reads listings from the store, each at most once, in one statement."""
        unread = [name for name in names if name not in self._looked_up]
        if not unread:
            return
        self._looked_up.update(unread)
        for name, stored in self.shelf.listings(unread).items():
            if self._offline or (stored.fresh and not self._refresh):
                self._listings[name] = stored.listing
            elif stored.listing is not None and stored.etag is not None:
                self._stale[name] = stored

    def knows(self, name: str) -> bool:
        """Whether the listing, or that there is none, is known without waiting."""
        self.look_up([name])
        return name in self._listings

    def known(self, name: str) -> Listing | None:
        """A listing that is known."""
        return self._listings[name]

    def request_listing(self, name: str) -> concurrent.futures.Future[FetchedListing]:
        """Asks the index for a listing that is not known.

        Raises:
            OfflineError: requests are forbidden.
        """
        if self._offline:
            raise OfflineError(f"the listing of {name}")
        request = self._listing_requests.get(name)
        if request is None:
            self.look_up([name])
            etag = self._stale[name].etag if name in self._stale else None
            url = self.url

            def work(client: Client) -> FetchedListing:
                from knowledge.indexes.project_pages import fetch_listing

                return fetch_listing(client, url, name, etag)

            request = self._listing_requests[name] = self._transport.submit(work)
            request.add_done_callback(functools.partial(self._tell, Arrival(self, name, None)))
        return request

    def keep_listing(self, name: str, fetched: FetchedListing) -> None:
        """Makes known what a request brought."""
        listing = self._stale[name].listing if fetched.unchanged else fetched.listing
        self._listings[name] = listing
        self._listing_requests.pop(name, None)
        self.shelf.keep_listing(name, listing, fetched.etag)

    # Metadata

    def known_metadata(self, name: str, file: File) -> Metadata | None:
        """The metadata of a file, where it is stored or was fetched."""
        key = artifact_key(file)
        known = self._metadata.get(key)
        if known is None and key not in self._metadata_requests:
            known = self.shelf.metadata(name, file, however_old=self._offline)
            if known is not None:
                self._metadata[key] = known
        return known

    def request_metadata(self, name: str, file: File) -> concurrent.futures.Future[Metadata]:
        """Asks the index for metadata that is not known.

        Raises:
            OfflineError: requests are forbidden.
        """
        failure = self.shelf.failure(file, however_old=self._offline)
        if failure is not None:
            failed: concurrent.futures.Future[Metadata] = concurrent.futures.Future()
            failed.set_exception(failure)
            return failed
        if self._offline:
            raise OfflineError(f"the metadata of {file.filename}")
        key = artifact_key(file)
        if key not in self._metadata_requests:
            if self._artifacts is None:
                from knowledge.files.artifacts import ArtifactReader

                self._artifacts = ArtifactReader()
            request = self._artifacts.request(self._transport, name, file)
            self._metadata_requests[key] = (file, request)
            request.add_done_callback(functools.partial(self._tell, Arrival(self, name, file)))
        return self._metadata_requests[key][1]

    def is_requested(self, file: File) -> bool:
        """Whether metadata was asked for and is not known yet."""
        return artifact_key(file) in self._metadata_requests

    def keep_metadata(self, file: File, metadata: Metadata) -> None:
        """Makes known what a request, or a build, brought."""
        key = artifact_key(file)
        self._metadata[key] = metadata
        self._metadata_requests.pop(key, None)
        self.shelf.keep_metadata(file, metadata)

    # All of them

    def harvest_one(self, name: str, file: File | None) -> None:
        """Keeps what one request has brought, if it has: that of a listing where `file` is None."""
        if file is None:
            listing_request = self._listing_requests.get(name)
            if listing_request is not None and succeeded(listing_request):
                self.keep_listing(name, listing_request.result())
        else:
            _, metadata_request = self._metadata_requests.get(artifact_key(file), (file, None))
            if metadata_request is not None and succeeded(metadata_request):
                self.keep_metadata(file, metadata_request.result())

    def harvest(self) -> None:
        """Keeps what requests that nobody asked about have brought meanwhile; looks at those done alone."""
        while self._done:
            arrival = self._done.popleft()
            self.harvest_one(arrival.project, arrival.file)

    def _tell(self, arrival: Arrival, _: concurrent.futures.Future[object]) -> None:
        self._done.append(arrival)
        self._arrivals.put(arrival)


def succeeded(request: concurrent.futures.Future[T]) -> bool:
    """Whether a request is done and brought something."""
    return request.done() and not request.cancelled() and request.exception() is None
