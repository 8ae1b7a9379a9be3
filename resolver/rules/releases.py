"""Which releases of a project a rule means."""

from __future__ import annotations

from knowledge.releases import FileKind
from resolver.projects import Project
from resolver.rules.active import ActiveRule, names
from resolver.rules.records import Artifact, Match, as_list
from resolver.target import Target
from resolver.versions import bit, positions

_UNIVERSAL = "any"


def releases(active: ActiveRule, project: Project, target: Target) -> int:
    """The releases of a project that a rule about it means, as a mask; of one that is undecided, may mean."""
    found = 0
    alternatives = [match for match, _ in active.alternatives]
    for match in alternatives or [m for m in active.rule.matches if names(m, project.name)]:
        found |= _releases(match, project, target)
    return found


def _releases(match: Match, project: Project, target: Target) -> int:
    if match.index:
        url = project.listing.index_url if project.listing else None
        if url is None or not any(part in url for part in as_list(match.index)):
            return 0
    mask = project.versions.mask(match.specifier) if match.specifier else project.versions.everything
    if match.artifact is not None:
        mask = sum(bit(at) for at in positions(mask) if is_artifact(match.artifact, project, at, target))
    return mask


def is_artifact(artifact: Artifact, project: Project, position: int, target: Target) -> bool:
    """Whether the target would install such a file of a release."""
    files = project.files(position, target)
    if not files or project.listing is None:
        return False
    is_wheel = files[0].kind is FileKind.WHEEL
    match artifact:
        case Artifact.WHEEL:
            return is_wheel
        case Artifact.SDIST:
            return not is_wheel
        case Artifact.NATIVE_SDIST:
            shapes = project.listing.shapes[project.listing.shape_of[position]]
            platforms = [shape.tags.rpartition("-")[2] for shape in shapes if shape.tags]
            return not is_wheel and bool(platforms) and _UNIVERSAL not in platforms
