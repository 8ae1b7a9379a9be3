"""The C and C++ runtimes of an image: which libc serves its Python, and the symbol versions they provide."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzers.evidence import Confidence, Evidence
from analyzers.files import FileReaderError, read_file
from images.catalogers.catalog import Catalog
from images.catalogers.loaders import interpreter_program, usual_program
from images.catalogers.providers import Providers
from images.facts.environment import Fact
from images.native.elf_file import ElfFile
from images.native.libc import LARGEST_LOADER_BYTES, musl_version
from images.native.loading import MUSL_LOADERS, LibrarySearch
from images.native.loading import WANTED as LOADER_WANTED
from images.reports.image_config import ImageConfig
from images.reports.records import NativeLibrary
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

WANTED = Wanted(
    paths=LOADER_WANTED.paths,
    # The loader of musl is its C library; where it is a link, the file may have the other name.
    names=MUSL_LOADERS | {b"libc.so"},
    parents=LOADER_WANTED.parents,
    limit_bytes=LARGEST_LOADER_BYTES,
)

_LIMIT_LIBRARIES = 1000
_LONGEST_NAME = 255
_RUNTIMES = {"libstdc++.so.6": "libstdc++", "libgcc_s.so.1": "libgcc", "libgomp.so.1": "libgomp"}
_FILE_VERSION = re.compile(r"\.so\.([0-9]+(?:\.[0-9]+)+)$")
_PATTERNS = {
    name: re.compile(rf"{name}_([0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{0,3}})")
    for name in ("GLIBC", "GLIBCXX", "CXXABI")
}
_MUSL_PACKAGE = re.compile(r"(1\.[0-9]{1,2}\.[0-9]{1,3})(?![0-9.])")


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Facts of the libc and of the C++ library that serve Python, and every library of these kinds."""
    chosen = interpreter_program(files, known) or usual_program(files)
    providers = Providers(known)
    libraries = list(_runtimes(files, providers))
    facts: dict[str, Fact] = {}
    if chosen is not None:
        path, elf = chosen
        facts, libc = _libc(files, path, elf, known)
        if libc is not None:
            libraries.append(libc)
        facts |= _cxx_facts(files, LibrarySearch(files, config), path, elf)
    return Catalog(facts=facts, libraries=tuple(sorted(libraries, key=lambda library: library.path)))


