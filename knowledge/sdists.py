"""Reads the PKG-INFO of an sdist from a prefix of its archive, so that most of it never travels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.sdists import SdistError, read_pkg_info, read_zipped_pkg_info
from knowledge.errors import MetadataUnavailableError
from knowledge.releases import File
from knowledge.remote_files import parsed_by_ranges
from knowledge.statistics import RequestKind
from knowledge.urls import displayed

if TYPE_CHECKING:
    from knowledge.client import Client

LARGEST_PREFIX_BYTES = 32 << 20


class _Prefix:
    """Looks for PKG-INFO in a growing prefix; the client asks at every doubling of it."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.pkg_info: bytes | None = None
        self.reason = ""

    def enough(self, prefix: bytearray) -> bool:
        try:
            self.pkg_info = read_pkg_info(iter([bytes(prefix)]), self.filename)
        except SdistError as error:
            self.reason = error.reason
        return self.pkg_info is not None or len(prefix) >= LARGEST_PREFIX_BYTES


async def fetch_pkg_info(client: Client, file: File) -> bytes:
    """The content of an sdist's PKG-INFO.

    Raises:
        MetadataUnavailableError: it is not in the part that is read, or the archive cannot be read.
        HashMismatchError: the whole file was read, and it is not what the index promised.
        TransportError: one of its kinds.
    """
    if file.filename.endswith(".zip"):
        try:
            return await parsed_by_ranges(
                client, file, lambda reader: read_zipped_pkg_info(reader, file.filename)
            )
        except SdistError as error:
            raise MetadataUnavailableError(file.filename, displayed(file.url), error.reason) from error
    prefix = _Prefix(file.filename)
    response = await client.get(
        file.url,
        RequestKind.SDIST,
        headers={"Accept-Encoding": "identity"},
        largest_bytes=2 * LARGEST_PREFIX_BYTES,
        enough=prefix.enough,
    )
    if prefix.pkg_info is None:
        prefix.enough(bytearray(response.body))
    if prefix.pkg_info is None:
        reason = f"no PKG-INFO in its first {len(response.body)} bytes: {prefix.reason}"
        raise MetadataUnavailableError(file.filename, displayed(file.url), reason)
    return prefix.pkg_info
