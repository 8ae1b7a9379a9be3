"""What was seen of releases that are blamed for a failure, and how far it carries on a target.

Certain is what this store's user saw in an environment like the target, and what never went well there.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from images.facts.environment import RuntimeEnvironment
from knowledge.observations.record import Failure, Observation, ObservationKind, Outcome, ReleaseIdentity

Trust = Callable[[str | None], float]
ELSEWHERE = 0.5
"""What a failure counts that was seen in another environment, or of another program."""
_PLATFORM = ("python.implementation", "os.kernel", "arch", "libc.name")
_BUILDING = (
    "compiler.c", "compiler.cxx", "compiler.fortran", "compiler.rust", "build.headers", "headers.python",
)  # fmt: skip
_CIRCUMSTANCES = frozenset(
    {
        *("timeout", "MemoryError", "SIGKILL", "SIGXCPU", "SIGXFSZ", "out-of-memory", "disk-full"),
        *("network", "certificate", "permission", "not-allowed", "hash-mismatch"),
        *("conflict", "no-matching-distribution"),
    }
)
"""Errors that say what the run was allowed or met, not what the releases are."""
_ABSENT_LIBRARY = re.compile(r"\.so[.0-9]*: cannot open shared object file")
_ABSENT_MODULE = frozenset({"ModuleNotFoundError", "missing-module"})


class Depth(enum.IntEnum):
    """How far something came, or how much it tried."""

    BUILD = 0
    INSTALL = 1
    IMPORT = 2
    PROGRAM = 3


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one release, or of two together, that are to blame for a failure.

    Attributes:
        releases: the one that needs something of the other first.
        depth: where it fails.
        failures: what carries furthest first; never empty.
        passes: what went well with the same releases and would have met the failure.
        is_certain: whether it carries far enough to refuse the releases.
        doubt: how sure it is that they fail, from 0 to 1.
    """

    releases: tuple[ReleaseIdentity, ...]
    depth: Depth
    failures: tuple[Observation, ...]
    passes: tuple[Observation, ...]
    is_certain: bool
    doubt: float

    @property
    def failure(self) -> Failure:
        """Of what carries furthest."""
        found = self.failures[0].failure
        return Failure(step=self.failures[0].kind.value, error="failure") if found is None else found


class Judge:
    """Judges sightings for one target.

    Args:
        target: where the stack will run.
        script: digest of the program that will run; None where it is not known.
        trust: how much an origin counts, from 0 to 1.
    """

    def __init__(self, target: RuntimeEnvironment, script: str | None, trust: Trust) -> None:
        self._target, self._script, self._trust = target, script, trust

    def judged(
        self,
        releases: Sequence[ReleaseIdentity],
        failures: Sequence[Observation],
        seen: Iterable[Observation],
    ) -> Sighting:
        """What failures that blame the same releases come to.

        Args:
            releases: that are blamed.
            failures: at one depth.
            seen: everything that was seen of one of the releases.
        """
        depth = depth_of(failures[0])
        passes = [one for one in seen if self._went_well(one, releases, depth, failures)]
        ranked = sorted(failures, key=lambda one: (one.origin is not None, -self._weight(one), _latest(one)))
        certain = [one for one in ranked if self._is_certain(one, releases)]
        contradicted = any(one.origin is None and self._agrees(one, None) for one in passes)
        return Sighting(
            releases=tuple(releases),
            depth=depth,
            failures=tuple(certain) + tuple(one for one in ranked if one not in certain),
            passes=tuple(passes),
            is_certain=bool(certain) and not contradicted,
            doubt=self._doubt(ranked, passes),
        )

    def _doubt(self, failures: Sequence[Observation], passes: Sequence[Observation]) -> float:
        """Each origin has one voice, as loud as it is trusted: whoever says a thing often says it once."""
        left = 1.0
        for origin in dict.fromkeys(one.origin for one in failures):
            said = [self._weight(one) for one in failures if one.origin == origin]
            against = sum(1 for one in passes if one.origin == origin)
            left *= 1.0 - self._trust(origin) * max(said) * len(said) / (len(said) + against)
        return round(1.0 - left, 6)

    def _weight(self, failure: Observation) -> float:
        told = failure.failure
        is_alike = (
            self._agrees(failure, told) and not _is_circumstance(told) and self._is_same_program(failure)
        )
        return 1.0 if is_alike else ELSEWHERE

    def _is_certain(self, failure: Observation, releases: Sequence[ReleaseIdentity]) -> bool:
        told = failure.failure
        if failure.origin is not None or told is None or self._weight(failure) < 1.0:
            return False
        # Another stack may well have the module; which project would bring it is not known.
        return len(releases) > 1 or told.error not in _ABSENT_MODULE

    def _is_same_program(self, failure: Observation) -> bool:
        if depth_of(failure) is not Depth.PROGRAM:
            return True
        return failure.script is not None and failure.script == self._script

    def _went_well(
        self,
        one: Observation,
        releases: Sequence[ReleaseIdentity],
        depth: Depth,
        failures: Sequence[Observation],
    ) -> bool:
        """Whether it would have met the failure."""
        if one.outcome is not Outcome.PASSED or not set(releases) <= set(one.subject):
            return False
        tried = depth_of(one)
        if depth is Depth.BUILD:
            return tried is Depth.BUILD
        if depth is Depth.PROGRAM:
            return one.script is not None and any(one.script == each.script for each in failures)
        is_imported = depth is Depth.INSTALL or not one.roots or releases[0].project in one.roots
        return tried >= depth and is_imported

    def works(self, one: Observation) -> bool:
        """Whether this user saw it work where that says something about the target."""
        is_tried = one.outcome is Outcome.PASSED and depth_of(one) >= Depth.IMPORT
        return is_tried and one.origin is None and self._agrees(one, None)

    def _agrees(self, one: Observation, failure: Failure | None) -> bool:
        """Whether it was seen where it says something about the target."""
        facts, target = one.environment, self._target
        version = _minor(facts)
        if version is None or version != _minor(target):
            return False
        abis = {facts.text("python.abi"), target.text("python.abi")} - {None}
        if len(abis) > 1:
            return False
        matter = _PLATFORM + (_BUILDING if depth_of(one) is Depth.BUILD else ())
        if failure is not None and failure.error == "SIGILL":
            matter += ("cpu.flags",)
        if failure is not None and _ABSENT_LIBRARY.search(failure.message):
            if "libraries" not in facts:
                return False
            matter += ("libraries",)
        return all(_value(facts, name) == _value(target, name) for name in matter)


def depth_of(one: Observation) -> Depth:
    """How far it came; of a failure, where it failed."""
    step = one.failure.step.partition(" ")[0] if one.failure is not None else ""
    match one.kind:
        case ObservationKind.BUILD:
            return Depth.BUILD
        case ObservationKind.INSTALL:
            return Depth.INSTALL
        case ObservationKind.IMPORT:
            return Depth.IMPORT
    return {"build": Depth.BUILD, "install": Depth.INSTALL, "import": Depth.IMPORT}.get(step, Depth.PROGRAM)


def _is_circumstance(failure: Failure | None) -> bool:
    return failure is not None and failure.error in _CIRCUMSTANCES


def _latest(one: Observation) -> int:
    return -int("".join(filter(str.isdigit, one.created_at)) or 0)


def _minor(facts: RuntimeEnvironment) -> str | None:
    text = facts.text("python.version")
    return None if text is None else ".".join(text.split(".")[:2])


def _value(facts: RuntimeEnvironment, name: str) -> object:
    return facts.facts[name].value if name in facts else None
