"""What can be wrong with a set of rules: faults of files, contradictions, what never fires, dubious links."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analyzers.evidence import Finding, Level, Location
from resolver.rules.active import names
from resolver.rules.errors import RuleError
from resolver.rules.reading import read_rules
from resolver.rules.records import EVERY, PlacedRule, RuleKind
from resolver.rules.sources import Contents
from resolver.rules.witnesses import can_meet, is_implied, is_possible

_RESERVED = ("example", "invalid", "local", "localhost", "test")
_EXAMPLES = ("example.com", "example.net", "example.org")


def faults_of(contents: Contents) -> tuple[list[PlacedRule], list[RuleError]]:
    """The rules of files that can be used, and the first fault of each that cannot."""
    rules: list[PlacedRule] = []
    errors: list[RuleError] = []
    for path, data in contents:
        try:
            rules.extend(read_rules(data, path))
        except RuleError as error:
            errors.append(error)
    seen: dict[str, str] = {}
    for placed in rules:
        name = placed.rule.name
        if name in seen:
            errors.append(RuleError(placed.where, f"another rule is named {name}: {seen[name]}"))
        seen.setdefault(name, placed.where)
    return rules, errors


def findings(rules: Sequence[PlacedRule], others: Sequence[PlacedRule] = ()) -> Iterator[Finding]:
    """What is odd about rules that can be used.

    Args:
        rules: those that are checked.
        others: what they will be used beside; those that share a name with one that is checked do not count.
    """
    own = {placed.rule.name for placed in rules}
    beside = [placed for placed in others if placed.rule.name not in own]
    everything = [*rules, *beside]
    for placed in rules:
        yield from _alone(placed)
    by_project: dict[str, list[PlacedRule]] = {}
    for placed in everything:
        for project in placed.rule.projects:
            by_project.setdefault(project.rstrip(EVERY), []).append(placed)
    order = {id(placed): number for number, placed in enumerate(everything)}
    for placed in everything:
        concerned = {id(other): other for name in _touched(placed) for other in by_project.get(name, ())}
        for other in concerned.values():
            if other is not placed and own & {placed.rule.name, other.rule.name}:
                yield from _together(placed, other, is_first=order[id(placed)] < order[id(other)])


def _alone(placed: PlacedRule) -> Iterator[Finding]:
    rule = placed.rule
    for number, match in enumerate(rule.matches, 1):
        if not is_possible(match):
            which = f"alternative {number} of {rule.name}" if len(rule.matches) > 1 else rule.name
            yield _finding("rule-never-fires", placed, f"{which} has conditions that cannot hold together")
    told = dubious_link(rule.link)
    if told:
        yield _finding("rule-link", placed, f"the link of {rule.name} {told}")


def dubious_link(link: str) -> str | None:
    """What speaks against a web address, without asking for it; None where nothing does."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        return f"is no web address: {error}"
    if parts.username is not None or parts.password is not None:
        return "holds credentials"
    if host.rpartition(".")[2] in _RESERVED or host.endswith(_EXAMPLES):
        return f"leads to {host}, which nobody has"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return f"leads to the bare address {host}"
    return "is not https" if parts.scheme != "https" else None


def _touched(placed: PlacedRule) -> set[str]:
    """The projects that a rule names, and those that it would bring in."""
    effect = placed.rule.do
    touched = {name for name in placed.rule.projects if not name.endswith(EVERY)}
    if effect.replace is not None:
        touched.add(effect.replace.by)
    if effect.add is not None:
        touched.add(canonicalize_name(Requirement(effect.add).name))
    return touched


def _together(one: PlacedRule, other: PlacedRule, *, is_first: bool) -> Iterator[Finding]:
    """What is odd about two rules, told of the first of them."""
    mine, theirs = one.rule, other.rule
    pairs = [(a, b) for a in mine.matches for b in theirs.matches if can_meet(a, b)]
    if not pairs:
        return
    brought = _touched(one) - set(mine.projects)
    refused = theirs.do.refuse and theirs.kind is RuleKind.SIEVE
    for name in brought:
        if refused and any(names(b, name) and not (b.specifier or b.artifact) for _, b in pairs):
            message = f"{mine.name} brings in {name}, which {theirs.name} refuses ({other.where})"
            yield _finding("rules-contradict", one, message)
        if (
            theirs.do.conflict
            and mine.do.add
            and any(names(b, name) and any(names(b, own) for own in mine.projects) for _, b in pairs)
        ):
            message = f"{mine.name} adds {name} to what {theirs.name} keeps it apart from ({other.where})"
            yield _finding("rules-contradict", one, message)
    if mine.do.replace is None or theirs.do.replace is None or not is_first:
        return
    ours, yours = mine.do.replace, theirs.do.replace
    if not ours.preferred or not yours.preferred:
        return
    if ours.by in theirs.projects and yours.by in mine.projects:
        message = f"{mine.name} and {theirs.name} replace {ours.by} and {yours.by} by each other"
        yield _finding("rules-contradict", one, f"{message} ({other.where})")
    shared = set(mine.projects) & set(theirs.projects)
    if shared and all(
        any(is_implied(a, b) and set(b.projects) <= set(a.projects) for a in mine.matches)
        for b in theirs.matches
    ):
        message = (
            f"{theirs.name} comes second wherever it fires: {mine.name} replaces {sorted(shared)[0]} first"
        )
        yield _finding("rule-comes-second", other, f"{message} ({one.where})")


def _finding(identity: str, placed: PlacedRule, message: str) -> Finding:
    level = Level.WARNING if identity in ("rule-link", "rule-comes-second") else Level.ERROR
    return Finding(
        id=identity, level=level, message=message, subject=placed.rule.name, location=place_of(placed)
    )


def place_of(placed: PlacedRule) -> Location:
    """Where a rule stands; a path may hold colons itself."""
    path, *numbers = placed.where.rsplit(":", 2)
    if len(numbers) == 2 and all(number.isdigit() for number in numbers):
        return Location(path=path, line=int(numbers[0]), column=int(numbers[1]))
    return Location(path=placed.where)
