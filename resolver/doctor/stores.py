"""The store of knowledge: where it is, what it holds, and whether there is room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from knowledge.errors import ConfigurationError, StoreDamagedError, StoreError, StoreNewerError
from knowledge.stores.cache import CacheReport, cache_report
from knowledge.stores.store import MEMORY, SCHEMA_NUMBER, Kind
from knowledge.transport.urls import displayed
from resolver.doctor.checks import Check, State, Use

LEAST_FREE_BYTES = 500_000_000
"""What a few hundred projects with their evidence may take."""
_FOR = "later runs: what was fetched and found is kept"


class StoreExamined:
    """Opens the store, where there is one; makes none.

    Args:
        location: as of `knowledge.stores.locations.open_store`.
        now: seconds since the epoch.

    Attributes:
        has_listings: whether something of an index is stored; known once `checks` has run.
    """

    def __init__(self, location: str, now: float) -> None:
        self._location, self._now = location, now
        self.has_listings = False

    def checks(self) -> Iterator[Check]:
        """See `resolver.doctor.checks.Examination`."""
        try:
            report = cache_report(self._location, self._now)
        except (ConfigurationError, StoreError) as error:
            yield self._failing(error)
            return
        self.has_listings = any(one.kind == Kind.LISTINGS.value for one in report.stored)
        yield self._told(report)
        folder = self._folder()
        if folder is not None:
            yield _disk(folder)

    def _failing(self, error: ConfigurationError | StoreError) -> Check:
        is_fatal = isinstance(error, (ConfigurationError, StoreDamagedError, StoreNewerError))
        notes = getattr(error, "__notes__", ())
        return Check(
            name="store",
            state=State.FAILS,
            found=str(error).partition("\n")[0],
            needed_for=_FOR,
            remedy=str(notes[0]) if notes else "name another place with --store or STACKWRIGHT_STORE",
            stops=(Use.ADVISE,) if is_fatal or "://" in self._location else (),
        )

    def _told(self, report: CacheReport) -> Check:
        size = "" if report.size_bytes is None else f", {report.size_bytes / 1e6:.1f} MB"
        there = f"{report.location}, schema {SCHEMA_NUMBER}{size}"
        found = there if report.exists else f"{displayed_place(self._location)}, not made yet"
        folder = self._folder()
        if folder is None or _is_writable(folder, Path(self._location).expanduser()):
            return Check(name="store", state=State.WORKS, found=found, needed_for=_FOR)
        return Check(
            name="store",
            state=State.FAILS,
            found=f"{found}, may not be written",
            needed_for=_FOR,
            remedy="name another place with --store or STACKWRIGHT_STORE",
        )

    def _folder(self) -> Path | None:
        """The nearest directory of a store in a file that exists; None for other stores."""
        if "://" in self._location or self._location == MEMORY:
            return None
        folder = Path(self._location).expanduser().absolute().parent
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return folder


def displayed_place(location: str) -> str:
    """A location without credentials."""
    return displayed(location) if "://" in location else location


def _is_writable(folder: Path, file: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and (not file.exists() or os.access(file, os.W_OK))


def _disk(folder: Path) -> Check:
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        found = f"{folder}: {error.strerror}"
        return Check(name="disk", state=State.NOT_ASKED, found=found, needed_for=_FOR)
    is_enough = free_bytes >= LEAST_FREE_BYTES
    return Check(
        name="disk",
        state=State.WORKS if is_enough else State.MISSING,
        found=f"{free_bytes / 1e9:.1f} GB free at {folder}",
        needed_for=_FOR,
        remedy=None if is_enough else "free some, or name a place on another disk with --store",
    )
