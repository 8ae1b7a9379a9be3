"""What an index upstream holds, kept in a folder piece by piece as it is asked for, never asked for twice.

Of a file that is read by ranges only the 64 KiB blocks that were needed are here. An empty recording means
that upstream has nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import SupportsIndex, overload

import urllib3

from analyzers.files import FileReaderError
from analyzers.wheels import wheel_metadata

BLOCK_BYTES = 64 << 10
_LARGEST_BODY_BYTES = 1 << 30


class RecordingError(Exception):
    """What was asked for is not recorded and could not be."""


class Recorder:
    """Fetches, once.

    Args:
        online: whether what is not recorded is fetched; else it is an error.

    Attributes:
        requests: sent so far.
    """

    def __init__(self, *, online: bool) -> None:
        self._online, self.requests = online, 0
        self._pool = urllib3.PoolManager(retries=urllib3.Retry(3, redirect=5, backoff_factor=0.2))

    def close(self) -> None:
        self._pool.clear()

    def once(self, place: Path, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """What is recorded at a place; what upstream has at `url` when nothing is."""
        if place.exists():
            return place.read_bytes()
        body = self.get(url, headers or {})
        write(place, body)
        return body

    def get(self, url: str, headers: Mapping[str, str]) -> bytes:
        """A body, empty for what is not there.

        Raises:
            RecordingError: there is no answer, or none to build on.
        """
        if not self._online:
            raise RecordingError(f"{url} is not recorded, and there is no upstream index")
        self.requests += 1
        asked = {"Accept-Encoding": "identity", **headers}
        try:
            response = self._pool.request("GET", url, headers=asked, preload_content=False, timeout=60.0)
            try:
                body = response.read(_LARGEST_BODY_BYTES + 1)
            finally:
                response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise RecordingError(f"{url}: {error}") from error
        if response.status in (404, 410):
            return b""
        if response.status not in (200, 206) or len(body) > _LARGEST_BODY_BYTES:
            raise RecordingError(f"{url} answered {response.status} with {len(body)} bytes or more")
        if response.status == 200 and "Range" in headers:
            first, _, last = headers["Range"].removeprefix("bytes=").partition("-")
            return body[int(first) : int(last) + 1]
        return body


def write(place: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f"{place.name}.{os.getpid()}.part")
    unfinished.write_bytes(content)
    unfinished.replace(place)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file upstream, as its listing describes it."""

    url: str
    size_bytes: int | None
    sha256: str | None


class RecordedFile:
    """A file of the index as far as it is recorded; a `RangeReader`."""

    def __init__(self, recorder: Recorder, folder: Path, source: Source) -> None:
        self._recorder, self._folder, self.source = recorder, folder, source

    @property
    def size_bytes(self) -> int:
        if self.source.size_bytes is not None:
            return self.source.size_bytes
        return len(self.whole())

    def whole(self) -> bytes:
        place = self._folder / "whole"
        if place.exists():
            return place.read_bytes()
        body = self._recorder.get(self.source.url, {})
        if self.source.sha256 not in (None, hashlib.sha256(body).hexdigest()):
            raise RecordingError(f"{self.source.url} has another SHA-256 than its listing states")
        write(place, body)
        return body

    def metadata(self) -> bytes:
        """METADATA: the file beside the wheel, or else the member of the wheel itself."""
        place = self._folder / "metadata"
        found = self._recorder.once(place, f"{self.source.url}.metadata")
        if not found and not (place.with_name("without-metadata")).exists():
            try:
                found = wheel_metadata(self)
            except FileReaderError as error:
                write(place.with_name("without-metadata"), f"{error}\n".encode())
            else:
                write(place, found)
        return found

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`; blocks that follow each other come by one request."""
        end = min(offset + length, self.size_bytes)
        if (self._folder / "whole").exists():
            return self.whole()[offset:end]
        numbers = range(offset // BLOCK_BYTES, -(-end // BLOCK_BYTES))
        missing = [number for number in numbers if not self._block(number).exists()]
        if missing:
            self._record(missing[0], missing[-1])
        joined = b"".join(self._block(number).read_bytes() for number in numbers)
        start = offset - numbers.start * BLOCK_BYTES
        return joined[start : start + end - offset]

    def _record(self, first: int, last: int) -> None:
        start, end = first * BLOCK_BYTES, min((last + 1) * BLOCK_BYTES, self.size_bytes)
        body = self._recorder.get(self.source.url, {"Range": f"bytes={start}-{end - 1}"})
        if len(body) != end - start:
            raise RecordingError(
                f"{self.source.url}: {len(body)} bytes came where {end - start} were asked for"
            )
        for number in range(first, last + 1):
            write(self._block(number), body[number * BLOCK_BYTES - start :][:BLOCK_BYTES])

    def _block(self, number: int) -> Path:
        return self._folder / "blocks" / str(number)


class LazyBody(bytes):
    """A wheel's bytes, fetched as slices are taken. The bytes beneath are its address: a sound ETag."""

    _file: RecordedFile

    def __new__(cls, file: RecordedFile) -> LazyBody:
        made = super().__new__(cls, f"{file.source.url} {file.source.sha256}".encode())
        made._file = file
        return made

    def __len__(self) -> int:
        return self._file.size_bytes

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> bytes: ...
    def __getitem__(self, key: SupportsIndex | slice) -> int | bytes:
        if not isinstance(key, slice):
            return self._file.whole()[key]
        start, end, step = key.indices(len(self))
        return self._file.read(start, max(0, end - start))[::step]

    def __radd__(self, head: bytes) -> bytes:
        return head + self._file.whole()
