"""apk's database of installed packages, of both its generations: paragraphs of one-letter fields.

Source: https://wiki.alpinelinux.org/wiki/Apk_spec
"""

from __future__ import annotations

import re

from images.packages.listed import FullError, ListedPackage, Lister, PackageList, WordError, names, text, word
from images.packages.paragraphs import LARGEST_PARAGRAPH_BYTES, paragraphs

_FIELDS = frozenset(b"PVAoLD")
_PROVIDED = re.compile(rb"(?:(?<=^)|(?<=\s))[a-z]+:\S+")
"""Needs of something that packages provide, such as ``so:libz.so.1``."""

_FILES = b"\nF:"
"""The rest of a paragraph are its directories and files."""


def read_apk_installed(content: bytes) -> PackageList:
    """The packages of ``lib/apk/db/installed``; apk keeps there only what is installed."""
    lister = Lister()
    try:
        for line, paragraph in paragraphs(content):
            try:
                lister.add(_package(paragraph))
            except WordError as error:
                lister.trouble(f"line {line:,}: {error}")
    except FullError as error:
        lister.trouble(str(error))
    return lister.listed()


def _package(paragraph: bytes) -> ListedPackage:
    fields: dict[int, bytes] = {}
    about = paragraph.partition(_FILES)[0][:LARGEST_PARAGRAPH_BYTES]
    for line in about.split(b"\n"):
        if line[1:2] == b":" and line[0] in _FIELDS:
            fields.setdefault(line[0], line[2:].strip())
    arch, source = fields.get(ord("A")), fields.get(ord("o"))
    return ListedPackage(
        name=word(fields.get(ord("P"), b""), "name"),
        version=word(fields.get(ord("V"), b""), "version"),
        arch=word(arch, "architecture") if arch else None,
        source=word(source, "source") if source else None,
        depends=names(_PROVIDED.sub(b"", fields.get(ord("D"), b""))),
        license=text(fields.get(ord("L"), b"")),
    )
