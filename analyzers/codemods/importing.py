"""Import statements under rules: what they name moves, what is new is added, what is left unused goes.

Importing this module imports libcst.
"""

from __future__ import annotations

import builtins
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import ImportAssignment
from libcst.metadata.scope_provider import GlobalScope, Scope

from analyzers.codemods.plan import Plan
from analyzers.codemods.rules import Rule, RuleSet, dotted
from analyzers.source.bound_names import Binding, BoundNames, Origin, aliases, imported_name, module_of

GUARDED = "stands where the author chose between old and new names already"


@dataclass(slots=True)
class _Seen:
    """An import statement, and what references ask of it.

    Attributes:
        added: statements to stand after it.
        gone: by bound name, how many references no longer need it.
        failed: bound names of which a reference could not be changed.
    """

    node: cst.Import | cst.ImportFrom
    guarded: bool
    added: dict[str, None] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Provided:
    """A module or a symbol that an import at the top of the module makes available."""

    bound: str
    expression: str
    qualified: str
    position: int


class Importing:
    """Plans the import statements of one module."""

    def __init__(
        self, module: cst.Module, names: BoundNames, rules: RuleSet, plan: Plan, keeps_names: bool
    ) -> None:
        self._module, self._names, self._rules, self._plan = module, names, rules, plan
        self._keeps_names = keeps_names
        self._seen: dict[cst.CSTNode, _Seen] = {}
        self._exports = _exports(module)
        self._rebound = _declared_elsewhere(module)
        self._provided = [
            provided
            for position, statement in enumerate(module.body)
            if isinstance(statement, cst.SimpleStatementLine)
            for small in statement.body
            if isinstance(small, cst.Import | cst.ImportFrom)
            for provided in _provided(small, position)
        ]

    def see(self, node: cst.Import | cst.ImportFrom, guarded: bool) -> None:
        """Hear of a statement; all have been seen before `finish`."""
        self._seen[node] = _Seen(node, guarded)

    def failed(self, origin: Origin) -> None:
        """A reference that needs its import could not be changed."""
        for assignment in origin.imports:
            if (seen := self._seen.get(assignment.node)) is not None:
                seen.failed.add(assignment.name)

    def replaced(self, origin: Origin) -> None:
        """A reference no longer needs its import."""
        for assignment in origin.imports:
            if (seen := self._seen.get(assignment.node)) is not None:
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
                self._plan.note(assignment.node, rule, reason)
            self.failed(origin)
            return None
        expression, needed = made
        self.replaced(origin)
        if needed is not None:
            for assignment in origin.imports:
                if (seen := self._seen.get(assignment.node)) is not None:
                    seen.added[needed] = None
        return expression

    def _expression(
        self, rule: Rule, scope: Scope, statement: cst.CSTNode | None, at_top: bool
    ) -> tuple[str, str | None] | None:
        """The expression, and the statement that it needs if there is none yet."""
        new = rule.new or ""
        module, _, path = new.partition(":")
        if module == "builtins":
            return None if self._names.is_bound(path.partition(".")[0]) else (path, None)
        if (existing := self._existing(new, scope, statement, at_top)) is not None:
            return existing, None
        root = module.partition(".")[0]
        if self._is_free(root) or self._is_package(root):
            return dotted(new), f"import {module}"
        first, dot, rest = path.partition(".")
        if path and self._is_free(first):
            return f"{first}{dot}{rest}", f"from {module} import {first}"
        return None

    def _existing(self, new: str, scope: Scope, statement: cst.CSTNode | None, at_top: bool) -> str | None:
        module, symbol = new.partition(":")[0], dotted(new)
        before = len(self._module.body)
        if at_top and statement is not None:
            before = next((i for i, each in enumerate(self._module.body) if each is statement), 0)
        for provided in self._provided:
            inside = provided.qualified == module or provided.qualified.startswith(f"{module}.")
            if provided.position >= before or not inside:
                continue
            if symbol != provided.qualified and not symbol.startswith(f"{provided.qualified}."):
                continue
            origin = self._names.origin_in(scope, provided.bound)
            if origin.binding is Binding.IMPORT and all(
                isinstance(assignment.scope, GlobalScope) for assignment in origin.imports
            ):
                return f"{provided.expression}{symbol[len(provided.qualified) :]}"
        return None

    def _is_free(self, name: str) -> bool:
        used = name in self._names.accessed or self._names.is_bound(name)
        return not used and not hasattr(builtins, name) and name not in self._rebound

    def _is_package(self, name: str) -> bool:
        """Whether nothing but imports of the package of that name bind it."""
        assignments = self._names.assignments(name)
        return (
            bool(assignments)
            and name not in self._names.matched
            and all(
                isinstance(each, ImportAssignment) and imported_name(each) == name for each in assignments
            )
        )

    def finish(self) -> None:
        """Plan every statement; references must all have been looked at."""
        for seen in self._seen.values():
            if isinstance(seen.node.names, cst.ImportStar):
                self._tell_star(seen)
                continue
            _Statement(self, seen).plan()

    def _tell_star(self, seen: _Seen) -> None:
        assert isinstance(seen.node, cst.ImportFrom)
        module = module_of(seen.node)
        if module.startswith("."):
            return
        for rule in self._rules.rules:
            if rule.old is not None and rule.old.startswith(f"{module}:"):
                self._plan.note(seen.node, rule, "what a star import binds is not followed")
                return


