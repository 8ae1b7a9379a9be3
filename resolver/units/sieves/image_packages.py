"""Keeps what the image ships at its version where something there needs it and the user says nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from packaging.utils import canonicalize_name

from analyzers.evidence import Evidence, Justification
from resolver.context import Context, Preference
from resolver.states.projects import Project
from resolver.targets.target_image import Need, Shipped
from resolver.units.verdicts import Liftable, Refusal

_MOST_NEEDS = 5


class ImagePackagesSieve(msgspec.Struct, frozen=True, kw_only=True):
    """Refuses other releases of what the image ships and something that stays there needs.

    What the user asks for is not refused: the release of the image is tried first (`preferences`).

    Attributes:
        may_move: projects that may be replaced all the same.
    """

    name = "image-packages"
    may_move: tuple[str, ...] = ()

    def applies(self, context: Context) -> bool:
        """Where --image names the target."""
        return context.image is not None

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for all other releases, or none."""
        shipped = self._kept(project.name, context)
        if shipped is None or context.direct(project.name):
            return
        same = shipped.among(project.versions)
        for constraint in context.limits(project.name):
            if not project.versions.mask(constraint.specifiers) & same:
                return  # the user says otherwise
        others = project.versions.everything & ~same
        if others:
            listed = "" if same else "; no index lists that release"
            message = (
                f"is not the release of the image: {shipped.version} in {shipped.where}, which "
                f"{shipped.needed_by} needs{listed} (--upgrade={shipped.name} lets it move)"
            )
            reason = Justification(unit=self.name, message=message, evidence=tuple(evidence(shipped)))
            kept = f"{shipped.name} {shipped.version} of the image"
            upgrade = Liftable(shipped.name, kept, shipped.where, f"--upgrade={shipped.name}")
            yield Refusal(others, reason, upgrade)

    def preferences(self, context: Context) -> dict[str, Preference]:
        """What the user asks for and the image has, where something that stays there needs it."""
        found = {}
        for name in {requirement.dependency.project for requirement in context.requirements}:
            shipped = self._kept(name, context)
            if shipped is not None:
                where = f"the image, where {shipped.needed_by} needs it: {shipped.where}"
                found[name] = Preference(shipped.versions, where)
        return found

    def _kept(self, name: str, context: Context) -> Shipped | None:
        if context.image is None or name in set(map(canonicalize_name, self.may_move)):
            return None
        return context.image.needed(name)


def evidence(shipped: Shipped) -> Iterator[Evidence]:
    """The files of the image that say what it ships, and who needs it."""
    yield Evidence(what=f"{shipped.name} {shipped.version} is installed", where=shipped.where)
    for need in shipped.needs[:_MOST_NEEDS]:
        yield Evidence(what=in_words(need, shipped.name), where=need.where)


def in_words(need: Need, name: str) -> str:
    """A need of a project (normalised name)."""
    return f"{need.who} needs {name}{need.specifiers}"
