"""Rules that choose the index of a project: which of them hold for certain, and of which releases."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from resolver.rules.active import ActiveRule, ActiveRules
from resolver.rules.records import RuleKind
from resolver.rules.releases import is_index, releases
from resolver.states.projects import Project
from resolver.targets.target import Target


def index_rules(rules: ActiveRules, project: str) -> Iterator[ActiveRule]:
    """The rules that certainly hold and name an index for a project (normalised name), with why they do.

    What waits for other members of the stack is not known when a project is first looked at: it is only told.
    """
    for active in rules.about(project, RuleKind.WRAP):
        if active.rule.do.index is None:
            continue
        kept = tuple(one for one in active.alternatives if one[1].is_certain and not one[0].stack)
        if kept:
            yield msgspec.structs.replace(active, alternatives=kept)


def meant_by(active: ActiveRule, project: Project, target: Target) -> bool:
    """Whether a rule means some release of a project as it is without the rule."""
    if project.listing is None:
        return any(is_index(match, None) for match, _ in active.alternatives)
    return bool(releases(active, project, target))