class _Statement:
    """Plans one statement: its aliases stay, change, move to statements of their own, or go."""

    def __init__(self, importing: Importing, seen: _Seen) -> None:
        self._importing, self._seen, self._node = importing, seen, seen.node
        self._names, self._plan = importing._names, importing._plan
        self._kept: list[cst.ImportAlias] = []
        self._moved: dict[str, list[str]] = {}
        self._own: list[str] = []
        self._last: cst.ImportAlias | None = None

    def plan(self) -> None:
        for alias, bound, qualified in aliases(self._node):
            full = alias.evaluated_name if isinstance(self._node, cst.Import) else qualified
            rule = None if full.startswith(".") else self._importing._rules.renames_below(full)
            self._tell(full)
            self._last = alias
            if rule is None or rule.only_tells:
                if not self._is_unused(alias, bound):
                    self._kept.append(alias)
            elif self._seen.guarded:
                self._plan.note(self._node, rule, GUARDED)
                self._kept.append(alias)
            elif isinstance(self._node, cst.Import) and alias.asname is None and "." in full:
                self._move_package(alias, bound, full, rule)
            else:
                self._move(alias, bound, full, rule)
        self._compose()

    def _tell(self, full: str) -> None:
        """Note what rules that only detect say of an imported name."""
        parts = full.split(".")
        for length in range(1, len(parts) + 1):
            for rule in self._importing._rules.by_symbol.get(".".join(parts[:length]), ()):
                if rule.only_tells and not rule.keywords and not self._seen.guarded:
                    self._plan.note(self._node, rule, rule.advice or "")

    def _is_unused(self, alias: cst.ImportAlias, bound: str) -> bool:
        """Whether every reference to what it binds has been replaced."""
        gone = self._seen.gone.get(bound, 0)
        if not gone or bound in self._seen.failed or not self._may_go(bound):
            return False
        # libcst counts a reference to the longest module that an import names; here its first name counts.
        if self._assignment(alias, bound) is None or self._names.accessed.get(bound, 0) != gone:
            return False
        # Any further mention, be it in a docstring, is a reason to keep it.
        word = re.compile(rf"\b{re.escape(bound)}\b")
        mentions = len(word.findall(self._importing._module.code))
        return mentions == gone + len(word.findall(_code(alias)))

    def _may_go(self, bound: str) -> bool:
        return not self._importing._keeps_names and bound not in self._importing._exports

    def _assignment(self, alias: cst.ImportAlias, bound: str) -> ImportAssignment | None:
        """The assignment of this alias, where it is the only one to its name in its scope."""
        scope = self._names.scope(alias)
        found = list(scope.assignments[bound]) if scope is not None else []
        if len(found) == 1 and isinstance(found[0], ImportAssignment) and found[0].node is self._node:
            return found[0]
        return None

    def _move_package(self, alias: cst.ImportAlias, bound: str, full: str, rule: Rule) -> None:
        """``import a.b.c``, which binds ``a``: references were replaced one by one."""
        if bound in self._seen.failed or self._importing._keeps_names:
            self._kept.append(alias)
            self._plan.note(self._node, rule, "not every use of it could be changed")
            return
        gone = self._seen.gone.get(bound, 0)
        if not gone:
            new = f"{dotted(rule.new or '')}{full[len(dotted(rule.old or '')) :]}"
            module = (rule.new or "").partition(":")[0] if ":" in (rule.new or "") else new
            self._own.append(f"import {module}")
        if self._names.accessed.get(bound, 0) > gone:
            self._own.append(f"import {bound}")
        self._plan.applied.append((self._node, rule))

    def _move(self, alias: cst.ImportAlias, bound: str, full: str, rule: Rule) -> None:
        new = rule.new or ""
        below = full[len(dotted(rule.old or "")) :]
        module, _, path = new.partition(":")
        if module == "builtins":
            self._to_builtin(alias, bound, path, rule)
            return
        if path:
            path += below
        elif below and isinstance(self._node, cst.ImportFrom):
            prefix, _, path = f"{module}{below}".rpartition(".")
            module = prefix
        else:
            module += below
        if "." in path:
            self._kept.append(alias)
            self._plan.note(self._node, rule, f"cannot be imported by itself: {module}.{path}")
            return
        self._plan.applied.append((self._node, rule))
        if not path:
            self._to_module(alias, bound, module)
            return
        name = self._new_name(alias, bound, path)
        if isinstance(self._node, cst.ImportFrom) and module_of(self._node) == module:
            self._kept.append(_renamed(alias, path, name))
        else:
            self._moved.setdefault(module, []).append(path if name == path else f"{path} as {name}")

    def _to_module(self, alias: cst.ImportAlias, bound: str, module: str) -> None:
        parent, _, last = module.rpartition(".")
        if isinstance(self._node, cst.Import) and (alias.asname is not None or not parent):
            name = self._new_name(alias, bound, module) if not parent else bound
            self._kept.append(_renamed(alias, module, name))
            return
        if not parent:
            name = self._new_name(alias, bound, last)
            self._own.append(f"import {last}" if name == last else f"import {last} as {name}")
            return
        if isinstance(self._node, cst.Import):
            self._own.append(f"import {module} as {bound}")
            return
        name = self._new_name(alias, bound, last)
        if module_of(self._node) == parent:
            self._kept.append(_renamed(alias, last, name))
        else:
            self._moved.setdefault(parent, []).append(last if name == last else f"{last} as {name}")

    def _to_builtin(self, alias: cst.ImportAlias, bound: str, name: str, rule: Rule) -> None:
        assignment = self._assignment(alias, bound)
        others = [each for each in self._names.assignments(name) if each is not assignment]
        free = not others and name not in self._names.matched and assignment is not None
        if free and self._may_go(bound) and (bound == name or self._rename(assignment, name)):
            self._plan.applied.append((self._node, rule))
            return
        self._kept.append(alias)
        self._plan.note(
            self._node, rule, f"{bound!r} or {name!r} is bound to something else, too, or exported"
        )

    def _new_name(self, alias: cst.ImportAlias, bound: str, name: str) -> str:
        """The name to bind: the new one where every use can follow, else the old one."""
        if alias.asname is not None or bound == name:
            return bound
        assignment = self._assignment(alias, bound)
        if assignment is None or not self._may_go(bound) or not self._importing._is_free(name):
            return bound
        return name if self._rename(assignment, name) else bound

    def _rename(self, assignment: ImportAssignment | None, name: str) -> bool:
        """Let every use of a name follow; False where one cannot."""
        if assignment is None or assignment.name in self._importing._rebound:
            return False
        uses = [access.node for access in assignment.references]
        if not all(isinstance(use, cst.Name) and self._names.scope(use) is not None for use in uses):
            return False
        for use in uses:
            self._plan.expressions[use] = functools.partial(_named, name=name)
        return True

    def _compose(self) -> None:
        """The statements that stand for this one."""
        names = self._node.names
        assert not isinstance(names, cst.ImportStar)
        same = len(self._kept) == len(names) and all(a is b for a, b in zip(self._kept, names, strict=True))
        added = dict.fromkeys([*self._own, *self._seen.added])
        if same and not self._moved and not added:
            return
        made: list[cst.BaseSmallStatement] = []
        in_place = self._moved_as_a_whole(names)
        if in_place is not None:
            made.append(in_place)
        else:
            if self._kept:
                kept = names if same else _listed(self._kept, self._last)
                made.append(self._node.with_changes(names=kept))
            made += [
                _small(f"from {module} import {', '.join(each)}") for module, each in self._moved.items()
            ]
        made += [_small(text) for text in added]
        self._plan.imports[self._node] = made

    def _moved_as_a_whole(self, names: Sequence[cst.ImportAlias]) -> cst.ImportFrom | None:
        """The statement with another module, where all that it names moved there."""
        if self._kept or len(self._moved) != 1 or not isinstance(self._node, cst.ImportFrom):
            return None
        ((module, moved),) = self._moved.items()
        if len(moved) != len(names):
            return None
        changed = []
        for alias, text in zip(names, moved, strict=True):
            path, _, name = text.partition(" as ")
            changed.append(_renamed(alias, path, name or path))
        return self._node.with_changes(module=_dotted_node(module), relative=[], names=changed)


