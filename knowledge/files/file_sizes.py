"""How large files on indexes are, shown by reading their last byte: what is listed need not be there."""

from __future__ import annotations

from knowledge.errors import OfflineError
from knowledge.files.remote_files import fetch_range
from knowledge.indexes.shelves import artifact_key
from knowledge.releases import File
from knowledge.stores.derivations import Derivations
from knowledge.transport.threads import Transport

_LARGEST_BYTES = 8


class FileSizes:
    """Sizes that were seen, kept in the store between runs.

    Args:
        derivations: of `instrument`.
        transport: makes requests.
    """

    instrument = "file-size-1"

    def __init__(self, derivations: Derivations, transport: Transport) -> None:
        self._derivations = derivations
        self._transport = transport
        self._known: dict[str, int] = {}

    def of(self, file: File, *, offline: bool) -> int:
        """The size of a file in bytes, as its server states it.

        Raises:
            OfflineError: it is not known, and requests are forbidden.
            TransportError: the file is not there, or cannot be read.
        """
        key = f"{artifact_key(file)} {file.url}"
        if key not in self._known:
            kept = self._derivations.known([key]).get(key)
            if kept is not None and 0 < len(kept) <= _LARGEST_BYTES:
                self._known[key] = int.from_bytes(kept, "big")
            elif offline:
                raise OfflineError(f"the size of {file.filename}")
            else:
                piece = self._transport.submit(lambda client: fetch_range(client, file.url, None, 1)).result()
                self._known[key] = piece.size_bytes
                self._derivations.keep({key: piece.size_bytes.to_bytes(_LARGEST_BYTES, "big")})
        return self._known[key]
