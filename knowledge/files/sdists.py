"""Reads what an sdist says about itself from a prefix of its archive, so that most of it never travels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.sdists import SdistError, SdistFacts, read_facts, read_zipped_facts
from knowledge.errors import MetadataUnavailableError
from knowledge.files.digests import verify
from knowledge.files.remote_files import parsed_by_ranges
from knowledge.releases import File
from knowledge.transport.statistics import RequestKind
from knowledge.transport.urls import displayed

if TYPE_CHECKING:
    from analyzers.archives.tar_trees import TarReader
    from knowledge.transport.client import Client

LARGEST_PREFIX_BYTES = 32 << 20


class _Prefix:
    """Looks for the facts in a growing prefix; the client asks at every doubling of it."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.facts: SdistFacts | None = None
        self.reason = ""

    def enough(self, prefix: bytearray) -> bool:
        try:
            self.facts = read_facts(iter([bytes(prefix)]), self.filename)
        except SdistError as error:
            self.reason = error.reason
        return self.facts is not None or len(prefix) >= LARGEST_PREFIX_BYTES


def fetch_facts(client: Client, file: File) -> SdistFacts:
    """What an sdist says about itself.

    Raises:
        MetadataUnavailableError: that is not in the part that is read, or the archive cannot be read.
        HashMismatchError: the whole file was read, and it is not what the index promised.
        TransportError: one of its kinds.
    """
    if file.filename.endswith(".zip"):
        try:
            return parsed_by_ranges(client, file, lambda reader: read_zipped_facts(reader, file.filename))
        except SdistError as error:
            raise unavailable(file, error.reason) from error
    prefix = _Prefix(file.filename)
    response = client.get(
        file.url,
        RequestKind.SDIST,
        headers={"Accept-Encoding": "identity"},
        largest_bytes=2 * LARGEST_PREFIX_BYTES,
        enough=prefix.enough,
    )
    read_on = prefix.facts is None and len(response.body) < LARGEST_PREFIX_BYTES
    if read_on or len(response.body) == file.size_bytes:
        # All of it is here. Of a mere prefix no hash can be checked: it is trusted like the tail of a wheel.
        verify(file, file.hashes, response.body, "the sdist")
    if prefix.facts is None:
        prefix.enough(bytearray(response.body))
    if prefix.facts is None:
        reason = f"its first {len(response.body)} bytes do not say what it requires: {prefix.reason}"
        raise unavailable(file, reason)
    return prefix.facts


def fetch_tree(client: Client, file: File, limit_bytes: int) -> TarReader:
    """The Python sources of an sdist that is a tar archive.

    Raises:
        MetadataUnavailableError: it is another archive, or larger than `limit_bytes`.
        HashMismatchError: it is not what the index promised.
        TransportError: one of its kinds.
    """
    if file.filename.endswith(".zip") or (file.size_bytes or 0) > limit_bytes:
        raise MetadataUnavailableError(file.filename, displayed(file.url), "its sources are not read")
    response = client.get(
        file.url, RequestKind.SDIST, headers={"Accept-Encoding": "identity"}, largest_bytes=limit_bytes
    )
    verify(file, file.hashes, response.body, "the sdist")
    return tree_of(file, response.body, limit_bytes)


def tree_of(file: File, content: bytes, limit_bytes: int) -> TarReader:
    """The Python sources of the verified content of an sdist.

    Raises:
        MetadataUnavailableError: it is no tar archive, or larger than `limit_bytes`.
    """
    from analyzers.archives.tar_trees import TarReader

    if file.filename.endswith(".zip") or len(content) > limit_bytes:
        raise MetadataUnavailableError(file.filename, displayed(file.url), "its sources are not read")
    return TarReader(iter([content]), file.filename, lambda path: path.endswith(b".py"))


def unavailable(file: File, reason: str) -> MetadataUnavailableError:
    """The error for an sdist that does not say what it requires, with what would help."""
    error = MetadataUnavailableError(
        file.filename, displayed(file.url), f"{reason}; --allow-builds builds it"
    )
    error.add_note("builds run code of the project: allow them by --allow-builds, or exclude the sdist")
    return error
