"""Installed distributions of a prefix, from their files: what each provides, imports and demands of others.

Nothing is imported. The files of a distribution are those that its RECORD lists; what cannot be known, such
as those of an editable install, is an `Unknown`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from packaging.utils import canonicalize_name

from analyzers.api.modules import source_text
from analyzers.distributions import Distribution, find_distributions, read_distribution
from analyzers.files import (
    FileKind,
    FileReader,
    FileReaderError,
    TooManyFilesError,
    joined,
    read_file,
    shown,
    walk,
)
from analyzers.metadata import CoreMetadata, MetadataError, parse_metadata
from analyzers.reports import Input, Report, Unknown
from analyzers.site_packages import SitePackages, site_packages
from analyzers.source.module_facts import ModuleFacts
from analyzers.source.names.provided import provided

_LIMIT_FILE_BYTES = 8 << 20
_LIMIT_FILES = 50_000
_DIRECTORY_NAME = re.compile(r"(.+?)-([^-]+)\.(?:dist|egg)-info")
_TESTS = frozenset({"tests", "test", "conftest"})
_ROOT = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class InstalledDemand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one distribution uses of another.

    Attributes:
        distribution: the one that is used, normalised.
        required: symbols without a guard, through imports that run when their module is imported.
        optional: those that are guarded, or imported within functions.
    """

    distribution: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class InstalledDistribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One installed distribution.

    Attributes:
        name: normalised.
        location: the directory that it is installed in, relative to the prefix.
        provides: the outermost import names; of a namespace package what is in it.
        imports: modules of others, the standard library left out.
        requires: as its metadata states them.
    """

    name: str
    version: str | None
    location: str
    provides: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    demands: tuple[InstalledDemand, ...] = ()


class InstalledReport(Report, frozen=True, kw_only=True):
    """The installed distributions of a prefix."""

    distributions: tuple[InstalledDistribution, ...] = ()


def installed_input(root: str, distributions: Iterable[InstalledDistribution]) -> Input:
    """What a report is about: a prefix, told apart by what is installed there."""
    told = msgspec.json.encode([(one.name, one.version, one.location) for one in distributions])
    return Input(what=root, digest=f"sha256:{hashlib.sha256(told).hexdigest()}")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution before its sources are read.

    Attributes:
        files: paths of its modules' sources relative to its location, tests left out.
    """

    name: str
    version: str | None
    location: bytes
    provides: tuple[str, ...]
    requires: tuple[str, ...]
    files: tuple[str, ...]


def installed(
    reader: FileReader, extracted: Callable[[str], ModuleFacts]
) -> tuple[tuple[InstalledDistribution, ...], tuple[Unknown, ...]]:
    """The distributions installed in a prefix, sorted by name, and what could not be known of them.

    Args:
        reader: a venv, a conda environment, ``site-packages`` itself, the root of an image.
        extracted: what the text of a file says.
    """
    unknowns: list[Unknown] = []
    found = [
        each
        for directory in site_packages(reader, unknowns)
        for each in installed_in(reader, directory, unknowns)
    ]
    providers = _providers(found)
    read = [_read(reader, each, providers, extracted, unknowns) for each in found]
    return tuple(sorted(read, key=lambda each: (each.name, each.location))), tuple(sorted(unknowns))


def installed_in(reader: FileReader, directory: SitePackages, unknowns: list[Unknown]) -> Iterator[Found]:
    """The distributions of one directory; each name once, as the first of it that is met is imported."""
    where = directory.directory
    try:
        children = reader.list(where)
        dist_infos = find_distributions(reader, where)
    except FileReaderError as error:
        unknowns.append(_unknown(where, error.reason))
        return
    names: set[str] = set()
    for dist_info in dist_infos:
        distribution = read_distribution(reader, dist_info)
        unknowns += distribution.unknowns
        found = _from_dist_info(reader, where, dist_info, distribution, unknowns)
        if found.name in names:
            unknowns.append(
                _unknown(dist_info, f"another installation of {found.name} is in the same directory")
            )
        else:
            names.add(found.name)
            yield found
    for child in children:
        path = joined(where, child.name)
        if child.name.endswith(b".egg-link"):
            unknowns.append(_unknown(path, "a development install: its files lie elsewhere"))
        elif child.name.endswith(b".egg-info") and child.kind in (FileKind.DIRECTORY, FileKind.FILE):
            legacy = _from_egg_info(reader, where, path, child.kind, unknowns)
            if legacy is not None and legacy.name not in names:
                names.add(legacy.name)
                yield legacy
        elif child.name.endswith(b".egg"):
            unknowns.append(_unknown(path, "an egg, which is not read"))


