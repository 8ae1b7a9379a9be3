"""What an index and an artifact say about a project: listings of releases, files, and core metadata."""

from __future__ import annotations

import enum

import msgspec
from packaging.utils import canonicalize_version

from analyzers.undecodable import UNDECODABLE
from knowledge.errors import StoreDamagedError
from knowledge.indexes.filenames import split_label
from knowledge.variants.records import ReleaseVariants


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
        index_url: root of the index that lists it, without credentials; None where no index does, as for what
            ``--find-links`` names.
        place: among the variants of its release that fit the target, from 0 for the best; None for what is
            no variant or none that fits.
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
    index_url: str | None = None
    place: int | None = None

    @property
    def tags(self) -> str:
        """See `Shape.tags`, in the case of the name."""
        if self.kind is FileKind.SDIST:
            return ""
        plain, label = split_label(self.filename)
        tags = "-".join(plain[: -len(".whl")].rsplit("-", 3)[1:])
        return f"{tags}-{label}" if label and self.place is None else tags


class Digests(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Hexadecimal digests by algorithm; None where a page does not state one."""

    sha256: str | None = None
    sha384: str | None = None
    sha512: str | None = None
    blake2b: str | None = None
    md5: str | None = None
    sha1: str | None = None

    def stated(self) -> dict[str, str]:
        """Those that are there."""
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: digest for name, digest in found.items() if digest is not None}


NO_DIGESTS = Digests()


class ListedFile(msgspec.Struct, kw_only=True, rename="kebab", omit_defaults=True, gc=False):
    """An entry of a project page, in the form in which it is also stored.

    A page can hold ten thousand of them of which a run looks at a few: so they are no concern of the garbage
    collector, and become a `File` one release at a time. Digests of other algorithms are passed over.

    Attributes:
        url: absolute once the page was read; never holds credentials then.

    Source: PEP 691, PEP 700, PEP 714.
    """

    filename: str
    url: str
    hashes: Digests = NO_DIGESTS
    requires_python: str | None = None
    size: int | None = None
    upload_time: str | None = None
    yanked: bool | str = False
    core_metadata: bool | Digests | None = None
    dist_info_metadata: bool | Digests | None = None

    @property
    def yanked_reason(self) -> str | None:
        """See `File.yanked`."""
        return self.yanked if isinstance(self.yanked, str) else ("" if self.yanked else None)

    def file(self, index_url: str | None, place: int | None = None) -> File:
        """The record that the entry stands for."""
        promise = self.core_metadata if self.core_metadata is not None else self.dist_info_metadata
        return File(
            filename=self.filename,
            url=self.url,
            kind=FileKind.WHEEL if self.filename.endswith(".whl") else FileKind.SDIST,
            hashes=self.hashes.stated(),
            requires_python=self.requires_python or None,
            size_bytes=self.size,
            uploaded_at=self.upload_time,
            yanked=self.yanked_reason,
            metadata_hashes=promise.stated() if isinstance(promise, Digests) else ({} if promise else None),
            index_url=index_url,
            place=place,
        )


class Shape(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What decides whether a file can serve a target.

    Attributes:
        tags: the compressed tag triple of a wheel, such as ``cp311-abi3-manylinux_2_17_x86_64``; empty for
            an sdist; of a variant that does not fit the target with its label as a fourth part.
        requires_python: as stated by the index; None where it says nothing.
    """

    tags: str
    requires_python: str | None

    @property
    def order(self) -> tuple[str, bool, str]:
        """What shapes are sorted by; the record itself does not compare None with a text."""
        return (self.tags, self.requires_python is not None, self.requires_python or "")


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
        encoded_files: for each release its `ListedFile` entries as MessagePack, sorted by file name.
        unparsed: file names that are no valid wheel or sdist name, or of an invalid version.
        uploaded: for each release the earliest upload time of its files (RFC 3339 in UTC); None where none of
            them states one. What came before that moment had no file of the release.
        completed: for each release the latest upload time; None where one of its files states none. What came
            after that moment had all of them.
        index_url: see `File.index_url`; of all files but those in `found_links`.
        found_links: names of files that ``--find-links`` adds; in their release they stand first.
        labelled: the wheels of variants and what an index says of them, as MessagePack; empty where there are
            none. Their names are `unparsed`: they take part only in what `knowledge.variants` makes of it.
        variants: version, without trailing zeros, to what its variants are on a target, once that was asked
            for.
        status: what the index says of the project, where it is not ``active``, such as ``archived``, and why;
            the reason may be empty. Source: PEP 792.
    """

    project: str
    versions: tuple[str, ...]
    prereleases: tuple[int, ...]
    yanked: dict[int, str]
    shapes: tuple[tuple[Shape, ...], ...]
    shape_of: tuple[int, ...]
    encoded_files: tuple[bytes, ...]
    unparsed: tuple[str, ...] = ()
    uploaded: tuple[str | None, ...] = ()
    completed: tuple[str | None, ...] = ()
    index_url: str | None = None
    found_links: tuple[str, ...] = ()
    labelled: bytes = b""
    variants: dict[str, ReleaseVariants] = {}
    status: tuple[str, str] | None = None

    def files(self, position: int) -> tuple[File, ...]:
        """The files of one release, sorted by file name.

        Raises:
            StoreDamagedError: what was stored of it is damaged.
        """
        links, index_url = self.found_links, self.index_url
        entries = self._decoded(self.encoded_files[position])
        variants = self.variants_of(position)
        places = {} if variants is None else variants.places
        return tuple(
            entry.file(None if entry.filename in links else index_url, places.get(entry.filename))
            for entry in entries
        )

    def variants_of(self, position: int) -> ReleaseVariants | None:
        """What the variants of one release are on the target; None where there are none."""
        return self.variants.get(canonicalize_version(self.versions[position])) if self.variants else None

    def labelled_files(self) -> list[ListedFile]:
        """The entries that `labelled` holds."""
        return list(self._decoded(self.labelled)) if self.labelled else []

    @property
    def is_whole(self) -> bool:
        """Whether its parts fit each other, as those do that were not damaged in a store."""
        count = len(self.versions)
        return (
            len(self.shape_of) == len(self.encoded_files) == count
            and all(len(one) in (0, count) for one in (self.uploaded, self.completed))
            and all(0 <= number < len(self.shapes) for number in self.shape_of)
            and all(0 <= position < count for position in (*self.prereleases, *self.yanked))
        )

    def _decoded(self, encoded: bytes) -> tuple[ListedFile, ...]:
        try:
            return _LISTED_FILES.decode(encoded)
        except UNDECODABLE as error:
            damaged = StoreDamagedError(f"listing of {self.project}", "what is stored of it is damaged")
            damaged.add_note("ask for it again with --refresh")
            raise damaged from error


_LISTED_FILES = msgspec.msgpack.Decoder(tuple[ListedFile, ...])


class MetadataSource(enum.StrEnum):
    """Where core metadata was read."""

    METADATA_FILE = "metadata file"
    WHEEL = "wheel"
    SDIST = "sdist"
    BUILD = "build"


class Metadata(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Core metadata of one release, reduced to what resolving needs.

    Attributes:
        requires_dist: dependency specifiers as written (PEP 508), in their order.
        extras: names that ``Provides-Extra`` declares, normalised (PEP 685).
        verified: whether every build of the file is bound to say the same; False for what an sdist's
            ``requires.txt`` said on the machine of its maker.
        links: label, as written, to web address; at most a few, and only such addresses.
        summary: the sentence in which the release says what it is; empty where it does not, and of what
            earlier versions of this program stored.
        classifiers: those that tell topic, framework and status; likewise.
    """

    name: str
    version: str
    requires_dist: tuple[str, ...]
    requires_python: str | None
    extras: tuple[str, ...]
    source: MetadataSource
    verified: bool = True
    links: tuple[tuple[str, str], ...] = ()
    summary: str = ""
    classifiers: tuple[str, ...] = ()
