"""Where the store is, and which implementation opens it; only that one is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from knowledge.errors import ConfigurationError
from knowledge.stores.store import MEMORY, Store


def default_location(environ: Mapping[str, str], home: Path) -> str:
    """Where the store of this user is: ``STACKWRIGHT_STORE``, else a file below the user's data directory."""
    chosen = environ.get("STACKWRIGHT_STORE")
    if chosen:
        return chosen
    data = environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data and Path(data).is_absolute() else home / ".local" / "share"
    return str(base / "stackwright" / "store.sqlite3")


def open_store(location: str) -> Store:
    """Opens the store, and creates or upgrades it where needed.

    Args:
        location: a path, ``:memory:``, ``sqlite:///path`` or ``postgresql+psycopg://…``.

    Raises:
        ConfigurationError: `location` is of an unknown kind.
        StoreError: it cannot be opened; `StoreDamagedError` and `StoreNewerError` say why.
    """
    scheme, separator, rest = location.partition("://")
    if not separator:
        from knowledge.stores.sqlite_store import SqliteStore

        return SqliteStore(location if location == MEMORY else os.path.expanduser(location))  # noqa: PTH111
    if scheme == "sqlite":
        from knowledge.stores.sqlite_store import SqliteStore

        return SqliteStore(rest.removeprefix("/") or MEMORY)
    if scheme in ("postgresql", "postgresql+psycopg", "postgres"):
        from knowledge.stores.sql_store import SqlStore

        return SqlStore("postgresql+psycopg://" + rest)
    raise ConfigurationError(
        "--store", "command line", f"no store of kind {scheme!r}; a path or postgresql://"
    )
