"""What packages say about themselves: METADATA of their newest wheel, read by ranges and kept by its hash."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from packaging.version import Version

from analyzers.files import FileReaderError
from analyzers.metadata import MetadataError
from analyzers.reports import Unknown
from analyzers.undecodable import UNDECODABLE
from analyzers.wheels import BytesReader, RangeReader, wheel_metadata
from knowledge.catalog import Knowledge
from knowledge.errors import ArtifactError, TransportError
from knowledge.files.block_reader import BlockReader
from knowledge.releases import File, FileKind, Listing
from topics.documents import Document, from_metadata

_INSTRUMENT = "package-document/1"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Document).decode


class PackageDocuments:
    """Reads documents for one run.

    Args:
        knowledge: of indexes; keeps what was read.
        now: seconds since the epoch.
    """

    def __init__(self, knowledge: Knowledge, now: Callable[[], float]) -> None:
        self._knowledge = knowledge
        self._kept = knowledge.derivations(_INSTRUMENT, now)

    def document(self, name: str) -> Document | Unknown:
        """The document of a project, or why there is none.

        Raises:
            KnowledgeError: the index cannot be asked, or the store cannot be used.
        """
        listing = self._knowledge.listing(name)
        if listing is None:
            near = self._knowledge.near_names(name)
            hint = f"; did you mean: {', '.join(near)}?" if near else ""
            return _unknown(name, f"no index has it{hint}")
        file = newest_wheel(listing)
        if file is None:
            return _unknown(name, "it has no wheel, and a source distribution is not read for its texts")
        key = file.hashes.get("sha256") or file.url
        if (kept := self._known(key)) is not None:
            return kept
        try:
            document = from_metadata(wheel_metadata(self._reader(file)), file.filename)
        except (ArtifactError, TransportError, FileReaderError, MetadataError) as error:
            return _unknown(name, str(error))
        self._kept.keep({key: _encode(document)})
        return document

    def _known(self, key: str) -> Document | None:
        kept = self._kept.known([key]).get(key)
        try:
            return None if kept is None else _decode(kept)
        except UNDECODABLE:
            return None  # what cannot be read is read anew

    def _reader(self, file: File) -> RangeReader:
        if self._knowledge.is_local(file):
            return BytesReader(self._knowledge.content(file))
        return BlockReader(self._knowledge.remote_file(file))


def newest_wheel(listing: Listing) -> File | None:
    """A wheel of the newest final release that has one and was not yanked, else of the newest at all."""
    places = sorted(
        range(len(listing.versions)),
        key=lambda at: (at not in listing.yanked, not Version(listing.versions[at]).is_prerelease, at),
        reverse=True,
    )
    for place in places:
        for file in listing.files(place):
            if file.kind is FileKind.WHEEL:
                return file
    return None


def _unknown(name: str, reason: str) -> Unknown:
    return Unknown(what="what a package says", where=name, reason=reason)