def _from_dist_info(
    reader: FileReader, where: bytes, dist_info: bytes, distribution: Distribution, unknowns: list[Unknown]
) -> Found:
    metadata = distribution.metadata
    name, version = _stated(metadata, dist_info)
    direct = distribution.direct_url
    paths: list[str] = []
    if distribution.record is None:
        unknowns.append(_unknown(dist_info, "has no RECORD: its files are taken from top_level.txt"))
        paths = list(_below(reader, where, distribution.top_level, unknowns))
    else:
        paths = [row.path for row in distribution.record]
    is_editable = direct is not None and direct.dir_info is not None and direct.dir_info.editable
    if is_editable or any(path.startswith("__editable__") for path in paths):
        unknowns.append(_unknown(dist_info, "an editable install: its files lie elsewhere"))
        paths = [path for path in paths if not path.startswith(("__editable__", "_editable_"))]
    requires = metadata.requires_dist if metadata else ()
    return _found(name, version, where, paths, requires)


def _from_egg_info(
    reader: FileReader, where: bytes, path: bytes, kind: FileKind, unknowns: list[Unknown]
) -> Found | None:
    """What distutils or an old setuptools installed: PKG-INFO, and what ``top_level.txt`` names."""
    pkg_info = joined(path, b"PKG-INFO") if kind is FileKind.DIRECTORY else path
    metadata: CoreMetadata | None = None
    try:
        metadata = parse_metadata(read_file(reader, pkg_info, 1 << 20), shown(pkg_info))
    except FileReaderError as error:
        unknowns.append(_unknown(pkg_info, error.reason))
    except MetadataError as error:
        unknowns.append(_unknown(pkg_info, f"{error.what}: {error.reason}"))
    name, version = _stated(metadata, path)
    top_level: Sequence[str] = ()
    if kind is FileKind.DIRECTORY:
        try:
            top_level = (
                read_file(reader, joined(path, b"top_level.txt"), 1 << 20).decode("utf-8", "replace").split()
            )
        except FileReaderError as error:
            unknowns.append(_unknown(path, f"its files are not known: top_level.txt: {error.reason}"))
    else:
        unknowns.append(_unknown(path, "its files are not known: it has no list of them"))
    paths = _below(reader, where, top_level, unknowns)
    return _found(name, version, where, paths, metadata.requires_dist if metadata else ())


def _stated(metadata: CoreMetadata | None, directory: bytes) -> tuple[str, str | None]:
    """Name and version, from the name of the directory where the metadata is beyond reading."""
    if metadata is not None:
        return canonicalize_name(metadata.name), metadata.version
    text = directory.rpartition(b"/")[2].decode("utf-8", "backslashreplace")
    named = _DIRECTORY_NAME.fullmatch(text)
    if named is None:
        return canonicalize_name(text.removesuffix(".dist-info").removesuffix(".egg-info")), None
    return canonicalize_name(named[1]), named[2]


def _found(
    name: str, version: str | None, where: bytes, paths: Iterable[str], requires: tuple[str, ...]
) -> Found:
    inside = [path for path in paths if not path.startswith(("/", "../")) and "/../" not in path]
    files = [path for path in inside if path.endswith(".py") and not _TESTS & set(path[:-3].split("/"))]
    return Found(
        name=name,
        version=version,
        location=where,
        provides=provided(inside),
        requires=requires,
        files=tuple(sorted(files)),
    )


def _below(reader: FileReader, where: bytes, names: Iterable[str], unknowns: list[Unknown]) -> Iterator[str]:
    """Paths of the modules that ``top_level.txt`` names, relative to the directory they are in."""
    for name in dict.fromkeys(names):
        if not name.replace("/", "").replace("_", "").isalnum():
            continue
        inner = joined(where, name.encode())
        try:
            kind = reader.stat(inner).kind
        except FileReaderError:
            yield f"{name}.py"
            continue
        if kind is not FileKind.DIRECTORY:
            continue
        try:
            for path, kind in walk(reader, inner, limit_entries=_LIMIT_FILES, on_error=lambda _: None):
                if kind is FileKind.FILE:
                    yield path[len(where) + 1 if where else 0 :].decode("utf-8", "backslashreplace")
        except TooManyFilesError as error:
            unknowns.append(_unknown(inner, error.reason))


