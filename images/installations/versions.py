"""The release of an interpreter that is not run, from what stands around it: statements and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from analyzers.evidence import Confidence, Evidence
from analyzers.files import FileReaderError, joined, read_file
from images.installations.executables import Installation
from images.reports.records import SystemPackage
from images.roots.following import FollowingFiles
from images.roots.links import shown_path

HEADER_NAME = b"patchlevel.h"
LIMIT_PROGRAM_BYTES = 16 << 20
"""What distributions and official images ship is smaller; builds with debug symbols keep their headers."""
_LIMIT_HEADER_BYTES = 1 << 16
_RELEASE = r"[0-9]\.[0-9]{1,2}\.[0-9]{1,3}(?:(?:a|b|rc)[0-9]{1,3})?"
_PY_VERSION = re.compile(
    rb'^[ \t]*#[ \t]*define[ \t]+PY_VERSION[ \t]+"(%s)' % _RELEASE.encode(), re.MULTILINE
)
_PYPY_VERSION = re.compile(rb'^[ \t]*#[ \t]*define[ \t]+PYPY_VERSION[ \t]+"([0-9.]{1,20})', re.MULTILINE)
_IN_NAME = re.compile(rf"(?<![0-9.])({_RELEASE})(?![0-9.])", re.ASCII)
_UPSTREAM = re.compile(
    r"(?:[0-9]+:)?([0-9]+\.[0-9]+\.[0-9]+)(?:[~_]?((?:a|b|rc|alpha|beta)[0-9]+))?", re.ASCII
)
_CONDA = re.compile(rb"python-(%s)-[^-]+\.json" % _RELEASE.encode(), re.ASCII)


class VersionStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that states the release of an interpreter."""

    version: str
    evidence: Evidence


def version_statements(
    files: FollowingFiles,
    installation: Installation,
    packages: Iterable[SystemPackage],
    variables: Mapping[str, str],
) -> list[VersionStatement]:
    """What states the release, the most trustworthy first; its full text is searched only where need be."""
    if installation.python is None:
        return []
    stated = [
        *_by_header(files, installation),
        *_by_conda(files, installation),
        *_by_package(installation, packages),
    ]
    if not stated:
        stated += _by_program(files, installation)
    stated += _by_prefix(installation)
    stated += _by_variable(installation, variables)
    series = f"{installation.python}."
    return [statement for statement in stated if statement.version.startswith(series)]


def implementation_version(files: FollowingFiles, installation: Installation) -> tuple[str, str] | None:
    """PyPy's own version and the header that states it."""
    for header in _headers(files, installation):
        if found := _PYPY_VERSION.search(_read(files, header)):
            return found[1].decode(), shown_path(header)
    return None


def include_directories(installation: Installation) -> Iterator[bytes]:
    """Where the headers of an interpreter lie, the likeliest first."""
    include = joined(installation.prefix, b"include")
    stem = "python" if installation.implementation == "cpython" else installation.implementation
    flags = dict.fromkeys((installation.flags, "m" + installation.flags, installation.flags + "m", ""))
    for flag in flags:
        yield joined(include, f"{stem}{installation.python}{flag}".encode())
    if installation.implementation != "cpython":
        yield include


def _headers(files: FollowingFiles, installation: Installation) -> Iterator[bytes]:
    for directory in include_directories(installation):
        real = files.file(joined(directory, HEADER_NAME))
        if real is not None:
            yield real


def _by_header(files: FollowingFiles, installation: Installation) -> Iterator[VersionStatement]:
    for header in _headers(files, installation):
        if found := _PY_VERSION.search(_read(files, header)):
            yield _statement(found[1].decode(), "its header states PY_VERSION", shown_path(header))
            return


def _by_conda(files: FollowingFiles, installation: Installation) -> Iterator[VersionStatement]:
    folder = joined(installation.prefix, b"conda-meta")
    try:
        children = files.list(folder)
    except FileReaderError:
        return
    for child in children:
        if found := _CONDA.fullmatch(child.name):
            where = shown_path(joined(folder, child.name))
            yield _statement(found[1].decode(), "conda installed this release", where)


