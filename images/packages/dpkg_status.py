"""dpkg's status database: paragraphs of fields in, the packages that are really installed out.

Source: deb-control(5), dpkg(1), https://wiki.debian.org/Teams/Dpkg/Spec/Database
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from images.packages.listed import (
    FullError,
    HalfInstalled,
    ListedPackage,
    Lister,
    PackageList,
    WordError,
    names,
    word,
)
from images.packages.paragraphs import LARGEST_PARAGRAPH_BYTES, paragraphs

_DEPENDS = (b"pre-depends", b"depends")
_FIELDS = frozenset({b"package", b"status", b"version", b"architecture", b"source", *_DEPENDS})
_INSTALLED = frozenset({b"installed", b"triggers-awaited", b"triggers-pending"})
"""Configured; the last two wait for what others do in their place."""

_HALF_INSTALLED = frozenset({b"half-installed", b"unpacked", b"half-configured"})
_LIMIT_HALF_INSTALLED = 1000

_BOUND = re.compile(rb"\([^()]*\)")

_Fields = dict[bytes, bytes]


def read_dpkg_status(content: bytes, updates: Iterable[bytes] = ()) -> PackageList:
    """The packages of ``var/lib/dpkg/status``.

    What was removed, its configuration left or not, is not installed; what waits to be removed still is.

    Args:
        updates: contents of ``var/lib/dpkg/updates/NNNN`` in their order, which dpkg has not merged yet.
    """
    lister, states = Lister(), dict[tuple[bytes, bytes], tuple[_Fields, int]]()
    half_installed: list[HalfInstalled] = []
    try:
        for document in (content, *updates):
            for line, paragraph in paragraphs(document):
                fields = _fields(paragraph)
                if b"package" in fields:
                    states[fields[b"package"], fields.get(b"architecture", b"")] = fields, line
                else:
                    lister.trouble(f"line {line:,}: a paragraph without a package")
        for fields, line in states.values():
            _add(fields, line, lister, half_installed)
    except FullError as error:
        lister.trouble(str(error))
    return lister.listed(half_installed)


def read_dpkg_control(content: bytes) -> PackageList:
    """The package of one file of ``var/lib/dpkg/status.d``, which is there because it is installed.

    Source: https://github.com/GoogleContainerTools/distroless, as rules_distroless writes it.
    """
    lister = Lister()
    half_installed: list[HalfInstalled] = []
    for line, paragraph in paragraphs(content):
        fields = {b"status": b"install ok installed", **_fields(paragraph)}
        _add(fields, line, lister, half_installed)
        break
    else:
        lister.trouble("it holds no package")
    return lister.listed(half_installed)


def _fields(paragraph: bytes) -> _Fields:
    """The wanted fields, names in lower case; none of a paragraph larger than any package's."""
    fields: _Fields = {}
    if len(paragraph) <= LARGEST_PARAGRAPH_BYTES:
        for row in paragraph.split(b"\n"):
            name, separator, value = row.partition(b":")
            if separator and (name := name.lower()) in _FIELDS:
                fields[name] = value.strip()
    return fields


def _add(fields: _Fields, line: int, lister: Lister, half_installed: list[HalfInstalled]) -> None:
    state = fields.get(b"status", b"").rpartition(b" ")[2].lower()
    is_half_installed = state in _HALF_INSTALLED
    if state not in _INSTALLED and not is_half_installed:
        return
    try:
        package = _package(fields)
    except WordError as error:
        lister.trouble(f"line {line:,}: {error}")
        return
    if not is_half_installed:
        lister.add(package)
    elif len(half_installed) < _LIMIT_HALF_INSTALLED:
        half_installed.append(
            HalfInstalled(name=package.name, version=package.version, state=state.decode("ascii"))
        )


def _package(fields: _Fields) -> ListedPackage:
    name, version = word(fields.get(b"package", b""), "name"), word(fields.get(b"version", b""), "version")
    arch = fields.get(b"architecture")
    source, _, stated = fields.get(b"source", b"").partition(b"(")
    source_version = stated.partition(b")")[0].strip()
    return ListedPackage(
        name=name,
        version=version,
        arch=word(arch, "architecture") if arch else None,
        source=word(source.strip(), "source") if source.strip() else name,
        source_version=word(source_version, "version") if source_version else None,
        depends=names(_BOUND.sub(b"", b",".join(fields[field] for field in _DEPENDS if field in fields))),
    )