def highest_version(provided: Iterable[str], name: str) -> str | None:
    """The highest of the versions ``<name>_<numbers>`` that a library provides, without the name.

    Args:
        provided: such as `ElfFile.provides`.
        name: ``GLIBC``, ``GLIBCXX`` or ``CXXABI``.
    """
    matches = (_PATTERNS[name].fullmatch(version) for version in provided)
    return max((match[1] for match in matches if match), key=_numbers, default=None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _libc(
    files: RootFiles, program: bytes, elf: ElfFile, known: Catalog
) -> tuple[dict[str, Fact], NativeLibrary | None]:
    """The libc that stands beside the loader, or is the loader, which a program names."""
    if elf.interpreter is None:
        return {}, None
    loader = led_to(files, elf.interpreter.encode("utf-8", "surrogateescape"))
    if loader is None:
        return {}, None
    named = elf.interpreter.rpartition("/")[2].encode()
    if named in MUSL_LOADERS:
        return _musl(files, loader, program, known)
    libc = led_to(files, loader.rpartition(b"/")[0] + b"/libc.so.6") or led_to(
        files, elf.interpreter.encode().rpartition(b"/")[0] + b"/libc.so.6"
    )
    its = None if libc is None else files.elf(libc)
    version = None if its is None else highest_version(its.provides, "GLIBC")
    if libc is None or version is None:
        return {}, None
    shown = shown_path(libc)
    evidence = Evidence(what=f"its newest symbol version is GLIBC_{version}", where=shown)
    library = NativeLibrary(
        name="glibc",
        path=shown,
        soname="libc.so.6",
        version=version,
        provider=Providers(known).of(shown),
        layer=files.layer(libc),
        evidence=(_reason(program, elf), evidence),
    )
    return {
        "libc.name": Fact(value="glibc", source=shown_path(loader)),
        "libc.version": Fact(value=version, source=shown),
    }, library


def _musl(
    files: RootFiles, loader: bytes, program: bytes, known: Catalog
) -> tuple[dict[str, Fact], NativeLibrary]:
    shown, elf = shown_path(loader), files.elf(program)
    facts = {"libc.name": Fact(value="musl", source=shown)}
    try:
        version, source = musl_version(read_file(files, loader, LARGEST_LOADER_BYTES)), shown
    except FileReaderError:
        version, source = None, shown
    evidence = [] if elf is None else [_reason(program, elf)]
    if version is not None:
        evidence.append(Evidence(what=f"it holds the version {version}", where=source))
    else:
        for package in known.packages:
            match = _MUSL_PACKAGE.match(package.version) if package.name == "musl" else None
            if match:
                version, source = match[1], package.where
                evidence.append(Evidence(what=f"package musl {package.version} is installed", where=source))
    if version is not None:
        facts["libc.version"] = Fact(value=version, source=source)
    library = NativeLibrary(
        name="musl",
        path=shown,
        version=version,
        provider=Providers(known).of(shown),
        layer=files.layer(loader),
        evidence=tuple(evidence),
    )
    return facts, library


def _reason(program: bytes, elf: ElfFile) -> Evidence:
    return Evidence(what=f"it names the loader {elf.interpreter}", where=shown_path(program))


def cxx_facts(files: RootFiles, config: ImageConfig, known: Catalog) -> dict[str, Fact]:
    """``libstdcxx.*`` of the library that the default Python would load."""
    chosen = interpreter_program(files, known)
    return {} if chosen is None else _cxx_facts(files, LibrarySearch(files, config), *chosen)


def _cxx_facts(files: RootFiles, search: LibrarySearch, program: bytes, elf: ElfFile) -> dict[str, Fact]:
    """What the C++ library provides that the program's process would load first."""
    found = next(search.candidates("libstdc++.so.6", program, elf, [(program, elf)]), None)
    its = None if found is None else files.elf(found)
    if found is None or its is None:
        return {}
    values = {
        "libstdcxx.glibcxx": highest_version(its.provides, "GLIBCXX"),
        "libstdcxx.cxxabi": highest_version(its.provides, "CXXABI"),
    }
    return {
        name: Fact(value=value, source=shown_path(found))
        for name, value in values.items()
        if value is not None
    }


def _runtimes(files: RootFiles, providers: Providers) -> Iterable[NativeLibrary]:
    """Every copy of the compilers' runtime libraries, those of conda and of wheels included."""
    count = 0
    for path in files.elf_paths():
        name = path.rpartition(b"/")[2]
        if not name.startswith((b"libstdc++", b"libgcc_s", b"libgomp")) or b".so" not in name:
            continue
        elf = files.elf(path)
        kind = _kind(elf)
        if elf is None or kind is None:
            continue
        count += 1
        if count > _LIMIT_LIBRARIES:
            return
        yield _runtime(files, path, elf, kind, providers)


def _kind(elf: ElfFile | None) -> str | None:
    if elf is None or elf.soname is None or len(elf.soname) > _LONGEST_NAME:
        return None
    plain = re.sub(r"(?:-[0-9a-f]{8})+(?=\.so)", "", elf.soname)
    return next((kind for soname, kind in _RUNTIMES.items() if plain.startswith(soname)), None)


def _runtime(files: RootFiles, path: bytes, elf: ElfFile, kind: str, providers: Providers) -> NativeLibrary:
    shown = shown_path(path)
    match = _FILE_VERSION.search(shown)
    evidence = []
    if kind == "libstdc++":
        versions = [
            f"{name}_{version}"
            for name in ("GLIBCXX", "CXXABI")
            if (version := highest_version(elf.provides, name)) is not None
        ]
        if versions:
            evidence.append(
                Evidence(what=f"its newest symbol versions are {' and '.join(versions)}", where=shown)
            )
    if match:
        evidence.append(
            Evidence(what=f"its name ends in {match[1]}", where=shown, confidence=Confidence.LIKELY)
        )
    return NativeLibrary(
        name=kind,
        path=shown,
        soname=elf.soname,
        version=match[1] if match else None,
        provider=providers.of(shown),
        layer=files.layer(path),
        evidence=tuple(evidence),
    )
