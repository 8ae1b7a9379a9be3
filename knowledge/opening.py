"""From configured indexes and a place for the store to `Knowledge` that is ready to be asked."""

from __future__ import annotations

from collections.abc import Callable

from analyzers.reports import Unknown
from knowledge.builds.builder import Builder
from knowledge.catalog import Knowledge
from knowledge.errors import StoreError
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY
from knowledge.transport.threads import Transport


def open_knowledge(
    index: IndexConfiguration,
    location: str,
    now: Callable[[], float],
    *,
    user_agent: str,
    ttl_s: float = 600.0,
    offline: bool = False,
    refresh: bool = False,
    builder: Builder | None = None,
    waiting: Callable[[str], None] | None = None,
) -> Knowledge:
    """Facts of the configured indexes, kept in the store at `location`.

    Where a file can be neither opened nor made, facts are kept for this run alone, and that is an unknown.

    Args:
        waiting: see `knowledge.transport.threads.Transport`; the other arguments are those of `Knowledge`.

    Raises:
        ConfigurationError: `location` is of an unknown kind.
        StoreError: the store is damaged, of a newer schema, or a server that cannot be reached.
    """
    unknowns = []
    try:
        store = open_store(location)
    except StoreError as error:
        if type(error) is not StoreError or "://" in location:
            raise
        unknowns.append(Unknown(what="facts for later runs", where=error.location, reason=error.reason))
        store = open_store(MEMORY)
    knowledge = Knowledge(
        index.indexes,
        store,
        now,
        transport=Transport(index.transport_settings(user_agent), waiting),
        ttl_s=ttl_s,
        offline=offline,
        refresh=refresh,
        find_links=index.find_links,
        builder=builder,
        vendors=index.vendors,
    )
    knowledge.doubt(unknowns)
    return knowledge
