"""What rules change about dependencies of releases: some are added, extras asked for, others left out."""

from __future__ import annotations

from collections.abc import Container, Iterator

from packaging.requirements import Requirement

from resolver.rules.active import ActiveRule, ActiveRules
from resolver.rules.records import RuleKind, as_list
from resolver.rules.releases import releases
from resolver.states.dependencies import Dependency, of_requirement
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.targets.target import Target


def additions(
    rules: ActiveRules, project: Project, position: int, target: Target, extras: Container[str]
) -> Iterator[Dependency]:
    """What a release asks for besides its metadata; of extras only those that it has.

    An extra that a release asks of itself is active wherever the release is.
    """
    for active in rules.about(project.name, RuleKind.STEP):
        effect, by = active.rule.do, f"rule {active.rule.name}"
        if effect.score is not None or not releases(active, project, target) & bit(position):
            continue
        if effect.add is not None:
            added = of_requirement(Requirement(effect.add))
            if added.project != project.name:
                yield Dependency(added.project, added.extras, added.specifiers, override=by)
        wanted = tuple(sorted(name for name in as_list(effect.extra or ()) if name in extras))
        if wanted:
            yield Dependency(project.name, wanted, "", override=by)


def is_skipped(rules: ActiveRules, dependency: Dependency) -> bool:
    """Whether a dependency is left out."""
    return skipped_by(rules, dependency.project) is not None


def skipped_by(rules: ActiveRules, project: str) -> ActiveRule | None:
    """The rule that leaves out dependencies on a project (normalised name)."""
    return next((one for one in rules.about(project, RuleKind.SIEVE) if one.rule.do.skip), None)
