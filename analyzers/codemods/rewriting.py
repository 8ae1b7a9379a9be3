"""`rewritten`: one text under rules, round by round until nothing changes; libcst is imported when needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from analyzers.codemods.rules import Rule, RuleSet
from analyzers.evidence import Confidence

if TYPE_CHECKING:
    import libcst as cst

_ROUNDS = 8


class Remark(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A place where a rule applies.

    Attributes:
        line: from 1, in the text as it was when the rule was met.
        rule: its id.
        message: what was done, or why nothing was.
    """

    line: int
    column: int
    rule: str
    message: str
    confidence: Confidence = Confidence.CERTAIN


class Rewrite(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a text.

    Attributes:
        text: the new one; the old one where nothing changes.
        applied: what was changed.
        notes: what a person should look at.
        needs: distributions that the new code imports beside those it did.
        error: why the text was left alone.
    """

    text: str
    applied: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    needs: tuple[str, ...] = ()
    error: str | None = None


def rewritten(text: str, rules: RuleSet, *, keeps_names: bool = False) -> Rewrite:
    """A text as newer releases demand it; a second run over the result changes nothing.

    Args:
        text: a module, without byte order mark.
        rules: those to apply.
        keeps_names: whether what it imports may be imported from it, as from an ``__init__.py``.
    """
    from analyzers.source.precise.concrete_syntax import ConcreteSyntaxError

    applied: list[Remark] = []
    needs: dict[str, None] = {}
    current = text
    try:
        for _ in range(_ROUNDS):
            made, changes, notes, more = _round(current, rules, keeps_names)
            applied += changes
            needs |= dict.fromkeys(more)
            if made == current:
                return Rewrite(text=current, applied=tuple(applied), notes=notes, needs=tuple(needs))
            current = made
    except ConcreteSyntaxError as error:
        where = f"line {error.line}: " if error.line else ""
        after = " after a change" if current != text else ""
        return Rewrite(text=text, error=f"{where}{error.reason}{after}")
    except RecursionError:
        return Rewrite(text=text, error="nested too deep")
    return Rewrite(text=text, error="rules that contradict each other change it again and again")


def _round(
    text: str, rules: RuleSet, keeps_names: bool
) -> tuple[str, list[Remark], tuple[Remark, ...], list[str]]:
    from libcst.metadata import MetadataWrapper, PositionProvider

    from analyzers.codemods.plan import executed
    from analyzers.codemods.planning import planned
    from analyzers.source.precise.concrete_syntax import concrete_module

    module = concrete_module(text)
    plan = planned(module, rules, keeps_names=keeps_names)
    if not plan.applied and not plan.notes:
        return text, [], (), []
    positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)

    def remark(node: cst.CSTNode, rule: Rule, message: str) -> Remark:
        start = positions[node].start
        return Remark(
            line=start.line,
            column=start.column + 1,
            rule=rule.id,
            message=message,
            confidence=rule.confidence,
        )

    applied = sorted(remark(node, rule, _done(rule)) for node, rule in plan.applied)
    notes = tuple(sorted({remark(node, rule, reason) for node, rule, reason in plan.notes}))
    needs = [rule.needs for _, rule in plan.applied if rule.needs]
    return executed(module, plan).code, applied, notes, needs


def _done(rule: Rule) -> str:
    """What a rule does, in a phrase."""
    what = (rule.old or f"{rule.classes[0]}.{rule.method}").replace(":", ".")
    if rule.template is not None and rule.new is None:
        return f"{what} is {rule.template} since {rule.since}"
    if rule.new is not None and rule.new != rule.old:
        return f"{what} is {rule.new.replace(':', '.')} since {rule.since}"
    if rule.new_method is not None:
        return f"{what} is {rule.new_method} since {rule.since}"
    return f"the arguments of {what} are others since {rule.since}"
