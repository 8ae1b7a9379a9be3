"""An archive that arrives once, forwards only: from a daemon, a pipe, or compressed.

Layers come before the documents that name them, so whatever may be a layer is read as one when it passes, and
what is no archive is kept as a document. What was wrong with a layer matters only when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from analyzers.archives.compression import compression_of
from images.errors import DamagedImageError
from images.layers.content import LayerContent
from images.sources.archive_members import ArchiveMember, archive_members, followed
from images.sources.archives import NamedLayer
from images.sources.documents import LIMIT_CONFIG_BYTES, LIMIT_LAYERS
from images.sources.layer_checks import read_checked
from images.sources.source import ReadLayer

_LIMIT_KEPT_BYTES = 64 << 20
_HEAD_BYTES = 512
_LIMIT_FOLLOWING_BYTES = 64 << 20
_BLOB_NAME = re.compile(r"(?:.*/)?blobs/(sha256|sha384|sha512)/([0-9a-f]+)")


class ArchiveStream:
    """An `images.sources.archives.Archive` that was read to its end when it was made.

    Args:
        chunks: of the archive, not compressed.
        what: for messages.
    """

    def __init__(self, chunks: Iterator[bytes], what: str, read_layer: ReadLayer) -> None:
        self._what = what
        self._documents: dict[str, bytes] = {}
        self._layers: dict[str, LayerContent | DamagedImageError] = {}
        self._links: dict[str, str] = {}
        self._kept_bytes = 0
        stream = _StreamBytes(chunks)
        for member in archive_members(stream, what):
            self._documents.pop(member.name, None)
            self._layers.pop(member.name, None)
            self._links.pop(member.name, None)
            if member.link is not None:
                self._links[member.name] = member.link
            else:
                self._take(member, stream, read_layer)
            if stream.damage is not None:  # of the archive, of which the layer within it knows nothing
                raise stream.damage
            if stream.ended:
                raise DamagedImageError(what, f"the archive ends early, within {member.name}")
        stream.drain()

    def names(self) -> Collection[str]:
        """Every name."""
        return self._documents.keys() | self._layers.keys() | self._links.keys()

    def document(self, name: str, limit_bytes: int) -> bytes:
        """A small file."""
        content = self._documents.get(followed(name, self._links, self._what))
        if content is None:
            raise DamagedImageError(self._what, f"{name} is not in the archive, or too large")
        if len(content) > limit_bytes:
            raise DamagedImageError(name, f"has {len(content):,} bytes, more than {limit_bytes:,}")
        return content

    def layer(self, layer: NamedLayer, read_layer: ReadLayer) -> LayerContent:
        """A layer, its digest and size checked."""
        name = followed(layer.name, self._links, self._what)
        if name in self._documents:  # one that does not look like an archive, such as an empty one
            return read_checked(layer, iter([self._documents[name]]), read_layer)
        found = self._layers.get(name)
        if found is None:
            raise DamagedImageError(layer.what, f"{layer.name} is not in the archive")
        if isinstance(found, DamagedImageError):
            raise DamagedImageError(layer.what, found.reason) from found
        if layer.size_bytes is not None and found.blob_bytes != layer.size_bytes:
            raise DamagedImageError(
                layer.what, f"has {found.blob_bytes:,} bytes, not the {layer.size_bytes:,} stated"
            )
        return found

    def _take(self, member: ArchiveMember, stream: _StreamBytes, read_layer: ReadLayer) -> None:
        head = stream.read(min(_HEAD_BYTES, member.size_bytes))
        if not _is_archive(head) and member.size_bytes <= LIMIT_CONFIG_BYTES:
            self._kept_bytes += member.size_bytes
            if self._kept_bytes > _LIMIT_KEPT_BYTES:
                raise DamagedImageError(self._what, f"has more than {_LIMIT_KEPT_BYTES:,} bytes of documents")
            self._documents[member.name] = head + stream.read(member.size_bytes - len(head))
            return
        if len(self._layers) >= LIMIT_LAYERS:
            raise DamagedImageError(self._what, f"has more than {LIMIT_LAYERS:,} layers")
        blob = _BLOB_NAME.fullmatch(member.name)
        layer = NamedLayer(
            what=member.name,
            name=member.name,
            digest=f"{blob[1]}:{blob[2]}" if blob is not None else None,
            size_bytes=member.size_bytes,
        )
        try:
            content = read_checked(layer, stream.chunks(head, member.size_bytes), read_layer)
        except DamagedImageError as error:
            self._layers[member.name] = error
        else:
            self._layers[member.name] = content


def _is_archive(head: bytes) -> bool:
    return compression_of(head) is not None or head[257:262] == b"ustar"


class _StreamBytes:
    """`images.sources.archive_members.Bytes` of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = b""
        self._at = 0
        self._position = 0
        self.ended = False
        self.damage: DamagedImageError | None = None

    def read(self, length: int) -> bytes:
        """The next bytes; fewer only where it ends."""
        parts = []
        while length:
            some = self._some(length)
            if not some:
                break
            parts.append(some)
            length -= len(some)
        return b"".join(parts)

    def chunks(self, head: bytes, size_bytes: int) -> Iterator[bytes]:
        """A member whose first bytes were read already."""
        yield head
        left = size_bytes - len(head)
        while left and (some := self._some(left)):
            left -= len(some)
            yield some

    def skip(self, length: int) -> None:
        """Pass bytes over."""
        while length and (some := self._some(length)):
            length -= len(some)
        self.ended = self.ended or length > 0

    def position(self) -> int:
        """How many bytes were read and passed over."""
        return self._position

    def drain(self) -> None:
        """Read what follows the archive: whoever writes it would complain otherwise.

        What goes on without end, such as ``/dev/zero``, is left alone.
        """
        left = _LIMIT_FOLLOWING_BYTES
        while left > 0 and (chunk := next(self._chunks, None)) is not None:
            left -= len(chunk)

    def _some(self, length: int) -> bytes:
        while self._at == len(self._buffer):
            try:
                chunk = next(self._chunks, None)
            except DamagedImageError as error:
                self.damage = error
                raise
            if chunk is None:
                return b""
            self._buffer, self._at = chunk, 0
        some = self._buffer[self._at : self._at + length]
        self._at += len(some)
        self._position += len(some)
        return some
