"""What was seen of releases, for a run: which of them fail, alone or beside each other.

Nothing is asked of an index. The store is read once for the members of a stack, and first for failures alone:
nearly always there are none, and then nothing else is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from analyzers.evidence import Confidence, Evidence, Justification, Level
from knowledge.observations.record import Observation, ReleaseIdentity
from knowledge.releases import File, FileKind, Listing
from resolver.observed.nearby import Guess, Nearby, Point
from resolver.observed.sightings import Depth, Judge, Sighting, depth_of
from resolver.source import ReleaseObservations
from resolver.states.versions import Versions, bit
from resolver.targets.target import Target

LIKELY = 0.5
"""From this doubt on a failure is called likely."""
_MOST_EVIDENCE = 3
_Key = tuple[frozenset[ReleaseIdentity], Depth]


class Releases(Protocol):
    """A project (`resolver.states.projects.Project`) as far as it matters here."""

    @property
    def name(self) -> str:
        """Normalised."""

    @property
    def versions(self) -> Versions:
        """Of all releases."""

    @property
    def listing(self) -> Listing | None:
        """None when no index has the project."""

    def version(self, position: int) -> str:
        """The canonical text of one of them."""

    def files(self, position: int, target: Target) -> Sequence[File]:
        """What a target can install of one of them, best first."""


class Member(Protocol):
    """One release in a stack (`resolver.states.stack.Member`) as far as it matters here."""

    @property
    def project(self) -> Releases:
        """Of the release."""

    @property
    def position(self) -> int:
        """Of the release."""

    @property
    def version(self) -> str:
        """Canonical."""


class Observed:
    """One object per run.

    Args:
        known: what the store has.
        target: where the stack will run.
        script: digest of the program that will run; None where it is not known.
    """

    def __init__(self, known: ReleaseObservations, target: Target, script: str | None = None) -> None:
        self._known, self._target = known, target
        self._judge = Judge(target.environment, script, known.trust)
        self._by_project: dict[str, Mapping[str, Sequence[Sighting]]] = {}
        self._judged: dict[_Key, Sighting] = {}
        self._nearby: dict[tuple[str, str], Nearby | None] = {}

    def expect(self, projects: Iterable[str]) -> None:
        """These projects (normalised names) will be asked about."""
        failures = self._known.failures(projects)
        failing = [project for project, found in failures.items() if found]
        if failing:
            self._known.of(failing)

    def about(self, project: Releases, position: int) -> Iterator[Sighting]:
        """What is known of a release, alone and beside others; nearly always nothing."""
        found = self._sightings(project.name)
        if not found:
            return
        for sighting in found.get(project.version(position), ()):
            if sighting.depth is not Depth.BUILD or self._is_built(project, position):
                yield sighting

    def alone(self, project: Releases, position: int) -> list[Sighting]:
        """Those that blame the release alone."""
        return [one for one in self.about(project, position) if len(one.releases) == 1]

    def beside(self, project: Releases, position: int, other: Releases, at: int) -> list[Sighting]:
        """Those that blame the release together with one of another project."""
        if not self._sightings(project.name):
            return []
        release = ReleaseIdentity(project=other.name, version=other.version(at))
        return [
            one for one in self.about(project, position) if len(one.releases) > 1 and release in one.releases
        ]

    def guess(self, project: Releases, position: int, other: Releases, at: int) -> Guess | None:
        """What failures of other pairs of two projects say of one that nobody tried; nearly always nothing.

        Args:
            project: that needs something of the other.
            position: of its release.
            other: what is needed.
            at: position of its release.
        """
        if not self._sightings(project.name):
            return None
        key = (project.name, other.name)
        if key not in self._nearby:
            self._nearby[key] = self._tried(project, other)
        nearby = self._nearby[key]
        return None if nearby is None else nearby.guess(Point(position, at))

    def _tried(self, project: Releases, other: Releases) -> Nearby | None:
        """The pairs of two projects that were tried; None where none of them fails."""
        places = [
            {text: number for number, text in enumerate(one.versions.texts)} for one in (project, other)
        ]

        def point(releases: Iterable[ReleaseIdentity]) -> Point | None:
            found = {release.project: release.version for release in releases}
            here = places[0].get(found.get(project.name, ""))
            there = places[1].get(found.get(other.name, ""))
            return None if here is None or there is None else Point(here, there)

        failing: list[tuple[Point, Sighting]] = []
        for sightings in self._sightings(project.name).values():
            for sighting in sightings:
                pair = point(sighting.releases)
                if pair is not None and sighting.depth is not Depth.BUILD:
                    failing.append((pair, sighting))
        if not failing:
            return None
        seen = self._known.of((project.name,))[project.name]
        working = filter(None, (point(one.subject) for one in seen if self._judge.works(one)))
        uploaded = [one.listing.uploaded if one.listing else () for one in (project, other)]
        return Nearby(failing, working, (uploaded[0], uploaded[1]))

    def within(self, members: Mapping[str, Member]) -> Iterator[Sighting]:
        """Those whose releases are all in a stack, each once.

        Args:
            members: of the stack, by normalised name.
        """
        self.expect(members)
        told = set()
        for member in members.values():
            for sighting in self.about(member.project, member.position):
                key = (frozenset(sighting.releases), sighting.depth)
                if key not in told and all(_is_in(release, members) for release in sighting.releases):
                    told.add(key)
                    yield sighting

    def certain(self, project: Releases) -> Mapping[frozenset[ReleaseIdentity], int]:
        """By what else has to be in the stack: the releases of a project that certainly fail, as a mask."""
        found: dict[frozenset[ReleaseIdentity], int] = {}
        places = {text: number for number, text in enumerate(project.versions.texts)}
        for version in self._sightings(project.name):
            position = places.get(version)
            for sighting in () if position is None else self.about(project, position):
                if sighting.is_certain:
                    others = frozenset(one for one in sighting.releases if one.project != project.name)
                    found[others] = found.get(others, 0) | bit(places[version])
        return found

    def _is_built(self, project: Releases, position: int) -> bool:
        files = project.files(position, self._target)
        return bool(files) and files[0].kind is FileKind.SDIST

    def _sightings(self, project: str) -> Mapping[str, Sequence[Sighting]]:
        """Version to what blames it."""
        found = self._by_project.get(project)
        if found is None:
            failures = self._known.failures((project,))[project]
            found = self._by_project[project] = self._grouped(project, failures) if failures else {}
        return found

    def _grouped(self, project: str, failures: Sequence[Observation]) -> Mapping[str, Sequence[Sighting]]:
        groups: dict[_Key, list[Observation]] = {}
        for failure in failures:
            groups.setdefault((frozenset(failure.blame), depth_of(failure)), []).append(failure)
        seen = self._known.of((project,))[project]
        found: dict[str, list[Sighting]] = {}
        for key, group in groups.items():
            if key not in self._judged:
                self._judged[key] = self._judge.judged(group[0].blame, group, seen)
            for release in group[0].blame:
                if release.project == project:
                    found.setdefault(release.version, []).append(self._judged[key])
        return found


def _is_in(release: ReleaseIdentity, members: Mapping[str, Member]) -> bool:
    member = members.get(release.project)
    return member is not None and member.version == release.version


def reason(sighting: Sighting, unit: str, level: Level, score: int | None = None) -> Justification:
    """A sighting with what was seen, where, when and by whom."""
    failure = sighting.failure
    names = [f"{release.project} {release.version}" for release in sighting.releases]
    beside = f" beside {names[1]}" if len(names) > 1 else ""
    told = f"{failure.error}: {failure.message}" if failure.message else failure.error
    where = f" ({failure.where})" if failure.where else ""
    failed = _times(len(sighting.failures))
    passed = f", and passed {_times(len(sighting.passes))}" if sighting.passes else ""
    message = f"{names[0]} was seen to fail{beside}: {told}{where}; failed {failed}{passed}"
    confidence = _confidence(sighting)
    seen = [*sighting.failures[:_MOST_EVIDENCE], *sighting.passes[:_MOST_EVIDENCE]]
    evidence = tuple(Evidence(what=_told(one), where=_by(one), confidence=confidence) for one in seen)
    return Justification(unit=unit, level=level, message=message, score=score, evidence=evidence)


def guessed(guess: Guess, pair: str, unit: str, score: int) -> Justification:
    """A pair that nobody tried, with the failure that makes it doubtful.

    Args:
        guess: about the pair.
        pair: in words.
        unit: that speaks.
        score: what the pair loses.
    """
    seen = reason(guess.sighting, unit, Level.INFO)
    confidence = Confidence.LIKELY if guess.doubt >= LIKELY else Confidence.POSSIBLE
    evidence = tuple(msgspec.structs.replace(one, confidence=confidence) for one in seen.evidence)
    message = f"{pair} was not tried, and may fail like this: {seen.message}"
    return msgspec.structs.replace(seen, message=message, score=score, evidence=evidence)


def _confidence(sighting: Sighting) -> Confidence:
    if sighting.is_certain:
        return Confidence.CERTAIN
    return Confidence.LIKELY if sighting.doubt >= LIKELY else Confidence.POSSIBLE


def _told(one: Observation) -> str:
    facts = one.environment
    libc = " ".join(filter(None, (facts.text("libc.name"), facts.text("libc.version"))))
    words = (
        facts.text("python.implementation"), facts.text("python.version"), "on",
        facts.text("os.kernel"), facts.text("arch"), f"with {libc}" if libc else None,
    )  # fmt: skip
    where = " ".join(filter(None, words)) if "python.version" in facts else "an unknown environment"
    if one.failure is None:
        return f"{one.kind.value} passed on {one.created_at[:10]} ({where}, {len(one.subject)} releases)"
    failure = one.failure
    at = f" at {failure.where}" if failure.where else ""
    return f"{failure.step}: {failure.error}: {failure.message}{at}, on {one.created_at[:10]} ({where})"


def _by(one: Observation) -> str:
    return "observations of this store" if one.origin is None else f"observations of the pack {one.origin}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
