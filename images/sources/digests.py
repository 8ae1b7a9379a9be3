"""Digests as the OCI image specification writes them, ``sha256:…``: what content must be.

Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from images.errors import DamagedImageError

_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_HEX = re.compile(r"[0-9a-f]+")


def digest_parts(digest: str) -> tuple[str, str]:
    """Algorithm and digits.

    Raises:
        DamagedImageError: it is no digest, or of an algorithm that does not protect.
    """
    algorithm, _, digits = digest.partition(":")
    if _LENGTHS.get(algorithm) != len(digits) or not _HEX.fullmatch(digits):
        raise DamagedImageError(repr(digest[:150]), "is no digest that can be checked")
    return algorithm, digits


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    """The digest of a document."""
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def check_document(content: bytes, digest: str) -> bytes:
    """The content, if it is what its digest says.

    Raises:
        DamagedImageError: it is not.
    """
    found = digest_of(content, digest_parts(digest)[0])
    if found != digest:
        raise DamagedImageError(digest, f"the content has the digest {found}")
    return content


class BlobChunks:
    """A blob's bytes on their way to who reads them: counted, and hashed where sha256 is not its digest.

    Args:
        digest: None where none is stated.
        size_bytes: as stated; None where it is not.
    """

    def __init__(
        self, what: str, chunks: Iterator[bytes], digest: str | None, size_bytes: int | None
    ) -> None:
        self._what, self._chunks, self._size_bytes = what, chunks, size_bytes
        self._digest = digest
        algorithm = digest_parts(digest)[0] if digest is not None else "sha256"
        self._hash = None if algorithm == "sha256" else hashlib.new(algorithm)
        self.received_bytes = 0
        self.is_complete = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """The next bytes.

        Raises:
            DamagedImageError: there are more or fewer than stated.
        """
        chunk = next(self._chunks, None)
        if chunk is None:
            self.is_complete = True
            if self._size_bytes is not None and self.received_bytes < self._size_bytes:
                raise DamagedImageError(
                    self._what, f"it ends after {self.received_bytes:,} of {self._size_bytes:,} bytes"
                )
            raise StopIteration
        self.received_bytes += len(chunk)
        if self._size_bytes is not None and self.received_bytes > self._size_bytes:
            raise DamagedImageError(self._what, f"it is larger than the {self._size_bytes:,} bytes stated")
        if self._hash is not None:
            self._hash.update(chunk)
        return chunk

    def check(self, sha256: str) -> None:
        """Compare what was read to its end with what is stated.

        Args:
            sha256: as whoever read it found.

        Raises:
            DamagedImageError: they differ.
        """
        if self._digest is None:
            return
        algorithm = digest_parts(self._digest)[0]
        found = sha256 if self._hash is None else f"{algorithm}:{self._hash.hexdigest()}"
        if found != self._digest:
            raise DamagedImageError(self._what, f"its content has the digest {found}, not {self._digest}")
