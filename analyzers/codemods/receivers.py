"""Of which known class an expression is an instance, where that is proven.

Proven is a call of the class, of a subclass in the same file or of a function that is known to make one; a
name to which nothing else is assigned, or which is annotated so; and the first parameter of a method.
Importing this module imports libcst.
"""

from __future__ import annotations

import enum

import libcst as cst
from libcst.metadata import Assignment
from libcst.metadata.scope_provider import BaseAssignment, GlobalScope

from analyzers.codemods.rules import Maker, RuleSet
from analyzers.source.precise.bound_names import BoundNames, chain_root

_DEPTH_LIMIT = 20


class Proof(enum.Enum):
    """How much is known of a receiver: that it is of a class, that it may be, or nothing."""

    PROVEN = "proven"
    PARTIAL = "partial"
    NONE = "none"


class Receivers:
    """Classes of the expressions in one module."""

    def __init__(self, module: cst.Module, names: BoundNames, rules: RuleSet) -> None:
        self._names, self._classes = names, rules.classes
        self._makers: dict[str, Maker] = rules.makers_by_call
        collector = _Definitions()
        module.visit(collector)
        self._first_parameters = collector.first_parameters
        self._annotations = collector.annotations

    def is_of(self, node: cst.BaseExpression, wanted: frozenset[str], method: str) -> Proof:
        """Whether a method looked up on this expression is that of one of the classes."""
        found = {self._class(value, method, _DEPTH_LIMIT) for value in self._values(node)}
        matches = {name for name in found if name in wanted}
        if matches and matches == found:
            return Proof.PROVEN
        return Proof.PARTIAL if matches else Proof.NONE

    def _values(self, node: cst.BaseExpression) -> list[tuple[str, cst.CSTNode]]:
        """What the expression may stand for: ``value`` of an expression, or ``instance`` of a class node."""
        if not isinstance(node, cst.Name):
            return [("value", node)]
        if self._names.qualified(node) is not None:
            return [("class", node)]
        scope = self._names.scope(node)
        if scope is None or node.value in self._names.matched:
            return []
        values = [self._value(assignment) for assignment in scope[node.value]]
        # None stands for "not yet": a method of it cannot be meant.
        return [value for value in values if not (value[0] == "value" and _is_none(value[1]))]

    def _value(self, assignment: BaseAssignment) -> tuple[str, cst.CSTNode]:
        """One thing that a name may stand for."""
        if not isinstance(assignment, Assignment):
            return "unknown", cst.Module([])
        node = assignment.node
        if (definition := self._first_parameters.get(node)) is not None:
            return "instance", definition
        if (annotation := self._annotations.get(node)) is not None:
            return "annotated", annotation
        if isinstance(node, cst.ClassDef):
            return "instance", node  # a method reached through the class itself
        value = self._names.values.get(node)
        return ("unknown", node) if value is None else ("value", value)

    def _class(self, value: tuple[str, cst.CSTNode], method: str, depth: int) -> str | None:
        kind, node = value
        if depth <= 0 or kind == "unknown":
            return None
        if isinstance(node, cst.ClassDef):
            return self._base(node, method, depth - 1)
        if not isinstance(node, cst.BaseExpression):
            return None
        if kind == "class":
            return self._named(node, method, depth)
        if kind == "annotated":
            return self._annotated(node, method, depth)
        if isinstance(node, cst.Call):
            qualified = self._names.qualified(node.func)
            maker = self._makers.get(qualified or "")
            if maker is not None:
                keywords = {argument.keyword.value for argument in node.args if argument.keyword}
                stars = any(argument.star == "**" for argument in node.args)
                if stars or keywords & set(maker.unless):
                    return None
                return maker.returns.replace(":", ".")
            return self._named(node.func, method, depth)
        if isinstance(node, cst.Name):
            found = {self._class(inner, method, depth - 1) for inner in self._values(node)}
            return found.pop() if len(found) == 1 else None
        return None

    def _named(self, node: cst.BaseExpression, method: str, depth: int) -> str | None:
        """The known class that a name or an attribute stands for, or derives from."""
        qualified = self._names.qualified(node)
        if qualified is not None:
            return qualified if qualified in self._classes else None
        if not isinstance(node, cst.Name) or (scope := self._names.scope(node)) is None:
            return None
        assignments = list(scope[node.value])
        if len(assignments) != 1 or not isinstance(assignments[0], Assignment):
            return None
        definition = assignments[0].node
        return self._base(definition, method, depth - 1) if isinstance(definition, cst.ClassDef) else None

    def _base(self, definition: cst.ClassDef, method: str, depth: int) -> str | None:
        """The known class that a class of the file derives from first, unless it has the method itself."""
        if depth <= 0 or method in _members(definition):
            return None
        for base in definition.bases:
            if base.star:
                return None
            value = base.value
            if isinstance(value, cst.Subscript):
                value = value.value
            if self._names.qualified(value) in ("typing.Generic", "typing.Protocol", "abc.ABC"):
                continue
            return self._named(value, method, depth)
        return None

    def _annotated(self, node: cst.BaseExpression, method: str, depth: int) -> str | None:
        """The class that an annotation names, alone or beside None."""
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            sides = [side for side in (node.left, node.right) if not _is_none(side)]
            return self._annotated(sides[0], method, depth - 1) if len(sides) == 1 else None
        if isinstance(node, cst.Subscript):
            if self._names.qualified(node.value) != "typing.Optional" or len(node.slice) != 1:
                return None
            inner = node.slice[0].slice
            return self._annotated(inner.value, method, depth - 1) if isinstance(inner, cst.Index) else None
        if isinstance(node, cst.SimpleString):
            return self._quoted(node)
        return self._named(node, method, depth)

    def _quoted(self, node: cst.SimpleString) -> str | None:
        """A quoted annotation that is a dotted name, bound in the module."""
        text = node.evaluated_value
        if not isinstance(text, str) or not all(part.isidentifier() for part in text.split(".")):
            return None
        scopes = (scope for scope in self._names.all_scopes if isinstance(scope, GlobalScope))
        if (scope := next(scopes, None)) is None:
            return None
        root, dot, rest = text.partition(".")
        qualified = f"{self._names.origin_in(scope, root).qualified}{dot}{rest}"
        return qualified if qualified in self._classes else None


