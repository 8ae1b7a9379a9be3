"""``stackwright cache info|clear``: what is stored, and its removal."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from knowledge.stores.cache import CacheReport

_MOST_SHOWN = 10


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``cache``."""
    command.description = "Show what is stored of indexes and files, or remove it; nothing in it is precious."
    command.add_argument(
        "action", metavar="ACTION", choices=("info", "clear"), help="info: show it; clear: remove it"
    )
    command.add_argument("--listings", action="store_true", help="only listings of projects")
    command.add_argument("--metadata", action="store_true", help="only metadata of releases")
    command.add_argument("--derived", action="store_true", help="only what was derived from files")
    command.add_argument(
        "--advisories", action="store_true",
        help="only imported advisories, which clear leaves where they are not named: no index has them",
    )  # fmt: skip
    command.add_argument(
        "--observations", action="store_true",
        help="only what was measured, which clear leaves where it is not named: no index has it",
    )  # fmt: skip
    arguments.add_format(command)
    arguments.add_store(command)


def run(options: argparse.Namespace) -> bool:
    """Show or clear the store."""
    from knowledge.stores.cache import cache_report, clear_cache
    from knowledge.stores.locations import default_location
    from knowledge.stores.store import Kind
    from resolver.outputs.json_text import json_text

    location = options.store or default_location(os.environ, Path.home())
    asked = [kind for kind in Kind if getattr(options, kind.value)]
    precious = () if options.action == "info" else (Kind.ADVISORIES, Kind.OBSERVATIONS)
    had_again = [kind for kind in Kind if kind not in precious]
    kinds = asked or had_again
    removed = clear_cache(location, kinds) if options.action == "clear" else None
    report = cache_report(location, time.time())
    if removed is not None and options.format == "json":
        told = {"location": report.location, "removed": {kind.value: removed[kind] for kind in kinds}}
        sys.stdout.write(json_text(told))
    elif removed is not None:
        counts = ", ".join(f"{removed[kind]} records of {kind.value}" for kind in kinds)
        sys.stdout.write(f"Removed {counts} from {report.location}\n")
    elif options.format == "json":
        sys.stdout.write(json_text(report))
    else:
        shown = {kind.value for kind in kinds}
        sys.stdout.write("".join(f"{line}\n" for line in _lines(report, shown)))
    return True


def _lines(report: CacheReport, shown: set[str]) -> Iterator[str]:
    if not report.exists:
        yield f"There is no store at {report.location} yet"
        return
    size = "" if report.size_bytes is None else f" ({report.size_bytes / 1e6:.1f} MB)"
    yield f"Store {report.location}{size}"
    largest = sorted(
        (stored for stored in report.stored if stored.kind in shown),
        key=lambda stored: (-stored.size_bytes, stored.kind, stored.origin),
    )
    for stored in largest[:_MOST_SHOWN]:
        records = f"{stored.records} record{'' if stored.records == 1 else 's'}"
        yield (
            f"  {stored.kind} of {stored.origin}: {records}, {stored.size_bytes / 1e6:.1f} MB, "
            f"{_ages(stored.oldest_s, stored.newest_s)}"
        )
    if len(largest) > _MOST_SHOWN:
        yield f"  and of {len(largest) - _MOST_SHOWN} more (see --format json)"


def _ages(oldest_s: int, newest_s: int) -> str:
    oldest, newest = _age(oldest_s), _age(newest_s)
    return f"{oldest} old" if oldest == newest else f"{newest} to {oldest} old"


def _age(seconds: int) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return "less than two minutes"
