"""What a module's ``__getattr__`` answers for, where the code says so.

One that answers for a spelled-out set of names and raises for all others leaves its module closed (PEP 562).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyzers.api.lazy import LazyNames, imported_names, target_of
from analyzers.api.literals import Names, Tables, string

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEPTH = 20
# ``return globals()[name]`` gives what is there anyway.
_ANSWER = re.compile(r"\breturn\b(?!\s+globals\(\)\[)")
_HARMLESS = frozenset(
    {
        "expression_statement",
        "import_statement",
        "import_from_statement",
        "pass_statement",
        "comment",
        "assert_statement",
        "global_statement",
        "delete_statement",
    }
)


def answered(function: SgNode, tables: Tables) -> LazyNames:
    """What a module's ``__getattr__`` answers for."""
    parameters, body = function.field("parameters"), function.field("body")
    given = parameters.named_children() if parameters else []
    if len(given) != 1 or body is None:
        return LazyNames({}, False)
    name = re.split(r"\W", given[0].text(), maxsplit=1)[0]
    reading = _Answer(name, tables)
    ending = reading.block(body.named_children(), 0)
    targets: dict[str, tuple[str, ...]] = dict.fromkeys(reading.names, ())
    for node in reading.mappings:
        for key, value in tables.pairs(node):
            targets[key] = (*targets.get(key, ()), *target_of(key, value))
    is_complete = not reading.is_open and ending is not _End.FALLS
    return LazyNames(targets, is_complete, delegates=tuple(reading.delegates))


class _End(enum.Enum):
    """How a block of statements ends for a name that no test has singled out."""

    FALLS = enum.auto()
    LEAVES = enum.auto()


