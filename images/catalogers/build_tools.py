"""What an image has to build with: whether an sdist with C code could be installed in it.

By names alone; that a compiler is complete is told by the headers of the C library, which it always needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzers.evidence import Confidence
from analyzers.files import FileKind, FileReaderError, joined
from images.catalogers.catalog import Catalog
from images.catalogers.completeness import saw_everything
from images.catalogers.native_libraries import upstream_version
from images.facts.environment import ABSENT, Fact, FactValue
from images.host.builds import COMPILERS
from images.installations.variables import DEFAULT_PATH
from images.native.loading import default_directories
from images.reports.image_config import ImageConfig
from images.roots.links import led_to, shown_path
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

WANTED = Wanted()

_PATH = "variable PATH"
_LIMIT_DIRECTORIES = 64
_COMPILERS = frozenset(name for names in COMPILERS.values() for name in names)
_TOOLS = ("cargo", "cmake", "git", "make", "meson", "ninja", "patch", "pkg-config", "pkgconf", "swig")
_NOT_ON_PATH = ("usr/local/cargo/bin", "root/.cargo/bin", "usr/local/cuda/bin")
"""Where installers put compilers that they make known by a line in a shell's profile."""

_HEADERS = {
    "bzip2": "bzlib.h",
    "gdal": "gdal/gdal.h gdal.h",
    "hdf5": "hdf5.h hdf5/serial/hdf5.h",
    "lapack": "lapacke.h lapacke/lapacke.h openblas/lapacke.h",
    "libffi": "ffi.h",
    "libjpeg": "jpeglib.h",
    "libpq": "libpq-fe.h postgresql/libpq-fe.h",
    "libxml2": "libxml2/libxml/tree.h",
    "libxslt": "libxslt/xslt.h",
    "lzma": "lzma.h",
    "mpi": "mpi.h mpich/mpi.h openmpi/mpi.h",
    "mysql": "mysql/mysql.h mariadb/mysql.h",
    "openssl": "openssl/ssl.h",
    "readline": "readline/readline.h",
    "sqlite": "sqlite3.h",
    "zlib": "zlib.h",
}
"""By the name that facts have, where the header stands below a directory for headers."""

_VERSION_IN_NAME = re.compile(r"-([0-9]+(?:\.[0-9]+)*)$")
_VERSION_IN_PATH = re.compile(r"/(?:llvm|cuda)-?([0-9]+(?:\.[0-9]+)*)/")
_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}")
_RUST_TOOLCHAIN = re.compile(rb"([0-9]+\.[0-9]+\.[0-9]+)-")


def catalog(files: RootFiles, config: ImageConfig, known: Catalog) -> Catalog:
    """Compilers, tools and headers as facts, and ``build.extensions``: whether C extensions can be built.

    Args:
        known: with the interpreters, whose headers belong to this, and ``arch``.
    """
    complete = saw_everything(known)
    programs = _Programs(files, config)
    arch = str(known.facts["arch"].value) if "arch" in known.facts else ""
    facts: dict[str, Fact] = {}
    c_compiler = programs.first(COMPILERS["compiler.c"])
    for name, spellings in COMPILERS.items():
        found = programs.first(spellings)
        if found is not None:
            facts[name] = _compiler(files, found, known)
        elif complete:
            facts[name] = Fact(value=ABSENT, source=_PATH)
    tools = {tool: path for tool in _TOOLS if (path := programs.first((tool,))) is not None}
    if tools or complete:
        facts["build.tools"] = _several(tools, _PATH)
    headers = dict(_headers(files, arch))
    libc = headers.pop("libc", None)
    if headers or complete:
        facts["build.headers"] = _several(headers, "/usr/include")
    can = _can_build(c_compiler, libc, known)
    if can is not None and (complete or can.value):
        facts["build.extensions"] = can
    return Catalog(facts=facts)


