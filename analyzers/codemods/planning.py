"""`planned`: which references, calls and methods of a tree rules change, and what stands for them.

A reference is changed only where its name is proven to be bound to the import that the rule means. Importing
this module imports libcst.
"""

from __future__ import annotations

import functools

import libcst as cst
from libcst.metadata import ExpressionContext
from libcst.metadata.scope_provider import GlobalScope

from analyzers.codemods import calls
from analyzers.codemods.guards import is_guarded
from analyzers.codemods.import_statements import plan_statements
from analyzers.codemods.importing import GUARDED, Importing
from analyzers.codemods.plan import Plan
from analyzers.codemods.receivers import Proof, Receivers
from analyzers.codemods.rules import Rule, RuleSet, dotted
from analyzers.source.precise.bound_names import Binding, BoundNames, Origin, chain_root, imported_name


def planned(module: cst.Module, rules: RuleSet, *, keeps_names: bool) -> Plan:
    """The changes that rules demand of a tree.

    Args:
        module: a tree that was just parsed.
        rules: those that may matter to it.
        keeps_names: whether imported names must stay bound, since other files import them from here.

    Raises:
        RecursionError: the tree is too deep.
    """
    planner = _Planner(module, rules, keeps_names)
    module.visit(planner)
    plan_statements(planner.importing)
    return planner.plan


