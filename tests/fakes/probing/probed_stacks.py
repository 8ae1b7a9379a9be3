"""Stacks of small wheels on this machine, and what a prober finds of them."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from fakes.indexes.wheels import build_wheel, wheel_filename
from knowledge.confinement.limits import Limits
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.probing.interpreters import interpreter_at
from knowledge.probing.prober import LocalProber
from knowledge.probing.records import PinnedFile, ProbeResult, ProbeTask

NO_INDEX = IndexConfiguration(url="", place="", no_index=True)
USUAL = Limits(time_s=60.0, memory_bytes=1 << 30, processes=128, disk_bytes=64 << 20)


def pinned(folder: Path, name: str, files: Mapping[str, str], requires: Sequence[str] = ()) -> PinnedFile:
    """Version 1 of a project, as a wheel in a folder."""
    content = build_wheel(
        name, "1", requires=requires, files={path: text.encode() for path, text in files.items()}
    )
    return kept(folder, name, wheel_filename(name, "1", "py3-none-any"), content)


def kept(folder: Path, name: str, filename: str, content: bytes) -> PinnedFile:
    """A file in a folder, as a stack pins it."""
    path = folder / filename
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return PinnedFile(project=name, version="1", filename=filename, url=str(path), sha256=digest)


def prober(folder: Path, limits: Limits = USUAL, **more: object) -> LocalProber:
    """One that works in a folder with this interpreter."""
    place = folder / "probes"
    place.mkdir(exist_ok=True)
    interpreter = interpreter_at(Path(sys.executable), place)
    builds = more.pop("build_limits", None)
    assert not more
    return LocalProber(
        place,
        interpreter,
        NO_INDEX,
        os.environ,
        limits,
        allow_builds=builds is not None,
        build_limits=builds if isinstance(builds, Limits) else None,
    )


def probed(
    folder: Path,
    projects: Mapping[str, Mapping[str, str]],
    *,
    script: str = "",
    limits: Limits = USUAL,
    roots: Sequence[str] = ("app",),
) -> ProbeResult:
    """What comes of a stack.

    Args:
        folder: an empty one.
        projects: name to the files of its wheel.
        script: that is run.
        limits: of the imports and the script.
        roots: what the user asked for.
    """
    pins = tuple(pinned(folder, name, files) for name, files in sorted(projects.items()))
    wanted = tuple(root for root in roots if root in projects)
    return prober(folder, limits).probe(ProbeTask(pins=pins, roots=wanted, script=script))
