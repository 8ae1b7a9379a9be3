"""What instruments derived from the content of files, kept in the store between runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analyzers.reports import Unknown
from knowledge.errors import StoreError
from knowledge.stores.store import DerivedRow, Store


class Derivations:
    """The derivations of one instrument; a store that fails becomes an unknown, once.

    Args:
        store: closed by the caller.
        instrument: see `knowledge.stores.store.DerivedRow`.
        now: seconds since the epoch.

    Attributes:
        unknowns: what went wrong.
    """

    def __init__(self, store: Store, instrument: str, now: Callable[[], float]) -> None:
        self._store = store
        self._instrument = instrument
        self._now = now
        self.unknowns: list[Unknown] = []

    def of(self, instrument: str) -> Derivations:
        """Those of another instrument in the same store; what goes wrong is told here."""
        other = Derivations(self._store, instrument, self._now)
        other.unknowns = self.unknowns
        return other

    def known(self, contents: Sequence[str]) -> Mapping[str, bytes]:
        """The payloads that are kept, by content."""
        if self.unknowns:
            return {}
        try:
            return self._store.derived(self._instrument, contents)
        except StoreError as error:
            self._failed(error)
            return {}

    def keep(self, records: Mapping[str, bytes]) -> None:
        """Keep payloads by content."""
        if self.unknowns:
            return
        made_at = int(self._now())
        try:
            self._store.keep_derived(
                DerivedRow(self._instrument, content, made_at, payload)
                for content, payload in records.items()
            )
        except StoreError as error:
            self._failed(error)

    def _failed(self, error: StoreError) -> None:
        self.unknowns.append(Unknown(what="facts for later runs", where=error.location, reason=error.reason))
