"""Distributions whose files are gone while their metadata still says that they are installed.

A sample of each RECORD is looked up by name; nothing of the files is read.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator

from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.files import FileReaderError, joined, read_file
from analyzers.metadata import decoded
from images.catalogers.catalog import Catalog
from images.installations.seen_places import seen_places
from images.reports.image_config import ImageConfig
from images.reports.records import PythonDistribution
from images.roots.following import FollowingFiles
from images.roots.links import path_of_shown
from images.roots.root_files import RootFiles

_SAMPLE = 32
_SHOWN = 3
_LIMIT_RECORD_BYTES = 64 << 20
_LIMIT_PATH = 4096
_MODULES = (".py", ".so", ".pyd")
# What people delete to make images smaller and nobody misses.
_EXPENDABLE = ("/tests/", "/test/", "/testing/", "/docs/", "/examples/", "/benchmarks/")


def find(files: RootFiles, config: ImageConfig, known: Catalog, today: datetime.date) -> tuple[Finding, ...]:
    """A finding for each distribution that lacks some or all of its modules."""
    following = seen_places(files).files
    return tuple(_findings(following, known.distributions))


def _findings(files: FollowingFiles, distributions: tuple[PythonDistribution, ...]) -> Iterator[Finding]:
    for one in distributions:
        if one.editable is not None or one.where.endswith((".egg", ".egg-link")):
            continue
        if one.interpreter is None:
            continue  # nothing imports it: some collect the metadata of what they unpacked elsewhere
        where, location = path_of_shown(one.where), path_of_shown(one.location)
        record = joined(where, b"RECORD")
        try:
            content = read_file(files, record, _LIMIT_RECORD_BYTES)
        except FileReaderError:
            yield from _by_top_level(files, one, where, location)
            continue
        sample = list(_sample(content))
        missing = [path for path in sample if not _is_there(files, location, path)]
        if missing:
            yield _finding(one, "RECORD", missing, len(sample))


def _by_top_level(
    files: FollowingFiles, one: PythonDistribution, where: bytes, location: bytes
) -> Iterator[Finding]:
    """Without a RECORD the names of its modules are all that can be looked for."""
    try:
        names = decoded(read_file(files, joined(where, b"top_level.txt"), 1 << 16)).split()[:_SAMPLE]
        children = {child.name for child in files.list(location)} if names else set()
    except FileReaderError:
        return
    stems = {child.partition(b".")[0] for child in children}
    outermost = [name.partition("/")[0] for name in names]
    if outermost and not any(name.encode() in stems for name in outermost):
        yield _finding(one, "top_level.txt", outermost, len(outermost))


def _sample(content: bytes) -> Iterator[str]:
    """Modules that a RECORD lists, spread evenly over its lines; those that belong to no test."""
    step = max(1, len(content) // _SAMPLE)
    seen: set[int] = set()
    for position in range(0, len(content), step):
        # One line that counts in each stretch, so that a run of data files does not hide the modules.
        start = 0 if position == 0 else content.find(b"\n", position - 1) + 1
        if position and not start:
            return
        for _ in range(8):
            end = content.find(b"\n", start)
            end = len(content) if end < 0 else end
            if start not in seen and (path := _module(content[start : min(end, start + _LIMIT_PATH)])):
                seen.add(start)
                yield path
                break
            start = end + 1
            if start >= len(content):
                break


def _module(line: bytes) -> str | None:
    text = decoded(line).strip()
    if text.startswith('"'):
        try:
            row = next(csv.reader([text]), [])
        except csv.Error:
            return None
    else:
        row = text.split(",", 1)
    path = row[0] if row else ""
    is_module = path.endswith(_MODULES) and "\0" not in path and not path.startswith(("/", ".."))
    return path if is_module and not any(part in f"/{path}" for part in _EXPENDABLE) else None


def _is_there(files: FollowingFiles, location: bytes, path: str) -> bool:
    whole = joined(location, path.encode())
    if files.found(whole) is not None:
        return True
    # Sources may have been exchanged for bytecode beside them.
    return path.endswith(".py") and files.found(whole + b"c") is not None


def _finding(one: PythonDistribution, source: str, missing: list[str], sampled: int) -> Finding:
    where = f"{one.where}/{source}"
    some = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
    is_gone = len(missing) == sampled
    said = (
        "its files are gone"
        if is_gone
        else f"{len(missing)} of {sampled} files that were looked for are gone"
    )
    return Finding(
        id="distribution-files-missing",
        level=Level.ERROR if is_gone else Level.WARNING,
        message=f"{one.name} {one.version} is installed in {one.location} by its metadata, but {said} "
        f"({some}); install it again, or uninstall it with the tool that installed it",
        subject=one.name,
        location=Location(path=where),
        evidence=(Evidence(what=f"lists {some}", where=where),),
    )