class _Answer:
    """Follows ``__getattr__`` for a name that is none of those spelled out, and collects the latter."""

    def __init__(self, parameter: str, tables: Tables) -> None:
        self._parameter, self._tables = parameter, tables
        self._looked_up: dict[str, SgNode] = {}
        self._imported: dict[str, str] = {}
        self.names: dict[str, None] = {}
        self.mappings: list[SgNode] = []
        self.delegates: dict[str, None] = {}
        self.is_open = False

    def block(self, statements: Sequence[SgNode], depth: int) -> _End:
        """Read statements in order up to the one that leaves the function for the unlisted name."""
        for statement in statements:
            if depth > _DEPTH:
                self.is_open = True
                return _End.LEAVES
            if self._statement(statement, depth) is _End.LEAVES:
                return _End.LEAVES
        return _End.FALLS

    def _statement(self, node: SgNode, depth: int) -> _End:
        kind = node.kind()
        if kind == "raise_statement":
            return _End.LEAVES
        if kind == "return_statement":
            given = node.named_children()
            self._answers(given[0] if given else None)
            return _End.LEAVES
        if kind == "if_statement":
            return self._branches(node, depth)
        if kind == "expression_statement" and (inner := node.named_children()):
            return self._assigns(inner[0])
        if kind == "try_statement":
            return self._tries(node, depth)
        if kind == "with_statement":
            body = node.field("body")
            return self.block(body.named_children(), depth + 1) if body else _End.FALLS
        if kind == "match_statement":
            return self._cases(node, depth)
        if kind == "import_from_statement":
            self._imported |= imported_names(node)
        elif kind not in _HARMLESS:
            self.is_open = self.is_open or "return" in node.text()
        return _End.FALLS

    def _answers(self, value: SgNode | None) -> None:
        if value is None:
            self.is_open = True
        elif value.kind() == "subscript":
            container, index = value.field("value"), value.field("subscript")
            if container is None or index is None or index.text() != self._parameter:
                self.is_open = True
            else:
                self._restricted(container)
        elif value.kind() == "identifier" and value.text() in self._looked_up:
            self._looked(value.text())
        elif (subject := self._get(value)) is not None and value.text().startswith("getattr"):
            self._restricted(subject)
        else:
            self.is_open = True

    def _assigns(self, node: SgNode) -> _End:
        """``x = TABLE[name]`` fails, and ``x = TABLE.get(name)`` is None, for what is not in the table."""
        left, right = node.field("left"), node.field("right")
        if node.kind() != "assignment" or left is None or right is None:
            return _End.FALLS
        if right.kind() == "subscript":
            container, index = right.field("value"), right.field("subscript")
            if container is not None and index is not None and index.text() == self._parameter:
                self._restricted(container)
                return _End.LEAVES
        if right.kind() in ("dictionary", "list", "set", "tuple") and left.kind() == "identifier":
            self._tables.bind(left.text(), right)
        if (table := self._get(right)) is not None:
            self._looked_up[left.text()] = table
        return _End.FALLS

    def _get(self, node: SgNode) -> SgNode | None:
        """The table of ``table.get(name)``, the object of ``getattr(object, name)``."""
        function, arguments = node.field("function"), node.field("arguments")
        if node.kind() != "call" or function is None or arguments is None:
            return None
        given = arguments.named_children()
        subject, method = function.field("object"), function.field("attribute")
        if function.text() == "getattr" and len(given) > 1:
            subject, given = given[0], given[1:]
        elif method is None or method.text() not in ("get", "pop"):
            return None
        # A default of None, or of a marker, is what the next test asks about.
        has_default = len(given) > 1 and not (len(given) == 2 and given[1].kind() in ("none", "identifier"))
        return subject if given and not has_default and given[0].text() == self._parameter else None

    def _restricted(self, table: SgNode) -> None:
        """From here on, only names in the table, or in the object, matter."""
        text = table.text()
        if text in ("globals()", "vars()"):
            return
        found = self._tables.names(table)
        if found.is_complete and not found.modules:
            self._collect(found)
            self.mappings.append(table)
        elif re.fullmatch(r"[\w.]+", text):
            root, dot, rest = text.partition(".")
            self.delegates[self._imported.get(root, f":{root}") + dot + rest] = None
        else:
            self.is_open = True

    def _collect(self, found: Names) -> None:
        self.names |= dict.fromkeys(found.names)
        self.is_open = self.is_open or not found.is_complete or bool(found.modules)

    def _branches(self, node: SgNode, depth: int) -> _End:
        ending = _End.LEAVES
        arms = [(node.field("condition"), node.field("consequence"))]
        has_else = False
        for alternative in node.field_children("alternative"):
            if alternative.kind() == "elif_clause":
                arms.append((alternative.field("condition"), alternative.field("consequence")))
            else:
                has_else = True
                arms.append((None, alternative.field("body")))
        for condition, body in arms:
            if body is None:
                continue
            if condition is not None and not _ANSWER.search(body.text()):
                # What the branch is for gets no answer; for which names that is matters only where all
                # others go on.
                sense = self._preview(condition)
                if sense is True:
                    continue
            else:
                sense = self._test(condition, 0) if condition is not None else None
                if sense is True:
                    continue
            found = self.block(body.named_children(), depth + 1)
            if sense is False:
                return found
            if found is _End.FALLS:
                ending = _End.FALLS
        return ending if has_else else _End.FALLS

    def _preview(self, condition: SgNode) -> bool | None:
        """As `_test`, but names count only if it is the others that the test holds for."""
        aside = _Answer(self._parameter, self._tables)
        aside._looked_up, aside._imported = self._looked_up, self._imported
        sense = aside._test(condition, 0)
        return True if sense is True else self._test(condition, 0)

    def _test(self, node: SgNode, depth: int) -> bool | None:
        """True: holds for listed names alone; False: holds for all others; None: may hold for any."""
        if depth > _DEPTH:
            return None
        match node.kind():
            case "parenthesized_expression":
                inner = node.named_children()
                return self._test(inner[0], depth + 1) if len(inner) == 1 else None
            case "not_operator":
                argument = node.field("argument")
                found = self._test(argument, depth + 1) if argument else None
                return None if found is None else not found
            case "boolean_operator":
                left, right, sign = node.field("left"), node.field("right"), node.field("operator")
                if left is None or right is None or sign is None:
                    return None
                first, second = self._test(left, depth + 1), self._test(right, depth + 1)
                if first is second:
                    return first
                decisive = sign.text() == "and"
                return decisive if decisive in (first, second) else None
            case "comparison_operator":
                return self._compared(node)
            case "identifier":
                return self._looked(node.text())
            case "named_expression":
                return self._walrus(node)
            case _:
                return None

    def _looked(self, name: str) -> bool | None:
        table = self._looked_up.get(name)
        if table is None:
            return None
        self._restricted(table)
        return True

    def _walrus(self, node: SgNode) -> bool | None:
        name, value = node.field("name"), node.field("value")
        table = self._get(value) if value else None
        if name is None or table is None:
            return None
        self._looked_up[name.text()] = table
        return self._looked(name.text())

    def _compared(self, node: SgNode) -> bool | None:
        parts = node.children()
        if len(parts) < 3:
            return None
        left, right = parts[0], parts[-1]
        sign = " ".join(part.text() for part in parts[1:-1])
        if right.kind() == "none" or (sign in ("is", "is not") and right.kind() == "identifier"):
            inner = left
            if left.kind() == "parenthesized_expression" and left.named_children():
                inner = left.named_children()[0]
            found = self._walrus(inner) if inner.kind() == "named_expression" else self._looked(inner.text())
            return None if found is None else sign in ("is not", "!=")
        if sign in ("==", "!="):
            other = right if left.text() == self._parameter else left
            text = string(other) if self._parameter in (left.text(), right.text()) else None
            if text is None:
                return None
            self.names[text] = None
            return sign == "=="
        if sign in ("in", "not in") and left.text() == self._parameter:
            self._restricted(right)
            return sign == "in"
        return None

    def _tries(self, node: SgNode, depth: int) -> _End:
        body = node.field("body")
        ending = self.block(body.named_children(), depth + 1) if body else _End.FALLS
        for clause in node.named_children():
            if clause.kind() == "except_clause":
                handler = clause.named_children()[-1]
                if self.block(handler.named_children(), depth + 1) is _End.FALLS:
                    ending = _End.FALLS
        return ending

    def _cases(self, node: SgNode, depth: int) -> _End:
        body, subject = node.field("body"), node.field("subject")
        if body is None or subject is None or subject.text() != self._parameter:
            self.is_open = True
            return _End.FALLS
        for clause in body.named_children():
            pattern, arm = clause.named_children()[:1], clause.field("consequence")
            texts = re.findall(r"""["']([^"']*)["']""", pattern[0].text()) if pattern else []
            if texts and clause.field("guard") is None and not pattern[0].text().strip().endswith("_"):
                self.names |= dict.fromkeys(texts)
            elif arm is not None:
                return self.block(arm.named_children(), depth + 1)
        return _End.FALLS
