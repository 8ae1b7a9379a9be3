"""What the resolver asks: listings of projects and metadata of files, from the store or else from an index.

`Knowledge` is synchronous and for one thread. Requests run in the transport's thread; hints start them early
and never change an answer. While one request is waited for, what the others bring starts the next guesses.
What was fetched is written to the store in batches and at the end.
"""

from __future__ import annotations

import concurrent.futures
import queue
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from analyzers.reports import Unknown
from knowledge.errors import InvalidMetadataError, KnowledgeError, MetadataUnavailableError
from knowledge.files.index_files import IndexFiles
from knowledge.indexes.choice import Indexes
from knowledge.indexes.filenames import normalized
from knowledge.indexes.found_files import FoundFiles
from knowledge.indexes.index_source import Arrival, IndexSource
from knowledge.indexes.shelves import Shelf
from knowledge.indexes.vendor_indexes import VendorIndexes
from knowledge.releases import File, FileKind, Listing, Metadata
from knowledge.stores.store import WORKING, Store
from knowledge.transport.statistics import Traffic
from knowledge.transport.threads import Transport

if TYPE_CHECKING:
    from knowledge.advisories.known import KnownVulnerabilities
    from knowledge.builds.builder import Builder
    from knowledge.measuring.known import KnownMeasurements
    from knowledge.observations.known import KnownObservations
    from knowledge.speculation import Guesses, Hint, Speculation
    from knowledge.variants.choice import VariantPolicy

T = TypeVar("T")
_ELSEWHERE = "find-links"
"""What facts about files that no index lists are filed under."""
_NO_VENDORS = VendorIndexes()


