"""Findings about what is imported: nothing declares it, others bring it, or the wrong group has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from packaging.utils import canonicalize_name

from analyzers.evidence import Confidence, Evidence, Finding, Level
from analyzers.source.dependencies.declared import Dependency
from analyzers.source.dependencies.gathering import Gathered
from analyzers.source.dependencies.project import Project
from analyzers.source.dependencies.reachable import brought_along
from analyzers.source.names.standard_library import available_since, available_until
from analyzers.source.names.typosquats import lookalike
from analyzers.source.reading.suppressions import Suppressed
from analyzers.source.records import DistributionMatch, Guard, Import, Origin, Role

UNDECLARED = "undeclared-dependency"
TRANSITIVE = "transitive-dependency"
MISPLACED = "misplaced-dev-dependency"

_BUILD_DEFAULTS = frozenset({"setuptools", "wheel"})


def imported_findings(
    imports: Sequence[Import], project: Project, suppressed: Suppressed
) -> Iterator[Finding]:
    """What third-party imports call for that the manifests do not give.

    Args:
        imports: linked, all of the project, those of its own modules and the standard library included:
            one of them may stand in for another.
        project: what they are compared with.
        suppressed: places that want no findings.
    """
    return _Comparison(imports, project, suppressed).findings()


class _Comparison:
    def __init__(self, imports: Sequence[Import], project: Project, suppressed: Suppressed) -> None:
        self._project, self._suppressed = project, suppressed
        self._declared = project.dependencies.by_name
        self._brought = brought_along(project)
        self._third_party = [one for one in imports if one.origin is Origin.THIRD_PARTY]
        self._satisfied = frozenset(self._satisfied_groups(imports))

    def findings(self) -> Iterator[Finding]:
        gathered = Gathered(self._project.settings, self._suppressed)
        places: dict[tuple[Role, tuple[DistributionMatch, ...]], bool] = {}
        for one in self._third_party:
            key = one.role, one.distributions
            has_place = places.get(key)
            if has_place is None:
                has_place = places[key] = _has_place(one.role, self._found(one))
            if has_place:
                continue
            if one.alternative is not None and (one.file, one.alternative) in self._satisfied:
                continue
            if found := self._found(one):
                if Guard.TYPE_CHECKING not in one.guard and not _is_declared_there(one, found):
                    self._misplaced(one, found[0], gathered)
            else:
                self._missing(one, gathered)
        return gathered.findings()

    def _satisfied_groups(self, imports: Iterable[Import]) -> Iterator[tuple[str, int]]:
        """Groups of alternatives of which one is there for sure."""
        for one in imports:
            if one.alternative is None:
                continue
            match one.origin:
                case Origin.FIRST_PARTY:
                    is_there = True
                case Origin.STDLIB:
                    is_there = self._is_always_standard(one.module)
                case _:
                    is_there = _has_place(one.role, self._found(one))
            if is_there:
                yield one.file, one.alternative

    def _found(self, one: Import) -> list[Dependency]:
        """The declared ones among those that may provide it."""
        return [self._declared[each.name] for each in one.distributions if each.name in self._declared]

    def _is_always_standard(self, module: str) -> bool:
        """Whether every Python that the project supports has it."""
        oldest = self._project.oldest_python or (3, 0)
        return available_since(module) <= oldest and available_until(module) > (3, 99)

    def _misplaced(self, one: Import, dependency: Dependency, gathered: Gathered) -> None:
        place = "for development" if dependency.development else "for the build"
        gathered.add_import(
            MISPLACED,
            one,
            subject=dependency.name,
            level=Level.INFO if one.guard else Level.WARNING,
            message=f"{dependency.name} is imported by code that is deployed, but declared only {place}",
            extra=[
                Evidence(what=f"declares {each.declared.text}", where=str(each.location))
                for each in dependency.declarations
            ],
        )

    def _missing(self, one: Import, gathered: Gathered) -> None:
        for each in one.distributions:
            bringer = self._brought.get(each.name)
            if bringer is not None:
                by = f"{bringer} brings it" if bringer else "a lock has it for the sake of others"
                gathered.add_import(
                    TRANSITIVE,
                    one,
                    subject=each.name,
                    level=Level.INFO if _is_optional(one) else Level.WARNING,
                    message=f"{each.name} is imported but not declared; it is there because {by}",
                )
                return
        name = self._project.names.match(one.module, one.name).name
        known = self._project.dependencies
        level = _level(one)
        if level is Level.ERROR and (known.unknown or not known.is_stated or not one.is_top_level):
            level = Level.WARNING
        gathered.add_import(
            UNDECLARED,
            one,
            subject=name,
            level=level,
            message=_message(name, one),
            extra=[
                *_near(name),
                *(
                    Evidence(what=f"{each.what} is not known: {each.reason}", where=each.where)
                    for each in known.unknown[:3]
                ),
            ],
        )


def _has_place(role: Role, found: Sequence[Dependency]) -> bool:
    """Whether code of that role may import what is declared so; only deployed code is choosy."""
    if role is not Role.MAIN:
        return bool(found)
    return any(each.runtime or any(one.image for one in each.declarations) for each in found)


def _is_declared_there(one: Import, found: Sequence[Dependency]) -> bool:
    """Whether the importing file itself states it, as a notebook does that installs what it needs."""
    return any(each.location.path == one.file for dependency in found for each in dependency.declarations)


def _is_optional(one: Import) -> bool:
    return bool(one.guard) or one.role is Role.BUILD or one.confidence is Confidence.POSSIBLE


def _level(one: Import) -> Level:
    if _is_optional(one):
        return Level.INFO
    return Level.ERROR if one.role is Role.MAIN else Level.WARNING


def _message(name: str, one: Import) -> str:
    if not one.distributions:
        return f"{name} is imported, and no declared distribution provides it"
    first = one.distributions[0]
    if one.role is Role.BUILD and first.name in _BUILD_DEFAULTS:
        return (
            f"{name} is imported by the build, where it is by default alone (PEP 518): require {first.name}"
        )
    if first.source == "same-name":
        return (
            f"{name} is imported, but nothing declares it; whether the project {first.name} on the index "
            "is what is meant, nothing tells"
        )
    others = ", ".join(each.name for each in one.distributions[1:4])
    return f"{name} is imported, but {first.name} is not declared" + (f" (nor is {others})" if others else "")


@lru_cache(1 << 10)  # the same few names are missing in file after file
def _near(name: str) -> tuple[Evidence, ...]:
    near = lookalike(canonicalize_name(name.partition(".")[0]))
    if near is None:
        return ()
    what = f"resembles {near.project}: {near.slip}"
    return (Evidence(what=what, where=name, confidence=Confidence.POSSIBLE),)
