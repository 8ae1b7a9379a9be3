"""What ``stackwright check`` looks at: a lock through its index, or what is installed in a directory."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from analyzers.directories import DirectoryReader
from analyzers.distributions import Distribution, find_distributions, read_distribution
from analyzers.files import FileReaderError, joined
from analyzers.importing.failures import ImportFailure
from analyzers.importing.machine import Target as ImportTarget
from analyzers.importing.simulation import Code, simulated
from analyzers.importing.stack import Part, StackFiles
from analyzers.reports import Unknown
from analyzers.site_packages import SitePackages, site_packages
from knowledge.catalog import Knowledge
from knowledge.filenames import normalized
from knowledge.stack_files import Pinned
from knowledge.stack_imports import ProjectCode, StackImports
from resolver.context import Context, Lock
from resolver.errors import InputError
from resolver.existing import positions_of
from resolver.universe import Universe

_PASSED_OVER = frozenset({"tests", "test", "docs", "doc", "examples", "example", "benchmarks", "conftest"})


class Seen(NamedTuple):
    """What was looked at, and what was found.

    Attributes:
        releases: normalised name to version.
        failures: certain ones first.
        digest: of what was looked at.
    """

    releases: dict[str, str]
    failures: tuple[ImportFailure, ...]
    is_complete: bool
    digest: str
    unknowns: tuple[Unknown, ...] = ()


def check_installed(
    path: Path, target: ImportTarget, code: ProjectCode | None, *, stated: str | None
) -> Seen:
    """Import what is installed in a virtual environment, a prefix or a ``site-packages``, on paper.

    Args:
        path: of the directory.
        target: the Python that imports; the path of the packages may say another one.
        code: of the user; where there is some, only that is imported.
        stated: the Python as the user says it; then the path says nothing.

    Raises:
        InputError: nothing is installed there.
    """
    reader = DirectoryReader(path)
    unknowns: list[Unknown] = []
    places = site_packages(reader, unknowns)
    found = [
        (place, read_distribution(reader, info))
        for place in places
        for info in find_distributions(reader, place.directory)
    ]
    if not found:
        raise InputError(f"{path}: nothing is installed there", "name a virtual environment or site-packages")
    unknowns += [unknown for _, each in found for unknown in each.unknowns]
    owners: dict[bytes, str] = {}
    versions: dict[str, str] = {}
    roots: set[str] = set()
    for place, each in found:
        if each.metadata is None:
            continue
        name = normalized(each.metadata.name)
        versions[name] = each.metadata.version
        roots |= _own(place, each, name, owners)
    parts = [Part(code.reader, directory) for directory in code.directories] if code else []
    parts += [Part(reader, place.directory, None, owners) for place in places]
    release = next((place.python for place in places if place.python), None)
    files = StackFiles(parts, versions)
    result = simulated(
        files,
        target if stated else _python(release, target),
        roots=list(code.modules) if code else sorted(roots),
        code=[Code(name, text) for name, text in code.scripts] if code else (),
    )
    told = hashlib.sha256(repr(sorted(versions.items())).encode()).hexdigest()
    return Seen(
        versions,
        (*result.failures, *result.doubtful),
        result.is_complete,
        f"sha256:{told}",
        tuple(sorted(set(unknowns))),
    )


def _own(place: SitePackages, each: Distribution, name: str, owners: dict[bytes, str]) -> set[str]:
    """Note which files are a distribution's; its outermost modules."""
    roots = set()
    for row in each.record or ():
        path = row.path
        if path.startswith(("/", "..")) or ".." in path.split("/"):
            continue
        owners[joined(place.directory, path.encode())] = name
        head, _, rest = path.partition("/")
        stem = head if rest else head.partition(".")[0]
        is_module = bool(rest) or path.endswith((".py", ".so", ".pyd"))
        if (
            is_module
            and stem.isidentifier()
            and stem not in _PASSED_OVER
            and path.endswith((".py", ".so", ".pyd"))
        ):
            roots.add(stem)
    return roots


def _python(stated: str | None, target: ImportTarget) -> ImportTarget:
    """The target with the Python that a path states."""
    major, _, minor = (stated or "").partition(".")
    if not minor.isdigit() or (int(major), int(minor)) == target.python[:2]:
        return target
    return ImportTarget((int(major), int(minor), 0), target.platform, target.implementation)


def check_lock(
    lock: Lock,
    context: Context,
    knowledge: Knowledge,
    imports: StackImports,
    content: bytes,
) -> Seen:
    """Import what a lock pins, on paper, from the files of an index.

    Args:
        lock: that was read.
        context: of the run.
        knowledge: of this session.
        imports: imports them.
        content: of the lock's file.
    """
    universe = Universe(knowledge, context)
    knowledge.prefetch_listings(lock.pins)
    for name in sorted(lock.pins):
        universe.project(name)
    positions = positions_of(lock, universe)
    pins: dict[str, Pinned] = {}
    unknowns = [
        Unknown(what=f"the release of {name}", where=lock.path, reason="no index has it")
        for name in sorted(lock.pins.keys() - positions.keys())
    ]
    for name, position in sorted(positions.items()):
        project = universe.projects[name]
        files = project.files(position, context.target)
        if files:
            pins[name] = Pinned(project.version(position), files[0])
        else:
            reason = "it has no file that the target can install"
            unknowns.append(
                Unknown(what=f"{name} {project.version(position)}", where=lock.path, reason=reason)
            )
    examined = imports.examined(pins, pins)
    return Seen(
        {name: pin.version for name, pin in pins.items()},
        () if examined is None else (*examined.failures, *examined.doubtful),
        examined is not None and examined.is_complete,
        f"sha256:{hashlib.sha256(content).hexdigest()}",
        tuple(unknowns),
    )


def read_code(path: Path | None) -> ProjectCode | None:
    """The user's code, where some is named.

    Raises:
        InputError: it cannot be read.
    """
    from resolver.commands.project_code import project_code

    if path is None:
        return None
    try:
        return project_code(path)
    except FileReaderError as error:
        raise InputError(f"--source {path}: {error}", "name a directory or a Python file") from error
