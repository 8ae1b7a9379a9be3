"""Import statements under rules: what they name moves, what is new is added, what is left unused goes.

Importing this module imports libcst.
"""

from __future__ import annotations

import builtins

import libcst as cst
import msgspec
from libcst.metadata import ImportAssignment
from libcst.metadata.scope_provider import GlobalScope, Scope

from analyzers.codemods.plan import Plan
from analyzers.codemods.rules import Rule, RuleSet, dotted
from analyzers.source.precise.bound_names import Binding, BoundNames, Origin, aliases, imported_name

GUARDED = "stands where the author chose between old and new names already"


class SeenImport(msgspec.Struct):
    """An import statement, and what references ask of it.

    Attributes:
        added: statements to stand after it.
        gone: by bound name, how many references no longer need it.
        failed: bound names of which a reference could not be changed.
    """

    node: cst.Import | cst.ImportFrom
    guarded: bool
    added: dict[str, None] = msgspec.field(default_factory=dict)
    gone: dict[str, int] = msgspec.field(default_factory=dict)
    failed: set[str] = msgspec.field(default_factory=set)


class _Provided(msgspec.Struct, frozen=True):
    """A module or a symbol that an import at the top of the module makes available."""

    bound: str
    expression: str
    qualified: str
    position: int


class Importing:
    """Plans the import statements of one module.

    Attributes:
        keeps_names: whether imported names must stay bound.
        exports: the names in ``__all__``.
        seen: the statements, in the order of the file.
        rebound: the names that ``global`` and ``nonlocal`` statements name.
    """

    def __init__(
        self, module: cst.Module, names: BoundNames, rules: RuleSet, plan: Plan, keeps_names: bool
    ) -> None:
        self.module, self.names, self.rules, self.plan = module, names, rules, plan
        self.keeps_names = keeps_names
        self.seen: dict[cst.CSTNode, SeenImport] = {}
        self.exports = _exports(module)
        self.rebound = _declared_elsewhere(module)
        self._provided = [
            provided
            for position, statement in enumerate(module.body)
            if isinstance(statement, cst.SimpleStatementLine)
            for small in statement.body
            if isinstance(small, cst.Import | cst.ImportFrom)
            for provided in _provided(small, position)
        ]

    def see(self, node: cst.Import | cst.ImportFrom, guarded: bool) -> None:
        """Hear of a statement, before any is planned."""
        self.seen[node] = SeenImport(node, guarded)

    def failed(self, origin: Origin) -> None:
        """A reference that needs its import could not be changed."""
        for assignment in origin.imports:
            if (seen := self.seen.get(assignment.node)) is not None:
                seen.failed.add(assignment.name)

    def replaced(self, origin: Origin) -> None:
        """A reference no longer needs its import."""
        for assignment in origin.imports:
            if (seen := self.seen.get(assignment.node)) is not None:
                seen.gone[assignment.name] = seen.gone.get(assignment.name, 0) + 1

    def reference(
        self, rule: Rule, origin: Origin, scope: Scope, statement: cst.CSTNode | None, at_top: bool
    ) -> str | None:
        """Source of an expression for a rule's new symbol; None, with a note, where no name is free for it.

        Args:
            rule: one with a new symbol.
            origin: of the old reference, which is no longer needed afterwards.
            scope: of the old reference.
            statement: that of the module in which the reference stands.
            at_top: whether it runs when the module does.
        """
        made = self._expression(rule, scope, statement, at_top)
        if made is None:
            root = (rule.new or "").replace(":", ".").partition(".")[0]
            reason = f"no free name for {dotted(rule.new or '')!r}: {root!r} is bound to something else"
            for assignment in origin.imports:
                self.plan.note(assignment.node, rule, reason)
            self.failed(origin)
            return None
        expression, needed = made
        self.replaced(origin)
        if needed is not None:
            for assignment in origin.imports:
                if (seen := self.seen.get(assignment.node)) is not None:
                    seen.added[needed] = None
        return expression

    def _expression(
        self, rule: Rule, scope: Scope, statement: cst.CSTNode | None, at_top: bool
    ) -> tuple[str, str | None] | None:
        """The expression, and the statement that it needs if there is none yet."""
        new = rule.new or ""
        module, _, path = new.partition(":")
        if module == "builtins":
            return None if self.names.is_bound(path.partition(".")[0]) else (path, None)
        if (existing := self._existing(new, scope, statement, at_top)) is not None:
            return existing, None
        root = module.partition(".")[0]
        if self.is_free(root) or self._is_package(root):
            return dotted(new), f"import {module}"
        first, dot, rest = path.partition(".")
        if path and self.is_free(first):
            return f"{first}{dot}{rest}", f"from {module} import {first}"
        return None

    def _existing(self, new: str, scope: Scope, statement: cst.CSTNode | None, at_top: bool) -> str | None:
        module, symbol = new.partition(":")[0], dotted(new)
        before = len(self.module.body)
        if at_top and statement is not None:
            before = next((i for i, each in enumerate(self.module.body) if each is statement), 0)
        for provided in self._provided:
            inside = provided.qualified == module or provided.qualified.startswith(f"{module}.")
            if provided.position >= before or not inside:
                continue
            if symbol != provided.qualified and not symbol.startswith(f"{provided.qualified}."):
                continue
            origin = self.names.origin_in(scope, provided.bound)
            if origin.binding is Binding.IMPORT and all(
                isinstance(assignment.scope, GlobalScope) for assignment in origin.imports
            ):
                return f"{provided.expression}{symbol[len(provided.qualified) :]}"
        return None

    def is_free(self, name: str) -> bool:
        """Whether a name may be bound in any scope of the module."""
        used = name in self.names.accessed or self.names.is_bound(name)
        return not used and not hasattr(builtins, name) and name not in self.rebound

    def _is_package(self, name: str) -> bool:
        """Whether nothing but imports of the package of that name bind it."""
        assignments = self.names.assignments(name)
        return (
            bool(assignments)
            and name not in self.names.matched
            and all(
                isinstance(each, ImportAssignment) and imported_name(each) == name for each in assignments
            )
        )


def _provided(node: cst.Import | cst.ImportFrom, position: int) -> list[_Provided]:
    found = []
    for alias, bound, qualified in aliases(node):
        found.append(_Provided(bound, bound, qualified, position))
        if isinstance(node, cst.Import) and alias.asname is None and "." in alias.evaluated_name:
            found.append(_Provided(bound, alias.evaluated_name, alias.evaluated_name, position))
    return found


def _exports(module: cst.Module) -> frozenset[str]:
    """The strings of assignments to ``__all__``."""
    collector = _Exports()
    module.visit(collector)
    return frozenset(collector.found)


class _Exports(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()
        self._depth = 0

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:  # noqa: N802 - libcst's name
        return "__all__" in cst.Module([]).code_for_node(node)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802
        if isinstance(value := node.evaluated_value, str):
            self.found.add(value)


def _declared_elsewhere(module: cst.Module) -> frozenset[str]:
    """The names that ``global`` and ``nonlocal`` statements name."""
    collector = _Declared()
    module.visit(collector)
    return frozenset(collector.found)


class _Declared(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_NameItem(self, node: cst.NameItem) -> None:  # noqa: N802 - libcst's name
        self.found.add(node.name.value)
