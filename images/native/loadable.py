"""Whether the native code of a wheel can be loaded on a target, from what its ELF files say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from images.facts.environment import RuntimeEnvironment
from images.native.elf_file import ElfFile
from images.native.symbol_ceilings import CXX_LIBRARY, CXXABI, GLIBCXX, numbers

_GLIBC_LIBRARY = "libc.so.6"
_FACTS = {"GLIBC": "libc.version", "GLIBCXX": GLIBCXX, "CXXABI": CXXABI}
_EXTENSION = re.compile(r"\.((?:cpython|pypy|graalpy)[^./]*)\.so$")


class Unmet(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a file needs and the target has not.

    Attributes:
        path: of the file in the wheel.
        needs: in words.
        has: what the target has instead, and by what that is known, in words.
    """

    path: str
    needs: str
    has: str


def unmet(files: Mapping[str, ElfFile], environment: RuntimeEnvironment) -> Iterator[Unmet]:
    """What stands against loading the native code of a wheel, file by file; at most one for each.

    Files for other architectures or other Pythons are passed over, and so is what is not known of the target.

    Args:
        files: of the wheel, by path.
        environment: of the target.
    """
    own = {elf.soname for elf in files.values()} | {path.rpartition("/")[2] for path in files}
    for path, elf in sorted(files.items()):
        if elf.machine == environment.text("arch") and is_for_python(path, environment):
            found = next(_of_file(elf, own, environment), None)
            if found is not None:
                needs, has = found
                yield Unmet(path=path, needs=needs, has=has)


def is_for_python(path: str, environment: RuntimeEnvironment) -> bool:
    """Whether the name of an extension module says that the target's Python can load it, or says nothing."""
    suffix = _EXTENSION.search(path)
    if suffix is None or not suffix[1].startswith("cpython-"):
        return suffix is None or environment.text("python.implementation") != "cpython"
    major, minor = (environment.text("python.version") or "").split(".")[:2]
    return suffix[1].split("-")[1].rstrip("tdm") == f"{major}{minor}"


def _of_file(
    elf: ElfFile, own: set[str | None], environment: RuntimeEnvironment
) -> Iterator[tuple[str, str]]:
    libc = environment.text("libc.name")
    if libc == "musl" and _GLIBC_LIBRARY in elf.needed:
        yield "glibc", _known("libc.name", environment)
    if libc == "glibc" and any(name.startswith("libc.musl-") for name in elf.needed):
        yield "musl", _known("libc.name", environment)
    outside = [name for name in elf.needed if name not in own]
    if CXX_LIBRARY in outside and GLIBCXX in environment and environment.text(GLIBCXX) is None:
        yield CXX_LIBRARY, environment.facts[GLIBCXX].source
    for library, versions in elf.requires.items():
        if library in own:
            continue
        for version in versions:
            name, _, number = version.partition("_")
            fact = _FACTS.get(name)
            if fact is None or (name == "GLIBC" and libc != "glibc"):
                continue
            has = environment.text(fact)
            if has is not None and numbers(number) > numbers(has):
                yield f"{version} of {library}", _known(fact, environment)


def _known(name: str, environment: RuntimeEnvironment) -> str:
    fact = environment.facts[name]
    return f"{name} {fact.value} ({fact.source})"