class _Programs:
    """Programs on the image's PATH, which its configuration sets."""

    def __init__(self, files: RootFiles, config: ImageConfig) -> None:
        variables = (config.config.env or ()) if config.config else ()
        path = next((v.partition("=")[2] for v in variables if v.startswith("PATH=")), DEFAULT_PATH)
        parts = [part for part in path.split(":") if part.startswith("/")][:_LIMIT_DIRECTORIES]
        places = (*parts, *(f"/{directory}" for directory in _NOT_ON_PATH))
        self._files = files
        self._names = {place: frozenset(_children(files, _raw(place))) for place in dict.fromkeys(places)}

    def first(self, spellings: Sequence[str]) -> tuple[str, bytes] | None:
        """Path as written, and the file it leads to, of the first name that is anywhere."""
        for name in spellings:
            for directory, names in self._names.items():
                path = f"{directory}/{name}"
                real = led_to(self._files, _raw(path)) if name.encode() in names else None
                if real is not None and self._files.stat(real).kind is FileKind.FILE:
                    return path, real
        return None


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _several(found: dict[str, tuple[str, bytes]], place: str) -> Fact:
    source = shown_path(next(iter(found.values()))[1]) if len(found) == 1 else place
    return Fact(value=tuple(sorted(found)) if found else ABSENT, source=source)


def _compiler(files: RootFiles, found: tuple[str, bytes], known: Catalog) -> Fact:
    """Name and version, such as ``gcc 12``, as far as names of files and packages tell."""
    path, real = found
    name = real.rpartition(b"/")[2].decode("utf-8", "backslashreplace")
    version_in_name = _VERSION_IN_NAME.search(name)
    bare = _VERSION_IN_NAME.sub("", name).rpartition("-")[2]
    if bare not in _COMPILERS:
        # A wrapper or a chooser of versions stands in its place.
        bare = path.rpartition("/")[2]
    version_in_path = _VERSION_IN_PATH.search(shown_path(real))
    version = (
        (version_in_name[1] if version_in_name else None)
        or (version_in_path[1] if version_in_path else None)
        or _version_of_directories(files, bare)
        or _version_of_package(bare, known)
    )
    value: FactValue = f"{bare} {version}" if version else bare
    return Fact(value=value, source=path, confidence=Confidence.CERTAIN if version else Confidence.LIKELY)


def _version_of_directories(files: RootFiles, name: str) -> str | None:
    if name in ("gcc", "g++", "cc", "c++", "gfortran"):
        found = [
            version
            for libraries in (b"usr/lib/gcc", b"usr/local/lib/gcc")
            for triplet in _children(files, libraries)
            for version in _children(files, joined(libraries, triplet))
        ]
        versions = [text for raw in found if _VERSION.fullmatch(text := raw.decode("latin-1"))]
        return max(versions, key=lambda text: tuple(map(int, text.split("."))), default=None)
    if name == "rustc":
        for above in (b"usr/local/rustup/toolchains", b"root/.rustup/toolchains"):
            for child in reversed(_children(files, above)):
                match = _RUST_TOOLCHAIN.match(child)
                if match:
                    return match[1].decode()
    return None


def _version_of_package(name: str, known: Catalog) -> str | None:
    package = next((package for package in known.packages if package.name == name), None)
    return None if package is None else upstream_version(package.version)


def _children(files: RootFiles, directory: bytes) -> list[bytes]:
    real = led_to(files, directory)
    try:
        return [] if real is None else [child.name for child in files.list(real)]
    except FileReaderError:
        return []


def _headers(files: RootFiles, arch: str) -> Iterator[tuple[str, tuple[str, bytes]]]:
    triplets = (path.rpartition(b"/")[2] for path in default_directories(arch) if b"-linux-" in path)
    places = [
        real
        for place in (b"usr/include", b"usr/local/include", *(b"usr/include/" + name for name in triplets))
        if (real := led_to(files, place)) is not None
    ]
    for library, names in {"libc": "stdio.h", **_HEADERS}.items():
        for name in names.split():
            found = next((real for at in places if (real := led_to(files, joined(at, name.encode())))), None)
            if found is not None:
                yield library, (name, found)
                break


def _can_build(
    compiler: tuple[str, bytes] | None, libc: tuple[str, bytes] | None, known: Catalog
) -> Fact | None:
    """A C extension needs a compiler, the headers of the C library, and those of the Python."""
    missing = []
    if compiler is None:
        missing.append("no C compiler")
    if libc is None:
        missing.append("no headers of the C library")
    if known.interpreters:
        chosen = next((one for one in known.interpreters if one.is_default), known.interpreters[0])
        if not chosen.has_headers:
            missing.append(f"no Python headers for {chosen.path}")
    elif not missing:
        return None
    if missing:
        return Fact(value=False, source=", ".join(missing))
    return Fact(value=True, source=compiler[0] if compiler else "")
