"""The contents of files, of indexes or elsewhere: by ranges, by blocks, or whole; and their sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from knowledge.errors import OfflineError
from knowledge.files.remote_files import RemoteFile
from knowledge.indexes.found_files import FoundFiles
from knowledge.releases import File
from knowledge.stores.derivations import Derivations
from knowledge.stores.store import Store
from knowledge.transport.threads import Transport

if TYPE_CHECKING:
    from analyzers.archives.tar_trees import TarReader
    from knowledge.files.file_sizes import FileSizes
    from knowledge.files.read_ahead import ReadAheadFile


class IndexFiles:
    """Reads files.

    Args:
        store: where what was learned of them is kept.
        now: seconds since the epoch.
        transport: through which they come.
        found: those that no index lists.
        offline: no request is made.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], float],
        transport: Transport,
        found: FoundFiles,
        *,
        offline: bool,
    ) -> None:
        self.offline = offline
        self._store, self._now = store, now
        self._transport, self._found = transport, found
        self._sizes: FileSizes | None = None

    def size_bytes(self, file: File) -> int:
        """The size of a file that is there: where it is not known yet, the index is asked for its end.

        Raises:
            OfflineError: it is not stored, and requests are forbidden.
            TransportError: one of its kinds.
        """
        from knowledge.files.file_sizes import FileSizes

        if self._sizes is None:
            self._sizes = FileSizes(self.derivations(FileSizes.instrument, self._now), self._transport)
        return self._sizes.of(file, offline=self.offline)

    def remote_file(self, file: File) -> RemoteFile:
        """A file of an index, readable by ranges.

        Raises:
            OfflineError: requests are forbidden.
        """
        if self.offline:
            raise OfflineError(f"the file {file.filename}")
        return RemoteFile(self._transport, file.url, file.size_bytes)

    def read_ahead(self, file: File, size_bytes: int) -> ReadAheadFile:
        """A file of an index, readable by blocks that are asked for early.

        Raises:
            OfflineError: requests are forbidden.
        """
        if self.offline:
            raise OfflineError(f"the file {file.filename}")
        from knowledge.files.read_ahead import ReadAheadFile

        return ReadAheadFile(self._transport, file.url, size_bytes)

    def is_local(self, file: File) -> bool:
        """Whether a file lies on this machine."""
        return self._found.is_local(file)

    def content(self, file: File) -> bytes:
        """All of a file, verified.

        Raises:
            ArtifactError, OfflineError, TransportError: one of their kinds.
        """
        if self.offline and not self.is_local(file):
            raise OfflineError(f"the file {file.filename}")
        return self._found.content(file)

    def sdist_tree(self, file: File, limit_bytes: int) -> TarReader:
        """The Python sources of a source distribution, read once as a whole.

        Raises:
            ArtifactError, OfflineError, TransportError: one of their kinds.
        """
        from knowledge.files.sdists import fetch_tree, tree_of

        if self.is_local(file):
            return tree_of(file, self.content(file), limit_bytes)
        if self.offline:
            raise OfflineError(f"the file {file.filename}")
        return self._transport.submit(lambda client: fetch_tree(client, file, limit_bytes)).result()

    def derivations(self, instrument: str, now: Callable[[], float]) -> Derivations:
        """What an instrument derived from the content of files, in the same store."""
        return Derivations(self._store, instrument, now)
