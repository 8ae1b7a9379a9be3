"""Sets of releases and incompatibilities in words."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from resolver.states.incompatibilities import (
    Constrained,
    Depends,
    Derived,
    Incompatibility,
    Missing,
    Refused,
    Refuted,
    Replaced,
    Required,
    Skipped,
    Unreadable,
)
from resolver.states.projects import Project
from resolver.states.universe import ACTIVE, Universe
from resolver.states.versions import ABSENT, bit
from resolver.targets.nearest import nearest_wheel
from resolver.units.sieves.tags import TagsSieve

_MOST_RUNS = 3


def releases_in_words(project: Project, mask: int, extra: str | None = None) -> str:
    """Such as ``flask``, ``flask==3.0.0``, ``flask[async]>=2.0,<=2.3`` or ``flask<=1 or flask>=3``."""
    name = f"{project.name}[{extra}]" if extra else project.name
    everything = project.versions.everything
    mask &= everything
    if mask == everything:
        return name
    runs = _runs(mask, len(project.versions))
    if len(runs) > _MOST_RUNS:
        runs = [(runs[0][0], runs[-1][1])]
        return f"{mask.bit_count()} releases of {_run_in_words(project, name, *runs[0])}"
    return " or ".join(_run_in_words(project, name, start, stop) for start, stop in runs) or f"no {name}"


def _runs(mask: int, count: int) -> list[tuple[int, int]]:
    """First and last position of each run of releases in a mask."""
    runs: list[tuple[int, int]] = []
    for position in range(count):
        if mask & bit(position):
            if runs and runs[-1][1] == position - 1:
                runs[-1] = (runs[-1][0], position)
            else:
                runs.append((position, position))
    return runs


def _run_in_words(project: Project, name: str, start: int, stop: int) -> str:
    last = len(project.versions) - 1
    if start == stop:
        return f"{name}=={project.version(start)}"
    if start == 0 and stop == last:
        return name
    if start == 0:
        return f"{name}<={project.version(stop)}"
    if stop == last:
        return f"{name}>={project.version(start)}"
    return f"{name}>={project.version(start)},<={project.version(stop)}"


def incompatibility_in_words(incompatibility: Incompatibility, universe: Universe) -> str:
    """What an incompatibility says, as a clause of a sentence."""
    match incompatibility.cause:
        case Required(text, where):
            told = f"you require {text}" + (f" ({where})" if where != "command line" else "")
            return told + ("" if incompatibility.masks else _nothing_matches(text, universe))
        case Constrained(text, where):
            admits = "holds" if _leaves_something(incompatibility, universe) else "admits no release"
            return f"the constraint {text} ({where}) {admits}"
        case Depends(dependent, extra, dependency, text, override):
            subject = _dependent_in_words(universe.projects[dependent], extra, incompatibility)
            told = f"{subject} depends on {dependency}{text}"
            told += f" (an override: {override})" if override else ""
            other = universe.projects.get(dependency)
            unmet = other is not None and other.listing is not None and not other.versions.mask(text)
            return told + (f" and {dependency} has no such release" if unmet else "")
        case Refused(project, reason):
            found = universe.projects[project]
            refused = incompatibility.masks[found.variable]
            nearest = None
            if reason.unit == TagsSieve.name:
                nearest = nearest_wheel(found, refused, universe.context.target)
            told = f"{releases_in_words(found, refused)} {reason.message}"
            return told + (f" (the nearest: {nearest})" if nearest else "")
        case Refuted(reason):
            return reason.message
        case Missing(project, listed, unparsed):
            if not listed:
                return f"the index has no project named {project}"
            named = f" (only files such as {unparsed[0]})" if unparsed else ""
            return f"the index lists no release of {project}{named}"
        case Unreadable(_, unknown):
            return f"the {unknown.what} cannot be read ({unknown.reason})"
        case Replaced(project, alternative):
            return f"{alternative} stands in for {project} and excludes it"
        case Skipped(project, against):
            found = universe.projects[project]
            skipped = releases_in_words(found, incompatibility.masks[found.variable])
            return f"{skipped} (not read) is assumed to fail on {against} as its neighbours do"
        case Derived():
            return _conclusion(incompatibility, universe)


def _leaves_something(incompatibility: Incompatibility, universe: Universe) -> bool:
    return any(
        universe.owner(variable).versions.everything & ~mask
        for variable, mask in incompatibility.masks.items()
    )


def _nothing_matches(text: str, universe: Universe) -> str:
    project = universe.projects.get(canonicalize_name(Requirement(text).name))
    if project is None or not project.versions.texts:
        return " and there is no such release"
    return f" and there is no such release (the newest is {project.versions.texts[-1]})"


def _dependent_in_words(project: Project, extra: str | None, incompatibility: Incompatibility) -> str:
    mask = incompatibility.masks.get(project.variable, project.versions.everything)
    return releases_in_words(project, mask, extra)


def _conclusion(incompatibility: Incompatibility, universe: Universe) -> str:
    given: list[str] = []
    needed: list[str] = []
    for variable, mask in incompatibility.masks.items():
        project = universe.owner(variable)
        if variable != project.variable:
            extra = next(name for name, v in project.extras.items() if v == variable)
            (given if mask == ACTIVE else needed).append(f"{project.name}[{extra}]")
        elif mask & ABSENT:
            needed.append(releases_in_words(project, ~mask))
        else:
            given.append(releases_in_words(project, mask))
    if not given and not needed:
        return "your requirements cannot be met together"
    if not needed:
        return _cannot_be_used(given)
    if not given:
        return f"{' or '.join(needed)} is needed"
    return f"{' with '.join(given)} needs {' or '.join(needed)}"


def _cannot_be_used(given: list[str]) -> str:
    if len(given) == 1:
        return f"{given[0]} cannot be used"
    return f"{' and '.join(given)} cannot be used together"
