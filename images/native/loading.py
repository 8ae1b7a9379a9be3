"""Where the dynamic loader of a root file system would find a library: `LibrarySearch`.

As far as files tell: what a process has loaded before, or loads with a path of its own, is not known here.

Source: ld.so(8), ldconfig(8); musl's ``ldso/dynlink.c``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from analyzers.files import FileKind, FileReader, FileReaderError, joined, read_file
from images.native.elf_file import ElfFile
from images.reports.image_config import ImageConfig
from images.roots.links import led_to
from images.roots.root_files import RootFiles
from images.roots.wanted import Wanted

_CONFIGURATION = b"etc/ld.so.conf"
_LIMIT_CONFIGURATION_BYTES = 64 * 1024
_LIMIT_INCLUDED = 256
_LIMIT_DIRECTORIES = 256
_LIMIT_LOOKUPS = 200_000
"""Names and directories that are looked for, each directory as many times as it has components."""
_MUSL_ARCHITECTURES = (
    *("x86_64", "i386", "aarch64", "arm", "armhf", "powerpc", "powerpc64", "powerpc64le"),
    *("s390x", "riscv32", "riscv64", "loongarch64", "mips", "mipsel", "mips64", "mips64el", "x32"),
)

WANTED = Wanted(
    paths=frozenset(
        {_CONFIGURATION, *(f"etc/ld-musl-{machine}.path".encode() for machine in _MUSL_ARCHITECTURES)}
    ),
    parents=(b"etc/ld.so.conf.d",),
    limit_bytes=_LIMIT_CONFIGURATION_BYTES,
)

MUSL_LOADERS = frozenset(f"ld-musl-{machine}.so.1".encode() for machine in _MUSL_ARCHITECTURES)

_MULTIARCH = {
    "x86_64": b"x86_64-linux-gnu",
    "i686": b"i386-linux-gnu",
    "aarch64": b"aarch64-linux-gnu",
    "armv7l": b"arm-linux-gnueabihf",
    "ppc64le": b"powerpc64le-linux-gnu",
    "s390x": b"s390x-linux-gnu",
    "riscv64": b"riscv64-linux-gnu",
    "loongarch64": b"loongarch64-linux-gnu",
}


class LibrarySearch:
    """Finds libraries by soname as a loader does: in search paths of files, then where the system looks."""

    def __init__(self, files: RootFiles, config: ImageConfig) -> None:
        self._files = files
        self._system = tuple(dict.fromkeys([*_of_environment(config), *_configured(files)]))
        self._places: dict[tuple[bytes, bytes], bytes | None] = {}
        self._directories: dict[bytes, bytes | None] = {}
        self._of_file: tuple[tuple[bytes, tuple[bytes, ...]], tuple[bytes, ...]] | None = None
        self._left = _LIMIT_LOOKUPS

    @property
    def exhausted(self) -> bool:
        """Whether so many names were looked for that no more are: what is not found then says nothing."""
        return self._left <= 0

    def directories(self, machine: str) -> tuple[bytes, ...]:
        """Where libraries are found for any file: what the system's own settings name, then the defaults."""
        real = (self._real(directory) for directory in (*self._system, *default_directories(machine)))
        return tuple(dict.fromkeys(place for place in real if place is not None))

    def candidates(
        self, soname: str, path: bytes, elf: ElfFile, programs: Sequence[tuple[bytes, ElfFile]] = ()
    ) -> Iterator[bytes]:
        """Files that would be taken, the first of them first, all of the machine that `elf` is for.

        Args:
            soname: as needed; one with a slash is a path.
            path: of the file that needs it.
            elf: what that file says.
            programs: those that load the file, for their search paths reach the libraries they load.
        """
        name = soname.encode("utf-8", "surrogateescape")
        if b"/" in name:
            self._left -= name.count(b"/")
            found = led_to(self._files, name) if self._left > 0 else None
            if found is not None and self._fits(found, elf):
                yield found
            return
        seen: set[bytes] = set()
        for directory in self._searched(path, elf, programs):
            found = self._place(directory, name)
            if found is not None and found not in seen and self._fits(found, elf):
                seen.add(found)
                yield found

    def _searched(
        self, path: bytes, elf: ElfFile, programs: Sequence[tuple[bytes, ElfFile]]
    ) -> tuple[bytes, ...]:
        """The directories that are there, in the order in which they are searched for a file."""
        key = (path, tuple(program for program, _ in programs))
        if self._of_file is None or self._of_file[0] != key:
            written = [*run_path_directories(path, elf)]
            for program, its_elf in programs:
                written += run_path_directories(program, its_elf)
                if its_elf.interpreter:
                    # Where the loader itself stands: systems that have no common directories rely on it.
                    written.append(its_elf.interpreter.encode("utf-8", "surrogateescape").rpartition(b"/")[0])
            written += [*self._system, *default_directories(elf.machine)]
            real = (self._real(directory) for directory in written)
            self._of_file = (key, tuple(dict.fromkeys(place for place in real if place is not None)))
        return self._of_file[1]

    def _fits(self, found: bytes, elf: ElfFile) -> bool:
        its = self._files.elf(found)
        return its is not None and (its.machine, its.bits) == (elf.machine, elf.bits)

    def _place(self, directory: bytes, name: bytes) -> bytes | None:
        key = (directory, name)
        if key not in self._places:
            self._left -= 1
            self._places[key] = self._looked_up(joined(directory, name)) if self._left > 0 else None
        return self._places[key]

    def _looked_up(self, path: bytes) -> bytes | None:
        try:
            kind = self._files.stat(path).kind
        except FileReaderError:
            return None
        return path if kind is FileKind.FILE else led_to(self._files, path)

    def _real(self, directory: bytes) -> bytes | None:
        if directory not in self._directories:
            self._left -= directory.count(b"/")
            self._directories[directory] = led_to(self._files, directory) if self._left > 0 else None
        return self._directories[directory]


