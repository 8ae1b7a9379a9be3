"""Groups the files that an index lists for a project into its releases."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from knowledge.filenames import FilenameReader, normalized
from knowledge.releases import File, FileKind, Listing, Shape

_encode = msgspec.msgpack.Encoder().encode


class _Shapes:
    """Gives each distinct set of file shapes a number, and each distinct shape one object."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, str | None], Shape] = {}
        self._numbers: dict[frozenset[tuple[str, str | None]], int] = {}

    def number(self, keys: set[tuple[str, str | None]]) -> int:
        return self._numbers.setdefault(frozenset(keys), len(self._numbers))

    def distinct(self) -> tuple[tuple[Shape, ...], ...]:
        return tuple(tuple(sorted(map(self._shape, keys), key=_shape_order)) for keys in self._numbers)

    def _shape(self, key: tuple[str, str | None]) -> Shape:
        return self._shapes.setdefault(key, Shape(*key))


def _shape_order(shape: Shape) -> tuple[str, bool, str]:
    return (shape.tags, shape.requires_python is not None, shape.requires_python or "")


def listing_from_files(project: str, files: Iterable[File], refused: Iterable[str] = ()) -> Listing:
    """The listing of a project whose page holds `files`, in whatever order.

    Two files of the same name keep the one whose address sorts first. Versions that differ only in trailing
    zeros are one release, spelled as its longest spelling. A release is yanked when all its files are; the
    reason is that of its first file that gives one.

    Args:
        project: name as the user or a dependency spells it.
        files: what the page lists; `File.kind` is expected to agree with the name and is not read.
        refused: names that the page's decoder already refused; they are listed as `unparsed`.
    """
    name = normalized(project)
    reader = FilenameReader(name)
    read = reader.read
    unparsed = set(refused)
    releases: list[dict[str, tuple[File, str]]] = []
    for file in files:
        filename = file.filename
        parsed = read(filename)
        if parsed is None:
            unparsed.add(filename)
            continue
        position, tags = parsed
        if position == len(releases):
            releases.append({})
        known = releases[position].setdefault(filename, (file, tags))
        if known[0] is not file and file.url < known[0].url:
            releases[position][filename] = (file, tags)

    order = sorted(range(len(releases)), key=reader.versions.__getitem__)
    shapes = _Shapes()
    yanked: dict[int, str] = {}
    shape_of: list[int] = []
    encoded: list[bytes] = []
    for position, unsorted in enumerate(order):
        rows = [row for _, row in sorted(releases[unsorted].items())]
        reasons = [file.yanked for file, _ in rows if file.yanked is not None]
        if len(reasons) == len(rows):
            yanked[position] = next(filter(None, reasons), "")
        shape_of.append(shapes.number({(tags, file.requires_python) for file, tags in rows}))
        encoded.append(_encode([file for file, _ in rows]))
    versions = [reader.versions[unsorted] for unsorted in order]
    return Listing(
        project=name,
        versions=tuple(map(str, versions)),
        prereleases=tuple(at for at, version in enumerate(versions) if version.is_prerelease),
        yanked=yanked,
        shapes=shapes.distinct(),
        shape_of=tuple(shape_of),
        encoded_files=tuple(encoded),
        unparsed=tuple(sorted(unparsed)),
    )


def kind_of(filename: str) -> FileKind:
    """The kind that a file name's ending states."""
    return FileKind.WHEEL if filename.endswith(".whl") else FileKind.SDIST
