"""Which shared libraries the native code of a wheel needs that neither it nor the system has."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping

import msgspec

from images.facts.environment import RuntimeEnvironment
from images.native.elf_file import ElfFile
from images.native.loadable import is_for_python

FACT = "libraries"
_MODULE = re.compile(r"(?:^|/)(?!lib)[^/]+\.so$|\.(?:cpython-[^./]+|pypy[^./]+|abi3t?)\.so$")
_OF_PROCESS = re.compile(r"libpython[23][0-9.]*t?d?m?\.so.*|ld-(?:linux|musl)[^/]*")
"""What is there where Python runs."""
_OF_LIBC = re.compile(r"lib(?:c|m|mvec|pthread|dl|rt|util|resolv|anl|nsl|BrokenLocale)\.so\.[0-9]")
"""What comes with glibc, in one package."""
_OF_DRIVER = re.compile(r"lib(?:cuda|nvcuvid|nvidia-[a-z-]+|nvoptix)\.so(?:\.1)?")
"""What comes with the driver, which containers borrow from their host."""


class Absent(msgspec.Struct, frozen=True, kw_only=True):
    """A library that is not there.

    Attributes:
        soname: as it is asked for.
        path: of the file in the wheel that asks for it first.
    """

    soname: str
    path: str


def sonames(files: Mapping[str, ElfFile]) -> Iterator[str]:
    """The names under which other files find those of a wheel."""
    for path, elf in files.items():
        yield path.rpartition("/")[2]
        if elf.soname is not None:
            yield elf.soname


def absent(
    files: Mapping[str, ElfFile], brought: Collection[str], environment: RuntimeEnvironment
) -> Iterator[Absent]:
    """What the extension modules of a wheel need, and what that needs in turn, and is not there; each once.

    Libraries that no extension module needs are passed over where there are such modules: they are loaded on
    demand, if at all.

    Args:
        files: of the wheel, by path.
        brought: names of all libraries that wheels of the stack bring.
        environment: of the target; where its libraries are not known, nothing is absent.
    """
    there = environment.facts.get(FACT)
    if there is None or not isinstance(there.value, tuple):
        return
    known = {*there.value, *brought}
    seen: set[str] = set()
    for path, elf in _loaded(files, environment):
        for soname in elf.needed:
            if soname in seen or soname in known or "/" in soname:
                continue
            if any(kind.fullmatch(soname) for kind in (_OF_PROCESS, _OF_LIBC, _OF_DRIVER)):
                continue
            seen.add(soname)
            yield Absent(soname=soname, path=path)


def _loaded(files: Mapping[str, ElfFile], environment: RuntimeEnvironment) -> Iterator[tuple[str, ElfFile]]:
    """The extension modules, and the files of the wheel that are loaded with them."""
    arch = environment.text("arch")
    by_name = {name: (path, elf) for path, elf in sorted(files.items()) for name in sonames({path: elf})}
    modules = [path for path in files if _MODULE.search(path)]
    fitting = [path for path in sorted(modules) if is_for_python(path, environment)]
    # A wheel without extension modules has its libraries loaded by name.
    pending = deque((path, files[path]) for path in (fitting if modules else sorted(files)))
    seen: set[str] = set()
    while pending:
        path, elf = pending.popleft()
        if path in seen or elf.machine != arch:
            continue
        seen.add(path)
        yield path, elf
        pending.extend(by_name[soname] for soname in elf.needed if soname in by_name)
