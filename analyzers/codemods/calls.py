"""New arguments of a call, or what replaces it as a whole, with the layout of what stays.

Importing this module imports libcst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from analyzers.codemods.loading import PLACEHOLDER
from analyzers.codemods.rules import KeywordChange, Rule

_ATOMS = (
    *(cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString, cst.FormattedString),
    *(cst.List, cst.Dict, cst.Set, cst.ListComp, cst.SetComp, cst.DictComp, cst.Float),
)
_PLAIN = (cst.Name, cst.Attribute, cst.SimpleString, cst.Integer, cst.Float, cst.Lambda)
_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
_UNSEEN = "__placeholder_{}__"


class CallProblem(ValueError):  # noqa: N818 - told as a note
    """Why a call cannot be rewritten."""


def keyword_changes(call: cst.Call, rule: Rule) -> list[KeywordChange]:
    """The changes of a rule that this call needs.

    Raises:
        CallProblem: one is needed that would not be safe.
    """
    given = {argument.keyword.value: argument for argument in call.args if argument.keyword}
    has_stars = any(argument.star for argument in call.args)
    positional = sum(1 for argument in call.args if argument.keyword is None and not argument.star)
    found = []
    for change in rule.keywords:
        if change.old is None:
            beyond = change.unless_positional is not None and positional >= change.unless_positional
            if change.new in given or beyond:
                continue
            if has_stars:
                raise CallProblem(f"{change.new!r} may be among the starred arguments")
            found.append(change)
            continue
        argument = given.get(change.old)
        if argument is None or (change.value is not None and _code(argument.value) != change.value):
            continue
        if change.new is not None and change.new in given and change.new != change.old:
            raise CallProblem(f"{change.new!r} is given beside {change.old!r}")
        loses_value = change.new is None or (change.new_value is not None and change.value is None)
        if loses_value and not isinstance(argument.value, _PLAIN):
            raise CallProblem(f"the value of {change.old!r} may matter")
        found.append(change)
    return found


def positional_to_keyword(call: cst.Call, rule: Rule) -> list[int]:
    """The indexes of the arguments that must become keyword arguments.

    Raises:
        CallProblem: a starred argument hides which they are, or there are more than parameters.
    """
    start = rule.keyword_only_from
    if start is None:
        return []
    plain = [index for index, argument in enumerate(call.args) if argument.keyword is None]
    late = [index for index in plain if index >= start and not call.args[index].star]
    if any(call.args[index].star == "*" for index in plain):
        raise CallProblem("starred arguments hide which ones are positional")
    if any(index >= len(rule.parameters) for index in late):
        raise CallProblem("has more positional arguments than there were parameters")
    return late


def with_arguments(
    call: cst.Call, changes: Sequence[KeywordChange], late: Sequence[int], rule: Rule
) -> cst.Call:
    """The call with its arguments changed."""
    arguments = list(call.args)
    for index in late:
        arguments[index] = _keyword(arguments[index], rule.parameters[index])
    for change in changes:
        if change.old is None:
            _append(arguments, change)
            continue
        position = next(i for i, a in enumerate(arguments) if a.keyword and a.keyword.value == change.old)
        argument = arguments[position]
        if change.new is None:
            _remove(arguments, position)
            continue
        if change.new_value is not None:
            argument = argument.with_changes(value=cst.parse_expression(change.new_value))
        keyword = cst.ensure_type(argument.keyword, cst.Name).with_changes(value=change.new)
        arguments[position] = argument.with_changes(keyword=keyword)
    return call.with_changes(args=arguments)


def template_arguments(call: cst.Call, rule: Rule) -> dict[str, int]:
    """The index of the argument that stands for each name of a template.

    Raises:
        CallProblem: the call gives others, or not all.
    """
    wanted = {name for name in PLACEHOLDER.findall(rule.template or "") if name in rule.parameters}
    found: dict[str, int] = {}
    for index, argument in enumerate(call.args):
        if argument.star or (argument.keyword is None and index >= len(rule.parameters)):
            raise CallProblem("has arguments that the new form does not take")
        found[argument.keyword.value if argument.keyword else rule.parameters[index]] = index
    if found.keys() != wanted:
        odd = min(found.keys() ^ wanted)
        raise CallProblem(f"the new form {'needs' if odd in wanted else 'does not take'} {odd!r}")
    return found


def from_template(template: str, values: Mapping[str, cst.BaseExpression]) -> cst.BaseExpression:
    """The expression of a template with each placeholder replaced, in parentheses where it needs them."""
    tree = cst.parse_expression(PLACEHOLDER.sub(lambda match: _UNSEEN.format(match[1]), template))
    filled = tree.visit(_Filling({_UNSEEN.format(name): value for name, value in values.items()}))
    if not isinstance(filled, cst.BaseExpression):
        raise TypeError("a template is an expression")
    return filled


class _Filling(cst.CSTTransformer):
    def __init__(self, values: Mapping[str, cst.BaseExpression]) -> None:
        self._values = values

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        value = self._values.get(original_node.value)
        if value is None:
            return updated_node
        return value if isinstance(value, _ATOMS) or value.lpar else _in_parentheses(value)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:  # noqa: N802
        return updated_node.with_changes(value=self._bare(original_node.value, updated_node.value))

    def leave_Index(self, original_node: cst.Index, updated_node: cst.Index) -> cst.Index:  # noqa: N802
        return updated_node.with_changes(value=self._bare(original_node.value, updated_node.value))

    def _bare(self, before: cst.BaseExpression, after: cst.BaseExpression) -> cst.BaseExpression:
        """What stands alone in brackets, without the parentheses that `leave_Name` added."""
        value = self._values.get(before.value) if isinstance(before, cst.Name) else None
        needs = (cst.GeneratorExp, cst.NamedExpr, cst.Yield, cst.Tuple)
        return after if value is None or isinstance(value, needs) else value


def _in_parentheses(value: cst.BaseExpression) -> cst.BaseExpression:
    return value.with_changes(lpar=[cst.LeftParen(), *value.lpar], rpar=[*value.rpar, cst.RightParen()])


def _keyword(argument: cst.Arg, name: str) -> cst.Arg:
    return argument.with_changes(keyword=cst.Name(name), equal=_EQUAL)


def _append(arguments: list[cst.Arg], change: KeywordChange) -> None:
    value = cst.parse_expression(change.new_value or "None")
    added = cst.Arg(value=value, keyword=cst.Name(change.new or ""), equal=_EQUAL)
    if arguments:
        last = arguments[-1]
        between = next((a.comma for a in arguments[:-1]), None)
        if not isinstance(between, cst.Comma) or isinstance(between.whitespace_after, cst.SimpleWhitespace):
            between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        added = added.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        if isinstance(last.comma, cst.Comma) and isinstance(
            last.comma.whitespace_after, cst.ParenthesizedWhitespace
        ):
            # One argument a line: the new one gets a line as well.
            between = _line_like(between, last.comma)
        blank = cst.SimpleWhitespace("")
        arguments[-1] = last.with_changes(comma=between, whitespace_after_arg=blank)
    arguments.append(added)


def _line_like(between: cst.Comma, last: cst.Comma) -> cst.Comma:
    """A comma that keeps the comment after the last one."""
    space = last.whitespace_after
    if not isinstance(space, cst.ParenthesizedWhitespace) or space.first_line.comment is None:
        return between
    return between.with_changes(whitespace_after=space)


def _remove(arguments: list[cst.Arg], position: int) -> None:
    removed = arguments.pop(position)
    if position == len(arguments) and arguments:
        changes = {"comma": removed.comma, "whitespace_after_arg": removed.whitespace_after_arg}
        arguments[-1] = arguments[-1].with_changes(**changes)


def _code(node: cst.BaseExpression) -> str:
    return cst.Module([]).code_for_node(node)
