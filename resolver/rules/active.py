"""The rules of one run: those whose circumstances hold, by project, decoded when they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from analyzers.evidence import Confidence, Evidence, Justification, Level
from images.facts.environment import RuntimeEnvironment
from resolver.rules.circumstances import Circumstances, Verdict, verdict
from resolver.rules.compiled import CompiledRules
from resolver.rules.records import EVERY, Match, PlacedRule, Rule, RuleKind


class ActiveRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as far as it can be judged before anything is decided.

    Attributes:
        where: file and line.
        alternatives: those whose circumstances hold, each with what was seen.
        unknown: where none holds, what would have to be known to tell.
    """

    rule: Rule
    where: str
    alternatives: tuple[tuple[Match, Verdict], ...]
    unknown: tuple[str, ...] = ()

    @property
    def fires(self) -> bool:
        """Whether the circumstances of an alternative hold."""
        return bool(self.alternatives)

    @property
    def is_certain(self) -> bool:
        """Whether what holds does so for certain."""
        return any(found.is_certain for _, found in self.alternatives)

    def reason(
        self,
        message: str | None = None,
        *,
        level: Level = Level.INFO,
        score: int | None = None,
    ) -> Justification:
        """Why the rule does what it does."""
        rule = self.rule
        found = [one for _, one in self.alternatives]
        evidence = next((one.evidence for one in found if one.is_certain), found[0].evidence if found else ())
        read = Evidence(what=f"checked {rule.checked}", where=rule.link, confidence=Confidence.LIKELY)
        return Justification(
            unit=rule.name,
            message=message or rule.because,
            level=level,
            score=score,
            evidence=(*evidence, read),
            link=rule.link,
        )


class ActiveRules:
    """The rules of one run.

    Args:
        sources: those that come first have the say over later ones where both have a rule of one name.
        known: what holds before anything is decided.
        switches: name of a rule to whether the user switches it on or off.

    Attributes:
        digest: of all sources and switches; empty where there are no rules.
    """

    def __init__(
        self,
        sources: Sequence[CompiledRules] = (),
        known: Circumstances | None = None,
        switches: Mapping[str, bool] | None = None,
    ) -> None:
        self._sources = sources
        self._known = known or Circumstances(environment=RuntimeEnvironment())
        self._switches = dict(switches or {})
        self._about: dict[str, Mapping[RuleKind | None, tuple[ActiveRule, ...]]] = {}
        self._judged: dict[tuple[int, int], ActiveRule | None] = {}
        told = [source.digest for source in sources]
        told += [f"{name} {on}" for name, on in sorted(self._switches.items())]
        self.digest = " ".join(told)

    def __bool__(self) -> bool:
        return bool(self._sources)

    def about(self, project: str, kind: RuleKind) -> tuple[ActiveRule, ...]:
        """The rules about a project (normalised name) that a kind of unit applies and that can fire."""
        return self._of(project).get(kind, ())

    def undecided(self, project: str) -> tuple[ActiveRule, ...]:
        """The rules about a project that may fire, where something was known."""
        return self._of(project).get(None, ())

    @functools.cached_property
    def general(self) -> tuple[ActiveRule, ...]:
        """The rules about no project that can fire."""
        judged = (
            self._judge(number, place)
            for number, source in enumerate(self._sources)
            for place in source.general
        )
        return tuple(one for one in judged if one is not None and one.fires)

    def everything(self) -> Iterator[tuple[PlacedRule, ActiveRule | None, str]]:
        """Every rule with what can be judged of it, None where it does not apply; and its source."""
        for number, source in enumerate(self._sources):
            for place in range(len(source)):
                if self._is_first(number, source.rule(place).rule.name):
                    yield source.rule(place), self._judge(number, place), source.source

    def has(self, name: str) -> bool:
        """Whether there is a rule of a name."""
        return any(source.place(name) is not None for source in self._sources)

    def is_on(self, rule: Rule) -> bool:
        """Whether the user, or else the rule itself, lets it take part."""
        return self._switches.get(rule.name, rule.enabled)

    def _of(self, project: str) -> Mapping[RuleKind | None, tuple[ActiveRule, ...]]:
        """The rules about a project by kind; under None those that are undecided."""
        found = self._about.get(project)
        if found is None:
            judged = (
                self._judge(number, place)
                for number, source in enumerate(self._sources)
                for place in source.places(project)
            )
            is_direct = project in self._known.direct
            narrowed = (_about(project, one, is_direct=is_direct) for one in judged if one is not None)
            kinds: dict[RuleKind | None, list[ActiveRule]] = {}
            for one in narrowed:
                if one is not None:
                    kinds.setdefault(one.rule.kind if one.fires else None, []).append(one)
            found = self._about[project] = {kind: tuple(rules) for kind, rules in kinds.items()}
        return found

    def _is_first(self, number: int, name: str) -> bool:
        return not any(source.place(name) is not None for source in self._sources[:number])

    def _judge(self, number: int, place: int) -> ActiveRule | None:
        """A rule with what can be judged of it; None where it cannot fire."""
        key = (number, place)
        if key not in self._judged:
            placed = self._sources[number].rule(place)
            out = not self.is_on(placed.rule) or not self._is_first(number, placed.rule.name)
            self._judged[key] = None if out else self._judgement(placed)
        return self._judged[key]

    def _judgement(self, placed: PlacedRule) -> ActiveRule | None:
        found = [(match, verdict(match, self._known)) for match in placed.rule.matches]
        holding = tuple((match, one) for match, one in found if one.holds)
        unknown = dict.fromkeys(name for _, one in found if one.holds is None for name in one.unknown)
        if not holding and not unknown:
            return None
        return ActiveRule(
            rule=placed.rule,
            where=placed.where,
            alternatives=holding,
            unknown=() if holding else tuple(unknown),
        )


def _about(project: str, rule: ActiveRule, *, is_direct: bool) -> ActiveRule | None:
    """A rule reduced to the alternatives that are about a project."""

    def concerns(match: Match) -> bool:
        return names(match, project) and match.direct in (None, is_direct)

    if rule.unknown:
        return rule if any(map(concerns, rule.rule.matches)) else None
    kept = tuple(one for one in rule.alternatives if concerns(one[0]))
    if not kept:
        return None
    return rule if len(kept) == len(rule.alternatives) else msgspec.structs.replace(rule, alternatives=kept)


def names(match: Match, project: str) -> bool:
    """Whether an alternative is about a project (normalised name)."""
    return any(
        project.startswith(name.removesuffix(EVERY)) if name.endswith(EVERY) else project == name
        for name in match.projects
    )


NO_RULES = ActiveRules()
