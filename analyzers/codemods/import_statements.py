"""One import statement under rules: its aliases stay, change, move to statements of their own, or go.

Importing this module imports libcst.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import libcst as cst
from libcst.metadata import ImportAssignment

from analyzers.codemods.importing import GUARDED, Importing, SeenImport
from analyzers.codemods.rules import Rule, dotted
from analyzers.source.precise.bound_names import aliases, module_of


def plan_statements(importing: Importing) -> None:
    """Plan every import statement; all have been seen, and all references have been looked at."""
    for seen in importing.seen.values():
        if isinstance(seen.node.names, cst.ImportStar):
            _tell_star(importing, seen)
        else:
            _ImportStatement(importing, seen).plan()


def _tell_star(importing: Importing, seen: SeenImport) -> None:
    assert isinstance(seen.node, cst.ImportFrom)
    module = module_of(seen.node)
    if module.startswith("."):
        return
    for rule in importing.rules.rules:
        if rule.old is not None and rule.old.startswith(f"{module}:"):
            importing.plan.note(seen.node, rule, "what a star import binds is not followed")
            return


class _ImportStatement:
    """Plans one statement: its aliases stay, change, move to statements of their own, or go."""

    def __init__(self, importing: Importing, seen: SeenImport) -> None:
        self._importing, self._seen, self._node = importing, seen, seen.node
        self._names, self._plan = importing.names, importing.plan
        self._kept: list[cst.ImportAlias] = []
        self._moved: dict[str, list[str]] = {}
        self._own: list[str] = []
        self._last: cst.ImportAlias | None = None

    def plan(self) -> None:
        """Plan it; every reference has been looked at."""
        for alias, bound, qualified in aliases(self._node):
            full = alias.evaluated_name if isinstance(self._node, cst.Import) else qualified
            rule = None if full.startswith(".") else self._importing.rules.renames_below(full)
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
            for rule in self._importing.rules.by_symbol.get(".".join(parts[:length]), ()):
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
        mentions = len(word.findall(self._importing.module.code))
        return mentions == gone + len(word.findall(_code(alias)))

    def _may_go(self, bound: str) -> bool:
        return not self._importing.keeps_names and bound not in self._importing.exports

    def _assignment(self, alias: cst.ImportAlias, bound: str) -> ImportAssignment | None:
        """The assignment of this alias, where it is the only one to its name in its scope."""
        scope = self._names.scope(alias)
        found = list(scope.assignments[bound]) if scope is not None else []
        if len(found) == 1 and isinstance(found[0], ImportAssignment) and found[0].node is self._node:
            return found[0]
        return None

    def _move_package(self, alias: cst.ImportAlias, bound: str, full: str, rule: Rule) -> None:
        """``import a.b.c``, which binds ``a``: references were replaced one by one."""
        if bound in self._seen.failed or self._importing.keeps_names:
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
        if assignment is None or not self._may_go(bound) or not self._importing.is_free(name):
            return bound
        return name if self._rename(assignment, name) else bound

    def _rename(self, assignment: ImportAssignment | None, name: str) -> bool:
        """Let every use of a name follow; False where one cannot."""
        if assignment is None or assignment.name in self._importing.rebound:
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