def _by_package(installation: Installation, packages: Iterable[SystemPackage]) -> Iterator[VersionStatement]:
    """Packages of the distribution that hold the interpreter or its library."""
    if installation.prefix not in (b"usr", b"") or installation.implementation != "cpython":
        return
    python = installation.python or ""
    joined_up, major = python.replace(".", ""), python.partition(".")[0]
    names = {
        *(f"python{python}-minimal", f"python{python}", f"libpython{python}-minimal"),
        *(f"libpython{python}-stdlib", f"python{python}-nogil", f"python{python}-libs"),
        *(f"python{joined_up}", f"python{joined_up}-base", f"python{joined_up}-libs"),
        *(f"python{major}", f"python{major}-libs", "platform-python", "python", "python-libs"),
    }
    seen: set[str] = set()
    for package in packages:
        if package.type in ("deb", "rpm", "apk") and package.name in names:
            version = _upstream(package.version)
            if version is not None and version.startswith(f"{python}.") and version not in seen:
                seen.add(version)
                what = f"the {package.type} package {package.name} {package.version} holds it"
                yield _statement(version, what, package.where)


def _by_program(files: FollowingFiles, installation: Installation) -> Iterator[VersionStatement]:
    """The text ``PY_VERSION`` as compilers place it, in the executable or the library that it loads."""
    stem = "python" if installation.implementation == "cpython" else installation.implementation
    shared = f"lib{stem}{installation.python}{installation.flags}.so.1.0".encode()
    start = b"\0" + (installation.python or "").encode() + b"."
    for folder in (joined(installation.prefix, b"lib"), joined(installation.prefix, b"lib64"), None):
        path = installation.path if folder is None else joined(folder, shared)
        try:
            content = read_file(files, path, LIMIT_PROGRAM_BYTES)
        except FileReaderError:
            continue
        if (version := _in_program(content, start)) is not None:
            what = "its program text holds this version and no other of its series"
            yield _statement(version, what, shown_path(path), Confidence.LIKELY)
            return


def _in_program(content: bytes, start: bytes) -> str | None:
    """The only release that stands alone in a program; None where there are several or none."""
    found: set[str] = set()
    position = content.find(start)
    while position >= 0 and len(found) < 2:
        end = content.find(b"\0", position + 1, position + 20)
        text = content[position + 1 : end].rstrip(b"+").decode("ascii", "replace") if end > 0 else ""
        if re.fullmatch(_RELEASE, text, re.ASCII):
            found.add(text)
        position = content.find(start, position + 1)
    return found.pop() if len(found) == 1 else None


def _by_prefix(installation: Installation) -> Iterator[VersionStatement]:
    """Directories are named for the release by pyenv, uv, asdf, mise, Nix and others."""
    for part in reversed(installation.prefix.split(b"/")[-3:]):
        if found := _IN_NAME.search(part.decode("utf-8", "replace")):
            what = "the directory it is installed in is named for this release"
            yield _statement(found[1], what, shown_path(installation.prefix), Confidence.LIKELY)
            return


def _by_variable(installation: Installation, variables: Mapping[str, str]) -> Iterator[VersionStatement]:
    """Official Python images state the release that they built into ``/usr/local``."""
    version = variables.get("PYTHON_VERSION", "")
    if installation.prefix == b"usr/local" and re.fullmatch(_RELEASE, version, re.ASCII):
        where = "the image's environment"
        yield _statement(version, "the variable PYTHON_VERSION states it", where, Confidence.LIKELY)


def _upstream(version: str) -> str | None:
    found = _UPSTREAM.match(version)
    if found is None:
        return None
    pre = (found[2] or "").replace("alpha", "a").replace("beta", "b")
    return found[1] + pre


def _read(files: FollowingFiles, path: bytes) -> bytes:
    try:
        return read_file(files, path, _LIMIT_HEADER_BYTES)
    except FileReaderError:
        return b""


def _statement(
    version: str, what: str, where: str, confidence: Confidence = Confidence.CERTAIN
) -> VersionStatement:
    text = f"{what}: {version}"
    return VersionStatement(version=version, evidence=Evidence(what=text, where=where, confidence=confidence))
