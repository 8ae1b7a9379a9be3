"""Installed distributions of a prefix, from their files: what each provides, imports and demands of others.

Nothing is imported. The files of a distribution are those that its RECORD lists; what cannot be known, such
as those of an editable install, is an `Unknown`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

import msgspec
from packaging.utils import canonicalize_name

from analyzers.api.modules import source_text
from analyzers.digests import sha256_of
from analyzers.distributions import Distribution, read_distribution
from analyzers.egg_infos import read_egg_info
from analyzers.files import (
    FileKind,
    FileReader,
    FileReaderError,
    TooManyFilesError,
    joined,
    read_file,
    walk,
)
from analyzers.installed_entries import InstalledEntry, InstalledForm, installed_entries
from analyzers.metadata import CoreMetadata
from analyzers.reports import Input, Report, Unknown
from analyzers.site_packages import SitePackages, site_packages
from analyzers.source.module_facts import ModuleFacts
from analyzers.source.names.provided import provided

_LIMIT_FILE_BYTES = 8 << 20
_LIMIT_FILES = 50_000
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
    return Input(what=root, digest=sha256_of(told))


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
        entries = list(installed_entries(where, reader.list(where)))
    except FileReaderError as error:
        unknowns.append(_unknown(where, error.reason))
        return
    names: set[str] = set()
    # Those of today's form first: of two with one name theirs is the metadata that is kept up.
    for entry in sorted(entries, key=lambda entry: entry.form is not InstalledForm.DIST_INFO):
        if entry.is_left_over:
            unknowns.append(_unknown(entry.path, "left over of an interrupted uninstallation"))
            continue
        found = _from_entry(reader, where, entry, unknowns)
        if found is None:
            continue
        if found.name not in names:
            names.add(found.name)
            yield found
        elif entry.form is InstalledForm.DIST_INFO:
            unknowns.append(
                _unknown(entry.path, f"another installation of {found.name} is in the same directory")
            )


def _from_entry(
    reader: FileReader, where: bytes, entry: InstalledEntry, unknowns: list[Unknown]
) -> Found | None:
    match entry.form:
        case InstalledForm.DIST_INFO:
            distribution = read_distribution(reader, entry.path)
            unknowns += distribution.unknowns
            return _from_dist_info(reader, where, entry, distribution, unknowns)
        case InstalledForm.EGG_INFO | InstalledForm.EGG_INFO_FILE:
            distribution = read_egg_info(reader, entry)
            unknowns += distribution.unknowns
            return _from_egg_info(reader, where, entry, distribution, unknowns)
        case InstalledForm.EGG_LINK:
            unknowns.append(_unknown(entry.path, "a development install: its files lie elsewhere"))
        case InstalledForm.EGG | InstalledForm.EGG_FILE:
            unknowns.append(_unknown(entry.path, "an egg, which is not read"))
        case _:
            assert_never(entry.form)
    return None


def _from_dist_info(
    reader: FileReader,
    where: bytes,
    entry: InstalledEntry,
    distribution: Distribution,
    unknowns: list[Unknown],
) -> Found:
    dist_info, metadata = entry.path, distribution.metadata
    name, version = _stated(metadata, entry)
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
    reader: FileReader,
    where: bytes,
    entry: InstalledEntry,
    distribution: Distribution,
    unknowns: list[Unknown],
) -> Found:
    """What distutils or an old setuptools installed: PKG-INFO, and what ``top_level.txt`` names."""
    metadata = distribution.metadata
    name, version = _stated(metadata, entry)
    if not distribution.top_level:
        unknowns.append(_unknown(entry.path, "its files are not known: it has no list of them"))
    paths = _below(reader, where, distribution.top_level, unknowns)
    return _found(name, version, where, paths, metadata.requires_dist if metadata else ())


def _stated(metadata: CoreMetadata | None, entry: InstalledEntry) -> tuple[str, str | None]:
    """Name and version, from the name of the entry where the metadata is beyond reading."""
    if metadata is not None:
        return canonicalize_name(metadata.name), metadata.version
    return canonicalize_name(entry.name), entry.version


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
