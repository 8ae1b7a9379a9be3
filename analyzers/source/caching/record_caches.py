"""What is kept between runs, by keys: the caller injects where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class RecordCache(Protocol):
    """Bytes by key; losing any costs time alone."""

    def known(self, contents: Sequence[str]) -> Mapping[str, bytes]:
        """Those that are kept of these keys."""

    def keep(self, records: Mapping[str, bytes]) -> None:
        """Keep bytes by key, in the place of those kept before."""


class NoCache:
    """Keeps nothing."""

    def known(self, contents: Sequence[str]) -> Mapping[str, bytes]:
        """See `RecordCache.known`."""
        return {}

    def keep(self, records: Mapping[str, bytes]) -> None:
        """See `RecordCache.keep`."""