class Knowledge(IndexFiles):
    """Facts of indexes. A context manager: leaving it writes what was fetched and ends what is under way.

    Args:
        indexes: to be asked in this order; an address stands for one index.
        store: where facts are kept; it is closed with this object.
        now: seconds since the epoch.
        transport: closed with this object.
        ttl_s: for how long a stored listing is believed, and metadata of files without a hash.
        offline: no request is made; stored facts are used however old they are.
        refresh: listings are asked for again however fresh the stored ones are.
        find_links: directories, files and pages with further files.
        builder: asked where an sdist does not say what it requires; None never builds.
        vendors: where indexes are that rules choose.
    """

    def __init__(
        self,
        indexes: Indexes | str,
        store: Store,
        now: Callable[[], float],
        *,
        transport: Transport | None = None,
        ttl_s: float = 600.0,
        offline: bool = False,
        refresh: bool = False,
        find_links: Sequence[str] = (),
        builder: Builder | None = None,
        vendors: VendorIndexes = _NO_VENDORS,
    ) -> None:
        self.vendors = vendors
        self.indexes = Indexes.single(indexes) if isinstance(indexes, str) else indexes
        self.index_url = self.indexes.default_url
        transport = transport or Transport()
        found = FoundFiles(find_links, transport, offline=offline)
        super().__init__(store, now, transport, found, offline=offline)
        self._builder = builder
        self._arrivals: queue.SimpleQueue[Arrival] = queue.SimpleQueue()
        self._ttl_s, self._refresh = ttl_s, refresh
        urls = (*(index.url for index in self.indexes.order), _ELSEWHERE)
        self._sources = {url: self._new_source(url) for url in urls}
        self._listings: dict[str, Listing | None] = {}
        self._guesses: Guesses | None = None
        self._guessed: set[str] = set()
        self._unknowns: list[Unknown] = []
        self._variants: VariantPolicy | None = None
        self._closed = False

    def _new_source(self, url: str) -> IndexSource:
        return IndexSource(
            url,
            Shelf(url, self._store, self._now, self._ttl_s),
            self._transport,
            self._arrivals,
            offline=self.offline,
            refresh=self._refresh,
        )

    @property
    def statistics(self) -> Traffic:
        """What was asked of the indexes so far."""
        return self._transport.statistics

    @property
    def unknowns(self) -> list[Unknown]:
        """What went wrong, or is doubtful, without changing an answer."""
        stored = [unknown for source in self._sources.values() for unknown in source.shelf.unknowns]
        return [*self._unknowns, *stored]

    def doubt(self, unknowns: Iterable[Unknown]) -> None:
        """Adds to `unknowns` what a caller noticed while it set things up."""
        self._unknowns.extend(unknowns)

    def listing(self, project: str) -> Listing | None:
        """The releases of a project; None where no index has it.

        Raises:
            OfflineError: it is not stored, and requests are forbidden.
            ConfigurationError, StoreError, TransportError: one of their kinds.
        """
        name = normalized(project)
        if name not in self._listings:
            found = self._listing_of_indexes(name)
            if links := self._found.of(name):
                from knowledge.indexes.listings import with_links

                found = with_links(name, found, links)
            if self._variants is not None and found is not None and found.labelled:
                found = self._with_variants(found, self._variants)
            self._listings[name] = found
            self._flush_when_full()
        return self._listings[name]

    def choose_variants(self, policy: VariantPolicy) -> None:
        """From now on wheels of variants count; to be called before the first question."""
        self._variants = policy

    def listing_at(self, project: str, index_url: str) -> Listing | None:
        """The releases of a project on one index, which need be none of `indexes`; None where it has none.

        Args:
            index_url: see `Index.url`.

        Raises:
            OfflineError, StoreError, TransportError: see `listing`.
        """
        if index_url not in self._sources:
            self._sources[index_url] = self._new_source(index_url)
        return self._listing_of(self._sources[index_url], normalized(project))

    def metadata(self, project: str, file: File) -> Metadata:
        """The metadata of a file that the listing of `project` holds.

        Raises:
            OfflineError: it is not stored, and requests are forbidden.
            ArtifactError, StoreError, TransportError: one of their kinds.
        """
        name = normalized(project)
        source = self._source_of(file)
        if file.filename in self._guessed:
            self._guessed.discard(file.filename)
            self.statistics.speculative_used += 1
        known = source.known_metadata(name, file)
        if known is None:
            known = self._read_metadata(source, name, file)
            source.keep_metadata(file, known)
            self._flush_when_full()
        return known

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """Says that listings will be asked for soon. Reads the store at once, never waits for an index."""
        names = dict.fromkeys(map(normalized, projects))
        wanted: dict[IndexSource, list[str]] = {}
        for name in names:
            if name not in self._listings:
                for index in self.indexes.of(name):
                    wanted.setdefault(self._sources[index.url], []).append(name)
        for source, of_source in wanted.items():
            source.look_up(of_source)
            if not self.offline:
                for name in of_source:
                    if not source.knows(name):
                        source.request_listing(name)

    def prefetch_metadata(self, project: str, file: File) -> None:
        """Says that metadata will be asked for soon. Reads the store at once, never waits for an index."""
        name = normalized(project)
        source = self._source_of(file)
        if not self.offline and not self._found.is_local(file) and source.known_metadata(name, file) is None:
            source.request_metadata(name, file)

    def speculate(self, speculation: Speculation, asked_for: Iterable[Hint]) -> None:
        """Asks for what the search will probably ask for, as facts arrive.

        Args:
            speculation: what the search would do first.
            asked_for: the user's requirements.
        """
        if not self.offline:
            from knowledge.speculation import Guesses

            self._guesses = Guesses(speculation)
            self._guesses.asked_for(asked_for)
            self._guess()

    def vulnerabilities(self) -> KnownVulnerabilities:
        """Those that were imported into the same store."""
        from knowledge.advisories.known import KnownVulnerabilities

        return KnownVulnerabilities(self._store)

    def observations(self) -> KnownObservations:
        """What was seen of releases, by this user and by others, in the same store."""
        from knowledge.observations.known import KnownObservations

        return KnownObservations(self._store)

    def has_observations(self) -> bool:
        """Whether the same store has anything that says whether releases work."""
        return self._store.has_observations(WORKING)

    def measurements(self) -> KnownMeasurements:
        """Those of the same store, and those that ship with the program."""
        from knowledge.measuring.known import KnownMeasurements

        return KnownMeasurements(self._store)

    def near_names(self, project: str, most: int = 3) -> list[str]:
        """Names like one, of known projects and of popular ones, the most similar first. Asks no index."""
        import difflib

        from topics.impostors.nearness import nearest

        known = {name for index in self.indexes.order for name in self._store.projects(index.url)}
        known |= {name for name, listing in self._listings.items() if listing is not None}
        name = normalized(project)
        found = difflib.get_close_matches(name, sorted(known - {name}), n=most, cutoff=0.75)
        popular = nearest(name)
        return found if popular is None else list(dict.fromkeys([*found, popular.popular]))[:most]

    def flush(self) -> None:
        """Writes what was fetched to the store; a store that cannot be written becomes an unknown."""
        for source in self._sources.values():
            source.harvest()
            source.shelf.flush()

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

    def _with_variants(self, listing: Listing, policy: VariantPolicy) -> Listing:
        from knowledge.variants.choice import with_variants
        from knowledge.variants.reading import INSTRUMENT, VariantsReader

        kept = self.derivations(INSTRUMENT, self._now)
        chosen = with_variants(listing, policy, VariantsReader(self._transport, kept, offline=self.offline))
        self._unknowns.extend(kept.unknowns)
        return chosen

    def _source_of(self, file: File) -> IndexSource:
        return self._sources.get(file.index_url or _ELSEWHERE) or self._sources[_ELSEWHERE]

    def _listing_of_indexes(self, name: str) -> Listing | None:
        """What the first index that has the project says; the further ones are asked beside it."""
        sources = [self._sources[index.url] for index in self.indexes.of(name)]
        if not self.offline:
            self.prefetch_listings([name])
        for position, source in enumerate(sources):
            listing = self._listing_of(source, name)
            if listing is not None:
                self._report_confusion(name, source, sources[position + 1 :])
                return listing
        return None

    def _listing_of(self, source: IndexSource, name: str) -> Listing | None:
        if not source.knows(name):
            source.keep_listing(name, self._awaited(source.request_listing(name)))
        return source.known(name)

    def _report_confusion(self, name: str, winner: IndexSource, others: list[IndexSource]) -> None:
        """Notes where else a project exists: anyone may claim a name on a public index."""
        for other in others:
            try:
                reason = f"{other.url} has a project of this name too; only {winner.url} was used"
                if self._listing_of(other, name) is None:
                    continue
            except KnowledgeError as error:
                reason = f"whether {other.url} has a project of this name too is not known: {error}"
            self._unknowns.append(Unknown(what=f"which {name} is meant", where=winner.url, reason=reason))

    def _read_metadata(self, source: IndexSource, name: str, file: File) -> Metadata:
        try:
            local = self._found.metadata(name, file)
            return local if local is not None else self._awaited(source.request_metadata(name, file))
        except InvalidMetadataError as error:
            source.shelf.keep_failure(file, error)
            raise
        except MetadataUnavailableError as error:
            source.shelf.keep_failure(file, error)
            if self._builder is None or file.kind is not FileKind.SDIST or self.offline:
                raise
            return self._builder.metadata(name, file, self._found.content(file))

    def _awaited(self, request: concurrent.futures.Future[T]) -> T:
        """Waits for a request; meanwhile what other requests brought starts guesses."""
        while self._guesses is not None and not (request.done() and self._arrivals.empty()):
            if self._arrivals.empty():
                self._use_leisure()
            self._follow(self._arrivals.get())
        if not request.done():
            self._use_leisure()
        try:
            return request.result()
        except concurrent.futures.CancelledError:
            raise KnowledgeError("the request was cancelled: this knowledge is closed") from None

    def _use_leisure(self) -> None:
        """Writes what has gathered, while there is nothing to do but wait."""
        for source in self._sources.values():
            source.harvest()
            if source.shelf.is_worth_writing:
                source.shelf.flush()

    def _follow(self, arrival: Arrival) -> None:
        """Tells the chain of guesses what arrived."""
        source, name, file = arrival
        if self._guesses is None:
            return
        source.harvest_one(name, file)
        if file is None:
            self._listing_seen(name)
        else:
            known = source.known_metadata(name, file)
            if known is not None:
                self._guesses.metadata_arrived(name, file.filename, known)
        self._guess()

    def _listing_seen(self, name: str) -> None:
        """Tells the chain of a listing, once all indexes up to the first that has it have spoken."""
        assert self._guesses is not None
        for index in self.indexes.of(name):
            source = self._sources[index.url]
            if not source.knows(name):
                return
            if (listing := source.known(name)) is not None:
                self._guesses.listing_arrived(name, listing)
                return

    def _guess(self) -> None:
        """Asks for what the chain wants next; what the store knows goes back into it at once."""
        while self._guesses is not None:
            names, files = self._guesses.wanted_listings(), self._guesses.wanted_files()
            if not names and not files:
                return
            self.prefetch_listings(names)
            for name in names:
                self._listing_seen(name)
            for name, file in files:
                self._guess_file(name, file)

    def _guess_file(self, name: str, file: File) -> None:
        assert self._guesses is not None
        if self._found.is_local(file):
            return
        source = self._source_of(file)
        known = source.known_metadata(name, file)
        if known is not None:
            self._guesses.metadata_arrived(name, file.filename, known)
        elif not source.is_requested(file):
            self.statistics.speculative += 1
            self._guessed.add(file.filename)
            source.request_metadata(name, file)

    def _flush_when_full(self) -> None:
        if any(source.shelf.is_full for source in self._sources.values()):
            self.flush()