def run_path_directories(path: bytes, elf: ElfFile) -> Iterator[bytes]:
    """The directories of a file's search path, ``$ORIGIN`` replaced; relative ones depend on the process."""
    origin = b"/" + path.rpartition(b"/")[0]
    count = 0
    for run_path in elf.run_path:
        for part in run_path.encode("utf-8", "surrogateescape").split(b":"):
            count += 1
            if count > _LIMIT_DIRECTORIES:
                return
            whole = part.replace(b"${ORIGIN}", b"$ORIGIN").replace(b"$ORIGIN", origin)
            if whole.startswith(b"/") and b"$" not in whole:
                yield whole


def default_directories(machine: str) -> tuple[bytes, ...]:
    """Where loaders look last: those of glibc, of Debian's, and of musl."""
    triplet = _MULTIARCH.get(machine)
    own = (b"lib/" + triplet, b"usr/lib/" + triplet) if triplet else ()
    return (*own, b"lib64", b"usr/lib64", b"lib", b"usr/lib", b"usr/local/lib")


def _of_environment(config: ImageConfig) -> Iterator[bytes]:
    variables = config.config.env if config.config and config.config.env else ()
    for variable in variables:
        name, _, value = variable.partition("=")
        if name == "LD_LIBRARY_PATH":
            parts = value.encode("utf-8", "surrogateescape").split(b":")[:_LIMIT_DIRECTORIES]
            yield from (part for part in parts if part.startswith(b"/"))


def _configured(files: FileReader) -> list[bytes]:
    """The directories that ``ld.so.conf`` and what it includes, or musl's path file, name."""
    found: list[bytes] = []
    pending, read = [_CONFIGURATION], 0
    pending.extend(f"etc/ld-musl-{machine}.path".encode() for machine in _MUSL_ARCHITECTURES)
    seen: set[bytes] = set()
    while pending and read < _LIMIT_INCLUDED and len(found) < _LIMIT_DIRECTORIES:
        path = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        content = _content(files, path)
        if content is None:
            continue
        read += 1
        for line in content.splitlines():
            text = line.partition(b"#")[0].strip()
            if text.startswith(b"include"):
                pending.extend(_included(files, text[len(b"include") :].strip()))
            else:
                words = text.replace(b":", b" ").replace(b",", b" ").split()
                found.extend(word for word in words if word.startswith(b"/"))
    return found[:_LIMIT_DIRECTORIES]


def _included(files: FileReader, pattern: bytes) -> list[bytes]:
    """Files that a pattern of an include line names; only its last component may have wildcards."""
    directory, _, name = pattern.rpartition(b"/")
    absolute = pattern.startswith(b"/")
    real = led_to(files, directory if absolute else joined(b"etc", directory))
    if real is None:
        return []
    try:
        children = files.list(real)
    except FileReaderError:
        return []
    wanted = name.decode("latin-1")
    matching = [child.name for child in children if fnmatchcase(child.name.decode("latin-1"), wanted)]
    return [joined(real, child) for child in matching[:_LIMIT_INCLUDED]]


def _content(files: FileReader, path: bytes) -> bytes | None:
    real = led_to(files, path)
    try:
        return None if real is None else read_file(files, real, _LIMIT_CONFIGURATION_BYTES)
    except FileReaderError:
        return None
