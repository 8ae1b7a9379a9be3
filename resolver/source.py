"""What the search asks of knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from analyzers.evidence import Finding
from knowledge.releases import File, Listing, Metadata

if TYPE_CHECKING:
    from analyzers.importing.failures import ImportFailure
    from analyzers.source.signals.demand import ApiDemand
    from images.native.elf_file import ElfFile
    from knowledge.advisories.vulnerabilities import Vulnerability
    from knowledge.imports.stack_files import Pinned
    from knowledge.imports.stack_imports import Examined
    from knowledge.observations.record import Observation
    from knowledge.probing.stack_probes import StackProbe
    from resolver.rules.active import ActiveRule
    from topics.documents import Document
    from topics.vectors import TopicVector


class ReleaseSurfaces(Protocol):
    """Reads what releases offer."""

    def missing(self, demand: ApiDemand, file: File, release: str) -> tuple[Finding, ...] | None:
        """What code demands and the release of a file lacks; None where that cannot be known."""


class ReleaseNatives(Protocol):
    """Reads the native files of wheels."""

    def files(self, file: File) -> Mapping[str, ElfFile] | None:
        """The ELF files of a wheel by path; None where they cannot be known."""


class ReleaseVulnerabilities(Protocol):
    """Knows the vulnerabilities of projects."""

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Vulnerability]]:
        """Those of each project (normalised name), the gravest first; empty where none is known."""


class ReleaseMeasurements(Protocol):
    """Knows what was measured of projects."""

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        """That of each project (normalised name); empty where nothing is known."""


class ReleaseObservations(Protocol):
    """Knows which releases were seen to work, and which to fail."""

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        """What was seen of each project (normalised name)."""

    def failures(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        """Those of them that a release of the project is to blame for."""

    def trust(self, origin: str | None) -> float:
        """How much what came from there counts, from 0 to 1."""


class ImportExaminer(Protocol):
    """Imports stacks on paper."""

    def examined(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> Examined | None:
        """What importing a stack meets; None where that cannot be known."""

    def recurs(
        self, failure: ImportFailure, name: str, pin: Pinned, pins: Mapping[str, Pinned]
    ) -> bool | None:
        """Whether a stack with another release of one project probably meets the same failure, if known."""

    def repeats(
        self, failure: ImportFailure, pins: Mapping[str, Pinned], roots: Iterable[str]
    ) -> bool | None:
        """Whether importing another stack meets a failure, too, if that can be known."""

    def prepare(
        self, failure: ImportFailure, name: str, asked: Iterable[Pinned], pins: Mapping[str, Pinned]
    ) -> None:
        """Releases that `recurs` will probably be asked about."""


class StackProber(Protocol):
    """Builds stacks and runs what must run in them.

    Attributes:
        reason: why the last stack was not tried.
    """

    @property
    def reason(self) -> str | None:
        """See above."""
        ...

    def probe(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> StackProbe | None:
        """What came of a stack; None where nothing is left to spend on it."""


class PackageTopics(Protocol):
    """What projects are about, by what their newest releases say."""

    def expect(self, projects: Sequence[str]) -> None:
        """These projects (normalised names), which a run needs anyway, will be asked for.

        Raises:
            TransportError: their index cannot be reached.
        """

    def document(self, project: str) -> Document | None:
        """What a project (normalised name) says of itself; None where that cannot be known."""

    def vector(self, project: str) -> TopicVector:
        """Its topics; an abstention where it does not say enough."""


class SimilarProjects(Protocol):
    """Finds projects that may serve in the place of another."""

    def alternatives(self, project: str, most: int) -> Sequence[tuple[str, str]]:
        """Names of projects that are alive, the most similar first, each with what it shares."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """That a project is taken from the index of a rule.

    Attributes:
        url: root of that index.
        listing: what the target can use of it.
        usual: what would serve without the rule; None where no other index has the project.
    """

    rule: ActiveRule
    url: str
    listing: Listing
    usual: Listing | None


class ReleaseSource(Protocol):
    """Stored and fetched facts about releases; `prefetch_…` are hints that never block."""

    def listing(self, project: str) -> Listing | None:
        """The releases of a project (normalised name); None when no index has it."""

    def metadata(self, project: str, file: File) -> Metadata:
        """Core metadata of a release, read from one of its files."""

    def prefetch_listings(self, projects: Iterable[str]) -> None:
        """These listings will be asked for."""

    def prefetch_metadata(self, project: str, file: File) -> None:
        """This file's metadata will probably be asked for."""


class ChosenIndexes(Protocol):
    """Knows which projects come from indexes that rules choose.

    Attributes:
        usual: what would serve without these rules.
    """

    @property
    def usual(self) -> ReleaseSource:
        """See above."""
        ...

    def taken(self, project: str) -> Taken | None:
        """Where a project (normalised name) comes from, if a rule says so."""

    def given_up(self, index: str) -> str | None:
        """Why an index, as rules call it, is not used; None where nothing speaks against it."""

    def address(self, index: str) -> str:
        """Where an index is, as rules call it."""

    def size_bytes(self, file: File, index_url: str) -> int | None:
        """The size of a file of such an index, which is shown to be there; None where that cannot be told."""
