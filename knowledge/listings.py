"""Groups the files that an index lists for a project into its releases."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from knowledge.filenames import FilenameReader, normalized
from knowledge.releases import Digests, File, FileKind, ListedFile, Listing, Shape
from knowledge.upload_times import first_and_last

_encode = msgspec.msgpack.Encoder().encode
_by_name = attrgetter("filename")
_ALGORITHMS = frozenset(Digests.__struct_fields__)


class _Shapes:
    """Gives each distinct set of file shapes a number, and each distinct shape one object."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, str | None], Shape] = {}
        self._numbers: dict[frozenset[tuple[str, str | None]], int] = {}
        self._alike: dict[tuple[str | None, ...], int] = {}

    def number(self, tags: list[str], requires_python: list[str | None]) -> int:
        """The number of a release whose files, in their order, have these."""
        first = requires_python[0]
        key = (*tags, first) if requires_python.count(first) == len(tags) else ()
        number = self._alike.get(key)
        if number is None:
            pairs = frozenset(zip(tags, requires_python, strict=True))
            number = self._numbers.setdefault(pairs, len(self._numbers))
            if key:
                self._alike[key] = number
        return number

    def distinct(self) -> tuple[tuple[Shape, ...], ...]:
        return tuple(tuple(sorted(map(self._shape, keys), key=_shape_order)) for keys in self._numbers)

    def _shape(self, key: tuple[str, str | None]) -> Shape:
        tags, requires_python = key
        return self._shapes.setdefault(key, Shape(tags, requires_python or None))


def _shape_order(shape: Shape) -> tuple[str, bool, str]:
    return (shape.tags, shape.requires_python is not None, shape.requires_python or "")


def listing_from_entries(
    project: str,
    entries: Iterable[ListedFile],
    refused: Iterable[str] = (),
    *,
    index_url: str | None = None,
    found_links: Iterable[str] = (),
    status: tuple[str, str] | None = None,
) -> Listing:
    """The listing of a project whose page holds `entries`, in whatever order.

    Two files of the same name keep the one whose address sorts first. Versions that differ only in trailing
    zeros are one release, spelled as its longest spelling. A release is yanked when all its files are; the
    reason is that of its first file that gives one.

    Args:
        project: name as the user or a dependency spells it.
        entries: with absolute addresses.
        refused: names that the page's decoder already refused; they are listed as `unparsed`.
        index_url: see `Listing.index_url`.
        found_links: see `Listing.found_links`.
        status: see `Listing.status`.
    """
    name = normalized(project)
    reader = FilenameReader(name)
    unparsed = set(refused)
    releases: list[tuple[list[ListedFile], list[str]]] = []
    ordered = _distinct(sorted(entries, key=_by_name))
    for entry, parsed in zip(ordered, reader.read_each(map(_by_name, ordered)), strict=True):
        if parsed is None:
            unparsed.add(entry.filename)
            continue
        position, tags = parsed
        if position == len(releases):
            releases.append(([], []))
        files, tags_of_files = releases[position]
        files.append(entry)
        tags_of_files.append(tags)

    order = sorted(range(len(releases)), key=reader.versions.__getitem__)
    links = frozenset(found_links)
    shapes = _Shapes()
    yanked: dict[int, str] = {}
    shape_of: list[int] = []
    encoded: list[bytes] = []
    times: list[tuple[str | None, str | None]] = []
    for position, unsorted in enumerate(order):
        files, tags_of_files = releases[unsorted]
        shape_of.append(shapes.number(tags_of_files, [file.requires_python for file in files]))
        if links:
            files.sort(key=lambda file: file.filename not in links)
        if files[0].yanked is not False:
            reasons = [file.yanked_reason for file in files if file.yanked is not False]
            if len(reasons) == len(files):
                yanked[position] = next(filter(None, reasons), "")
        encoded.append(_encode(files))
        times.append(first_and_last([file.upload_time for file in files]))
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
        uploaded=tuple(first for first, _ in times),
        completed=tuple(last for _, last in times),
        index_url=index_url,
        found_links=tuple(sorted(links)),
        status=status,
    )


def listing_from_files(project: str, files: Iterable[File], refused: Iterable[str] = ()) -> Listing:
    """As `listing_from_entries`; `File.kind` is expected to agree with the name and is not read."""
    return listing_from_entries(project, map(listed, files), refused)


def with_links(project: str, listing: Listing | None, links: Iterable[ListedFile]) -> Listing:
    """A listing with the files that ``--find-links`` adds: first in their release, instead of namesakes.

    Args:
        project: normalised name.
        listing: of the index; None where it has no such project.
        links: files of that project; others become `Listing.unparsed`.
    """
    added = list(links)
    names = {entry.filename for entry in added}
    if listing is not None:
        for position in range(len(listing.versions)):
            added += [listed(file) for file in listing.files(position) if file.filename not in names]
    return listing_from_entries(
        project,
        added,
        () if listing is None else listing.unparsed,
        index_url=None if listing is None else listing.index_url,
        found_links=names,
        status=None if listing is None else listing.status,
    )


def listed(file: File) -> ListedFile:
    """A file as a page would list it."""
    return ListedFile(
        filename=file.filename,
        url=file.url,
        hashes=digests(file.hashes.items()),
        requires_python=file.requires_python,
        size=file.size_bytes,
        upload_time=file.uploaded_at,
        yanked=file.yanked if file.yanked else file.yanked is not None,
        core_metadata=None if file.metadata_hashes is None else digests(file.metadata_hashes.items()),
    )


def digests(stated: Iterable[tuple[str, str]]) -> Digests:
    """Digests by algorithm, those of other algorithms left out."""
    return Digests(**{algorithm: digest for algorithm, digest in stated if algorithm in _ALGORITHMS})


def kind_of(filename: str) -> FileKind:
    """The kind that a file name's ending states."""
    return FileKind.WHEEL if filename.endswith(".whl") else FileKind.SDIST


def _distinct(files: list[ListedFile]) -> list[ListedFile]:
    """Of files that are sorted by name those of which no two have one name."""
    if len(set(map(_by_name, files))) == len(files):
        return files
    kept: dict[str, ListedFile] = {}
    for file in files:
        known = kept.setdefault(file.filename, file)
        if file.url < known.url:
            kept[file.filename] = file
    return list(kept.values())
