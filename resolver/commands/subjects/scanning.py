"""Scans for commands: from wishes to a report, with the user's store as cache."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from analyzers.files import FileMissingError
from resolver.commands.heads import written_moment

if TYPE_CHECKING:
    from datetime import datetime

    from analyzers.evidence import Finding
    from analyzers.reports import Tool
    from analyzers.source.caching.record_caches import RecordCache
    from analyzers.source.protocols import DistributionNames
    from analyzers.source.report import SourceReport
    from analyzers.source.scan import Knowledge, Scan
    from analyzers.source.scanned import Scanned
    from analyzers.source.signals.demand import ApiDemand

_ENVIRONMENTS = (".venv", "venv")


class ScanWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be scanned, and how.

    Attributes:
        store: see `knowledge.stores.locations.open_store`; None for that of the user.
        tests: whether tests count.
        jobs: processes at the most; None for one for each core.
        environment: where what it runs with is installed; None looks for it.
        wheels: see `analyzers.source.scan.Knowledge`; what they say is not kept with the scan.
    """

    path: Path
    store: str | None = None
    tests: bool = True
    precise: bool = False
    jobs: int | None = None
    exclude: tuple[str, ...] = ()
    hidden: bool = False
    ignored: bool = False
    environment: Path | None = None
    quiet: bool = False
    wheels: Callable[[Collection[str]], DistributionNames] | None = None


def scanned(wishes: ScanWishes, tool: Tool, now: datetime) -> SourceReport:
    """The report on what is wished for, by a tool at a time.

    Raises:
        InputError: it cannot be scanned.
    """
    with _knowledge(wishes) as knowledge, _scan(wishes, knowledge) as scan:
        return scan.report(tool, written_moment(now))


def kept_or_scanned(wishes: ScanWishes, tool: Tool, now: datetime, *, lists: bool) -> Scanned:
    """The same in parts, and what was kept of an earlier run where nothing changed since.

    Args:
        lists: whether the long lists of the report are asked for.

    Raises:
        InputError: it cannot be scanned.
    """
    from analyzers.source.caching.kept_scans import INSTRUMENT, KeptScans
    from analyzers.source.caching.record_caches import NoCache
    from analyzers.source.scanned import kept_scan
    from knowledge.stores.derivations import Derivations

    created_at = written_moment(now)
    with _knowledge(wishes) as knowledge:
        cache = knowledge.cache
        kept = KeptScans(
            cache.of(INSTRUMENT) if isinstance(cache, Derivations) and wishes.wheels is None else NoCache(),
            os.fsencode(os.path.realpath(wishes.path)),
            _encoded((str(wishes.path), msgspec.structs.replace(wishes, store=None, jobs=None, quiet=True))),
            _encoded((tool, knowledge.provided, knowledge.identity)),
            time.time_ns,
        )
        key = None
        if (content := _content(wishes.path)) is not None:
            key = kept.key(content)
            if found := kept_scan(kept, key, created_at, _reads_nothing, lists=lists):
                return found
        with _scan(wishes, knowledge) as scan:
            return scan.scanned(tool, created_at, kept, key=key, lists=lists)


def _encoded(told: object) -> bytes:
    return msgspec.msgpack.encode(told, enc_hook=str, order="deterministic")


