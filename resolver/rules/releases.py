"""Which releases of a project a rule means."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.releases import Shape
from resolver.rules.active import ActiveRule, names
from resolver.rules.records import Artifact, Match, as_list
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.targets.formats import Formats
from resolver.targets.target import PythonFit, Target

_UNIVERSAL = "any"


def releases(active: ActiveRule, project: Project, target: Target) -> int:
    """The releases of a project that a rule about it means, as a mask; of one that is undecided, may mean."""
    found = 0
    alternatives = [match for match, _ in active.alternatives]
    for match in alternatives or [m for m in active.rule.matches if names(m, project.name)]:
        found |= _releases(match, project, target)
    return found


def _releases(match: Match, project: Project, target: Target) -> int:
    url = project.listing.index_url if project.listing else None
    if not is_index(match, url):
        return 0
    mask = project.versions.mask(match.specifier) if match.specifier else project.versions.everything
    if match.artifact is not None:
        mask &= with_artifact(match.artifact, project, target)
    return mask


def is_index(match: Match, url: str | None) -> bool:
    """Whether releases from an index are meant; one that is not known is none that a rule names."""
    if match.index and (url is None or not any(part in url for part in as_list(match.index))):
        return False
    return not (match.other_index and any(part in (url or "") for part in as_list(match.other_index)))


def with_artifact(artifact: Artifact, project: Project, target: Target) -> int:
    """The releases of which the target would install such a file, as a mask."""
    if project.listing is None:
        return 0
    # Decided once for each kind of release.
    fits = [_is_artifact(artifact, shapes, project.formats, target) for shapes in project.listing.shapes]
    found = sum(bit(at) for at, shape in enumerate(project.listing.shape_of) if fits[shape])
    return found | _before_wheels(project, target) if artifact is Artifact.NATIVE_SDIST else found


def _before_wheels(project: Project, target: Target) -> int:
    """The releases without any wheel of which the next newer one with wheels has some for platforms alone.

    Nobody built wheels of them yet, and what was compiled later had to be compiled before.
    """
    assert project.listing is not None
    shapes = project.listing.shapes
    found, is_native = 0, False
    for at in range(len(project.listing.shape_of) - 1, -1, -1):
        files = shapes[project.listing.shape_of[at]]
        if any(shape.tags for shape in files):
            is_native = _is_native(files)
        elif is_native and _is_artifact(Artifact.SDIST, files, project.formats, target):
            found |= bit(at)
    return found


def _is_native(shapes: Sequence[Shape]) -> bool:
    """Whether there are wheels, and each is for a platform."""
    platforms = [shape.tags.rpartition("-")[2] for shape in shapes if shape.tags]
    return bool(platforms) and _UNIVERSAL not in platforms


def _is_artifact(artifact: Artifact, shapes: Sequence[Shape], formats: Formats, target: Target) -> bool:
    usable = [
        shape
        for shape in shapes
        if target.file_rank(shape.tags, formats) is not None
        and target.python_fit(shape.requires_python) is not PythonFit.REFUSED
    ]
    is_wheel = any(shape.tags for shape in usable)
    match artifact:
        case Artifact.WHEEL:
            return is_wheel
        case Artifact.SDIST:
            return bool(usable) and not is_wheel
        case Artifact.NATIVE_SDIST:
            return bool(usable) and not is_wheel and _is_native(shapes)