class _Planner(cst.CSTVisitor):
    def __init__(self, module: cst.Module, rules: RuleSet, keeps_names: bool) -> None:
        self._rules, self.plan = rules, Plan()
        self._names = BoundNames(module)
        self._receivers = Receivers(module, self._names, rules)
        self.importing = Importing(module, self._names, rules, self.plan, keeps_names)
        self._ancestors: list[cst.CSTNode] = []
        self._handled: set[cst.CSTNode] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Keep the way from the module to the node."""
        self._ancestors.append(node)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """See `on_visit`."""
        super().on_leave(original_node)
        self._ancestors.pop()

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: N802 - libcst's name
        self.importing.see(node, is_guarded(self._ancestors))
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802
        self.importing.see(node, is_guarded(self._ancestors))
        return False

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        self._reference(node)

    def visit_Attribute(self, node: cst.Attribute) -> None:  # noqa: N802
        self._reference(node)

    def _reference(self, node: cst.Name | cst.Attribute) -> None:
        if node in self._handled or (root := chain_root(node)) is None:
            return
        origin = self._names.origin(root)
        if origin.binding is Binding.MIXED:
            self._tell_mixed(node, root, origin)
        if origin.binding is not Binding.IMPORT:
            return
        qualified = self._names.qualified(node) or ""
        by_import = isinstance(node, cst.Name)
        for rule in self._rules.by_symbol.get(qualified, ()):
            if self._names.context(node) is not ExpressionContext.LOAD:
                self.plan.note(node, rule, "is assigned to or deleted")
            elif rule.only_tells:
                if not rule.keywords and not by_import:
                    self.plan.note(node, rule, rule.advice or "")
            elif rule.changes_calls:
                if rule.new or rule.template:
                    self.plan.note(node, rule, "is not called here; only calls are rewritten")
                    self.importing.failed(origin)
            elif not by_import or rule.new is None:
                self._rename(node, root, origin, rule)

    def _tell_mixed(self, node: cst.Name | cst.Attribute, root: cst.Name, origin: Origin) -> None:
        below = _code(node)[len(root.value) :]
        for assignment in origin.imports:
            for rule in self._rules.by_symbol.get(f"{imported_name(assignment)}{below}", ()):
                if not rule.keywords:
                    reason = f"{root.value!r} is bound to something else, too"
                    self.plan.note(node, rule, rule.advice or reason)

    def _rename(self, node: cst.Name | cst.Attribute, root: cst.Name, origin: Origin, rule: Rule) -> None:
        if is_guarded(self._ancestors):
            self.plan.note(node, rule, GUARDED)
            self.importing.failed(origin)
            return
        if self._rules.renames_below(origin.qualified) is not None:
            return  # the import moves first; the next round sees what is left
        made = self._new_reference(node, root, origin, rule)
        if made is not None:
            self.plan.expressions[node] = functools.partial(_in_place_of, after=made)
            self.plan.applied.append((node, rule))

    def _new_reference(
        self, node: cst.Name | cst.Attribute, root: cst.Name, origin: Origin, rule: Rule
    ) -> cst.BaseExpression | None:
        """An expression for a rule's new symbol, with what must be imported for it."""
        if rule.new is None:
            return node
        if isinstance(node, cst.Attribute) and (within := self._within(node, rule.new)) is not None:
            return within
        scope = self._names.scope(root)
        statement = self._ancestors[1] if len(self._ancestors) > 1 else None
        if scope is None:
            return None
        made = self.importing.reference(rule, origin, scope, statement, isinstance(scope, GlobalScope))
        return None if made is None else cst.parse_expression(made)

    def _within(self, node: cst.Attribute, new: str) -> cst.BaseExpression | None:
        """The new symbol by the modules that the old expression goes through, where it is among them."""
        module, target = new.partition(":")[0], dotted(new)
        value: cst.BaseExpression = node.value
        first = True
        while isinstance(value, cst.Name | cst.Attribute):
            above = self._names.qualified(value) or ""
            inside = above == module or above.startswith(f"{module}.")
            if inside and target.startswith(f"{above}."):
                rest = target[len(above) + 1 :]
                if first and "." not in rest:
                    return node.with_changes(attr=node.attr.with_changes(value=rest), lpar=[], rpar=[])
                made = cst.parse_expression(f"{_code(value)}.{rest}")
                return made if isinstance(made, cst.Attribute) else None
            if isinstance(value, cst.Name):
                return None
            value, first = value.value, False
        return None

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        self._method(node)
        root = chain_root(node.func)
        if root is None or not isinstance(node.func, cst.Name | cst.Attribute):
            return
        qualified = self._names.qualified(node.func)
        if qualified is None:
            return
        for rule in self._rules.by_symbol.get(qualified, ()):
            if rule.changes_calls:
                self._call(node, rule, self._names.origin(root), root)

    def _method(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute):
            return
        method = node.func.attr.value
        for rule in self._rules.by_method.get(method, ()):
            wanted = frozenset(map(dotted, rule.classes))
            proof = self._receivers.is_of(node.func.value, wanted, method)
            if proof is Proof.PARTIAL:
                reason = f"the receiver of {method!r} may be something else"
                self.plan.note(node, rule, rule.advice or reason)
            elif proof is Proof.PROVEN:
                if rule.only_tells and not rule.keywords:
                    self.plan.note(node, rule, rule.advice or "")
                else:
                    self._call(node, rule, None, None)

    def _call(self, node: cst.Call, rule: Rule, origin: Origin | None, root: cst.Name | None) -> None:
        """Rewrite one call, or tell why not."""
        try:
            changes = calls.keyword_changes(node, rule)
            late = calls.positional_to_keyword(node, rule)
            arguments = calls.template_arguments(node, rule) if rule.template else {}
        except calls.CallProblem as problem:
            self._refuse(node, rule, origin, str(problem))
            return
        renames = bool(rule.new or rule.new_method or rule.template)
        if not (changes or late or renames):
            return
        if rule.only_tells:
            self.plan.note(node, rule, rule.advice or "")
            return
        if is_guarded(self._ancestors):
            self._refuse(node, rule, origin, GUARDED)
            return
        function: cst.BaseExpression | None = None
        if rule.new is not None and origin is not None and root is not None:
            function = self._new_reference_of(node, root, origin, rule)
            if function is None:
                return
            self._handled.add(node.func)
        before = self.plan.expressions.get(node)

        def change(updated: cst.BaseExpression) -> cst.BaseExpression:
            call = cst.ensure_type(before(updated) if before else updated, cst.Call)
            func = call.func if function is None else _in_place_of(call.func, function)
            if rule.new_method is not None and isinstance(func, cst.Attribute):
                func = func.with_changes(attr=func.attr.with_changes(value=rule.new_method))
            if rule.template is not None:
                values = {name: call.args[index].value for name, index in arguments.items()}
                values["new"] = func
                if isinstance(call.func, cst.Attribute):
                    values["self"] = call.func.value
                return _in_place_of(call, calls.from_template(rule.template, values))
            return calls.with_arguments(call.with_changes(func=func), changes, late, rule)

        if rule.template is not None and before is not None:
            return  # the next round sees what the other rule made
        self.plan.expressions[node] = change
        self.plan.applied.append((node, rule))
        if rule.template is not None and rule.new is None and origin is not None:
            self._handled.add(node.func)
            self.importing.replaced(origin)

    def _new_reference_of(
        self, node: cst.Call, root: cst.Name, origin: Origin, rule: Rule
    ) -> cst.BaseExpression | None:
        assert isinstance(node.func, cst.Name | cst.Attribute)
        return self._new_reference(node.func, root, origin, rule)

    def _refuse(self, node: cst.Call, rule: Rule, origin: Origin | None, reason: str) -> None:
        self._handled.add(node.func)
        self.plan.note(node, rule, reason)
        if origin is not None and (rule.new or rule.template):
            self.importing.failed(origin)


def _in_place_of(before: cst.BaseExpression, after: cst.BaseExpression) -> cst.BaseExpression:
    """The new expression in the parentheses of the old one."""
    return after.with_changes(lpar=[*before.lpar, *after.lpar], rpar=[*after.rpar, *before.rpar])


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