def _content(path: Path) -> bytes | None:
    """The digest of an archive or of one file; None for what has no content of its own."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return None


def _reads_nothing(path: str) -> bytes:
    """Beside a file that is the whole tree there is nothing to read."""
    raise FileMissingError(os.fsencode(path))


@contextmanager
def _knowledge(wishes: ScanWishes) -> Iterator[Knowledge]:
    from resolver.errors import InputError

    if wishes.jobs is not None and wishes.jobs < 1:
        raise InputError(f"--jobs must be at least 1: {wishes.jobs}")
    with _cache(wishes) as cache:
        yield _known(wishes, cache)


@contextmanager
def _scan(wishes: ScanWishes, knowledge: Knowledge) -> Iterator[Scan]:
    """A scan of an open tree.

    Raises:
        InputError: it cannot be opened.
    """
    from analyzers.source.reading.opening import OpenError, opened
    from analyzers.source.reading.walking import WalkOptions
    from analyzers.source.scan import Scan, ScanOptions
    from resolver.errors import InputError

    progress = _Progress() if not wishes.quiet and sys.stderr.isatty() else None
    try:
        with opened(wishes.path) as tree:
            walk = WalkOptions(
                ignored=wishes.ignored or tree.is_shipped,
                hidden=wishes.hidden,
                exclude=wishes.exclude,
                named=tree.named,
            )
            wanted = ScanOptions(
                walk=walk,
                tests=wishes.tests,
                precise=wishes.precise,
                jobs=wishes.jobs or os.cpu_count() or 1,
            )
            root = str(wishes.path)
            yield Scan(tree.reader, root, wanted, knowledge, progress, tree.rules, tree.unknowns)
    except OpenError as error:
        raise InputError(str(error), "name a directory, a file, a wheel or a source distribution") from error
    finally:
        if progress is not None:
            progress.clear()


def _known(wishes: ScanWishes, cache: RecordCache) -> Knowledge:
    """What a scan may ask: of the environment where the project runs, if one is known, what is installed."""
    from analyzers.source.scan import Knowledge

    prefix = environment_of(wishes.path, wishes.environment)
    if prefix is None:
        return Knowledge(cache=cache, wheels=wishes.wheels)
    from analyzers.api.missing import missing
    from analyzers.api.modules import Root
    from analyzers.api.surfaces import DistributionSurfaces
    from analyzers.directories import DirectoryReader
    from analyzers.distributions import find_distributions, read_distribution
    from analyzers.site_packages import site_packages
    from analyzers.source.names.provided_names import provided_names
    from knowledge.indexes.filenames import normalized

    reader = DirectoryReader(prefix)
    places = site_packages(reader)
    found = [
        read_distribution(reader, dist_info)
        for place in places
        for dist_info in find_distributions(reader, place.directory)
    ]
    versions = {normalized(one.metadata.name): one.metadata.version for one in found if one.metadata}
    surfaces = DistributionSurfaces([Root(reader, place.directory) for place in places])

    def lacking(demand: ApiDemand) -> Iterable[Finding]:
        if demand.distribution not in versions:
            return ()
        return missing(demand, surfaces, f"{demand.distribution} {versions[demand.distribution]}")

    return Knowledge(
        cache=cache,
        provided=provided_names(found),
        wheels=wishes.wheels,
        surfaces=surfaces,
        lacking=lacking,
        identity=_encoded((str(prefix), sorted(versions.items()))),
    )


def environment_of(path: Path, named: Path | None) -> Path | None:
    """Where what a project runs with is installed: as named, beside it, or active; None where nothing tells.

    Raises:
        InputError: what is named is no directory.
    """
    from resolver.errors import InputError

    if named is not None:
        if not named.is_dir():
            raise InputError(
                f"--environment {named}: there is no such directory",
                "name a virtual environment or a prefix",
            )
        return Path(named)
    for name in _ENVIRONMENTS:
        if (path / name / "pyvenv.cfg").is_file():
            return Path(path / name)
    active = os.environ.get("VIRTUAL_ENV")
    # The environment of this program says nothing about the project.
    if active and Path(active).is_dir() and Path(active).resolve() != Path(sys.prefix).resolve():
        return Path(active)
    return None


@contextmanager
def _cache(wishes: ScanWishes) -> Iterator[RecordCache]:
    """Records of earlier scans in the user's store; where there can be none, this scan keeps nothing."""
    from analyzers.source.caching.record_caches import NoCache
    from analyzers.source.scan import INSTRUMENT
    from knowledge.errors import StoreError
    from knowledge.stores.derivations import Derivations
    from knowledge.stores.locations import default_location, open_store
    from resolver.commands.notes import show_note

    location = wishes.store or default_location(os.environ, Path.home())
    try:
        store = open_store(location)
    except StoreError as error:
        show_note(f"facts for later runs ({error.location}): {error.reason}")
        yield NoCache()
        return
    try:
        derivations = Derivations(store, INSTRUMENT, time.time)
        yield derivations
        for unknown in derivations.unknowns:
            show_note(f"{unknown.what} ({unknown.where}): {unknown.reason}")
    finally:
        store.close()


class _Progress:
    """One line of a terminal."""

    def __init__(self) -> None:
        from resolver.progress import TerminalProgress

        self._line = TerminalProgress(sys.stderr)

    def analysed(self, files: int, cached: int) -> None:
        """See `analyzers.source.scan.ScanProgress`."""
        self._line.show(f"{files:,} files analysed, {cached:,} of them known before")

    def clear(self) -> None:
        """Remove the line."""
        self._line.clear()
