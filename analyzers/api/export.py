"""One module's text in, its `ModuleSurface` out; the parser is tolerant, so that no text fails.

What does not bind a name at module level is passed over. Where a test is not decided by the target, and in
``try``, all alternatives are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.api import lazy
from analyzers.api.all_names import Exports
from analyzers.api.answers import answered
from analyzers.api.bindings import bind_targets, bind_type_alias, bind_value, unbind
from analyzers.api.bodies import Bodies
from analyzers.api.conditions import ANY_TARGET, UNKNOWN, Conditions, Target
from analyzers.api.definitions import Definitions, Scope, add_members, class_symbol, line_of, replaced
from analyzers.api.expressions import Place, assigned, instances, types, values
from analyzers.api.imports import Imports
from analyzers.api.late_names import global_names, walrus_names
from analyzers.api.literals import Names, Tables, string
from analyzers.api.makers import makers, walkers
from analyzers.api.openness import openness
from analyzers.api.running import Running
from analyzers.api.signatures import Decorators, decorators
from analyzers.api.spelling import spelled
from analyzers.api.surface import ModuleSurface, Symbol, SymbolKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT_DEPTH = 40


def exported(text: str, target: Target = ANY_TARGET, *, is_stub: bool = False) -> ModuleSurface:
    """What a module's text offers.

    Args:
        text: of a ``.py`` or ``.pyi`` file.
        target: decides tests of version and platform.
        is_stub: names that a stub imports for itself alone are not part of it.
    """
    from ast_grep_py import SgRoot

    return _Exporter(text, SgRoot(text, "python").root(), target, is_stub).surface()


class _Exporter:
    def __init__(self, text: str, root: SgNode, target: Target, is_stub: bool) -> None:
        self._text, self._root, self._is_stub = text, root, is_stub
        self._conditions = Conditions(target)
        self._bodies = Bodies(root)
        self._definitions = Definitions(self._bodies, is_stub)
        self._tables = Tables()
        self._module = Scope()
        self._imports = Imports(is_stub)
        self._exports = Exports(self._tables)
        self._getattr: SgNode | None = None
        self._lazy: list[lazy.LazyNames] = []
        self._open: dict[str, None] = {}
        self._delegates: dict[str, None] = {}
        self._sets: dict[tuple[str, str], int] = {}
        self._functions: dict[str, SgNode] = {}
        self._running = Running(self._conditions, self._tables, self._functions)
        self._calls: list[SgNode] = []

    def surface(self) -> ModuleSurface:
        """Read the whole file."""
        self._block(self._root, self._module, False, False, 0)
        for name in global_names(self._text, self._root):
            if all(symbol.is_type_only for symbol in self._module.names.get(name.text(), ())):
                bind_value(self._module, name, (), True, False)
        for name in walrus_names(self._text, self._root):
            bind_value(self._module, name, (), True, False)
        opened = openness(self._text, self._root, self._tables)
        self._open |= opened.module
        self._imports.stars |= opened.copied
        for right in opened.replacements:
            found = lazy.replacement(right, self._tables)
            if found is None:
                self._open["sys.modules[__name__] is replaced"] = None
            else:
                self._lazy.append(found)
        self._answers()
        for text, line in opened.names.items():
            self._module.bind(text, Symbol(SymbolKind.VALUE, line), True)
        self._opened_classes(opened.classes)
        for call in self._calls:
            self._running.call(call)
        for key, line in self._running.sets.items():
            self._sets.setdefault(key, line)
        if self._bodies.has_errors():
            self._open["it is not understood as a whole"] = None
        exports = self._exports.found
        names = dict.fromkeys(exports.names) if exports is not None else {}
        for text in names if self._is_stub else ():
            for position, symbol in enumerate(self._module.names.get(text, [])):
                self._module.names[text][position] = replaced(symbol, is_type_only=False)
        return ModuleSurface(
            symbols=self._module.frozen(),
            stars=tuple(self._imports.stars),
            delegates=tuple(self._delegates),
            exports=tuple(names) if exports is not None else None,
            exports_of=tuple(f":{module}" for module in dict.fromkeys(exports.modules)) if exports else (),
            are_exports_open=exports is not None
            and (not exports.is_complete or self._exports.has_hidden(self._text)),
            open=tuple(self._open),
            open_submodules=tuple(opened.submodules),
            sets=tuple((target, name, line) for (target, name), line in self._sets.items()),
            makers=makers(self._text, self._root),
            walkers=walkers(self._text, self._root),
            runs=tuple(self._running.runs),
            is_completed_by_stub=any(found.of_stub for found in self._lazy),
        )

    def _answers(self) -> None:
        """Take in what the module makes on request."""
        if "__getattr__" in self._module.names and not self._lazy:
            if self._getattr is None or self._is_stub:
                self._open["__getattr__"] = None
            else:
                self._lazy.append(answered(self._getattr, self._tables))
        for found in self._lazy:
            self._delegates |= dict.fromkeys(found.delegates)
            if not found.is_complete:
                self._open["__getattr__"] = None
            for name, targets in found.targets.items():
                kind = SymbolKind.ALIAS if targets else SymbolKind.VALUE
                self._module.bind(name, Symbol(kind, 1, targets), True)

    def _opened_classes(self, classes: dict[str, dict[str, int] | None]) -> None:
        for class_name, members in classes.items():
            symbols = self._module.names.get(class_name, [])
            if any(symbol.kind is not SymbolKind.CLASS for symbol in symbols):
                for name, line in (members or {}).items():
                    self._sets.setdefault((f":{class_name}", name), line)
            added = {name: Symbol(SymbolKind.VALUE, line) for name, line in (members or {}).items()}
            reason = "setattr" if members is None else None
            add_members(symbols, added, reason)

    # Statements.

    def _block(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool, depth: int) -> None:
        if depth > _LIMIT_DEPTH:
            self._open["it is nested too deeply"] = None
            return
        for statement in node.named_children():
            self._statement(statement, scope, conditional, type_only, depth)

    def _statement(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool, depth: int) -> None:
        match node.kind():
            case "expression_statement":
                for child in node.named_children():
                    self._expression(child, scope, conditional, type_only)
            case "function_definition":
                self._function(node, Decorators(), scope, conditional, type_only)
            case "class_definition":
                self._class(node, Decorators(), scope, conditional, type_only, depth)
            case "decorated_definition":
                definition = node.field("definition")
                if definition is not None and definition.kind() == "function_definition":
                    self._function(definition, decorators(node), scope, conditional, type_only)
                elif definition is not None:
                    self._class(definition, decorators(node), scope, conditional, type_only, depth)
            case "import_statement":
                self._imports.whole(node, scope, conditional, type_only)
            case "import_from_statement" | "future_import_statement":
                self._imports.names(node, scope, conditional, type_only)
            case "if_statement":
                self._if(node, scope, conditional, type_only, depth)
            case "type_alias_statement":
                bind_type_alias(node, scope, conditional, type_only)
            case "delete_statement":
                unbind(node, scope, conditional)
            case "comment" | "pass_statement" | "assert_statement" | "raise_statement" | "global_statement":
                pass
            case _:
                self._compound(node, scope, conditional, type_only, depth)

    def _compound(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool, depth: int) -> None:
        """``try``, ``with``, loops, ``match``: every block may run; the body of ``with`` does."""
        kind = node.kind()
        below = conditional or kind not in ("with_statement", "finally_clause", "block", "match_statement")
        if kind == "for_statement" and (left := node.field("left")) is not None:
            bind_targets(left, scope, True, type_only)
        for child in node.named_children():
            match child.kind():
                case "block" | "ERROR":
                    self._block(child, scope, below, type_only, depth + 1)
                case (
                    "case_clause" | "except_clause" | "except_group_clause" | "else_clause" | "finally_clause"
                ):
                    self._compound(child, scope, below, type_only, depth + 1)
                case "with_clause":
                    for target in child.find_all(kind="as_pattern_target"):
                        for name in target.named_children():
                            bind_targets(name, scope, conditional, type_only)
                case _:
                    pass

    def _if(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool, depth: int) -> None:
        arms = [(node.field("condition"), node.field("consequence"))]
        for alternative in node.field_children("alternative"):
            if alternative.kind() == "elif_clause":
                arms.append((alternative.field("condition"), alternative.field("consequence")))
            else:
                arms.append((None, alternative.field("body")))
        for condition, body in arms:
            if body is None:
                continue
            truth = True if condition is None else self._conditions.truth(condition)
            if truth is False:
                if condition is not None and "TYPE_CHECKING" in condition.text():
                    self._block(body, scope, True, True, depth + 1)
                continue
            self._block(body, scope, conditional or truth is None, type_only, depth + 1)
            if truth is True:
                return
            conditional = True

    def _expression(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool) -> None:
        match node.kind():
            case "assignment":
                self._assignment(node, scope, conditional, type_only)
            case "augmented_assignment":
                left, right = node.field("left"), node.field("right")
                if left is None or right is None or scope.class_name:
                    return
                if left.text() == "__all__":
                    self._exports.extend(right)
                elif left.kind() == "identifier":
                    self._tables.add(left.text(), None, right)
            case "call" if not scope.class_name:
                if not type_only:
                    self._calls.append(node)
                self._call(node)
            case "ERROR":
                for child in node.named_children():
                    if child.kind() == "assignment":
                        self._assignment(child, scope, conditional, type_only)
            case _:
                pass

    def _call(self, node: SgNode) -> None:
        """``__all__.extend(...)`` and what else adds to a table."""
        function, arguments = node.field("function"), node.field("arguments")
        subject = function.field("object") if function else None
        method = function.field("attribute") if function else None
        if subject is None or method is None or arguments is None:
            return
        given = arguments.named_children()
        if method.text() not in ("append", "extend", "add", "update", "insert", "remove") or not given:
            return
        added = given[-1]
        is_one = method.text() in ("append", "add", "insert")
        if subject.text() == "__all__":
            self._exports.call(method.text(), added)
        elif subject.kind() == "identifier":
            self._tables.add(subject.text(), string(added) if is_one else None, added)
        elif subject.kind() == "subscript":
            self._tables.add_item(subject, added)

    def _assignment(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool) -> None:
        targets, annotation, right = assigned(node)
        if right is None and annotation is not None and not self._is_stub and not scope.class_name:
            # ``name: T`` alone binds nothing at run time.
            type_only = True
        if right is not None and right.kind() == "call" and not scope.class_name and not type_only:
            self._calls.append(right)
        for target in targets:
            if target.kind() == "identifier":
                self._assign_name(target, annotation, right, scope, conditional, type_only)
            elif target.kind() == "attribute" and right is not None:
                self._assign_attribute(target, right)
            elif target.kind() == "subscript" and right is not None:
                self._tables.add_item(target, right)
                self._running.assign(target)
            else:
                bind_targets(target, scope, conditional, type_only)
                if right is not None and target.text().lstrip("( ").startswith("__getattr__"):
                    self._attach(right)

    def _attach(self, call: SgNode) -> None:
        found = lazy.attached(call, self._tables)
        if found is None:
            self._open["__getattr__"] = None
            return
        self._lazy.append(found)
        if self._exports.found is None and found.is_complete and not found.of_stub:
            self._exports.found = Names(tuple(found.targets))

    def _assign_name(
        self,
        target: SgNode,
        annotation: SgNode | None,
        right: SgNode | None,
        scope: Scope,
        conditional: bool,
        type_only: bool,
    ) -> None:
        name = target.text()
        place = Place(scope.class_name, scope.names)
        if not scope.class_name and right is not None:
            self._tables.bind(name, right, is_conditional=conditional)
            if (known := self._conditions.value(right)) is not UNKNOWN and not conditional:
                self._conditions.constants[name] = known
            elif name in self._conditions.constants:
                del self._conditions.constants[name]
            if name == "__all__":
                self._exports.assign(right, conditional)
            if name == "__getattr__":
                self._getattr = None
        if annotation is not None:
            text = annotation.text()
            if text.rpartition(".")[2] == "TypeAlias" and right is not None:
                found = types(right, place)
                scope.bind(name, Symbol(SymbolKind.ALIAS, line_of(target), found), conditional)
                return
            found = instances(annotation, place) or (values(right, place) if right is not None else ())
            bind_value(scope, target, found, conditional, type_only, right)
            return
        if right is None:
            return
        found = values(right, place)
        if found and right.kind() in ("identifier", "attribute"):
            symbol = Symbol(
                SymbolKind.ALIAS, line_of(target), found, is_type_only=type_only, text=spelled(right)
            )
            scope.bind(name, symbol, conditional)
        elif (
            right.kind() == "call" and found and found[0].rpartition(".")[2].removeprefix(":") == "property()"
        ):
            scope.bind(name, Symbol(SymbolKind.PROPERTY, line_of(target)), conditional)
        else:
            bind_value(scope, target, found, conditional, type_only, right)

    def _assign_attribute(self, target: SgNode, right: SgNode) -> None:
        """``Class.member = value``, or ``module.name = value``, at module level."""
        subject, attribute = target.field("object"), target.field("attribute")
        if subject is None or attribute is None:
            return
        symbols = self._module.names.get(subject.text(), [])
        if all(symbol.kind is SymbolKind.ALIAS for symbol in symbols):
            for expression in values(subject, Place()):
                self._sets.setdefault((expression, attribute.text()), line_of(target))
        member = Symbol(SymbolKind.VALUE, line_of(target), values(right, Place()))
        add_members(symbols, {attribute.text(): member})

    # Definitions.

    def _function(
        self, node: SgNode, decorated: Decorators, scope: Scope, conditional: bool, type_only: bool
    ) -> None:
        name = node.field("name")
        if name is not None and name.text() == "__getattr__" and not scope.class_name:
            self._getattr = None if decorated.unknown else node
        if name is not None and not scope.class_name and not type_only:
            self._functions[name.text()] = node
        self._definitions.function(node, decorated, scope, conditional, type_only)

    def _class(
        self,
        node: SgNode,
        decorated: Decorators,
        scope: Scope,
        conditional: bool,
        type_only: bool,
        depth: int,
    ) -> None:
        name, body = node.field("name"), node.field("body")
        if name is None:
            return
        qualified = f"{scope.class_name}.{name.text()}" if scope.class_name else name.text()
        inner = Scope(qualified)
        if body is not None:
            self._block(body, inner, False, type_only, depth + 1)
        symbol = class_symbol(node, decorated, scope, inner, type_only)
        scope.bind(name.text(), symbol, conditional)
