"""The ABI of an interpreter that is not run, and how it was built, from its library's names."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from analyzers.evidence import Confidence, Evidence
from analyzers.files import FileReaderError, joined, read_file
from images.facts.pythons import abi_of_extension_suffix
from images.installations.executables import Installation
from images.roots.following import FollowingFiles
from images.roots.links import shown_path

SYSCONFIG_SUFFIXES = (
    *(b"-linux-gnu.py", b"-linux-musl.py", b"-linux-gnueabihf.py", b"-linux-musleabihf.py"),
    *(b"_linux_gnu.py", b"/_sysconfigdata.py"),
)
_SYSCONFIG = re.compile(rb"_sysconfigdata(?:_(?P<flags>[a-z]{0,3})_.+)?\.py", re.ASCII)
_LIMIT_SYSCONFIG_BYTES = 2 << 20
_SOABI = re.compile(rb"'SOABI': *'([^'\n]{1,100})'")
_STANDALONE = b"--prefix=/install"
"""The prefix that python-build-standalone configures, whatever directory it is unpacked in."""


class BuildFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How an interpreter was built.

    Attributes:
        is_standalone: one of python-build-standalone, which uv, rye, hatch and others download.
    """

    abi: str | None = None
    evidence: Evidence | None = None
    is_standalone: bool = False


def build_facts(files: FollowingFiles, installation: Installation) -> BuildFacts:
    """The ABI by its extension modules' names, else by its build configuration, else by its version."""
    if installation.library is None:
        return _by_version(installation, is_standalone=False)
    path, content = _sysconfig(files, installation)
    is_standalone = _STANDALONE in content
    abi = _by_names(files, installation)
    if abi is not None:
        what = f"extension modules of the standard library are named for {abi[0]}"
        evidence = Evidence(what=what, where=shown_path(abi[1]))
        return BuildFacts(abi=abi[0], evidence=evidence, is_standalone=is_standalone)
    if found := _SOABI.search(content):
        named = abi_of_extension_suffix(f".{found[1].decode('ascii', 'replace')}.so")
        if named is not None:
            evidence = Evidence(what=f"SOABI is that of {named}", where=shown_path(path))
            return BuildFacts(abi=named, evidence=evidence, is_standalone=is_standalone)
    return _by_version(installation, is_standalone=is_standalone)


def _by_names(files: FollowingFiles, installation: Installation) -> tuple[str, bytes] | None:
    """The ABI of most extension modules of the standard library that fit the executable's flags."""
    library = installation.library or b""
    found: Counter[str] = Counter()
    folder = library if installation.implementation == "pypy" else joined(library, b"lib-dynload")
    try:
        children = files.list(folder)
    except FileReaderError:
        return None
    for child in children:
        if child.name.endswith(b".so"):
            suffix = "." + child.name.decode("ascii", "replace").partition(".")[2]
            abi = abi_of_extension_suffix(suffix)
            if abi is not None:
                found[abi] += 1
    if not found:
        return None
    wanted = "d" in installation.flags
    has_debug = any(abi.endswith("d") == wanted for abi in found)
    fitting = [abi for abi in found if abi.endswith("d") == wanted or not has_debug]
    return max(sorted(fitting), key=found.__getitem__), folder


def _sysconfig(files: FollowingFiles, installation: Installation) -> tuple[bytes, bytes]:
    """The build configuration that suits the executable's flags, and its path."""
    library = installation.library or b""
    try:
        children = files.list(library)
    except FileReaderError:
        return library, b""
    candidates = []
    for child in children:
        if match := _SYSCONFIG.fullmatch(child.name):
            flags = (match["flags"] or b"").decode().replace("m", "")
            candidates.append((sorted(flags) != sorted(installation.flags), child.name))
    for _, name in sorted(candidates):
        try:
            return joined(library, name), read_file(files, joined(library, name), _LIMIT_SYSCONFIG_BYTES)
        except FileReaderError:
            continue
    return library, b""


def _by_version(installation: Installation, *, is_standalone: bool) -> BuildFacts:
    python = installation.python
    if python is None or installation.implementation != "cpython" or not python.startswith("3."):
        return BuildFacts(is_standalone=is_standalone)
    major, _, minor = python.partition(".")
    # Until 3.7 the ABI also named the allocator (PEP 3149).
    abi = f"cp{major}{minor}{installation.flags}{'m' if int(minor) < 8 else ''}"
    evidence = Evidence(
        what=f"{abi} is the ABI of such a release",
        where=shown_path(installation.path),
        confidence=Confidence.LIKELY,
    )
    return BuildFacts(abi=abi, evidence=evidence, is_standalone=is_standalone)
