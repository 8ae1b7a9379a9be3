"""The search: a predictor chooses, propagation draws the conclusions, strides examine what comes out.

Resolve, examine, learn, resolve again: whatever refutes a decision, a candidate or a complete stack becomes
an incompatibility, and the search goes on from where it was. It ends with a stack or with a proof that there
is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resolver.blame import blocked_by
from resolver.bounds import Bounds
from resolver.context import Context
from resolver.dependencies import Dependency
from resolver.doubts import Doubts
from resolver.galloping import Galloping
from resolver.pipeline import Pipeline
from resolver.predictors.protocol import Predictor
from resolver.progress import Progress, Silence
from resolver.projects import Project
from resolver.propagation import UnsatisfiableError
from resolver.score import Scorer
from resolver.source import ReleaseSource
from resolver.stack import Member, Stack
from resolver.universe import Universe
from resolver.versions import ABSENT, bit


@dataclass(frozen=True, slots=True)
class Solution:
    """An accepted stack.

    Attributes:
        score: in millionths, at most 0.
        bound: no stack scores better.
    """

    stack: Stack
    score: int
    bound: int

    @property
    def is_optimal(self) -> bool:
        """Whether it is proven that no stack is better."""
        return self.score == self.bound


class Resolver:
    """One run of the search.

    Args:
        pipeline: the units that apply to `context`.
        galloping: makes what skips long series.
    """

    def __init__(
        self,
        context: Context,
        source: ReleaseSource,
        pipeline: Pipeline,
        predictor: Predictor,
        progress: Progress | None = None,
        galloping: Callable[[Universe], Galloping] = Galloping,
    ) -> None:
        self.context = context
        self.pipeline = pipeline
        self.predictor = predictor
        self.universe = Universe(source, context, pipeline.sieves, pipeline.pseudonyms)
        self.scorer = Scorer(pipeline.steps, context)
        self.stacks_examined = 0
        self._galloping = galloping(self.universe)
        self._doubts = Doubts(self.universe)
        self._progress = progress or Silence()

    def solve(self) -> Solution:
        """The first stack that every stride accepts.

        Raises:
            UnsatisfiableError: there is none; it carries the proof.
            NotProvenError: none was found, and the proof rests on releases that were not read.
            KnowledgeError: something needed could not be had.
        """
        self.universe.require(self.context.requirements)
        self._prefetch([requirement.dependency for requirement in self.context.requirements])
        while True:
            try:
                return self._search()
            except UnsatisfiableError as error:
                self._doubts.resolve(error)

    def _search(self) -> Solution:
        self._propagate()
        while True:
            candidates = list(self.universe.open_projects())
            if candidates:
                self._settle(self.predictor.project(candidates, self.universe))
                continue
            stack = self._stack()
            if self._is_accepted(stack):
                score = self.scorer.stack_score(stack)
                bound = Bounds(self.universe, self.scorer).bound(score, self._doubts.open_assumptions())
                return Solution(stack, score, bound)

    def _propagate(self) -> None:
        self.universe.propagation.propagate()

    def _settle(self, project: Project) -> None:
        """Choose and read one release; decide for it only if what it asks for can be met in this state."""
        universe, propagation = self.universe, self.universe.propagation
        domain = propagation.domains[project.variable]
        position = self.predictor.release(project, domain & ~ABSENT)
        if universe.unread_parts(project, position):
            dependencies = universe.expand(project, position)
            if self._is_reordered(project, position, dependencies):
                return
            self._prefetch(dependencies)
        if propagation.domains[project.variable] != domain:
            return
        if domain & (domain - 1):
            propagation.decide(project.variable, bit(position))
            self._propagate()
        self._tell(project, position)

    def _is_reordered(self, project: Project, position: int, dependencies: list[Dependency]) -> bool:
        """Draw the conclusions of what was read; True when the predictor then wants another order."""
        propagation = self.universe.propagation
        blocked = blocked_by(dependencies, self.universe)
        culprit: Project | None = None
        if blocked is not None and blocked.level:
            culprit = self.universe.owner(propagation.decided_at(blocked.level))
        elif blocked is not None:
            self._galloping.refused_by_fact(project, position, blocked.on)
        self._propagate()
        if culprit is None or not self.predictor.refuted(project, culprit):
            return False
        level = propagation.level_of_decision(culprit.variable)
        if level:
            propagation.backjump(level - 1)
            self._propagate()
        return True

    def _tell(self, project: Project, position: int) -> None:
        domains = self.universe.propagation.domains
        needed = [p for p in self.universe.projects.values() if self.universe.is_present(p)]
        settled = sum(not domains[p.variable] & (domains[p.variable] - 1) for p in needed)
        self._progress.settled(project.name, project.version(position), settled, len(needed))

    def _prefetch(self, dependencies: list[Dependency]) -> None:
        """Hint at the releases that will probably be read next; never influences a decision."""
        domains = self.universe.propagation.domains
        for dependency in dependencies:
            project = self.universe.projects[dependency.project]
            position = project.best(domains[project.variable] & ~ABSENT)
            if position is None or not project.versions.texts:
                continue
            files = project.files(position, self.context.target)
            if files and self.universe.unread_parts(project, position):
                self.universe.source.prefetch_metadata(project.name, files[0])

    def _is_accepted(self, stack: Stack) -> bool:
        self.stacks_examined += 1
        self._progress.examined(self.stacks_examined)
        refutations = [
            refutation
            for stride in self.pipeline.strides
            for refutation in stride.examine(stack, self.context)
        ]
        for refutation in refutations:
            for name, releases in refutation.releases.items():
                if name not in stack.members or not releases & bit(stack.members[name].position):
                    raise ValueError(
                        f"{refutation.reason.unit} refutes a stack other than the one it was shown"
                    )
            self.universe.refute(refutation)
        if refutations:
            self._propagate()
        return not refutations

    def _stack(self) -> Stack:
        """The stack that the requirements reach in the present state."""
        universe = self.universe
        members: dict[str, Member] = {}
        seen: set[tuple[str, str | None]] = set()
        queue: list[tuple[str | None, Dependency]] = [(None, r.dependency) for r in self.context.requirements]
        for dependent, dependency in queue:
            project = universe.serving(dependency)
            domain = universe.propagation.domains[project.variable]
            member = members.setdefault(project.name, Member(project, domain.bit_length() - 2))
            if dependent is None:
                member.direct = True
            elif dependent != project.name:
                member.dependents.add(dependent)
                members[dependent].dependencies.add(project.name)
            member.extras = tuple(sorted({*member.extras, *dependency.extras}))
            for part in (None, *dependency.extras):
                if (project.name, part) not in seen:
                    seen.add((project.name, part))
                    asked = universe.reader.dependencies(project, member.position, part)
                    queue.extend((project.name, line) for line in asked)
        return Stack(dict(sorted(members.items())))
