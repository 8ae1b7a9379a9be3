"""What the resolver asks: listings of projects and metadata of files, from the store or else from the index.

`Knowledge` is synchronous and for one thread. Requests run in the transport's thread; hints start them early
and never change an answer. What was fetched is written to the store in batches and at the end.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from analyzers.reports import Unknown
from knowledge.configuration import IndexConfiguration
from knowledge.errors import KnowledgeError, OfflineError, StoreError
from knowledge.filenames import normalized
from knowledge.releases import File, Listing, Metadata
from knowledge.remote_files import RemoteFile
from knowledge.shelves import Shelf, StoredListing, artifact_key
from knowledge.statistics import Statistics
from knowledge.store import MEMORY, Store, open_store
from knowledge.transport import Transport, TransportSettings

if TYPE_CHECKING:
    from knowledge.artifacts import ArtifactReader
    from knowledge.client import Client
    from knowledge.project_pages import FetchedListing

T = TypeVar("T")


class Knowledge:
    """Facts of one index. A context manager: leaving it writes what was fetched and ends what is under way.

    Args:
        index_url: root of the simple API, without credentials.
        store: where facts are kept; it is closed with this object.
        now: seconds since the epoch.
        transport: closed with this object.
        ttl_s: for how long a stored listing is believed, and metadata of files without a hash.
        offline: no request is made; stored facts are used however old they are.
    """

    def __init__(
        self,
        index_url: str,
        store: Store,
        now: Callable[[], float],
        *,
        transport: Transport | None = None,
        ttl_s: float = 600.0,
        offline: bool = False,
    ) -> None:
        self.index_url = index_url.rstrip("/") + "/"
        self.offline = offline
        self._store = store
        self._shelf = Shelf(self.index_url, store, now, ttl_s)
        self._transport = transport or Transport()
        self._artifacts: ArtifactReader | None = None
        self._listings: dict[str, Listing | None] = {}
        self._stale: dict[str, StoredListing] = {}
        self._looked_up: set[str] = set()
        self._metadata: dict[str, Metadata] = {}
        self._listing_requests: dict[str, concurrent.futures.Future[FetchedListing]] = {}
        self._metadata_requests: dict[str, tuple[File, concurrent.futures.Future[Metadata]]] = {}
        self._closed = False

    @property
    def statistics(self) -> Statistics:
        """What was asked of the index so far."""
        return self._transport.statistics

    @property
    def unknowns(self) -> list[Unknown]:
        """What went wrong without changing an answer, such as a store that cannot be written."""
        return self._shelf.unknowns

    def listing(self, project: str) -> Listing | None:
        """The releases of a project; None where the index has no such project.

        Raises:
            OfflineError: it is not stored, and requests are forbidden.
            StoreError, TransportError: one of their kinds.
        """
        name = normalized(project)
        if name not in self._listings:
            self._look_up([name])
        if name not in self._listings:
            if self.offline:
                raise OfflineError(f"the listing of {name}")
            self._keep_listing(name, _awaited(self._request_listing(name)))
            self._flush_when_full()
        return self._listings[name]

    def metadata(self, project: str, file: File) -> Metadata:
        """The metadata of a file that the listing of `project` holds.

        Raises:
            OfflineError: it is not stored, and requests are forbidden.
            ArtifactError, StoreError, TransportError: one of their kinds.
        """
        name = normalized(project)
        key = artifact_key(file)
        known = self._known_metadata(name, key, file)
        if known is not None:
            return known
        if self.offline:
            raise OfflineError(f"the metadata of {file.filename}")
        metadata = _awaited(self._request_metadata(name, key, file))
        self._keep_metadata(key, file, metadata)
        self._flush_when_full()
        return metadata

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """Says that listings will be asked for soon. Reads the store at once, never waits for the index."""
        names = dict.fromkeys(map(normalized, projects))
        self._look_up([name for name in names if name not in self._listings])
        if not self.offline:
            for name in names:
                if name not in self._listings:
                    self._request_listing(name)

    def prefetch_metadata(self, project: str, file: File) -> None:
        """Says that metadata will be asked for soon. Reads the store at once, never waits for the index."""
        name = normalized(project)
        key = artifact_key(file)
        if self._known_metadata(name, key, file) is None and not self.offline:
            self._request_metadata(name, key, file)

    def cancel_prefetches(self) -> None:
        """Ends requests that nobody waits for; what is asked for later is requested again."""
        self._harvest()
        for listing_request in self._listing_requests.values():
            listing_request.cancel()
        for _, metadata_request in self._metadata_requests.values():
            metadata_request.cancel()
        self._listing_requests.clear()
        self._metadata_requests.clear()

    def remote_file(self, file: File) -> RemoteFile:
        """A file of the index, readable by ranges.

        Raises:
            OfflineError: requests are forbidden.
        """
        if self.offline:
            raise OfflineError(f"the file {file.filename}")
        return RemoteFile(self._transport, file.url, file.size_bytes)

    def flush(self) -> None:
        """Writes what was fetched to the store; a store that cannot be written becomes an unknown."""
        self._harvest()
        self._shelf.flush()

    def close(self) -> None:
        """Ends what is under way, writes what was fetched, closes the store. May be called again."""
        if self._closed:
            return
        self._closed = True
        try:
            self._transport.close()
            self.flush()
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _look_up(self, names: list[str]) -> None:
        """Reads listings from the store, each at most once, in one statement."""
        unread = [name for name in names if name not in self._looked_up]
        if not unread:
            return
        self._looked_up.update(unread)
        for name, stored in self._shelf.listings(unread).items():
            if stored.fresh or self.offline:
                self._listings[name] = stored.listing
            elif stored.listing is not None and stored.etag is not None:
                self._stale[name] = stored

    def _request_listing(self, name: str) -> concurrent.futures.Future[FetchedListing]:
        request = self._listing_requests.get(name)
        if request is None:
            etag = self._stale[name].etag if name in self._stale else None
            index_url = self.index_url

            async def work(client: Client) -> FetchedListing:
                from knowledge.project_pages import fetch_listing

                return await fetch_listing(client, index_url, name, etag)

            request = self._listing_requests[name] = self._transport.submit(work)
        return request

    def _keep_listing(self, name: str, fetched: FetchedListing) -> None:
        listing = self._stale[name].listing if fetched.unchanged else fetched.listing
        self._listings[name] = listing
        self._listing_requests.pop(name, None)
        self._shelf.keep_listing(name, listing, fetched.etag)

    def _known_metadata(self, name: str, key: str, file: File) -> Metadata | None:
        known = self._metadata.get(key)
        if known is None and key not in self._metadata_requests:
            known = self._shelf.metadata(name, file, however_old=self.offline)
            if known is not None:
                self._metadata[key] = known
        return known

    def _request_metadata(self, name: str, key: str, file: File) -> concurrent.futures.Future[Metadata]:
        if key not in self._metadata_requests:

            async def work(client: Client) -> Metadata:
                from knowledge.artifacts import ArtifactReader

                if self._artifacts is None:
                    self._artifacts = ArtifactReader()
                return await self._artifacts.metadata(client, name, file)

            self._metadata_requests[key] = (file, self._transport.submit(work))
        return self._metadata_requests[key][1]

    def _keep_metadata(self, key: str, file: File, metadata: Metadata) -> None:
        self._metadata[key] = metadata
        self._metadata_requests.pop(key, None)
        self._shelf.keep_metadata(file, metadata)

    def _flush_when_full(self) -> None:
        if self._shelf.is_full:
            self.flush()

    def _harvest(self) -> None:
        """Keeps what requests that nobody asked about have brought meanwhile."""
        for name, listing_request in list(self._listing_requests.items()):
            if _succeeded(listing_request):
                self._keep_listing(name, listing_request.result())
        for key, (file, metadata_request) in list(self._metadata_requests.items()):
            if _succeeded(metadata_request):
                self._keep_metadata(key, file, metadata_request.result())


def open_knowledge(
    index: IndexConfiguration,
    location: str,
    now: Callable[[], float],
    *,
    user_agent: str,
    ttl_s: float = 600.0,
    offline: bool = False,
) -> Knowledge:
    """Facts of a configured index, kept in the store at `location`.

    Where a file can be neither opened nor made, facts are kept for this run alone, and that is an unknown.

    Raises:
        ConfigurationError: `location` is of an unknown kind.
        StoreError: the store is damaged, of a newer schema, or a server that cannot be reached.
    """
    unknowns = []
    try:
        store = open_store(location)
    except StoreError as error:
        if type(error) is not StoreError or "://" in location:
            raise
        unknowns.append(Unknown(what="facts for later runs", where=error.location, reason=error.reason))
        store = open_store(MEMORY)
    settings = TransportSettings(user_agent=user_agent, credentials=index.credentials, ca_file=index.ca_file)
    knowledge = Knowledge(index.url, store, now, transport=Transport(settings), ttl_s=ttl_s, offline=offline)
    knowledge.unknowns.extend(unknowns)
    return knowledge


def _awaited(request: concurrent.futures.Future[T]) -> T:
    try:
        return request.result()
    except concurrent.futures.CancelledError:
        raise KnowledgeError("the request was cancelled: this knowledge is closed") from None


def _succeeded(request: concurrent.futures.Future[T]) -> bool:
    return request.done() and not request.cancelled() and request.exception() is None
