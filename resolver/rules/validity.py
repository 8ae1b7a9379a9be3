"""What the schema cannot say about one rule: names, specifiers, places, dates, and what goes together."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from images.facts.environment import ABSENT, FACT_NAMES
from knowledge.indexes.vendor_indexes import shipped
from resolver.rules.conditions import comparison, is_comparison
from resolver.rules.records import EVERY, Effect, Example, FactCondition, FactTest, Match, Rule, as_list

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINK = re.compile(r"https?://[^\s/]+\.[^\s/]+(?:/\S*)?")
_LONGEST_NAME, _LONGEST_TEXT = 100, 1000
_OF_RELEASES = ("refuse", "score", "skip", "add", "extra", "replace", "index")
"""What is done to a project, so that one must be named."""
_MOST_EXAMPLES = 50


def faults(rule: Rule) -> Iterator[str]:
    """What is wrong with a rule; nothing where it can be used."""
    if not _NAME.fullmatch(rule.name) or len(rule.name) > _LONGEST_NAME:
        yield "a name is made of lower-case words and numbers, joined by hyphens"
    if not rule.because.strip() or len(rule.because) > _LONGEST_TEXT:
        yield f"because is no text of 1 to {_LONGEST_TEXT} characters"
    if not _LINK.fullmatch(rule.link):
        yield f"link is no web address: {rule.link[:_LONGEST_NAME]!r}"
    yield from _date(rule.checked)
    if not rule.matches:
        yield "match has no alternative"
    for match in rule.matches:
        yield from _match(match)
    yield from _effect(rule, rule.do)
    yield from _examples(rule)


def _date(text: str) -> Iterator[str]:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        yield f"checked is no day such as 2026-01-31: {text[:_LONGEST_NAME]!r}"


def _match(match: Match) -> Iterator[str]:
    for name in match.projects:
        if not _is_name(name.removesuffix(EVERY) if len(name) > 1 else name, prefix=name.endswith(EVERY)):
            yield f"{name!r} is no normalised name of a project, nor the beginning of one with * behind it"
    for name, condition in match.facts.items():
        if name not in FACT_NAMES:
            yield f"there is no fact named {name!r}"
        yield from _condition(name, condition)
    if match.specifier:
        yield from _specifier(match.specifier)
    of_releases = (match.specifier, match.index, match.other_index, match.artifact, match.direct is not None)
    if any(of_releases) and not match.projects:
        yield "specifier, indexes, artifact and direct say something about a project, and none is named"
    for names in (match.installed, match.stack):
        for name, specifier in names.items():
            if not _is_name(name):
                yield f"{name!r} is no normalised name of a project"
            if specifier != ABSENT:
                yield from _specifier(specifier)
    for specifier in match.system.values():
        if specifier != ABSENT:
            yield from _specifier(specifier)


def _condition(name: str, condition: FactCondition) -> Iterator[str]:
    match condition:
        case str():
            texts: Iterable[str] = (condition,)
        case FactTest(all=every, lacks=lacking, any=some, none=without):
            texts = (*every, *lacking, *some, *without)
        case _:
            texts = condition
    texts = tuple(texts)
    if not texts:
        yield f"the condition on {name} is empty"
    for text in texts:
        if is_comparison(text) and comparison(text) is None:
            yield f"{text!r} is no comparison of versions or numbers"


def _specifier(text: str) -> Iterator[str]:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        yield f"{text!r} is no specifier of versions"


def _effect(rule: Rule, effect: Effect) -> Iterator[str]:
    stated = effect.stated
    if len(stated) != 1:
        yield f"do states {' and '.join(stated) or 'nothing'}; it must state one thing"
        return
    (what,) = stated
    if what in _OF_RELEASES and not all(match.projects for match in rule.matches):
        yield f"{what} is about a project, and none is named"
    if (effect.refuse, effect.skip).count(False):
        yield f"{what} can only be true"
    if effect.refuse and any(ABSENT in match.stack.values() for match in rule.matches):
        yield "releases cannot be refused for what is not in the stack"
    if effect.score is not None and not -1 <= effect.score < 0:
        yield "a score is below 0 and at least -1"
    if effect.add is not None:
        yield from _requirement(effect.add)
    for name in as_list(effect.extra or ()):
        if not _is_name(name):
            yield f"{name!r} is no normalised name of an extra"
    if effect.replace is not None:
        yield from _replacement(rule)
    if effect.index is not None and effect.index not in shipped() and not _LINK.fullmatch(effect.index):
        told = effect.index[:_LONGEST_NAME]
        yield f"index is neither a web address nor one of {', '.join(sorted(shipped()))}: {told!r}"
    if effect.conflict is not None and len(rule.projects) < 2:
        yield "a conflict is one of two projects at least"


def _replacement(rule: Rule) -> Iterator[str]:
    replacement = rule.do.replace
    assert replacement is not None
    if not _is_name(replacement.by):
        yield f"{replacement.by!r} is no normalised name of a project: a replacement is named in full"
    if replacement.specifier:
        yield from _specifier(replacement.specifier)
    for match in rule.matches:
        if match.specifier or match.artifact or match.index or match.other_index or match.stack:
            yield "specifier, index, artifact and stack are not known when a replacement is chosen"
        if any(name.endswith(EVERY) for name in match.projects):
            yield "what is replaced is named in full"
        if replacement.by in match.projects:
            yield f"{replacement.by} cannot stand in for itself"


def _requirement(text: str) -> Iterator[str]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        yield f"{text!r} is no requirement"
        return
    if requirement.url or requirement.marker:
        yield f"{text!r} has an address or a marker; conditions belong into match"


def _examples(rule: Rule) -> Iterator[str]:
    fires = {example.fires for example in rule.examples}
    if fires != {True, False}:
        yield "examples need one at least that fires, and one that does not"
    if len(rule.examples) > _MOST_EXAMPLES:
        yield f"there are more than {_MOST_EXAMPLES} examples"
    for example in rule.examples:
        yield from _example(rule, example)


def _example(rule: Rule, example: Example) -> Iterator[str]:
    if rule.projects and example.project is None and rule.do.conflict is None:
        yield "an example names no project, and the rule is about some"
    for name in example.facts:
        if name not in FACT_NAMES:
            yield f"there is no fact named {name!r} (an example)"
    yield from _version(example.version)
    for version in (*example.installed.values(), *example.stack.values()):
        if version != ABSENT:
            yield from _version(version)


def _version(text: str) -> Iterator[str]:
    from packaging.version import InvalidVersion, Version

    try:
        Version(text)
    except InvalidVersion:
        yield f"{text!r} is no version (an example)"


def _is_name(text: str, *, prefix: bool = False) -> bool:
    if prefix:
        return text in ("", EVERY) or re.fullmatch(r"[a-z0-9][a-z0-9-]*", text) is not None
    return _NAME.fullmatch(text) is not None and canonicalize_name(text) == text