class _Definitions(cst.CSTVisitor):
    """Gathers the first parameters of methods, and annotations by what they annotate."""

    def __init__(self) -> None:
        self.first_parameters: dict[cst.CSTNode, cst.ClassDef] = {}
        self.annotations: dict[cst.CSTNode, cst.BaseExpression] = {}

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802 - libcst's name
        for statement in node.body.body:
            if isinstance(statement, cst.FunctionDef):
                parameters = [*statement.params.posonly_params, *statement.params.params]
                if parameters and not any(_unbinds(each.decorator) for each in statement.decorators):
                    self.first_parameters[parameters[0]] = node

    def visit_Param(self, node: cst.Param) -> None:  # noqa: N802
        if node.annotation is not None and node.star not in ("*", "**"):
            self.annotations[node] = node.annotation.annotation

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802
        if isinstance(node.target, cst.Name):
            self.annotations[node.target] = node.annotation.annotation


def _unbinds(decorator: cst.BaseExpression) -> bool:
    root = chain_root(decorator)
    return root is not None and root.value in ("staticmethod", "classmethod")


def _members(definition: cst.ClassDef) -> set[str]:
    """The names that a class defines directly."""
    found: set[str] = set()
    for statement in definition.body.body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            found.add(statement.name.value)
        elif isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                if isinstance(small, cst.Assign):
                    found |= {t.target.value for t in small.targets if isinstance(t.target, cst.Name)}
                elif isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name):
                    found.add(small.target.value)
    return found


def _is_none(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"
