"""What installations of CUDA and ROCm say of themselves: version files and the macros of headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from analyzers.evidence import Confidence, Evidence
from analyzers.files import FileKind, FileReader, FileReaderError, joined, read_file
from analyzers.undecodable import UNDECODABLE
from images.roots.links import led_to, shown_path
from images.roots.wanted import Wanted

_LIMIT_BYTES = 4 << 20
_LIMIT_PLACES = 64
_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+){1,3}")
_IN_TEXT = re.compile(rb"CUDA Version ([0-9]+(?:\.[0-9]+)+)")
_IN_NAME = re.compile(rb"cuda-([0-9]+\.[0-9]+)")
_OF_ROCM = re.compile(rb"\s*([0-9]+\.[0-9]+(?:\.[0-9]+)?)")
_ABOVE = (b"usr/local", b"opt", b"usr/lib")

WANTED = Wanted(
    names=frozenset({b"version.json", b"version.txt", b"cuda.h", b"cudnn_version.h", b"nccl.h"}),
    parents=(b"/.info",),
    limit_bytes=_LIMIT_BYTES,
)


class Toolkit(msgspec.Struct, frozen=True, kw_only=True):
    """An installation: its directory, and its version where it is stated."""

    path: bytes
    version: str | None
    evidence: Evidence


class _VersionOfPart(msgspec.Struct, frozen=True):
    version: str = ""


class _VersionFile(msgspec.Struct, frozen=True):
    """``version.json`` of a CUDA toolkit since 11.1, as far as it is read."""

    cuda: _VersionOfPart = _VersionOfPart()


def cuda_toolkits(files: FileReader) -> Iterator[Toolkit]:
    """Toolkits in the directories that NVIDIA's packages and archives use, and distributions after them."""
    for path in _places(files, b"cuda"):
        yield _cuda(files, path)


def rocm_installations(files: FileReader) -> Iterator[Toolkit]:
    """Installations below ``/opt`` that state a version."""
    for path in _places(files, b"rocm"):
        where = path + b"/.info/version"
        match = _OF_ROCM.match(_content(files, where) or b"")
        if match:
            evidence = Evidence(what=f"it names version {match[1].decode()}", where=shown_path(where))
            yield Toolkit(path=path, version=match[1].decode(), evidence=evidence)


def macro_version(files: FileReader, header: bytes, macros: tuple[bytes, ...]) -> str | None:
    """The version that macros of a header define, one number each."""
    content = _content(files, header)
    if content is None:
        return None
    numbers = []
    for macro in macros:
        match = re.search(
            rb"^[ \t]*#[ \t]*define[ \t]+" + macro + rb"[ \t]+([0-9]{1,9})\b", content, re.MULTILINE
        )
        if match is None:
            return None
        numbers.append(str(int(match[1])))
    return ".".join(numbers)


def _cuda(files: FileReader, path: bytes) -> Toolkit:
    for version_of in (_by_version_json, _by_version_text, _by_header, _by_name):
        found = version_of(files, path)
        if found is not None:
            return Toolkit(path=path, version=found[0], evidence=found[1])
    evidence = Evidence(what="a directory of CUDA", where=shown_path(path), confidence=Confidence.POSSIBLE)
    return Toolkit(path=path, version=None, evidence=evidence)


def _by_version_json(files: FileReader, path: bytes) -> tuple[str, Evidence] | None:
    where = path + b"/version.json"
    version = _version_of_json(_content(files, where) or b"")
    return None if version is None else _named(version, where)


def _by_version_text(files: FileReader, path: bytes) -> tuple[str, Evidence] | None:
    where = path + b"/version.txt"
    match = _IN_TEXT.search(_content(files, where) or b"")
    return None if match is None else _named(match[1].decode(), where)


def _named(version: str, where: bytes) -> tuple[str, Evidence]:
    return version, Evidence(what=f"it names CUDA {version}", where=shown_path(where))


def _by_header(files: FileReader, path: bytes) -> tuple[str, Evidence] | None:
    where = path + b"/include/cuda.h"
    number = macro_version(files, where, (b"CUDA_VERSION",))
    if number is None:
        return None
    # Source: cuda.h: 1000 * major + 10 * minor.
    version = f"{int(number) // 1000}.{int(number) % 1000 // 10}"
    return version, Evidence(what=f"it defines CUDA_VERSION as {number}", where=shown_path(where))


def _by_name(files: FileReader, path: bytes) -> tuple[str, Evidence] | None:
    match = _IN_NAME.search(path.rpartition(b"/")[2])
    if match is None:
        return None
    what, where = "the directory is named after the version", shown_path(path)
    return match[1].decode(), Evidence(what=what, where=where, confidence=Confidence.LIKELY)


def _version_of_json(content: bytes) -> str | None:
    try:
        version = msgspec.json.decode(content, type=_VersionFile).cuda.version
    except UNDECODABLE:
        return None
    return version if _RELEASE.fullmatch(version) else None


def _places(files: FileReader, name: bytes) -> list[bytes]:
    """Directories called so, or so with a version, once each; links to them lead to the same."""
    found: dict[bytes, None] = {}
    for above in _ABOVE:
        real = led_to(files, above)
        if real is None:
            continue
        try:
            children = files.list(real)
        except FileReaderError:
            continue
        for child in children:
            if child.name == name or child.name.startswith(name + b"-"):
                place = led_to(files, joined(real, child.name))
                if place is not None and files.stat(place).kind is FileKind.DIRECTORY:
                    found[place] = None
            if len(found) == _LIMIT_PLACES:
                return list(found)
    return list(found)


def _content(files: FileReader, path: bytes) -> bytes | None:
    real = led_to(files, path)
    try:
        return None if real is None else read_file(files, real, _LIMIT_BYTES)
    except FileReaderError:
        return None
