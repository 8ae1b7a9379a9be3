"""What a world admits, decided by a SAT solver: an encoding of every release, read without the resolver.

A variable per release and per extra of a project; a stack is a model. Superfluous releases are not excluded:
a stack stays one without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pysat.examples.rc2 import RC2
from pysat.formula import WCNF
from pysat.solvers import Solver

from fakes.searching.universes import PRERELEASES, PYTHONS, TAGS, Candidate, Need, World
from resolver.context import PrereleasePolicy

Pin = tuple[str, str]


class Oracle:
    """Every stack of a world.

    Args:
        stand_ins: project to the projects that may serve in its place, each with a specifier set; a project
            and one that may stand in for it exclude each other.
        limits: constraints of the user.
    """

    def __init__(
        self,
        world: World,
        stand_ins: Mapping[str, Mapping[str, str]] | None = None,
        limits: Iterable[Need] = (),
    ) -> None:
        self.world = world
        self._limits = [need for need in limits if need.is_live]
        self.clauses: list[list[int]] = []
        self._stand_ins = stand_ins or {}
        self._numbers: dict[tuple[str, str, str], int] = {}
        for project, candidates in world.projects.items():
            self._encode_project(project, candidates)
        for need in world.asked:
            if need.is_live:
                self._encode_need([], need)

    def pin(self, project: str, version: str) -> int:
        return self._variable("release", project, version)

    def forbid(self, *pins: Pin) -> None:
        """These releases cannot stand in one stack."""
        self.clauses.append([-self.pin(project, version) for project, version in pins])

    def demand(self, project: str, version: str) -> None:
        """This release must stand in the stack."""
        self.clauses.append([self.pin(project, version)])

    def is_satisfiable(self) -> bool:
        with Solver(name="cadical153", bootstrap_with=self.clauses) as solver:
            return bool(solver.solve())

    def best_score(
        self, score: Callable[[str, str], int], pair_score: Callable[[Pin, Pin, str], int] | None = None
    ) -> int | None:
        """The highest sum of scores (each at most 0) over the releases of a stack; None without stacks.

        Args:
            score: of a project's version.
            pair_score: of a release beside one that it asks for, with the specifiers of that.
        """
        formula = WCNF()
        formula.extend(self.clauses)
        if pair_score is not None:
            self._encode_pairs(formula, pair_score)
        for project, candidates in self.world.projects.items():
            for candidate in candidates:
                loss = -score(project, candidate.version)
                if loss:
                    formula.append([-self.pin(project, candidate.version)], weight=loss)
        with RC2(formula) as solver:
            return None if solver.compute() is None else -int(solver.cost)

    def _encode_pairs(self, formula: WCNF, pair_score: Callable[[Pin, Pin, str], int]) -> None:
        """A variable for each pair that loses something, true where one is there and asks for the other."""
        for project, candidates in self.world.projects.items():
            for candidate in candidates:
                lost: set[int] = set()
                for need in candidate.needs:
                    if not need.is_live or need.project == project:
                        continue
                    for other in self.world.projects.get(need.project, ()):
                        pins = (project, candidate.version), (need.project, other.version)
                        loss = -pair_score(*pins, need.specifiers)
                        if not loss:
                            continue
                        pair = self._variable("pair", *(repr(pins), need.specifiers))
                        asks = [self._variable("extra", project, need.of_extra)] if need.of_extra else []
                        there = [self.pin(*pins[0]), self.pin(*pins[1]), *asks]
                        formula.append([*(-one for one in there), pair])
                        if pair not in lost:
                            lost.add(pair)
                            formula.append([-pair], weight=loss)

    def _variable(self, *key: str) -> int:
        kind, project, name = key
        return self._numbers.setdefault((kind, project, name), len(self._numbers) + 1)

    def _encode_project(self, project: str, candidates: Iterable[Candidate]) -> None:
        pins = [self.pin(project, candidate.version) for candidate in candidates]
        self.clauses.extend([-one, -other] for i, one in enumerate(pins) for other in pins[:i])
        for candidate, pin in zip(candidates, pins, strict=True):
            if not self._is_usable(project, candidate):
                self.clauses.append([-pin])
            for need in candidate.needs:
                if need.is_live:
                    extras = [need.of_extra] if need.of_extra else []
                    self._encode_need([-pin, *(-self._variable("extra", project, e) for e in extras)], need)
        for other in self._stand_ins.get(project, {}):
            others = [self.pin(other, candidate.version) for candidate in self.world.projects.get(other, ())]
            self.clauses.extend([-one, -two] for one in pins for two in others)

    def _encode_need(self, unless: list[int], need: Need) -> None:
        choices = {need.project: need.specifiers, **self._stand_ins.get(need.project, {})}
        served = [
            (project, self.pin(project, candidate.version))
            for project, specifiers in choices.items()
            for candidate in self.world.projects.get(project, ())
            if SpecifierSet(specifiers).contains(candidate.version, prereleases=True)
        ]
        self.clauses.append([*unless, *(pin for _, pin in served)])
        for project, pin in served:
            extras = [self._variable("extra", project, extra) for extra in need.extras]
            self.clauses.extend([*unless, -pin, extra] for extra in extras)

    def _is_usable(self, project: str, candidate: Candidate) -> bool:
        limits = [n.specifiers for n in self._limits if n.project == project]
        if not all(SpecifierSet(text).contains(candidate.version, prereleases=True) for text in limits):
            return False
        return self._is_admitted(project, candidate, limits)

    def _is_admitted(self, project: str, candidate: Candidate, limits: list[str]) -> bool:
        """Whether policies, files and the release itself leave it, whatever constraints say."""
        world = self.world
        asked = [n.specifiers for n in world.asked if n.project == project and n.is_live] + limits
        if candidate.yanked and not any(_names(texts, candidate.version) for texts in asked):
            return False
        if candidate.version in PRERELEASES:
            match world.prereleases:
                case PrereleasePolicy.DISALLOW:
                    return False
                case PrereleasePolicy.IF_ALONE:
                    stable = (each for each in world.projects[project] if each.version not in PRERELEASES)
                    if any(self._is_admitted(project, each, limits) for each in stable):
                        return False
                case PrereleasePolicy.EXPLICIT if not any(_names_prerelease(texts) for texts in asked):
                    return False
        wheels = project not in world.no_binary and any(TAGS[tag] for tag in candidate.tags)
        sdist = project not in world.no_build and (candidate.sdist or not candidate.tags)
        return (wheels or sdist) and PYTHONS[candidate.python]


def _names(specifiers: str, version: str) -> bool:
    clauses = [text for text in specifiers.split(",") if text.startswith("==") and not text.endswith("*")]
    return any(SpecifierSet(text).contains(version, prereleases=True) for text in clauses)


def _names_prerelease(specifiers: str) -> bool:
    clauses = [text for text in specifiers.split(",") if text and not text.startswith("!=")]
    return any(Version(text.lstrip("=<>~").removesuffix(".*")).is_prerelease for text in clauses)
