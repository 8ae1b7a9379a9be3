"""What is to be changed in one tree, by node, and what a person should be told; and its execution.

Importing this module imports libcst.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst
import msgspec

from analyzers.codemods.rules import Rule

Change = Callable[[cst.BaseExpression], cst.BaseExpression]
_Small = cst.BaseSmallStatement
_Statement = cst.BaseStatement


class Plan(msgspec.Struct):
    """Changes, by the nodes of the tree as it was.

    Attributes:
        expressions: what becomes of an expression whose parts were changed already.
        imports: the statements that stand for an import; none removes it.
        applied: where which rule is applied.
        notes: where which rule is not, and why.
    """

    expressions: dict[cst.CSTNode, Change] = msgspec.field(default_factory=dict)
    imports: dict[cst.CSTNode, list[_Small]] = msgspec.field(default_factory=dict)
    applied: list[tuple[cst.CSTNode, Rule]] = msgspec.field(default_factory=list)
    notes: list[tuple[cst.CSTNode, Rule, str]] = msgspec.field(default_factory=list)

    def note(self, node: cst.CSTNode, rule: Rule, reason: str) -> None:
        """Tell of a place."""
        if not any(node is at and rule is by for at, by, _ in self.notes):
            self.notes.append((node, rule, reason))


def executed(module: cst.Module, plan: Plan) -> cst.Module:
    """The tree with everything changed that was planned for it."""
    return module.visit(_Execution(plan))


class _Execution(cst.CSTTransformer):
    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802 - libcst's name
        return self._changed(original_node, updated_node)

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        return self._changed(original_node, updated_node)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        return self._changed(original_node, updated_node)

    def _changed(self, original: cst.CSTNode, updated: cst.BaseExpression) -> cst.BaseExpression:
        change = self._plan.expressions.get(original)
        return updated if change is None else change(updated)

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[_Statement]:
        if not any(small in self._plan.imports for small in original_node.body):
            return updated_node
        body = self._body(original_node.body, updated_node.body)
        if len(original_node.body) > 1 and body:
            return updated_node.with_changes(body=body)
        if not body:
            return updated_node.with_changes(body=[_REMOVED])
        first = updated_node.with_changes(body=body[:1])
        return cst.FlattenSentinel([first, *(cst.SimpleStatementLine([small]) for small in body[1:])])

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        body, comments = _without_removed(updated_node.body)
        if comments:
            updated_node = updated_node.with_changes(footer=[*comments, *updated_node.footer])
        return updated_node.with_changes(body=body)

    def leave_IndentedBlock(  # noqa: N802
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body, comments = _without_removed(updated_node.body)
        if comments:
            updated_node = updated_node.with_changes(footer=[*comments, *updated_node.footer])
        return updated_node.with_changes(body=body)

    def leave_SimpleStatementSuite(  # noqa: N802
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        if not any(small in self._plan.imports for small in original_node.body):
            return updated_node
        body = self._body(original_node.body, updated_node.body)
        return updated_node.with_changes(body=body or [cst.Pass()])

    def _body(self, original: Sequence[_Small], updated: Sequence[_Small]) -> list[_Small]:
        body: list[_Small] = []
        for before, after in zip(original, updated, strict=True):
            made = self._plan.imports.get(before)
            if made is None:
                body.append(after)
                continue
            # What stood alone before a semicolon may now be followed by more.
            semicolon = getattr(after, "semicolon", cst.MaybeSentinel.DEFAULT)
            body += [small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT) for small in made]
            if made:
                body[-1] = body[-1].with_changes(semicolon=semicolon)
        return body


_REMOVED = cst.Pass()
"""Marks a line of which nothing is left, until the block around it gives its comments to the next one."""


def _without_removed(body: Sequence[_Statement]) -> tuple[list[_Statement], list[cst.EmptyLine]]:
    """The statements that remain, and the comments of those removed after the last of them."""
    kept: list[_Statement] = []
    carried: list[cst.EmptyLine] = []
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine) and statement.body[0] is _REMOVED:
            carried += [line for line in statement.leading_lines if line.comment is not None]
            continue
        if carried:
            leading = getattr(statement, "leading_lines", ())
            statement = statement.with_changes(leading_lines=[*carried, *leading])
            carried = []
        kept.append(statement)
    return kept, carried
