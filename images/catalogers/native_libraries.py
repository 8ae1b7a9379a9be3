"""Native libraries of the table `library_kinds`: each copy, its version and who brought it."""

from __future__ import annotations

import re

from analyzers.evidence import Confidence, Evidence
from analyzers.files import FileReaderError, read_file
from analyzers.reports import Unknown
from images.catalogers.catalog import Catalog
from images.catalogers.library_kinds import LIBRARY_KINDS, LibraryKind
from images.catalogers.providers import Providers
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig
from images.reports.records import NativeLibrary
from images.roots.links import shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

# How numpy and scipy were built: the only place that states the version of the OpenBLAS in their wheels.
_BUILD_RECORD = b"__config__.py"
_LIMIT_BUILD_RECORD_BYTES = 64 * 1024

WANTED = Wanted(names=frozenset({_BUILD_RECORD}), limit_bytes=_LIMIT_BUILD_RECORD_BYTES)

_LIMIT_LIBRARIES = 10_000
_LONGEST_NAME = 255
"""Of a file, as Linux has it; what is cut off here is no name of a library."""
_ANY = re.compile("|".join(re.sub(r"\?P<[a-z]+>", "?:", kind.file.pattern) for kind in LIBRARY_KINDS))
_AUDITWHEEL_HASH = re.compile(r"(?:-[0-9a-f]{8})+(?=\.)")
_UPSTREAM = re.compile(r"(?:[0-9]+:)?([0-9]+(?:\.[0-9]+)*)")
_OPENBLAS_OF_BUILD = re.compile(
    rb'"name":\s*"[a-z-]*openblas[0-9]*",[^{}]{0,200}?"version":\s*"([0-9]+(?:\.[0-9]+)+)'
)

Found = tuple[str, Evidence]
"""A version, and why."""


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Every ELF file that is a library of the table."""
    providers = Providers(known)
    found: list[NativeLibrary] = []
    for path in files.elf_paths():
        kind = library_kind(path)
        if kind is None or b"/stubs/" in path:
            continue
        if len(found) == _LIMIT_LIBRARIES:
            reason = f"more than {_LIMIT_LIBRARIES:,} libraries"
            unknown = Unknown(what="library", where=shown_path(path), reason=reason)
            return Catalog(libraries=tuple(found), unknowns=(unknown,))
        found.append(_library(files, path, kind, providers))
    return Catalog(libraries=tuple(found))


def library_kind(path: bytes) -> LibraryKind | None:
    """The row of the table that a path belongs to, by the name of the file."""
    name = plain_name(path)
    if _ANY.fullmatch(name) is None:
        return None
    return next((kind for kind in LIBRARY_KINDS if kind.file.fullmatch(name)), None)


def plain_name(path: bytes) -> str:
    """The name of a file without the hash that auditwheel inserts to keep copies apart."""
    name = path.rpartition(b"/")[2][: _LONGEST_NAME + 1].decode("utf-8", "replace")
    return _AUDITWHEEL_HASH.sub("", name) if "-" in name else name


def upstream_version(version: str) -> str | None:
    """The numbers of a package's version, without the epoch and what the packager counts."""
    match = _UPSTREAM.match(version)
    return match[1] if match else None


def _library(files: RootFiles, path: bytes, kind: LibraryKind, providers: Providers) -> NativeLibrary:
    shown, elf = shown_path(path), files.elf(path)
    provider = providers.of(shown, kind.distributions, _major(elf))
    found = (
        _by_distribution(shown, kind, elf, providers)
        or _by_file(path, kind, shown)
        or _by_build_record(files, path, kind)
        or _by_package(kind, provider, providers)
        or _by_interface(path, kind, elf, shown)
    )
    return NativeLibrary(
        name=kind.name,
        path=shown,
        soname=None if elf is None else elf.soname,
        version=found[0] if found else None,
        provider=provider,
        layer=files.layer(path),
        evidence=(found[1],) if found else (),
    )


def _by_file(path: bytes, kind: LibraryKind, shown: str) -> Found | None:
    match = kind.file.fullmatch(plain_name(path))
    groups = match.groupdict() if match else {}
    rest, version = groups.get("rest"), groups.get("release")
    if version is None and rest and kind.suffix is not None:
        numbers = kind.suffix.fullmatch(rest)
        version = numbers[1] if numbers else None
    return (version, Evidence(what="its file name holds the version", where=shown)) if version else None


def _by_distribution(
    shown: str, kind: LibraryKind, elf: ElfFile | None, providers: Providers
) -> Found | None:
    if kind.distributions is None:
        return None
    distribution = providers.distribution(shown, kind.distributions, _major(elf))
    if distribution is None or distribution.version is None:
        return None
    if not kind.distributions.fullmatch(distribution.name):
        return None
    what = f"{distribution.name} {distribution.version} brings it"
    return distribution.version.partition("+")[0], Evidence(what=what, where=distribution.where)


def _by_build_record(files: RootFiles, path: bytes, kind: LibraryKind) -> Found | None:
    """A wheel ``x`` keeps its libraries in ``x.libs`` beside the package ``x``, where its build record is."""
    directory = path.rpartition(b"/")[0]
    if kind.name != "openblas" or not directory.endswith(b".libs"):
        return None
    record = directory.removesuffix(b".libs") + b"/" + _BUILD_RECORD
    try:
        content = read_file(files, record, _LIMIT_BUILD_RECORD_BYTES)
    except FileReaderError:
        return None
    match = _OPENBLAS_OF_BUILD.search(content)
    if match is None:
        return None
    return match[1].decode(), Evidence(what="the build record names the version", where=shown_path(record))


def _by_package(kind: LibraryKind, provider: str | None, providers: Providers) -> Found | None:
    if kind.packages is None or provider not in ("deb", "rpm", "apk", "conda"):
        return None
    package = providers.package(kind.packages, provider)
    version = None if package is None else upstream_version(package.version)
    if package is None or version is None:
        return None
    what = f"package {package.name} {package.version} is installed"
    return version, Evidence(what=what, where=package.where, confidence=Confidence.LIKELY)


def _by_interface(path: bytes, kind: LibraryKind, elf: ElfFile | None, shown: str) -> Found | None:
    """The major version alone, for libraries whose sonames count as their releases do."""
    major = _major(elf)
    if kind.suffix is None or elf is None or major is None or kind.family != "cuda":
        return None
    return major, Evidence(what=f"its soname is {elf.soname}", where=shown)


def _major(elf: ElfFile | None) -> str | None:
    """The first number of a soname."""
    match = re.search(r"\.so\.([0-9]{1,9})", elf.soname) if elf is not None and elf.soname else None
    return match[1] if match else None
