"""Virtual environments by their ``pyvenv.cfg``: `Environment` out. Source: PEP 405; virtualenv; uv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from analyzers.files import FileReaderError, joined, read_file
from analyzers.metadata import decoded
from analyzers.reports import Unknown
from images.installations.executables import Installation
from images.roots.following import FollowingFiles
from images.roots.links import shown_path

CONFIGURATION_NAME = b"pyvenv.cfg"
_LIMIT_BYTES = 1 << 16
_LIMIT_ENVIRONMENTS = 2_000
_PROGRAM_NAMES = (b"python", b"python3")
_VERSION = re.compile(
    r"([0-9]+\.[0-9]+(?:\.[0-9]+)?)(?:\.?(a|b|c|rc|alpha|beta|candidate|final)\.?([0-9]+))?"
)
_LEVELS = {"alpha": "a", "beta": "b", "candidate": "rc", "c": "rc"}
_SITE = re.compile(rb"(?:python|pypy|graalpy)([0-9]\.[0-9]{1,2})t?", re.ASCII)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """A virtual environment before it is described.

    Attributes:
        prefix: the directory of ``pyvenv.cfg``.
        program: its ``bin/python`` or the like, itself; None where there is none, not even a dead link.
        target: what that leads to; None where it leads nowhere.
        home: as the configuration states it, from the root.
        stated_program: path of the base interpreter, where the configuration states it.
        version: of Python when the environment was made.
        python: the series whose ``site-packages`` it holds.
        creator: ``venv``, or ``virtualenv``.
        with_system_sites: whether it also searches what its base does.
    """

    prefix: bytes
    program: bytes | None
    target: bytes | None
    home: bytes | None
    stated_program: bytes | None
    version: str | None
    python: str | None
    creator: str
    with_system_sites: bool


def environments(
    files: FollowingFiles, prefixes: Iterable[bytes], unknowns: list[Unknown]
) -> list[Environment]:
    """The environments in these directories, sorted by path."""
    found: list[Environment] = []
    for prefix in sorted(prefixes):
        path = joined(prefix, CONFIGURATION_NAME)
        if len(found) >= _LIMIT_ENVIRONMENTS:
            reason = f"more than {_LIMIT_ENVIRONMENTS:,} environments; the rest is left out"
            unknowns.append(Unknown(what="environment", where=shown_path(prefix), reason=reason))
            break
        try:
            settings = _settings(decoded(read_file(files, path, _LIMIT_BYTES)))
        except FileReaderError as error:
            unknowns.append(Unknown(what="environment", where=shown_path(path), reason=error.reason))
            continue
        if environment := _environment(files, prefix, settings):
            found.append(environment)
    return found


def base_of(
    files: FollowingFiles, environment: Environment, by_path: dict[bytes, Installation]
) -> Installation | None:
    """The interpreter that an environment runs: what its link leads to, else what its configuration names.

    Args:
        files: the root.
        environment: the environment.
        by_path: interpreters by every path of theirs without links.
    """
    candidates: list[bytes | None] = [environment.target]
    if environment.stated_program is not None:
        candidates.append(files.found(environment.stated_program))
    if environment.home is not None:
        names = [b"python3", b"python"]
        if environment.python is not None:
            names.insert(0, f"python{environment.python}".encode())
        candidates += [files.found(joined(environment.home, name)) for name in names]
    for candidate in candidates:
        if candidate is not None and candidate in by_path:
            return by_path[candidate]
    return None


def _environment(files: FollowingFiles, prefix: bytes, settings: dict[str, str]) -> Environment | None:
    """An environment, unless a ``pyvenv.cfg`` lies beside nothing that belongs to one."""
    sites = sorted(_sites(files, prefix))
    program = _program(files, prefix)
    if "home" not in settings and not sites and program is None:
        return None
    version = _version(settings.get("version_info") or settings.get("version") or "")
    series = ".".join(version.split(".")[:2]) if version else None
    python = series if series in sites or not sites else sites[-1]
    stated = settings.get("executable") or settings.get("base-executable") or ""
    home = settings.get("home", "")
    return Environment(
        prefix=prefix,
        program=program,
        target=files.file(program) if program is not None else None,
        home=_path(home) if home.startswith("/") else None,
        stated_program=_path(stated) if stated.startswith("/") else None,
        version=version,
        python=_version_of_series(python),
        creator="virtualenv" if "virtualenv" in settings else "venv",
        with_system_sites=settings.get("include-system-site-packages", "").lower() == "true",
    )


def _settings(text: str) -> dict[str, str]:
    """Keys in lower case and their values, as ``site.py`` reads them."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            found[key.strip().lower()] = value.strip().strip("'\"").replace("\0", "")
    return found


def _sites(files: FollowingFiles, prefix: bytes) -> Iterator[str]:
    for folder in (b"lib", b"lib64"):
        try:
            children = files.list(joined(prefix, folder))
        except FileReaderError:
            continue
        for child in children:
            if found := _SITE.fullmatch(child.name):
                yield found[1].decode()


def _program(files: FollowingFiles, prefix: bytes) -> bytes | None:
    """The entry for the interpreter; one that leads somewhere before a dead link."""
    folder = joined(prefix, b"bin")
    try:
        names = {child.name for child in files.list(folder)}
    except FileReaderError:
        return None
    ordered = [name for name in _PROGRAM_NAMES if name in names]
    ordered += sorted(name for name in names if re.fullmatch(rb"(?:python|pypy)[0-9.]+t?", name))
    paths = [joined(folder, name) for name in ordered]
    return next((path for path in paths if files.file(path) is not None), paths[0] if paths else None)


def _version(text: str) -> str | None:
    found = _VERSION.match(text)
    if found is None:
        return None
    level = _LEVELS.get(found[2] or "", found[2] or "")
    return found[1] + (f"{level}{found[3]}" if level in ("a", "b", "rc") else "")


def _version_of_series(series: str | None) -> str | None:
    return series if series is not None and re.fullmatch(r"[0-9]\.[0-9]{1,2}", series) else None


def _path(text: str) -> bytes:
    return text.strip("/").encode("utf-8", "backslashreplace")
