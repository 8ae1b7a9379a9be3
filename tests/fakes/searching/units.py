"""Units that no user would want: strides that refute by lot, and pseudonyms from a table."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.stack import Stack
from resolver.states.versions import bit
from resolver.units.verdicts import Alternative, Refutation

Pin = tuple[str, str]


def drawn(*pins: Pin, one_in: int) -> bool:
    """Whether the lot falls on these releases: always the same for the same ones."""
    return lot(*sorted(pins)) % one_in == 0


def lot(*pins: Pin) -> int:
    """A number that these releases draw: always the same for the same ones."""
    return zlib.crc32(repr(list(pins)).encode())


class _Always:
    name = "test"

    def applies(self, context: Context) -> bool:
        return True


class RefutingStride(_Always):
    """Refutes every set of `size` members on which the predicate says so."""

    def __init__(self, refutes: Callable[[tuple[Pin, ...]], bool], size: int) -> None:
        self._refutes, self._size = refutes, size

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        found = []
        for members in combinations(stack.members.values(), min(self._size, len(stack.members))):
            if self._refutes(tuple((member.project.name, member.version) for member in members)):
                releases = {member.project.name: bit(member.position) for member in members}
                found.append(Refutation(releases, Justification(unit=self.name, message="drawn")))
        return found


class WholeStackStride(_Always):
    """Refutes every stack, whole."""

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        releases = {name: bit(member.position) for name, member in stack.members.items()}
        return [Refutation(releases, Justification(unit=self.name, message="nothing pleases it"))]


class DrawnPairStep(_Always):
    """Charges pairs by lot: a few of them nothing, others up to one half."""

    def score_pair(
        self,
        dependent: Project,
        at: int,
        dependency: Project,
        other: int,
        specifiers: str,
        context: Context,
    ) -> Justification | None:
        drawn = lot((dependent.name, dependent.version(at)), (dependency.name, dependency.version(other)))
        loss = drawn % 6 * 100_000
        return Justification(unit=self.name, message="drawn", score=-loss) if loss else None


class TablePseudonym(_Always):
    """Project to the projects that may serve in its place, each with a specifier set."""

    def __init__(
        self,
        stand_ins: Mapping[str, Mapping[str, str]],
        *,
        preferred: bool = False,
        same_versions: bool = False,
    ) -> None:
        self._stand_ins = stand_ins
        self._preferred, self._same_versions = preferred, same_versions

    def alternatives(self, project: str, context: Context) -> Iterable[Alternative]:
        for other, specifiers in self._stand_ins.get(project, {}).items():
            reason = Justification(unit=self.name, message=f"serves as {project}")
            yield Alternative(other, specifiers, reason, self._same_versions, self._preferred)
