"""Which files of a root are Python interpreters, and which standard library each runs: `Installation` out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from analyzers.files import FileReaderError, joined, read_file
from analyzers.python_places import PythonPlaces
from images.roots.following import FollowingFiles
from images.roots.links import shown_path

_NAME = re.compile(
    rb"(?:platform-)?(?P<kind>python|pypy|graalpy)(?P<version>[0-9](?:\.[0-9]{1,2})?)?"
    rb"(?P<flags>[tdmu]{0,2})(?:-dbg|-c)?",
    re.ASCII,
)
_LIBRARY = re.compile(
    rb"(?P<kind>python|pypy|graalpy)(?P<version>[0-9](?:\.[0-9]{1,2})?)(?P<flags>t?)", re.ASCII
)
_SHARED = re.compile(r"lib(?:python|pypy)([0-9]\.[0-9]{1,2})[a-z]*(?:-c)?\.so", re.ASCII)
_LIBRARY_FOLDERS = (b"lib", b"lib64", b"lib-python", b"lib32")
_LIMIT_INTERPRETERS = 2_000
_SMALLEST_BYTES = 1024
"""No executable that can start Python is smaller; scripts and placeholders are."""


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """An interpreter before it is described.

    Attributes:
        path: of the executable, itself no link.
        names: all paths that lead to it.
        prefix: the directory above ``lib`` and ``bin``.
        library: of its standard library; None where that is gone.
        python: such as ``3.11``; None where no name tells it.
        flags: of its ABI: ``t`` free-threaded, ``d`` debug.
    """

    path: bytes
    names: tuple[bytes, ...]
    prefix: bytes
    library: bytes | None
    implementation: str
    python: str | None
    flags: str


def installations(files: FollowingFiles, places: PythonPlaces) -> list[Installation]:
    """The interpreters of a root, each once however many links and hard links lead to it; sorted by path.

    What lies in a virtual environment is part of that.
    """
    libraries = _by_prefix(places.libraries)
    environments = frozenset(places.environments)
    names: dict[bytes, list[bytes]] = {}
    for name in places.executables:
        real = files.file(name)
        if real is not None:
            names.setdefault(real, []).append(name)
    grouped: dict[tuple[bytes | None, bytes, str], list[Installation]] = {}
    for real, aliases in names.items():
        folder = real.rpartition(b"/")[0]
        if folder in environments or folder.rpartition(b"/")[0] in environments:
            continue
        if not is_program(files, real):
            continue
        found = _installation(files, real, tuple(sorted(aliases)), libraries)
        if found is not None and len(grouped) < _LIMIT_INTERPRETERS:
            # Without a library nothing but the path tells two of them apart.
            key = (found.library, b"" if found.library else found.path, found.flags)
            grouped.setdefault(key, []).append(found)
    return sorted((_one(group) for group in grouped.values()), key=lambda one: one.path)


def is_program(files: FollowingFiles, path: bytes) -> bool:
    """Whether a file is a program and no script; a file that nobody parsed is judged by size and mode."""
    if files.elf(path) is not None:
        return True
    try:
        stat = files.stat(path)
        if stat.size_bytes < _SMALLEST_BYTES or not stat.mode & 0o111:
            return False
        return not read_file(files, path, 1 << 16).startswith(b"#!")
    except FileReaderError:
        return True


def _installation(
    files: FollowingFiles, real: bytes, names: tuple[bytes, ...], libraries: Mapping[bytes, list[bytes]]
) -> Installation | None:
    stated = [_NAME.fullmatch(name.rpartition(b"/")[2]) for name in (real, *names)]
    matches = [match for match in stated if match is not None]
    versions = [match["version"].decode() for match in matches if match["version"]]
    flags = "".join(flag for flag in "td" if matches and flag in matches[0]["flags"].decode())
    if any(name.endswith(b"-dbg") for name in (real,)):
        flags = "d"
    elf = files.elf(real)
    for needed in elf.needed if elf is not None else ():
        if shared := _SHARED.match(needed):
            versions.insert(0, shared[1])
    for prefix, candidates in _libraries_above(real, libraries):
        library = _chosen(candidates, versions, flags)
        if library is not None:
            kind, version, threads = _of_library(library, versions)
            if threads and "t" not in flags:
                flags = f"t{flags}"
            return Installation(
                path=real,
                names=names,
                prefix=prefix,
                library=library,
                implementation=kind,
                python=version,
                flags=flags,
            )
    if elf is None or not any("." in version for version in versions):
        return None  # nothing but a name: a program of another kind
    return Installation(
        path=real,
        names=names,
        prefix=real.rpartition(b"/")[0].rpartition(b"/")[0],
        library=None,
        implementation=_implementation(matches[0]["kind"]),
        python=max(versions, key=len),
        flags=flags,
    )


def _one(group: list[Installation]) -> Installation:
    """The interpreter that several hard links or copies beside each other are, by its fullest name."""
    best = min(group, key=lambda one: (_plainness(one), len(one.path), one.path))
    names = {name for one in group for name in (one.path, *one.names)} - {best.path}
    return msgspec.structs.replace(best, names=tuple(sorted(names)))


def _plainness(one: Installation) -> bool:
    expected = f"{'python' if one.implementation == 'cpython' else one.implementation}{one.python}{one.flags}"
    return one.path.rpartition(b"/")[2] != expected.encode()


def _by_prefix(libraries: tuple[bytes, ...]) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for library in libraries:
        folder, _, _ = library.rpartition(b"/")
        above, _, name = folder.rpartition(b"/")
        if name in _LIBRARY_FOLDERS:
            found.setdefault(above, []).append(library)
    return found


def _libraries_above(
    real: bytes, libraries: Mapping[bytes, list[bytes]]
) -> Iterator[tuple[bytes, list[bytes]]]:
    """The libraries of the directories above an executable, the nearest first. Source: ``getpath.py``."""
    directory = real
    while directory:
        directory = directory.rpartition(b"/")[0]
        if directory in libraries:
            yield directory, libraries[directory]


def _chosen(candidates: list[bytes], versions: list[str], flags: str) -> bytes | None:
    """The library that an executable with these versions in its names runs."""
    full = [version for version in versions if "." in version]
    wanted = full[0] if full else None
    fitting = []
    for library in candidates:
        match = _LIBRARY.fullmatch(library.rpartition(b"/")[2])
        if match is None:  # PyPy's lib-python/3
            version, threads = library.rpartition(b"/")[2].decode("ascii", "replace"), False
        else:
            version, threads = match["version"].decode(), bool(match["flags"])
        if wanted is not None and version not in (wanted, wanted.partition(".")[0]):
            continue
        if wanted is None and versions and version.partition(".")[0] != versions[0]:
            continue
        fitting.append(
            (
                threads != ("t" in flags),
                [-int(part) for part in version.split(".") if part.isdigit()],
                library,
            )
        )
    return min(fitting)[2] if fitting else None


def _of_library(library: bytes, versions: list[str]) -> tuple[str, str | None, bool]:
    match = _LIBRARY.fullmatch(library.rpartition(b"/")[2])
    full = next((version for version in versions if "." in version), None)
    if match is None:
        return "pypy", full, False
    version = match["version"].decode()
    return _implementation(match["kind"]), version if "." in version else full, bool(match["flags"])


def _implementation(kind: bytes) -> str:
    return "cpython" if kind == b"python" else kind.decode()


def library_shown(installation: Installation) -> str:
    """Where its library is, or should be, as reports show it."""
    if installation.library is not None:
        return shown_path(installation.library)
    return shown_path(joined(joined(installation.prefix, b"lib"), f"python{installation.python}".encode()))
