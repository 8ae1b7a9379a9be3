"""Groups the files that an index lists for a project into its releases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

import msgspec
from packaging.utils import canonicalize_version

from knowledge.indexes.filenames import FilenameReader, is_variants_document, normalized, split_label
from knowledge.indexes.upload_times import first_and_last
from knowledge.releases import Digests, File, FileKind, ListedFile, Listing, Shape
from knowledge.variants.records import ReleaseVariants

_encode = msgspec.msgpack.Encoder().encode
_by_name, _by_order = attrgetter("filename"), attrgetter("order")
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
        return tuple(tuple(sorted(map(self._shape, keys), key=_by_order)) for keys in self._numbers)

    def _shape(self, key: tuple[str, str | None]) -> Shape:
        tags, requires_python = key
        return self._shapes.setdefault(key, Shape(tags, requires_python or None))


def listing_from_entries(
    project: str,
    entries: Iterable[ListedFile],
    refused: Iterable[str] = (),
    *,
    index_url: str | None = None,
    found_links: Iterable[str] = (),
    variants: Mapping[str, ReleaseVariants] | None = None,
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
        variants: see `Listing.variants`; None where wheels of variants do not count.
        status: see `Listing.status`.
    """
    name = normalized(project)
    reader = FilenameReader(name)
    labelled: list[ListedFile] = []
    unparsed = set(refused)
    releases: list[tuple[list[ListedFile], list[str]]] = []
    ordered = _distinct(sorted(entries, key=_by_name))
    for entry, parsed in zip(ordered, reader.read_each(map(_by_name, ordered)), strict=True):
        if parsed is None:
            unparsed.add(entry.filename)
            if is_variants_document(entry.filename) or split_label(entry.filename)[1]:
                labelled.append(entry)
            continue
        position, tags = parsed
        if position == len(releases):
            releases.append(([], []))
        files, tags_of_files = releases[position]
        files.append(entry)
        tags_of_files.append(tags)
    for entry in labelled if variants is not None else ():
        _add_variant(entry, reader, releases, variants or {}, unparsed)

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
        if variants is not None:
            files.sort(key=_by_name)
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
        labelled=_encode(labelled) if labelled else b"",
        variants=dict(variants or {}),
        status=status,
    )


def _add_variant(
    entry: ListedFile,
    reader: FilenameReader,
    releases: list[tuple[list[ListedFile], list[str]]],
    variants: Mapping[str, ReleaseVariants],
    unparsed: set[str],
) -> None:
    """Adds the wheel of a variant to its release; where it does not fit, with tags that no target has."""
    plain, label = split_label(entry.filename)
    parsed = reader.read(plain) if label else None
    if parsed is None:
        return
    position, tags = parsed
    if position == len(releases):
        releases.append(([], []))
    known = variants.get(canonicalize_version(reader.versions[position]))
    fits = known is not None and entry.filename in known.places
    files, tags_of_files = releases[position]
    files.append(entry)
    tags_of_files.append(tags if fits else f"{tags}-{label}")
    unparsed.discard(entry.filename)


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
        added += [entry for entry in listing.labelled_files() if entry.filename not in names]
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
