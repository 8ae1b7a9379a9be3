"""Refutes stacks whose members rules keep apart: projects that bring the same files, releases that clash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resolver.context import Context
from resolver.rules.active import ActiveRule, names
from resolver.rules.records import RuleKind
from resolver.rules.releases import releases
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit
from resolver.units.verdicts import Refutation


class RuleStride:
    """Refutes stacks that hold together what rules keep apart.

    What is not certain refutes nothing; the wrap `rule-wrap` warns then.
    """

    name = "rule-stride"

    def applies(self, context: Context) -> bool:
        """Where there are rules, and the type of recommendation examines stacks."""
        return bool(context.rules) and context.recommendation.strides

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        """One refutation for each rule that fires."""
        return list(self._refutations(stack, context))

    def _refutations(self, stack: Stack, context: Context) -> Iterator[Refutation]:
        told: set[str] = set()
        for member in stack.members.values():
            for active in context.rules.about(member.project.name, RuleKind.STRIDE):
                if active.rule.name in told or not active.is_certain:
                    continue
                if active.rule.do.conflict:
                    apart = in_conflict(active, stack)
                    if len(apart) > 1:
                        told.add(active.rule.name)
                        masks = {one.project.name: one.project.versions.everything for one in apart}
                        together = " and ".join(f"{one.project.name} {one.version}" for one in apart)
                        lifted = f"ask for one of them, or lift this with --no-rule={active.rule.name}"
                        why = f"{together} cannot be in one stack ({active.rule.because}; {lifted})"
                        yield Refutation(masks, active.reason(why))
                elif active.rule.do.refuse:
                    yield from self._beside(active, member, stack, context)

    @staticmethod
    def _beside(active: ActiveRule, member: Member, stack: Stack, context: Context) -> Iterator[Refutation]:
        for mask in beside(active, member, stack, context):
            shown = f"{member.project.name} {member.version} {active.rule.because}"
            yield Refutation(mask, active.reason(shown))


def in_conflict(active: ActiveRule, stack: Stack) -> list[Member]:
    """The members that a rule keeps apart."""
    return [
        member
        for name, member in stack.members.items()
        if any(names(match, name) for match in active.rule.matches)
    ]


def beside(active: ActiveRule, member: Member, stack: Stack, context: Context) -> Iterator[dict[str, int]]:
    """The releases that a rule keeps apart: of a member, and of the others that it names, as masks."""
    own = releases(active, member.project, context.target)
    if not own & bit(member.position):
        return
    for match, _ in active.alternatives:
        others = {name: stack.members.get(name) for name in match.stack}
        masks = {
            name: other.project.versions.mask(match.stack[name])
            for name, other in others.items()
            if other is not None
        }
        there = len(masks) == len(match.stack)
        if there and all(masks[name] & bit(stack.members[name].position) for name in masks):
            yield {member.project.name: own, **masks}
            return
