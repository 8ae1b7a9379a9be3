"""Everything a run is about: the target, what the user asked for, and the policies that hold."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from analyzers.reports import InputFile, Unknown
from knowledge.variants.priorities import Priorities
from resolver.recommendation import STABLE, Recommendation
from resolver.rules.active import NO_RULES, ActiveRules
from resolver.source import (
    ChosenIndexes,
    ImportExaminer,
    PackageTopics,
    ReleaseNatives,
    ReleaseSurfaces,
    ReleaseVulnerabilities,
    SimilarProjects,
    StackProber,
)
from resolver.states.dependencies import Dependency
from resolver.states.overrides import NO_OVERRIDES, Overrides
from resolver.targets.cutoff import Cutoff
from resolver.targets.formats import FormatPolicy
from resolver.targets.target import Target
from resolver.targets.target_image import TargetImage

if TYPE_CHECKING:
    from analyzers.source.signals.demand import ApiDemand
    from resolver.observed.failures import Observed
    from resolver.slowdowns import Performance


class PrereleasePolicy(enum.StrEnum):
    """When pre-releases may be used.

    Under IF_NECESSARY they come after every stable release; under IF_ALONE only projects may use them that
    have no stable release left; under EXPLICIT those whose direct requirement names a pre-release.
    """

    IF_NECESSARY = "if-necessary"
    IF_ALONE = "if-alone"
    ALLOW = "allow"
    DISALLOW = "disallow"
    EXPLICIT = "explicit"


class Resolution(enum.StrEnum):
    """Which end of what fits is tried first: newest releases, or oldest ones of all or of direct projects.

    Source: the option of the same name of uv.
    """

    HIGHEST = "highest"
    LOWEST_DIRECT = "lowest-direct"
    LOWEST = "lowest"


class DirectRequirement(msgspec.Struct, frozen=True):
    """A requirement of the user that is live on the target.

    Attributes:
        text: as written.
        where: the file and line, or ``command line``.
        hashes: ``algorithm:hex`` of the files that may serve it; empty for any file.
    """

    dependency: Dependency
    text: str
    where: str
    hashes: tuple[str, ...] = ()

    @property
    def specifiers(self) -> str:
        """Which releases it admits."""
        return self.dependency.specifiers


class Constraint(msgspec.Struct, frozen=True):
    """A limit on a project that is live on the target; it never brings the project into the stack.

    Attributes:
        project: normalised name.
        text, where, hashes: see `DirectRequirement`.
    """

    project: str
    specifiers: str
    text: str
    where: str
    hashes: tuple[str, ...] = ()


class Preference(msgspec.Struct, frozen=True):
    """Releases that an existing lock settled on: they are tried first.

    Attributes:
        versions: normalised.
        where: the file.
    """

    versions: frozenset[str]
    where: str


class Lock(msgspec.Struct, frozen=True):
    """What an existing lock pins on the target.

    Attributes:
        path: as the user wrote it.
        pins: normalised name to normalised versions; several where the target does not tell them apart.
    """

    path: str
    pins: Mapping[str, frozenset[str]]


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What units may look at; it never changes during a run.

    Attributes:
        preferences: normalised project name to what an existing lock says of it.
        locks: those that exist, whether they are preferred or not.
        requires_hashes: the file that demands a hash of every release; None where none does.
        files: those that say what is asked for.
        unknowns: what could not be read in them.
        cutoff: from when on uploads do not count; None where all do.
        today: of the run, such as 2026-01-31; None where it shall not matter.
        offline: whether the index must not be asked.
        demands: what the user's code demands, by normalised project name; empty where none was scanned.
        surfaces: reads what releases offer of it; None where nothing is demanded.
        natives: reads the native files of wheels; None where there is nothing to hold against them.
        image: the image that the target is; None where it is none.
        imports: imports stacks on paper; None where no evidence is asked for.
        prober: tries stacks; None where none is to be tried.
        vulnerabilities: knows those of releases; None where the store is not looked at.
        performance: knows how fast releases are; None where nobody asks.
        observed: knows which releases were seen to fail; None where nothing was ever seen.
        strict_names: whether projects are refused that look like impostors.
        topics: tells what projects are about; None where that is not known.
        similar: finds projects that resemble one; None where no index of them was built.
        rules: what is known about projects on hardware and runtimes.
        variants: what the user prefers among variants of wheels; None where wheels of variants do not count.
        vendors: knows what comes from indexes that rules choose; None where none does.
        asked_about: normalised project name to releases of which it is told why they were not chosen, however
            many newer ones there are.
        missed: dotted names that the code imports in vain on any stack, and of which that is said already.
    """

    target: Target
    requirements: tuple[DirectRequirement, ...]
    recommendation: Recommendation = STABLE
    prereleases: PrereleasePolicy = PrereleasePolicy.IF_NECESSARY
    resolution: Resolution = Resolution.HIGHEST
    formats: FormatPolicy = msgspec.field(default_factory=FormatPolicy)
    constraints: tuple[Constraint, ...] = ()
    overrides: Overrides = NO_OVERRIDES
    preferences: Mapping[str, Preference] = msgspec.field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    requires_hashes: str | None = None
    files: tuple[InputFile, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    cutoff: Cutoff | None = None
    today: str | None = None
    offline: bool = False
    demands: Mapping[str, ApiDemand] = {}
    surfaces: ReleaseSurfaces | None = None
    natives: ReleaseNatives | None = None
    image: TargetImage | None = None
    imports: ImportExaminer | None = None
    prober: StackProber | None = None
    vulnerabilities: ReleaseVulnerabilities | None = None
    performance: Performance | None = None
    observed: Observed | None = None
    strict_names: bool = False
    topics: PackageTopics | None = None
    similar: SimilarProjects | None = None
    rules: ActiveRules = NO_RULES
    variants: Priorities | None = None
    vendors: ChosenIndexes | None = None
    asked_about: Mapping[str, frozenset[str]] = {}
    missed: frozenset[str] = frozenset()
    _direct: Mapping[str, list[DirectRequirement]] = {}  # these two are made of the fields above
    _limits: Mapping[str, list[Constraint]] = {}

    def __post_init__(self) -> None:
        direct: dict[str, list[DirectRequirement]] = {}
        limits: dict[str, list[Constraint]] = {}
        for requirement in self.requirements:
            direct.setdefault(requirement.dependency.project, []).append(requirement)
        for constraint in self.constraints:
            limits.setdefault(constraint.project, []).append(constraint)
        msgspec.structs.force_setattr(self, "_direct", direct)
        msgspec.structs.force_setattr(self, "_limits", limits)

    def statements(self, project: str) -> Iterator[DirectRequirement | Constraint]:
        """What the user says about one project (normalised name)."""
        yield from self.direct(project)
        yield from self.limits(project)

    def is_ascending(self, project: str) -> bool:
        """Whether the oldest releases of a project (normalised name) are tried first."""
        match self.resolution:
            case Resolution.HIGHEST:
                return False
            case Resolution.LOWEST_DIRECT:
                return bool(self.direct(project))
            case Resolution.LOWEST:
                return True

    def direct(self, project: str) -> Sequence[DirectRequirement]:
        """The user's requirements of one project (normalised name)."""
        return self._direct.get(project, ())

    def limits(self, project: str) -> Sequence[Constraint]:
        """The user's constraints on one project (normalised name)."""
        return self._limits.get(project, ())
