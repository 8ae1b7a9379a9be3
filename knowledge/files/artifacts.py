"""Reads the metadata of files on an index without downloading them: the ``.metadata`` file or a wheel's tail.

Where the index promises a ``.metadata`` file with its hash, that file counts. Else both ways are equal and
either success is the answer, so that neither speed nor order decides what is known: for the first few wheels
both are asked at once, then the way that won more often goes first and the other one stands in for it.
"""

from __future__ import annotations

import concurrent.futures
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from packaging.version import Version

from analyzers.files import FileReaderError
from analyzers.metadata import CoreMetadata, MetadataError, parse_metadata
from analyzers.requires_txt import RequiresTxtError
from analyzers.sdists import SdistFacts, is_static, unverified
from analyzers.wheels import WheelMetadata
from knowledge.errors import (
    ArtifactError,
    IndexStatusError,
    InvalidMetadataError,
    MetadataUnavailableError,
    TlsError,
    TransportError,
)
from knowledge.files.digests import verify
from knowledge.files.remote_files import parsed_by_ranges
from knowledge.files.sdists import fetch_facts, unavailable
from knowledge.indexes.filenames import FilenameReader, normalized, split_label
from knowledge.releases import File, FileKind, Metadata, MetadataSource
from knowledge.transport.client import MISSING
from knowledge.transport.races import Race
from knowledge.transport.statistics import RequestKind
from knowledge.transport.threads import Transport
from knowledge.transport.urls import displayed, with_suffix

if TYPE_CHECKING:
    from knowledge.transport.client import Client

Way = Callable[["Client", str, File], Metadata]
_LARGEST_METADATA_BYTES = 16 << 20
_RACES = 4
_MOST_LINKS = 12
_LONGEST_LINK = 300
_LONGEST_LABEL = 40
_LONGEST_SUMMARY = 512
_LONGEST_CLASSIFIER = 100
_MOST_CLASSIFIERS = 24
_TELLING_CLASSIFIERS = ("Topic ::", "Framework ::", "Development Status ::")
_GONE = frozenset({404, 410})


class _NotHereError(MetadataUnavailableError):
    """The index has no ``.metadata`` file beside this wheel."""


class ArtifactReader:
    """Reads metadata of one index's files, and remembers which way serves that index best."""

    def __init__(self) -> None:
        self._races_started = 0
        self._wins: dict[MetadataSource, int] = {MetadataSource.WHEEL: 0, MetadataSource.METADATA_FILE: 0}

    def request(self, transport: Transport, project: str, file: File) -> concurrent.futures.Future[Metadata]:
        """The metadata of one file.

        The result raises:
            MetadataUnavailableError: an sdist that does not say what it requires.
            HashMismatchError: what is there is not what the index promised.
            InvalidMetadataError: it is unreadable, or of another project or version than the file.
            TransportError: one of its kinds.

        Args:
            transport: makes the requests.
            project: normalised name.
            file: of a listing of that project.
        """
        unpromised = file.kind is FileKind.WHEEL and file.metadata_hashes is None
        if unpromised and self._races_started < _RACES:
            self._races_started += 1
            return self._race(transport, project, file)
        return transport.submit(lambda client: self._metadata(client, project, file))

    def _metadata(self, client: Client, project: str, file: File) -> Metadata:
        if file.kind is FileKind.SDIST:
            return of_sdist(project, file, fetch_facts(client, file))
        if file.metadata_hashes:
            try:
                return _from_metadata_file(client, project, file)
            except (_NotHereError, TransportError):
                return _from_wheel(client, project, file)
        wins = self._wins
        beside_first = file.metadata_hashes is not None or (
            wins[MetadataSource.METADATA_FILE] > wins[MetadataSource.WHEEL]
        )
        ways = (_from_metadata_file, _from_wheel) if beside_first else (_from_wheel, _from_metadata_file)
        return _first_success(ways, client, project, file)

    def _race(self, transport: Transport, project: str, file: File) -> concurrent.futures.Future[Metadata]:
        race = Race(
            [
                transport.submit(functools.partial(_asked, way, project, file))
                for way in (_from_wheel, _from_metadata_file)
            ],
            failure=lambda errors: _failure(*errors),
            won=self._won,
        )
        return race.result

    def _won(self, metadata: Metadata) -> None:
        self._wins[metadata.source] += 1


def _asked(way: Way, project: str, file: File, client: Client) -> Metadata:
    return way(client, project, file)


def _first_success(ways: tuple[Way, Way], client: Client, project: str, file: File) -> Metadata:
    first, second = ways
    try:
        return first(client, project, file)
    except (ArtifactError, TransportError) as error:
        if isinstance(error, TlsError):
            raise
        try:
            return second(client, project, file)
        except (ArtifactError, TransportError) as other:
            raise (_failure(other, error) if second is _from_wheel else _failure(error, other)) from None


