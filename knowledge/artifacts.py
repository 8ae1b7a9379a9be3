"""Reads the metadata of files on an index without downloading them: the ``.metadata`` file or a wheel's tail.

Where the index promises a ``.metadata`` file with its hash, that file counts. Else both ways are equal and
either success is the answer, so that neither speed nor order decides what is known: for the first few wheels
both are asked at once, then the way that won more often goes first and the other one stands in for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from analyzers.files import FileReaderError
from analyzers.metadata import CoreMetadata, MetadataError, parse_metadata
from analyzers.sdists import is_static
from analyzers.wheels import wheel_metadata
from knowledge.client import MISSING
from knowledge.digests import verify
from knowledge.errors import (
    ArtifactError,
    InvalidMetadataError,
    MetadataUnavailableError,
    TlsError,
    TransportError,
)
from knowledge.filenames import FilenameReader, normalized
from knowledge.releases import File, FileKind, Metadata, MetadataSource
from knowledge.remote_files import parsed_by_ranges
from knowledge.sdists import fetch_pkg_info
from knowledge.statistics import RequestKind
from knowledge.urls import displayed, with_suffix

if TYPE_CHECKING:
    from knowledge.client import Client

Way = Callable[["Client", str, File], Coroutine[Any, Any, Metadata]]
_LARGEST_METADATA_BYTES = 16 << 20
_RACES = 4


class _NotHereError(MetadataUnavailableError):
    """The index has no ``.metadata`` file beside this wheel."""


class ArtifactReader:
    """Reads metadata of one index's files, and remembers which way serves that index best."""

    def __init__(self) -> None:
        self._races_started = 0
        self._wins: dict[MetadataSource, int] = {MetadataSource.WHEEL: 0, MetadataSource.METADATA_FILE: 0}

    async def metadata(self, client: Client, project: str, file: File) -> Metadata:
        """The metadata of one file.

        Args:
            client: makes the requests.
            project: normalised name.
            file: of a listing of that project.

        Raises:
            MetadataUnavailableError: an sdist whose metadata is not static (PEP 643).
            HashMismatchError: what is there is not what the index promised.
            InvalidMetadataError: it is unreadable, or of another project or version than the file.
            TransportError: one of its kinds.
        """
        if file.kind is FileKind.SDIST:
            data = await fetch_pkg_info(client, file)
            return _checked(project, file, data, MetadataSource.SDIST)
        if file.metadata_hashes:
            try:
                return await _from_metadata_file(client, project, file)
            except (_NotHereError, TransportError):
                return await _from_wheel(client, project, file)
        if file.metadata_hashes is None and self._races_started < _RACES:
            self._races_started += 1
            return await self._race(client, project, file)
        wins = self._wins
        beside_first = file.metadata_hashes is not None or (
            wins[MetadataSource.METADATA_FILE] > wins[MetadataSource.WHEEL]
        )
        ways = (_from_metadata_file, _from_wheel) if beside_first else (_from_wheel, _from_metadata_file)
        return await _first_success(ways, client, project, file)

    async def _race(self, client: Client, project: str, file: File) -> Metadata:
        tasks = {
            asyncio.ensure_future(_from_wheel(client, project, file)): MetadataSource.WHEEL,
            asyncio.ensure_future(_from_metadata_file(client, project, file)): MetadataSource.METADATA_FILE,
        }
        pending = set(tasks)
        try:
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task, source in tasks.items():
                    if task in done and task.exception() is None:
                        self._wins[source] += 1
                        return task.result()
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        raise _failure(*(task.exception() for task in tasks))


async def _first_success(ways: tuple[Way, Way], client: Client, project: str, file: File) -> Metadata:
    first, second = ways
    try:
        return await first(client, project, file)
    except (ArtifactError, TransportError) as error:
        if isinstance(error, TlsError):
            raise
        try:
            return await second(client, project, file)
        except (ArtifactError, TransportError) as other:
            raise (_failure(other, error) if second is _from_wheel else _failure(error, other)) from None


def _failure(of_wheel: BaseException | None, of_metadata_file: BaseException | None) -> BaseException:
    """The error to show when both ways failed: the wheel's, for that is what would be installed."""
    assert of_wheel is not None and of_metadata_file is not None
    if not isinstance(of_metadata_file, _NotHereError):
        of_wheel.add_note(f"its metadata file failed too: {of_metadata_file}")
    return of_wheel


async def _from_metadata_file(client: Client, project: str, file: File) -> Metadata:
    response = await client.get(
        with_suffix(file.url, ".metadata"),
        RequestKind.METADATA,
        largest_bytes=_LARGEST_METADATA_BYTES,
        accepted=frozenset({200}) | MISSING,
    )
    if response.status in MISSING:
        raise _NotHereError(file.filename, displayed(file.url), "has no metadata file beside it")
    verify(file, file.metadata_hashes or {}, response.body, "its metadata file")
    return _checked(project, file, response.body, MetadataSource.METADATA_FILE)


async def _from_wheel(client: Client, project: str, file: File) -> Metadata:
    try:
        data = await parsed_by_ranges(client, file, wheel_metadata)
    except FileReaderError as error:
        raise InvalidMetadataError(file.filename, displayed(file.url), str(error)) from error
    return _checked(project, file, data, MetadataSource.WHEEL)


def _checked(project: str, file: File, data: bytes, source: MetadataSource) -> Metadata:
    """Metadata that is of the release that the file's name states."""
    url = displayed(file.url)
    try:
        core = parse_metadata(data, file.filename)
    except MetadataError as error:
        raise InvalidMetadataError(file.filename, url, f"{error.what} {error.reason}") from error
    names = FilenameReader(project)
    if names.read(file.filename) is None:
        raise InvalidMetadataError(file.filename, url, f"its name is none of project {project}")
    expected = names.versions[0]
    if normalized(core.name) != project or _version(core) != expected:
        reason = f"its metadata is of {core.name} {core.version}, its name says {project} {expected}"
        raise InvalidMetadataError(file.filename, url, reason)
    if source is MetadataSource.SDIST:
        _require_static(file, core)
    return Metadata(
        name=project,
        version=str(expected),
        requires_dist=core.requires_dist,
        requires_python=core.requires_python or None,
        extras=tuple(dict.fromkeys(map(normalized, core.provides_extra))),
        source=source,
    )


def _version(core: CoreMetadata) -> Version:
    return Version(core.version)  # `parse_metadata` refused one that is not valid


def _require_static(file: File, core: CoreMetadata) -> None:
    if not is_static(core):
        reason = "its dependencies are known only after a build (its metadata is not static, PEP 643)"
        raise MetadataUnavailableError(file.filename, displayed(file.url), reason)
