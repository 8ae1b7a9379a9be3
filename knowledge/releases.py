"""What an index and an artifact say about a project: listings of releases, files, and core metadata."""

from __future__ import annotations

import enum

import msgspec


class FileKind(enum.StrEnum):
    """What a distribution file is."""

    WHEEL = "wheel"
    SDIST = "sdist"


class File(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One distribution file as an index lists it.

    Attributes:
        url: absolute; never holds credentials.
        hashes: algorithm to hexadecimal digest, as the index states them; may be empty.
        size_bytes: None where the index does not say.
        uploaded_at: RFC 3339; None where the index does not say.
        yanked: None, or the reason (possibly empty) why it was yanked.
        metadata_hashes: None where the index does not promise a ``.metadata`` file beside it, else its
            hashes (possibly empty). Source: PEP 658, PEP 714.
    """

    filename: str
    url: str
    kind: FileKind
    hashes: dict[str, str]
    requires_python: str | None = None
    size_bytes: int | None = None
    uploaded_at: str | None = None
    yanked: str | None = None
    metadata_hashes: dict[str, str] | None = None


class Shape(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What decides whether a file can serve a target.

    Attributes:
        tags: the compressed tag triple of a wheel, such as ``cp311-abi3-manylinux_2_17_x86_64``; empty for
            an sdist.
        requires_python: as stated by the index; None where it says nothing.
    """

    tags: str
    requires_python: str | None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Every release of one project that one index lists, oldest first.

    A project has thousands of files but few kinds of them, so what decides about usability is kept once per
    kind: `shapes` holds the distinct sets of file shapes, and `shape_of` says which set each release has.
    Files are kept encoded and decoded for one release at a time with `files`.

    Attributes:
        project: normalised name (PEP 503).
        versions: in the order of PEP 440, canonical and distinct.
        prereleases: positions in `versions` of pre-releases and development releases.
        yanked: position in `versions` to reason, for releases of which every file is yanked.
        shapes: distinct sets of file shapes.
        shape_of: position in `shapes` for each release.
        encoded_files: for each release its files as MessagePack, sorted by file name.
        unparsed: file names that are no valid wheel or sdist name, or of an invalid version.
    """

    project: str
    versions: tuple[str, ...]
    prereleases: tuple[int, ...]
    yanked: dict[int, str]
    shapes: tuple[tuple[Shape, ...], ...]
    shape_of: tuple[int, ...]
    encoded_files: tuple[bytes, ...]
    unparsed: tuple[str, ...] = ()

    def files(self, position: int) -> tuple[File, ...]:
        """The files of one release, sorted by file name."""
        return _FILES.decode(self.encoded_files[position])


_FILES = msgspec.msgpack.Decoder(tuple[File, ...])


class MetadataSource(enum.StrEnum):
    """Where core metadata was read."""

    METADATA_FILE = "metadata file"
    WHEEL = "wheel"
    SDIST = "sdist"


class Metadata(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Core metadata of one release, reduced to what resolving needs.

    Attributes:
        requires_dist: dependency specifiers as written (PEP 508), in their order.
        extras: names that ``Provides-Extra`` declares, normalised (PEP 685).
    """

    name: str
    version: str
    requires_dist: tuple[str, ...]
    requires_python: str | None
    extras: tuple[str, ...]
    source: MetadataSource
