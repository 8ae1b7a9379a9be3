"""Archives that are compressed as a whole, as users keep them: told by what they begin with."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator

from images.errors import DamagedImageError

_CHUNK_BYTES = 1 << 18
_HEAD_BYTES = 6
_LZMA_MEMORY_BYTES = 256 << 20
_ZSTD_WINDOW_BYTES = 1 << 27


class ChunkFile(io.RawIOBase):
    """Chunks as a file that is read forwards."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one chunk does."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        some = self._rest[: len(buffer)]
        buffer[: len(some)] = some
        self._rest = self._rest[len(some) :]
        return len(some)


def _gunzipped(file: io.BufferedReader) -> Iterator[bytes]:
    opened: gzip.GzipFile
    try:
        from isal import igzip
    except ImportError:
        opened = gzip.GzipFile(fileobj=file)
    else:
        opened = igzip.IGzipFile(fileobj=file)  # type: ignore[no-untyped-call]
    while content := opened.read(_CHUNK_BYTES):
        yield content


def _unzstd(file: io.BufferedReader) -> Iterator[bytes]:
    import zstandard

    expander = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    opened = expander.stream_reader(file, read_across_frames=True)
    while content := opened.read(_CHUNK_BYTES):
        yield content


def _unxz(file: io.BufferedReader) -> Iterator[bytes]:
    expander = lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES)
    while not expander.eof:
        data = file.read(_CHUNK_BYTES) if expander.needs_input else b""
        if expander.needs_input and not data:
            raise EOFError("it ends early")
        yield expander.decompress(data, _CHUNK_BYTES)


def _bunzipped(file: io.BufferedReader) -> Iterator[bytes]:
    with bz2.BZ2File(file) as opened:
        while content := opened.read(_CHUNK_BYTES):
            yield content


_EXPANDERS: dict[bytes, Callable[[io.BufferedReader], Iterator[bytes]]] = {
    b"\x1f\x8b": _gunzipped,
    b"\x28\xb5\x2f\xfd": _unzstd,
    b"BZh": _bunzipped,
    b"\xfd7zXZ\x00": _unxz,
}


def is_compressed(head: bytes) -> bool:
    """Whether content that begins so is compressed in a known way."""
    return any(head.startswith(magic) for magic in _EXPANDERS)


def expanded(chunks: Iterator[bytes], what: str) -> Iterator[bytes]:
    """The archive in chunks; as they are where they are not compressed.

    Raises:
        DamagedImageError: the compression is damaged.
    """
    head = b""
    while len(head) < _HEAD_BYTES and (chunk := next(chunks, None)) is not None:
        head += chunk
    whole = _joined(head, chunks)
    opened = next((new for magic, new in _EXPANDERS.items() if head.startswith(magic)), None)
    if opened is None:
        yield from whole
        return
    try:
        yield from opened(io.BufferedReader(ChunkFile(whole), _CHUNK_BYTES))
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise DamagedImageError(what, f"its compression is damaged: {error}") from error
    except Exception as error:  # zstandard and isal have their own, and are imported when needed
        if type(error).__module__.partition(".")[0] not in ("zstandard", "zstd", "isal", "igzip_lib"):
            raise
        raise DamagedImageError(what, f"its compression is damaged: {error}") from error


def _joined(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks
