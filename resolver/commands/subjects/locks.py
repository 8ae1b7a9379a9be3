"""A lock that was made elsewhere, and the files of an index that its pins stand for on the target."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from analyzers.reports import Unknown
from knowledge.catalog import Knowledge
from knowledge.errors import OfflineError
from knowledge.releases import File
from resolver.advising.existing import positions_of
from resolver.advising.vendor_releases import VendorIndexError, VendorReleases
from resolver.context import Context, Lock
from resolver.errors import InputError
from resolver.pipeline import Pipeline
from resolver.source import ReleaseSource
from resolver.states.universe import Universe


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
    universe = universe_of(lock.pins, context, knowledge)
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


def universe_of(
    pins: Mapping[str, Iterable[str]],
    context: Context,
    knowledge: Knowledge,
    units: Pipeline | None = None,
    *,
    is_tolerant: bool = False,
) -> Universe:
    """The projects of locks; those whose pins have local labels come from the indexes that rules choose.

    Args:
        pins: normalised name to versions.
        context: of the run.
        knowledge: of this session.
        units: of which sieves and pseudonyms take part.
        is_tolerant: whether a project that is not in the store is left out where no request may be made.
    """
    units = units or Pipeline()
    labelled = {name for name, versions in pins.items() if any("+" in text for text in versions)}
    knowledge.prefetch_listings(pins)
    source: ReleaseSource = VendorReleases(knowledge, context, only=labelled)
    try:
        return _filled(Universe(source, context, units.sieves, units.pseudonyms), pins, is_tolerant)
    except VendorIndexError:
        universe = Universe(knowledge, context, units.sieves, units.pseudonyms)
        return _filled(universe, pins, is_tolerant)


def _filled(universe: Universe, names: Iterable[str], is_tolerant: bool) -> Universe:
    for name in sorted(names):
        try:
            universe.project(name)
        except OfflineError:
            if not is_tolerant:
                raise
    return universe
