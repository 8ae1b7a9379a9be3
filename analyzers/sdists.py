"""Source distributions: PKG-INFO and requires.txt, read from as little of the file as it takes.

Source: PEP 517, PEP 625 and PEP 643.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from analyzers.archives.tar_headers import TarError
from analyzers.archives.tars import DEFAULT_LIMITS, TarLimits, TarStream
from analyzers.archives.zips import ZipArchive
from analyzers.files import FileReaderError
from analyzers.metadata import CoreMetadata, MetadataError, parse_metadata
from analyzers.ranges import RangeReader
from analyzers.requires_txt import LIMIT_BYTES, parse_requires_txt

_PKG_INFO_LIMIT_BYTES = 16 << 20
_SUFFIX = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]+$")
_EGG_INFO = re.compile(rb"(?:\./)?(?!\.\.?/)([^/]+/(?:src/|lib/)?[^/]+\.egg-info)/([^/]+)", re.ASCII)
_DECISIVE = frozenset({"requires-dist", "provides-extra", "requires-python"})
_STATIC_SINCE = (2, 2)


class SdistError(ValueError):
    """A source distribution does not give its PKG-INFO."""

    def __init__(self, filename: str, reason: str) -> None:
        super().__init__(f"{filename}: {reason}")
        self.filename, self.reason = filename, reason


class SdistFacts(NamedTuple):
    """What an archive says about its release.

    Attributes:
        pkg_info: of the root directory.
        requires_txt: of the ``*.egg-info`` directory; None where it has none, or nobody looked
            for it because PKG-INFO is static.
        egg_info: whether there is such a directory; without its requires.txt it says: no dependencies.
    """

    pkg_info: bytes
    requires_txt: bytes | None = None
    egg_info: bool = False


def read_facts(chunks: Iterator[bytes], filename: str, limits: TarLimits = DEFAULT_LIMITS) -> SdistFacts:
    """What a tar archive says: read up to a static PKG-INFO, or to PKG-INFO and requires.txt, or to its end.

    Args:
        chunks: the file from its start.
        filename: its suffix tells the compression.
        limits: what reading may cost.

    Raises:
        SdistError: it has no PKG-INFO, two egg-info directories, or is damaged or beyond the limits.
    """
    pkg_info: bytes | None = None
    requires: dict[bytes, bytes | None] = {}
    try:
        archive = _tar(chunks, filename, limits)
        for member in archive.members():
            if not member.is_file:
                continue
            if pkg_info is None and _is_pkg_info(member.path):
                pkg_info = archive.content(member, _PKG_INFO_LIMIT_BYTES)
                if _states_all(pkg_info, filename):
                    return SdistFacts(pkg_info)
            elif folder := _EGG_INFO.match(member.path):
                requires.setdefault(folder[1], None)
                if folder[2] == b"requires.txt":
                    requires[folder[1]] = archive.content(member, LIMIT_BYTES)
            if pkg_info is not None and any(requires.values()):
                break
    except TarError as error:
        raise SdistError(filename, str(error)) from error
    return _facts(filename, pkg_info, requires)


def read_zipped_facts(reader: RangeReader, filename: str) -> SdistFacts:
    """What a zip archive says; see `read_facts`.

    Raises:
        RangeMissing: by a `SparseReader`, for what must be fetched first.
        SdistError: see `read_facts`.
    """
    try:
        archive = ZipArchive(reader)
        found = [member for path, member in archive.members.items() if _is_pkg_info(path)]
        if len(found) != 1:
            reason = f"holds {len(found)} PKG-INFO in root directories, where it needs one"
            raise SdistError(filename, reason)
        pkg_info = archive.read(found[0], _PKG_INFO_LIMIT_BYTES)
        if _states_all(pkg_info, filename):
            return SdistFacts(pkg_info)
        requires: dict[bytes, bytes | None] = {}
        for path, member in archive.members.items():
            if folder := _EGG_INFO.match(path):
                requires.setdefault(folder[1], None)
                if folder[2] == b"requires.txt":
                    requires[folder[1]] = archive.read(member, LIMIT_BYTES)
    except FileReaderError as error:
        raise SdistError(filename, str(error)) from error
    return _facts(filename, pkg_info, requires)


def unverified(core: CoreMetadata, facts: SdistFacts) -> CoreMetadata | None:
    """What an sdist whose PKG-INFO is not static says of its dependencies; None where it says nothing.

    The egg-info directory counts; without one, a PKG-INFO that states dependencies.

    Raises:
        RequiresTxtError: requires.txt cannot be read.
    """
    if not facts.egg_info:
        return core if core.requires_dist else None
    stated = parse_requires_txt(facts.requires_txt or b"")
    extras = tuple(dict.fromkeys((*core.provides_extra, *stated.extras)))
    return msgspec.structs.replace(core, requires_dist=stated.requires_dist, provides_extra=extras)


def is_static(metadata: CoreMetadata) -> bool:
    """Whether every build of the sdist has these dependencies, extras and supported Pythons.

    Source: PEP 643: from metadata version 2.2 on, a field that is not listed as dynamic is the final one.
    """
    major, _, minor = (metadata.metadata_version or "").partition(".")
    if not (major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        return False
    if len(major) > 4 or len(minor) > 4 or (int(major), int(minor)) < _STATIC_SINCE:
        return False
    return _DECISIVE.isdisjoint(metadata.dynamic) and _DECISIVE.isdisjoint(metadata.unparsed)


def _tar(chunks: Iterator[bytes], filename: str, limits: TarLimits) -> TarStream:
    suffix = _SUFFIX.search(filename.lower())
    return TarStream(chunks, suffix[0] if suffix else "", limits)


def _facts(filename: str, pkg_info: bytes | None, requires: dict[bytes, bytes | None]) -> SdistFacts:
    if pkg_info is None:
        raise SdistError(filename, "holds no PKG-INFO in its root directory")
    if len(requires) > 1:
        raise SdistError(filename, f"holds {len(requires)} egg-info directories, of which one may count")
    return SdistFacts(pkg_info, next(iter(requires.values()), None), bool(requires))


def _states_all(pkg_info: bytes, filename: str) -> bool:
    try:
        return is_static(parse_metadata(pkg_info, filename))
    except MetadataError:
        return True  # whoever parses it again says why it is of no use


def _is_pkg_info(path: bytes) -> bool:
    root, _, name = path.removeprefix(b"./").partition(b"/")
    return name == b"PKG-INFO" and root not in (b"", b".", b"..") and not root.endswith(b".egg-info")
