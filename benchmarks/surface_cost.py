"""Reads the surfaces of the newest releases of a project into a store, and prints what that took, as JSON."""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path

from analyzers.api.conditions import Target
from benchmarks.indexes import configured_url
from images.host.facts import host_environment
from knowledge.catalog import Knowledge
from knowledge.releases import FileKind
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.transport.statistics import RequestKind
from knowledge.wheels.release_surfaces import ReleaseSurfaces
from resolver.targets.formats import Formats
from resolver.targets.target import Target as Runtime


def measured(project: str, count: int, store: str) -> dict[str, float]:
    """Releases that have a wheel for Linux, the newest first; the listing counts, too."""
    start_s, runtime = time.perf_counter(), Runtime(host_environment())
    files = read = releases = 0
    with Knowledge(configured_url(), SqliteStore(store), time.time) as knowledge:
        surfaces = ReleaseSurfaces(knowledge, Target(python=(3, 11), platform="linux"), time.time)
        listing = knowledge.listing(project)
        assert listing is not None
        for position in reversed(range(len(listing.versions))):
            if position in listing.prereleases or releases == count:
                continue
            usable = runtime.usable_files(listing.files(position), Formats())
            wheels = [file for file in usable if file.kind is FileKind.WHEEL]
            if not wheels:
                # A release that this Python is too old or too new for has the same modules for another one.
                wheels = [
                    file
                    for file in listing.files(position)
                    if file.kind is FileKind.WHEEL
                    and "manylinux" in file.filename
                    and "x86_64" in file.filename
                ]
            if wheels:
                reading = surfaces.surfaces(project, wheels[0])
                files, read, releases = files + reading.files, read + reading.read, releases + 1
        traffic = knowledge.statistics
        spent = {
            "bytes": traffic.received_bytes,
            "requests": traffic.requests,
            "listing_bytes": traffic[RequestKind.LISTING].received_bytes,
        }
    return {
        **spent,
        "releases": releases,
        "files": files,
        "read": read,
        "cpu_s": round(time.process_time(), 2),
        "wall_s": round(time.perf_counter() - start_s, 2),
        "store_bytes": Path(store).stat().st_size,
    }


if __name__ == "__main__":
    gc.set_threshold(200_000, 20, 20)  # as the command does
    json.dump(measured(sys.argv[1], int(sys.argv[2]), sys.argv[3]), sys.stdout)
