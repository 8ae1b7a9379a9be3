"""apk's database of installed packages, of both its generations: paragraphs of one-letter fields.

Source: https://wiki.alpinelinux.org/wiki/Apk_spec
"""

from __future__ import annotations

from images.packages.listed import ListedPackage, Lister, PackageList, text, word

_FIELDS = frozenset(b"PVAoL")


def read_apk_installed(content: bytes) -> PackageList:
    """The packages of ``lib/apk/db/installed``; apk keeps there only what is installed."""
    lister = Lister()
    paragraphs = (part for part in content.split(b"\n\n") if part.strip())
    lister.read_each(paragraphs, _package, "package")
    return lister.listed()


def _package(paragraph: bytes) -> ListedPackage:
    fields: dict[int, bytes] = {}
    # Files follow in lines with other letters, the letters of their own among them: F and R, never these.
    for line in paragraph.split(b"\n"):
        if line[1:2] == b":" and line[0] in _FIELDS:
            fields.setdefault(line[0], line[2:].strip())
    arch, source = fields.get(ord("A")), fields.get(ord("o"))
    return ListedPackage(
        name=word(fields.get(ord("P"), b""), "name"),
        version=word(fields.get(ord("V"), b""), "version"),
        arch=word(arch, "architecture") if arch else None,
        source=word(source, "source") if source else None,
        license=text(fields.get(ord("L"), b"")),
    )
