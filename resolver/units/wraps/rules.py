"""Says what rules say about an accepted stack, what they could not tell, and what they would rather have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzers.evidence import Evidence, Justification, Level
from images.facts.environment import ABSENT
from resolver.context import Context
from resolver.rules.active import ActiveRule, names
from resolver.rules.conditions import in_words
from resolver.rules.records import Match, RuleKind, as_list
from resolver.rules.releases import releases
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit
from resolver.units.strides.rules import beside, in_conflict

_FACT = re.compile(r"\{([a-z_.]+)\}")
_MOST_NAMED = 5
_MOST_JUDGED = 10
"""Rules that wait for one fact and are looked at more closely."""


class RuleWrap:
    """Says what rules say about the stack, and which of them could not be judged."""

    name = "rule-wrap"

    def applies(self, context: Context) -> bool:
        """Where there are rules."""
        return bool(context.rules)

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """The remarks of each member, and those of the whole stack."""
        found = {name: list(_named(member, stack, context)) for name, member in stack.members.items()}
        found[""] = [
            *_conflicts(stack, context),
            *_variables(stack, context),
            *_general(stack, context),
            *_undecided(stack, context),
        ]
        return {name: remarks for name, remarks in found.items() if remarks}


def _named(member: Member, stack: Stack, context: Context) -> Iterator[Justification]:
    """The remarks about a member, each with its name: they may be told without it."""
    for reason in _about(member, stack, context):
        message = f"{member.project.name} {member.version}: {reason.message}"
        yield msgspec.structs.replace(reason, message=message)


def _about(member: Member, stack: Stack, context: Context) -> Iterator[Justification]:
    name, rules = member.project.name, context.rules
    is_taken = context.vendors is not None and context.vendors.taken(name) is not None
    for active in rules.about(name, RuleKind.WRAP):
        if is_taken and (active.rule.do.index or all(match.other_index for match, _ in active.alternatives)):
            continue  # such a rule is about releases of the usual index
        meant = releases(active, member.project, context.target) & bit(member.position)
        holds = meant and any(_holds_of(match, stack) for match, _ in active.alternatives)
        if holds and active.rule.do.environment is None:
            yield from _said(active, context)
    if not context.recommendation.strides:
        return
    for active in rules.about(name, RuleKind.STEP):
        if releases(active, member.project, context.target) & bit(member.position):
            yield from _added(active, member)
    for active in rules.about(name, RuleKind.SIEVE):
        meant = releases(active, member.project, context.target) & bit(member.position)
        if active.rule.do.refuse and meant and not active.is_certain:
            yield active.reason(level=Level.WARNING)
    for active in rules.about(name, RuleKind.STRIDE):
        if active.rule.do.refuse and not active.is_certain and any(beside(active, member, stack, context)):
            yield active.reason(level=Level.WARNING)
    for active in rules.about(name, RuleKind.PSEUDONYM):
        replacement = active.rule.do.replace
        if replacement is not None and replacement.preferred:
            why = f"no release of {replacement.by} could be taken in its place"
            if not active.is_certain:
                why = f"that is likely and not certain, so {replacement.by} is not taken in its place unasked"
            message = f"{active.rule.because}; {why}"
            yield active.reason(message, level=Level.WARNING)


def _holds_of(match: Match, stack: Stack) -> bool:
    """Whether a stack holds what an alternative wants of the others in it."""
    for name, specifier in match.stack.items():
        member = stack.members.get(name)
        if (specifier == ABSENT) is (member is not None):
            return False
        if member is not None and not member.project.versions.mask(specifier) & bit(member.position):
            return False
    return True


def _said(active: ActiveRule, context: Context) -> Iterator[Justification]:
    effect, because = active.rule.do, active.rule.because
    if effect.message is not None:
        yield active.reason(level=effect.message)
    if effect.index is not None:
        yield active.reason(f"{because}: {_not_taken(effect.index, active, context)}", level=Level.WARNING)
    if effect.manifest is not None:
        yield active.reason(f"{because}: in {effect.manifest.file}, {effect.manifest.change}")
    if effect.environment is not None and (told := _settings(active, context)):
        yield active.reason(f"{because}: set {told}")


def _settings(active: ActiveRule, context: Context) -> str:
    """The variables that a rule sets, as a shell has them."""
    wanted = active.rule.do.environment or {}
    stated = {name: _filled(text, context) for name, text in wanted.items()}
    return " ".join(f"{name}={text}" for name, text in stated.items() if text is not None)


def _variables(stack: Stack, context: Context) -> Iterator[Justification]:
    """One remark about the process for each rule that sets variables, whichever members it is about."""
    concerned: dict[str, tuple[ActiveRule, list[str]]] = {}
    for name, member in stack.members.items():
        for active in context.rules.about(name, RuleKind.WRAP):
            meant = releases(active, member.project, context.target) & bit(member.position)
            holds = any(_holds_of(match, stack) for match, _ in active.alternatives)
            if active.rule.do.environment is not None and meant and holds:
                concerned.setdefault(active.rule.name, (active, []))[1].append(name)
    for active, members in concerned.values():
        told = _settings(active, context)
        if told:
            yield active.reason(f"{', '.join(members)}: {active.rule.because}: set {told}")


def _not_taken(index: str, active: ActiveRule, context: Context) -> str:
    """What is to be done about an index that a rule names and that is not used."""
    vendors = context.vendors
    address = index if vendors is None else vendors.address(index)
    why = vendors.given_up(index) if vendors is not None else None
    if why is not None:
        return f"the index {address} is not used, and the usual one stays, for {why}"
    if context.recommendation.strides and not active.is_certain:
        return f"use the index {address}; that is likely and not certain, so it is not taken unasked"
    return f"use the index {address}"


def _filled(text: str, context: Context) -> str | None:
    """A text with the values of facts; None where one is not known."""
    facts = context.target.environment.facts
    if any(name not in facts for name in _FACT.findall(text)):
        return None
    return _FACT.sub(lambda found: in_words(facts[found[1]].value), text)


def _added(active: ActiveRule, member: Member) -> Iterator[Justification]:
    effect, because = active.rule.do, active.rule.because
    if effect.add is not None and canonicalize_name(Requirement(effect.add).name) in member.dependencies:
        yield active.reason(f"{because}: {effect.add} is added")
    extras = [extra for extra in as_list(effect.extra or ()) if extra in member.extras]
    if extras:
        yield active.reason(f"{because}: its extra {', '.join(extras)} is asked for")
    lost = [extra for extra in as_list(effect.extra or ()) if extra not in member.extras]
    if lost:
        why = "this release does not have it, or what it needs has no usable release here"
        message = f"{because}: its extra {', '.join(lost)} is not asked for, for {why}"
        yield active.reason(message, level=Level.WARNING)
    if effect.add is not None and canonicalize_name(Requirement(effect.add).name) not in member.dependencies:
        message = f"{because}: {effect.add} is not added, for it has no usable release here"
        yield active.reason(message, level=Level.WARNING)


def _conflicts(stack: Stack, context: Context) -> Iterator[Justification]:
    told: set[str] = set()
    for name in stack.members:
        for active in context.rules.about(name, RuleKind.STRIDE):
            conflict = active.rule.do.conflict
            if conflict is None or active.rule.name in told:
                continue
            apart = in_conflict(active, stack)
            if len(apart) > 1 and not (conflict and active.is_certain and context.recommendation.strides):
                told.add(active.rule.name)
                together = " and ".join(f"{one.project.name} {one.version}" for one in apart)
                yield active.reason(f"{together}: {active.rule.because}", level=Level.WARNING)


def _general(stack: Stack, context: Context) -> Iterator[Justification]:
    for active in context.rules.general:
        if active.rule.kind is RuleKind.WRAP:
            own = [match for match, _ in active.alternatives if not match.projects]
            if any(_holds_of(match, stack) for match in own):
                yield from _said(active, context)


def _undecided(stack: Stack, context: Context) -> Iterator[Justification]:
    """One remark for each thing that is not known although rules about the stack depend on it."""
    waiting: dict[str, list[tuple[str, ActiveRule]]] = {}
    for name, member in stack.members.items():
        for active in context.rules.undecided(name):
            if active.rule.do.environment is not None:
                continue  # says how to run a stack; no stack is another one for it
            if all(len(waiting.get(fact, ())) >= _MOST_JUDGED for fact in active.unknown):
                continue
            is_named = any(names(match, name) and "*" not in match.projects for match in active.rule.matches)
            if is_named and releases(active, member.project, context.target) & bit(member.position):
                for fact in active.unknown:
                    waiting.setdefault(fact, []).append((name, active))
    for fact, found in sorted(waiting.items()):
        told = list(dict.fromkeys(f"{name} ({active.rule.name})" for name, active in found))
        shown = ", ".join(told[:_MOST_NAMED])
        shown += " and others" if len(told) > _MOST_NAMED else ""
        evidence = tuple(Evidence(what=f"no fact {fact}", where=active.where) for _, active in found)
        message = f"not known of the target: {fact}; rules that depend on it were not applied: {shown}"
        yield Justification(unit=RuleWrap.name, message=message, evidence=evidence[:_MOST_NAMED])
