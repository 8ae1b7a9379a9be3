"""What the resolver asks of `knowledge`, answered from a `FakeIndex` without a byte being built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import quote, urljoin

from packaging.utils import canonicalize_name

from fakes.indexes.core_metadata import requires_dist
from fakes.indexes.files import FakeFile
from fakes.indexes.index import FakeIndex
from knowledge.indexes.simple_api import listing_from_files
from knowledge.releases import File, FileKind, Listing, Metadata, MetadataSource


def file_record(index: FakeIndex, project: str, file: FakeFile) -> File:
    """The file as a listing would state it, but for its hash: a stable digest of its name."""
    base = urljoin(f"https://index.example/simple/{project}/", index.files_url)
    digest = hashlib.sha256(file.filename.encode()).hexdigest()
    return File(
        filename=file.filename,
        url=urljoin(base, quote(file.filename)),
        kind=file.kind,
        hashes={"sha256": digest},
        requires_python=file.requires_python,
        uploaded_at=file.uploaded_at,
        yanked=file.yanked,
        metadata_hashes={"sha256": digest} if file.metadata_announced else None,
    )


class MemoryKnowledge:
    """Listings and metadata at once and in memory, of an index that is complete before the first question.

    Attributes:
        listings_read: projects whose listing was asked for, in order.
        metadata_read: file names whose metadata was asked for, in order.
    """

    def __init__(self, index: FakeIndex) -> None:
        self.index = index
        self.listings_read: list[str] = []
        self.metadata_read: list[str] = []
        self._listings: dict[str, Listing] = {}

    def listing(self, project: str) -> Listing | None:
        self.listings_read.append(project)
        name = canonicalize_name(project)
        if name not in self.index:
            return None
        if name not in self._listings:
            files = (file_record(self.index, name, file) for file in self.index.files(name))
            self._listings[name] = listing_from_files(name, files)
        return self._listings[name]

    def metadata(self, project: str, file: File) -> Metadata:
        """Raises LookupError for a file that was added as bytes: nothing is read here."""
        self.metadata_read.append(file.filename)
        release = self.index.file(file.filename).release
        if release is None:
            raise LookupError(f"{file.filename} of {project} was added as bytes, without fields")
        wheel = file.kind is FileKind.WHEEL
        return Metadata(
            name=canonicalize_name(release.name),
            version=release.version,
            requires_dist=requires_dist(release.requires, release.extras),
            requires_python=release.requires_python,
            extras=tuple(canonicalize_name(extra) for extra in release.extras),
            source=MetadataSource.METADATA_FILE if wheel else MetadataSource.SDIST,
        )

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """Does nothing: there is nothing to wait for."""

    def prefetch_metadata(self, project: str, file: File) -> None:
        """Does nothing: there is nothing to wait for."""
