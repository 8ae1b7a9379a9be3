"""What the command ``rules`` reports: what was found in rules, what examples say, and one rule in full."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Finding, Justification
from analyzers.reports import Input, Tool, Unknown
from resolver.rules.records import Rule, RuleKind


class RulesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a check or a test of rules found.

    Attributes:
        rules: how many there are.
        examples: how many were tried; 0 for a check.
    """

    tool: Tool
    input: Input
    created_at: str
    rules: int
    examples: int
    findings: tuple[Finding, ...]
    unknowns: tuple[Unknown, ...] = ()
    schema_version: int = 1


class RuleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, and what becomes of it on a target.

    Attributes:
        rule: without its examples.
        source: where the rules come from.
        where: file and line.
        enabled: whether it takes part where it fires.
        fires: whether its circumstances hold; None where that is not known.
        not_known: what would have to be known.
        reason: what was seen, where they hold.
    """

    tool: Tool
    created_at: str
    rule: Rule
    kind: RuleKind
    source: str
    where: str
    enabled: bool
    fires: bool | None
    not_known: tuple[str, ...] = ()
    reason: Justification | None = None
    schema_version: int = 1
