"""What functions do to other modules when the statements of their own module call them: `Running`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from analyzers.api.conditions import Conditions
from analyzers.api.definitions import line_of
from analyzers.api.expressions import Place, assigned, values
from analyzers.api.lazy import imported_names
from analyzers.api.literals import Names, Tables, string
from analyzers.api.rows import names_of, texts
from analyzers.api.surface import ANY_NAME, LITERAL, Run
from analyzers.api.syntax import arguments, parameters

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT_CALLS = 400
_LIMIT_DEPTH = 30
_LIMIT_ARGUMENTS = 200
_NOT_RUN = frozenset({"function_definition", "class_definition", "decorated_definition", "lambda"})


class Running:
    """Follows calls from the statements of a module into its functions.

    Args:
        conditions: decide which branches run.
        tables: what names of the module hold.
        functions: those of the module, by name.

    Attributes:
        sets: what is set on what, with the line; `ANY_NAME` where the name is not spelled out.
        runs: calls with what they are given.
    """

    def __init__(self, conditions: Conditions, tables: Tables, functions: Mapping[str, SgNode]) -> None:
        self._conditions, self._tables, self._functions = conditions, tables, functions
        self._done: set[tuple[str, tuple[tuple[str, ...], ...]]] = set()
        self._is_inside = False
        self.sets: dict[tuple[str, str], int] = {}
        self.runs: dict[Run, None] = {}

    def call(self, call: SgNode, names: Mapping[str, tuple[str, ...]] | None = None, depth: int = 0) -> None:
        """A call that runs, where `names` are the local ones."""
        function = call.field("function")
        if function is None or len(self._done) >= _LIMIT_CALLS or depth > _LIMIT_DEPTH:
            return
        local = names or {}
        given = tuple(self._given(each, call, local) for each in arguments(call)[:_LIMIT_ARGUMENTS])
        if function.text() == "setattr" and len(given) == 3:
            self._setattr(call, local)
            return
        if (subject := _namespace(function.field("object"))) is not None:
            self._update(subject, function, call, local)
            return
        called = values(function, Place(values=local))
        if any(given) and called and len(self.runs) < _LIMIT_CALLS:
            self.runs[Run(called[0], given)] = None
        name = function.text()
        if name in local or name not in self._functions or (name, given) in self._done:
            return
        self._done.add((name, given))
        definition = self._functions[name]
        body = definition.field("body")
        if body is None or body.find(kind="yield") is not None or definition.text().startswith("async"):
            return
        inside: dict[str, tuple[str, ...]] = {}
        for position, parameter in enumerate(parameters(definition)):
            at = given[position] if position < len(given) else ()
            inside[parameter] = tuple(each for each in at if not each.startswith(LITERAL))
        outside, self._is_inside = self._is_inside, True
        self._block(body, inside, depth + 1)
        self._is_inside = outside

    def _given(self, node: SgNode, place: SgNode, local: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        if (text := string(node)) is not None:
            return (LITERAL + text,)
        found = values(node, Place(values=local))
        if node.kind() not in ("attribute", "identifier") and found:
            return ()
        spelled = texts(node, place, self._tables, self._hidden(local))
        return tuple(LITERAL + each for each in spelled) if spelled else found

    def _hidden(self, names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]] | None:
        return names if self._is_inside else None

    def _block(self, node: SgNode, names: dict[str, tuple[str, ...]], depth: int) -> None:
        if depth > _LIMIT_DEPTH:
            return
        for statement in node.named_children():
            match statement.kind():
                case kind if kind in _NOT_RUN:
                    pass
                case "import_from_statement":
                    names |= {name: (target,) for name, target in imported_names(statement).items()}
                case "import_statement":
                    names |= dict(_imported(statement))
                case "if_statement":
                    for body in self._branches(statement):
                        self._block(body, names, depth + 1)
                case "expression_statement":
                    for child in statement.named_children():
                        self._expression(child, names, depth)
                case _:
                    self._block(statement, names, depth + 1)

    def _branches(self, node: SgNode) -> Iterator[SgNode]:
        """The bodies that may run."""
        for arm in (node, *node.field_children("alternative")):
            condition = arm.field("condition")
            truth = True if condition is None else self._conditions.truth(condition)
            body = arm.field("body") if arm.kind() == "else_clause" else arm.field("consequence")
            if truth is not False and body is not None:
                yield body
            if truth is True:
                return

    def _expression(self, node: SgNode, names: dict[str, tuple[str, ...]], depth: int) -> None:
        if node.kind() == "call":
            self.call(node, names, depth)
        elif node.kind() == "assignment":
            targets, _, right = assigned(node)
            if right is None:
                return
            if right.kind() == "call":
                self.call(right, names, depth)
            found = values(right, Place(values=names))
            for target in targets:
                if target.kind() == "identifier":
                    names[target.text()] = found
                else:
                    self.assign(target, names)

    def assign(self, target: SgNode, names: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """An assignment to an attribute of a thing, or to an item of its namespace."""
        local = names or {}
        if target.kind() == "attribute":
            self._set(target, local)
            return
        subject, key = _namespace(target.field("value")), target.field("subscript")
        if target.kind() == "subscript" and subject is not None and key is not None:
            self._named(subject, key, target, local)

    def _update(
        self, subject: SgNode, function: SgNode, call: SgNode, names: Mapping[str, tuple[str, ...]]
    ) -> None:
        method, given = function.field("attribute"), arguments(call)
        if method is None or not given:
            return
        if method.text() in ("setdefault", "__setitem__"):
            self._named(subject, given[0], call, names)
        elif method.text() == "update":
            # Within a function a local name may hide a table of the module.
            is_plain = not self._is_inside or (
                given[0].kind() == "dictionary" and "**" not in given[0].text()
            )
            found = names_of(given[0], self._tables) if is_plain else Names(is_complete=False)
            is_known = found.is_complete and not found.modules and len(given) == 1
            self._all(subject, found.names if is_known else (ANY_NAME,), call, names)

    def _set(self, target: SgNode, names: Mapping[str, tuple[str, ...]]) -> None:
        subject, attribute = target.field("object"), target.field("attribute")
        if subject is not None and attribute is not None:
            for expression in values(subject, Place(values=names)):
                self.sets.setdefault((expression, attribute.text()), line_of(target))

    def _setattr(self, call: SgNode, names: Mapping[str, tuple[str, ...]]) -> None:
        subject, key, _ = arguments(call)
        self._named(subject, key, call, names)

    def _named(
        self, subject: SgNode, key: SgNode, place: SgNode, names: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Something is set under a key."""
        text = string(key)
        found = (text,) if text is not None else texts(key, place, self._tables, self._hidden(names))
        self._all(subject, found if found is not None else (ANY_NAME,), place, names)

    def _all(
        self, subject: SgNode, found: tuple[str, ...], place: SgNode, names: Mapping[str, tuple[str, ...]]
    ) -> None:
        for expression in values(subject, Place(values=names)):
            for name in found:
                self.sets.setdefault((expression, name), line_of(place))


def _namespace(node: SgNode | None) -> SgNode | None:
    """The thing whose namespace is written as ``thing.__dict__`` or ``vars(thing)``."""
    if node is None:
        return None
    attribute = node.field("attribute") if node.kind() == "attribute" else None
    if attribute is not None and attribute.text() == "__dict__":
        return node.field("object")
    function = node.field("function") if node.kind() == "call" else None
    if function is not None and function.text() == "vars" and len(given := arguments(node)) == 1:
        return given[0]
    return None


def _imported(statement: SgNode) -> Iterator[tuple[str, tuple[str, ...]]]:
    for child in statement.named_children():
        module, alias = child.field("name"), child.field("alias")
        if module is not None and alias is not None:
            yield alias.text(), (module.text(),)
        else:
            root = child.text().partition(".")[0]
            yield root, (root,)