def _named(node: cst.BaseExpression, name: str) -> cst.BaseExpression:
    return node.with_changes(value=name)


def _provided(node: cst.Import | cst.ImportFrom, position: int) -> list[_Provided]:
    found = []
    for alias, bound, qualified in aliases(node):
        found.append(_Provided(bound, bound, qualified, position))
        if isinstance(node, cst.Import) and alias.asname is None and "." in alias.evaluated_name:
            found.append(_Provided(bound, alias.evaluated_name, alias.evaluated_name, position))
    return found


def _renamed(alias: cst.ImportAlias, path: str, name: str) -> cst.ImportAlias:
    """An alias of another name that binds `name`."""
    asname = alias.asname
    if name == path:
        asname = asname if asname is not None and alias.evaluated_alias == name else None
    elif asname is None or alias.evaluated_alias != name:
        asname = cst.AsName(cst.Name(name))
    return alias.with_changes(name=_dotted_node(path), asname=asname)


def _listed(kept: list[cst.ImportAlias], last: cst.ImportAlias | None) -> list[cst.ImportAlias]:
    """The aliases that stay, of which the last ends as the last one did."""
    if last is not None and kept and kept[-1] is not last:
        comment = isinstance(kept[-1].comma, cst.Comma) and "#" in _code(kept[-1].comma)
        if not comment:
            kept[-1] = kept[-1].with_changes(comma=last.comma)
    return kept


def _dotted_node(text: str) -> cst.Name | cst.Attribute:
    node = cst.parse_expression(text)
    if not isinstance(node, cst.Name | cst.Attribute):
        raise TypeError(f"no dotted name: {text!r}")
    return node


def _small(text: str) -> cst.BaseSmallStatement:
    return cst.ensure_type(cst.parse_statement(text), cst.SimpleStatementLine).body[0]


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


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
        return "__all__" in _code(node)

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