class _Providers:
    """Which distribution provides a module, by the longest path; in the same directory before others."""

    def __init__(self) -> None:
        self._names: dict[tuple[bytes | None, str], str] = {}

    def add(self, found: Found) -> None:
        for name in found.provides:
            self._names.setdefault((found.location, name), found.name)
            self._names.setdefault((None, name), found.name)

    def of(self, location: bytes, symbol: str) -> str | None:
        for place in (location, None):
            path = symbol
            while path:
                if (name := self._names.get((place, path))) is not None:
                    return name
                path = path.rpartition(".")[0]
        return None


def _providers(found: Iterable[Found]) -> _Providers:
    providers = _Providers()
    for each in found:
        providers.add(each)
    return providers


def _read(
    reader: FileReader,
    found: Found,
    providers: _Providers,
    extracted: Callable[[str], ModuleFacts],
    unknowns: list[Unknown],
) -> InstalledDistribution:
    imports: dict[str, None] = {}
    demands: dict[str, tuple[set[str], set[str]]] = {}
    if len(found.files) > _LIMIT_FILES:
        unknowns.append(_unknown(found.location, f"{found.name} has more than {_LIMIT_FILES:,} files"))
    for file in found.files[:_LIMIT_FILES]:
        path = joined(found.location, file.encode())
        try:
            facts = extracted(source_text(read_file(reader, path, _LIMIT_FILE_BYTES)))
        except FileReaderError as error:
            unknowns.append(_unknown(path, error.reason))
            continue
        for symbol, is_required, module in _used(facts):
            root = module.partition(".")[0]
            if root in sys.stdlib_module_names or root == "__future__":
                continue
            provider = providers.of(found.location, symbol)
            if provider == found.name or _is_own(found, module):
                continue
            imports[module] = None
            if provider is not None:
                demands.setdefault(provider, (set(), set()))[0 if is_required else 1].add(symbol)
    return InstalledDistribution(
        name=found.name,
        version=found.version,
        location=found.location.decode("utf-8", "backslashreplace"),
        provides=found.provides,
        imports=tuple(sorted(imports)),
        requires=found.requires,
        demands=tuple(
            InstalledDemand(
                distribution=name,
                required=tuple(sorted(required)),
                optional=tuple(sorted(optional - required)),
            )
            for name, (required, optional) in sorted(demands.items())
        ),
    )


def _is_own(found: Found, module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in found.provides)


def _used(facts: ModuleFacts) -> Iterator[tuple[str, bool, str]]:
    """Symbols of other modules that a file uses, whether they are required, and the module imported."""
    imports: dict[str, tuple[bool, str]] = {}
    for fact in facts.imports:
        if fact.module.startswith("."):
            continue
        symbol = fact.module if fact.name in (None, "*") else f"{fact.module}.{fact.name}"
        is_required = not fact.guard and fact.is_top_level
        known = imports.get(symbol)
        imports[symbol] = (is_required or (known is not None and known[0]), fact.module)
    for symbol, (is_required, module) in imports.items():
        yield symbol, is_required, module
    for fact in facts.imports:
        # ``import a.b`` binds ``a``.
        if fact.name is None and fact.asname is None and not fact.module.startswith("."):
            imports.setdefault(fact.module.partition(".")[0], imports[fact.module])
    for use in facts.uses:
        for target in use.targets:
            found = _imported(target, imports)
            if found is not None:
                yield target, found[0] and not use.guard, found[1]


def _imported(target: str, imports: Mapping[str, tuple[bool, str]]) -> tuple[bool, str] | None:
    """The import that an expression starts with, by the longest path."""
    root = _ROOT.match(target)
    path = root[0] if root else ""
    while path:
        if path in imports:
            return imports[path]
        path = path.rpartition(".")[0]
    return None


def _unknown(path: bytes, reason: str) -> Unknown:
    return Unknown(what="distribution", where=path.decode("utf-8", "backslashreplace"), reason=reason)
