"""A lock that was made elsewhere, and the files of an index that its pins stand for on the target."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from analyzers.reports import Unknown
from knowledge.catalog import Knowledge
from knowledge.releases import File
from resolver.context import Context, Lock
from resolver.errors import InputError
from resolver.existing import positions_of
from resolver.universe import Universe
from resolver.vendor_releases import VendorIndexError, VendorReleases


def read_lock(path: Path, context: Context) -> tuple[Lock, bytes]:
    """A lock of any known format, and its content.

    Raises:
        InputError: it is none, or pins nothing.
    """
    from analyzers.manifests.discovery import read_manifest
    from analyzers.manifests.errors import ManifestError
    from resolver.asked.files import InputFiles
    from resolver.asked.preferences import lock_of

    files = InputFiles(Path(), sys.stdin.buffer)
    try:
        manifest = read_manifest(files.read, str(path), environ=os.environ)
    except ManifestError as error:
        told = str(error)
        place = "" if told.startswith(f"{path}:") else f"{path}: "
        raise InputError(f"{place}{told}", "name a lock such as pylock.toml or requirements.txt") from error
    lock = lock_of(manifest, context.target.is_live)
    if not lock.pins:
        raise InputError(f"{path} pins no release", "name a lock such as pylock.toml or requirements.txt")
    return lock, files.read(str(path))


def locked_files(
    lock: Lock, context: Context, knowledge: Knowledge
) -> tuple[dict[str, tuple[str, File]], list[Unknown]]:
    """The release of each pin and its best file for the target, by name; and which pins have none.

    Args:
        lock: that was read.
        context: of the run.
        knowledge: of this session.
    """
    universe = _universe(lock, context, knowledge)
    positions = positions_of(lock, universe)
    found: dict[str, tuple[str, File]] = {}
    unknowns = [
        Unknown(what=f"the release of {name}", where=lock.path, reason="no index has it")
        for name in sorted(lock.pins.keys() - positions.keys())
    ]
    for name, position in sorted(positions.items()):
        project = universe.projects[name]
        files = project.files(position, context.target)
        version = project.version(position)
        if files:
            found[name] = version, files[0]
        else:
            reason = "it has no file that the target can install"
            unknowns.append(Unknown(what=f"{name} {version}", where=lock.path, reason=reason))
    return found, unknowns


def _universe(lock: Lock, context: Context, knowledge: Knowledge) -> Universe:
    """The projects of a lock; those whose pins have local labels come from the indexes that rules choose."""
    labelled = {name for name, versions in lock.pins.items() if any("+" in text for text in versions)}
    knowledge.prefetch_listings(lock.pins)
    universe = Universe(VendorReleases(knowledge, context, only=labelled), context)
    try:
        for name in sorted(lock.pins):
            universe.project(name)
    except VendorIndexError:
        universe = Universe(knowledge, context)
        for name in sorted(lock.pins):
            universe.project(name)
    return universe
