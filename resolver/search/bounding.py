"""The bound on the score of a run: what no stack exceeds, whatever is still to be read.

The work is that of `resolver.landscapes.bound`. Here it is told what a universe knows without open hypotheses:
releases that were not read ask for nothing and lose nothing beside others, releases that can never be had are
in no stack, and what galloping skipped counts as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from resolver.landscapes.bound import Bound
from resolver.landscapes.explored import ExploredLandscape
from resolver.landscapes.landscape import Ask, Pair
from resolver.score import Scorer
from resolver.states.propagation import Propagation
from resolver.states.stack import Stack
from resolver.states.universe import Universe
from resolver.states.versions import ABSENT, bit

CHUNK = 100
"""Steps of the bound between two looks at whether the end is wished."""


class AdmissibleLandscape:
    """An explored landscape as a proof may see it; implements `resolver.landscapes.landscape.Landscape`.

    Args:
        landscape: shares its numbers.
        propagation: of the universe, without decisions and without open hypotheses.
        kept: name of a project to those of its releases that nothing is given up for.
    """

    def __init__(
        self, landscape: ExploredLandscape, propagation: Propagation, kept: Mapping[str, int]
    ) -> None:
        self._landscape = landscape
        self._propagation = propagation
        self._kept = kept
        self.requirements: Sequence[Ask] = landscape.requirements

    @property
    def names(self) -> Sequence[str]:
        """See `Landscape`, as for all others."""
        return self._landscape.names

    @property
    def refutations(self) -> Sequence[Mapping[int, int]]:
        """Those of strides, as far as they are not only assumed."""
        return self._landscape.proven

    def domain(self, project: int) -> int:
        """The releases that are possible whatever is decided, and whatever was skipped."""
        variable = self._landscape.variable(project)
        domains = self._propagation.domains
        if variable >= len(domains):  # met since
            return self._landscape.domain(project)
        return domains[variable] & ~ABSENT & self._kept.get(self.names[project], -1)

    def kept(self, project: int) -> int:
        """What a lock prefers."""
        return self._landscape.kept(project)

    def ranked(self, project: int) -> Sequence[int]:
        """By score."""
        return self._landscape.ranked(project)

    def asks(self, project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        """What is known without reading anything."""
        return self._landscape.known_asks(project, position, part)

    def score(self, project: int, position: int) -> int:
        """What the steps say."""
        return self._landscape.score(project, position)

    def pairs(self, project: int, position: int, part: str | None) -> Sequence[Pair]:
        """What the steps that look at pairs say."""
        return self._landscape.pairs(project, position, part)

    def pair_score(self, project: int, position: int, pair: Pair, other: int) -> int:
        """Likewise."""
        return self._landscape.pair_score(project, position, pair, other)

    def is_known(self, project: int, position: int) -> bool:
        """Whether its metadata were read."""
        return self._landscape.is_known(project, position)

    def hint(self, moves: Iterable[tuple[int, int]]) -> None:
        """Have releases read ahead."""
        self._landscape.hint(moves)


class Bounding:
    """The bound of one run, as far as it is known.

    Args:
        universe: of the run.
        scorer: likewise.
        first: a stack that was found; what it has of what a lock prefers, every other one that counts has.
        suspended: assumptions that the bound must not rest on.
        is_urgent: whether what is known by now has to do.
    """

    def __init__(
        self,
        universe: Universe,
        scorer: Scorer,
        first: Stack,
        suspended: int = 0,
        is_urgent: Callable[[], bool] = lambda: False,
    ) -> None:
        self._universe, self._scorer, self._suspended = universe, scorer, suspended
        self._is_urgent = is_urgent
        self._kept = {
            name: member.project.preferred
            for name, member in first.members.items()
            if member.project.preferred & bit(member.position)
        }
        self._propagation = universe.propagation.undecided(suspended)
        self._value = self._of_forced()
        self._bound: Bound | None = None
        self._landscape: ExploredLandscape | None = None

    @property
    def value(self) -> int:
        """At least the score of every stack, in millionths; never rises."""
        return self._value

    @property
    def landscape(self) -> ExploredLandscape:
        """What the bound is about; moves can be made on it."""
        if self._landscape is None:
            self._landscape = ExploredLandscape(self._universe, self._scorer)
        return self._landscape

    @property
    def best(self) -> tuple[Mapping[int, int], int] | None:
        """A stack that the proof came to, of releases that were read, and its score; nobody has judged it."""
        bound = self._bound
        if bound is None or bound.best is None or bound.reached is None:
            return None
        return bound.best, bound.reached

    @property
    def unread(self) -> Sequence[tuple[int, int]]:
        """Projects and positions of releases that must be read before anything better can be proven."""
        return () if self._bound is None else self._bound.unread

    def tighten(self, steps: int, reached: int) -> None:
        """Work for so many steps, or until the bound meets a score that was reached, or nothing is left."""
        if self._value <= reached or self._is_urgent():
            return
        if self._bound is None:
            admissible = AdmissibleLandscape(self.landscape, self._propagation, self._kept)
            self._bound = Bound(admissible, admissible.asks)
        else:
            self._bound.learn(self.landscape.proven)
        self._work(self._bound, steps, reached)

    def refresh(self) -> None:
        """Take in what was read since."""
        if self._bound is not None:
            self._bound.refresh()

    def _work(self, bound: Bound, steps: int, reached: int) -> None:
        for done in range(0, steps, CHUNK):
            is_left = bound.tighten(min(CHUNK, steps - done))
            if bound.is_unsatisfiable:  # what refutes all stacks says nothing about their scores
                return
            self._value = min(self._value, bound.value)
            if not is_left or self._value <= reached or self._is_urgent():
                return

    def _of_forced(self) -> int:
        """The best that each project can add which every stack holds."""
        domains = self._propagation.domains
        found = 0
        for project in self._universe.projects.values():
            domain = domains[project.variable] & (self._kept.get(project.name, -1) | ABSENT)
            if not domain & ABSENT and project.versions.texts:
                found += self._scorer.best_score(project, domain)
        return found
