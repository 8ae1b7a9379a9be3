"""Whether a project of a run is suspected to pose as a popular one; see `topics.impostors`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from analyzers.evidence import Confidence, Evidence
from resolver.context import Context
from resolver.states.projects import Project
from topics.impostors.popular_names import ranks

if TYPE_CHECKING:
    from topics.impostors.suspicion import Standing, Suspicion


def suspected(project: Project, context: Context, allowed: Collection[str] = ()) -> Suspicion | None:
    """What is held against a project that an index lists; None for nothing.

    What it and the popular one say of themselves is read only where the names are near, so that most
    runs make no request for this.

    Args:
        allowed: normalised names that are not suspected.
    """
    if project.listing is None or not project.listing.versions or project.name in allowed:
        return None
    if project.name in ranks():
        return None  # as most are, and then nothing further is imported
    from topics.impostors.kinship import kinship
    from topics.impostors.nearness import nearest
    from topics.impostors.suspicion import suspicion

    near = nearest(project.name)
    if near is None or _standing(project).is_settled(_today(context)):
        return None
    if context.topics is None:
        return suspicion(project.name, near, kinship(None, None))
    own, other = context.topics.document(project.name), context.topics.document(near.popular)
    topics = context.topics.vector(project.name) if own else None
    others = context.topics.vector(near.popular) if own and other else None
    return suspicion(project.name, near, kinship(own, other, topics, others))


def evidence(found: Suspicion) -> tuple[Evidence, ...]:
    """What a suspicion rests on: nothing of it is certain."""
    near = found.near
    return (
        Evidence(
            what=f"{near.popular} is number {near.rank} by downloads; {near.slip}",
            where="names",
            confidence=Confidence.POSSIBLE,
        ),
        Evidence(what=f"it {found.kinship}", where="its summary", confidence=Confidence.POSSIBLE),
    )


def _standing(project: Project) -> Standing:
    from topics.impostors.suspicion import Standing

    assert project.listing is not None
    known = [moment for moment in project.listing.uploaded if moment is not None]
    return Standing(first=min(known, default=None), releases=len(project.versions))


def _today(context: Context) -> date | None:
    return None if context.today is None else date.fromisoformat(context.today)
