"""Says which projects stop at an older release because of the target's Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit, positions, span
from resolver.targets.target import PythonFit
from resolver.units.sieves.image_packages import ImagePackagesSieve

_LATER_MINORS = 10
_MOST_NAMED = 5


class PythonHoldsBackWrap:
    """Names the members of which a newer stable release needs a newer Python, in one remark."""

    name = "python-holds-back"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One remark about the whole stack, or none."""
        held = sorted(_held(stack, context))
        if not held:
            return {}
        minor = f"{context.target.python.major}.{context.target.python.minor}"
        told = [text for _, text in held[:_MOST_NAMED]]
        if len(held) > _MOST_NAMED:
            told.append(f"and {len(held) - _MOST_NAMED} more")
        evidence = tuple(Evidence(what=text, where="index") for _, text in held)
        message = f"Python {minor} holds back {'; '.join(told)}"
        return {"": [Justification(unit=self.name, message=message, evidence=evidence)]}


def _held(stack: Stack, context: Context) -> Iterator[tuple[str, str]]:
    for name, member in stack.members.items():
        better = _better(member, context)
        if better is not None:
            position, python = better
            version = member.project.version(position)
            yield name, f"{name} at {member.version} (Python {python} would allow {version})"


def _better(member: Member, context: Context) -> tuple[int, str] | None:
    """The newest stable release that only the Python excludes, and the first Python that it admits."""
    project = member.project
    if project.ascending:
        return None
    newer = span(member.position + 1, len(project.versions)) & ~project.prereleases()
    if newer & project.usable:
        return None  # something else holds it back first
    for position in positions(newer & ~project.usable):
        assert project.listing is not None
        if position not in project.listing.yanked and not _is_kept_by_image(project, position):
            python = _first_python(project, position, context)
            if python is not None:
                return position, python
    return None


def _is_kept_by_image(project: Project, position: int) -> bool:
    kept = (refusal for refusal in project.refusals if refusal.reason.unit == ImagePackagesSieve.name)
    return any(refusal.releases & bit(position) for refusal in kept)


def _first_python(project: Project, position: int, context: Context) -> str | None:
    assert project.listing is not None
    shapes = project.listing.shapes[project.listing.shape_of[position]]
    if any(context.target.python_fit(shape.requires_python) is not PythonFit.REFUSED for shape in shapes):
        return None
    here = context.target.python
    for minor in range(here.minor + 1, here.minor + 1 + _LATER_MINORS):
        if any(_admits(shape.requires_python, f"{here.major}.{minor}") for shape in shapes):
            return f"{here.major}.{minor}"
    return None


def _admits(requires_python: str | None, python: str) -> bool:
    try:
        return SpecifierSet(requires_python or "").contains(f"{python}.0")
    except InvalidSpecifier:
        return False
