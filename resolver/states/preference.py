"""In which order the releases of a project are tried, whatever a predictor learns."""

from __future__ import annotations

from resolver.context import Context, PrereleasePolicy
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.targets.target import PythonFit


def tiers(project: Project, context: Context) -> tuple[int, ...]:
    """Masks that together hold every release; those of an earlier one come first.

    Stable releases come before pre-releases unless the policy allows those freely, and a release whose
    ``Requires-Python`` has an upper bound below the target comes after those that admit it. Where the oldest
    release comes first, one that the user's requirements exclude comes last: it was never to be had.
    """
    masks = _tiers(project, context)
    if not project.ascending:
        return masks
    asked = project.versions.everything
    for statement in context.statements(project.name):
        asked &= project.versions.mask(statement.specifiers)
    return (*(mask & asked for mask in masks), project.versions.everything & ~asked)


def _tiers(project: Project, context: Context) -> tuple[int, ...]:
    capped = project.shape_mask(context.target, PythonFit.CAPPED)
    admitted = project.versions.everything & ~capped
    if context.prereleases is PrereleasePolicy.ALLOW:
        return (admitted, capped)
    prereleases = project.prereleases()
    return (admitted & ~prereleases, capped & ~prereleases, admitted & prereleases, capped & prereleases)


def preferred(project: Project, context: Context) -> int:
    """The releases that an existing lock settled on: of a project from the index of a rule, in its builds."""
    preference = context.preferences.get(project.name)
    if preference is None:
        return 0
    texts = project.versions.texts
    kept = sum(bit(at) for at, text in enumerate(texts) if text in preference.versions)
    if not kept and context.vendors is not None and context.vendors.taken(project.name) is not None:
        public = {text.partition("+")[0] for text in preference.versions}
        kept = sum(bit(at) for at, text in enumerate(texts) if text.partition("+")[0] in public)
    return kept