def _failure(of_wheel: BaseException | None, of_metadata_file: BaseException | None) -> BaseException:
    """The error to show when both ways failed: the wheel's, for that is what would be installed."""
    assert of_wheel is not None and of_metadata_file is not None
    if not isinstance(of_metadata_file, _NotHereError):
        of_wheel.add_note(f"its metadata file failed too: {of_metadata_file}")
    return of_wheel


def _from_metadata_file(client: Client, project: str, file: File) -> Metadata:
    response = client.get(
        with_suffix(file.url, ".metadata"),
        RequestKind.METADATA,
        largest_bytes=_LARGEST_METADATA_BYTES,
        accepted=frozenset({200}) | MISSING,
    )
    if response.status in MISSING:
        raise _NotHereError(file.filename, displayed(file.url), "has no metadata file beside it")
    verify(file, file.metadata_hashes or {}, response.body, "its metadata file")
    return checked(project, file, response.body, MetadataSource.METADATA_FILE)


def _from_wheel(client: Client, project: str, file: File) -> Metadata:
    try:
        data = parsed_by_ranges(client, file, WheelMetadata())
    except FileReaderError as error:
        raise InvalidMetadataError(file.filename, displayed(file.url), str(error)) from error
    except IndexStatusError as error:
        if error.status not in _GONE:
            raise
        reason = f"the index lists it and does not have it (HTTP status {error.status})"
        raise MetadataUnavailableError(file.filename, displayed(file.url), reason) from error
    return checked(project, file, data, MetadataSource.WHEEL)


def of_sdist(project: str, file: File, facts: SdistFacts) -> Metadata:
    """What an sdist says: its static PKG-INFO, else, unverified, its egg-info directory.

    Raises:
        InvalidMetadataError: see `checked`.
        MetadataUnavailableError: only a build tells what it requires.
    """
    core = _core(project, file, facts.pkg_info)
    if is_static(core):
        return _reduced(project, core, MetadataSource.SDIST)
    try:
        stated = unverified(core, facts)
    except RequiresTxtError as error:
        raise unavailable(file, f"its requires.txt {error}") from error
    if stated is None:
        raise unavailable(file, "its dependencies are known only after a build (not static, PEP 643)")
    return _reduced(project, stated, MetadataSource.SDIST, verified=False)


def checked(project: str, file: File, data: bytes, source: MetadataSource) -> Metadata:
    """Metadata that is of the release that the file's name states.

    Raises:
        InvalidMetadataError: it is unreadable, or of another release.
    """
    return _reduced(project, _core(project, file, data), source)


def _core(project: str, file: File, data: bytes) -> CoreMetadata:
    url = displayed(file.url)
    try:
        core = parse_metadata(data, file.filename)
    except MetadataError as error:
        raise InvalidMetadataError(file.filename, url, f"{error.what} {error.reason}") from error
    names = FilenameReader(project)
    if names.read(split_label(file.filename)[0]) is None:
        raise InvalidMetadataError(file.filename, url, f"its name is none of project {project}")
    expected = names.versions[0]
    if normalized(core.name) != project or Version(core.version) != expected:
        reason = f"its metadata is of {core.name} {core.version}, its name says {project} {expected}"
        raise InvalidMetadataError(file.filename, url, reason)
    return msgspec.structs.replace(core, version=str(expected))


def _reduced(project: str, core: CoreMetadata, source: MetadataSource, *, verified: bool = True) -> Metadata:
    return Metadata(
        name=project,
        version=core.version,
        requires_dist=core.requires_dist,
        requires_python=core.requires_python or None,
        extras=tuple(dict.fromkeys(map(normalized, core.provides_extra))),
        source=source,
        verified=verified,
        links=_links(core),
        summary=(core.summary or "")[:_LONGEST_SUMMARY],
        classifiers=tuple(
            line[:_LONGEST_CLASSIFIER] for line in core.classifiers if line.startswith(_TELLING_CLASSIFIERS)
        )[:_MOST_CLASSIFIERS],
    )


def _links(core: CoreMetadata) -> tuple[tuple[str, str], ...]:
    """Addresses that a person may follow, home page last."""
    stated = [*core.project_urls.items(), ("Homepage", core.home_page or "")]
    found = {
        label[:_LONGEST_LABEL]: url
        for label, url in stated
        if url.startswith(("https://", "http://")) and len(url) <= _LONGEST_LINK and url.isprintable()
    }
    return tuple(found.items())[:_MOST_LINKS]
