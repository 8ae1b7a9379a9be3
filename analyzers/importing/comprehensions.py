"""Comprehensions to containers."""

from __future__ import annotations

import ast

from analyzers.importing.frames import Frame
from analyzers.importing.iteration import LIMIT_ITEMS, iterated
from analyzers.importing.machine import Machine
from analyzers.importing.values import UNKNOWN, Mapping, Sequence, Value, is_constant, truth


class Comprehensions:
    """Evaluates comprehensions on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def sequence(self, kind: str, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> Value:
        """A list, or what is made of one."""
        rows = self._rows(node, frame)
        if rows is None:
            with self._machine.uncertain():
                self._machine.evaluate(node.elt, self._uncertain_row(node, frame))
            return Sequence(kind, is_open=True)
        return Sequence(kind, [self._machine.evaluate(node.elt, row) for row in rows])

    def mapping(self, node: ast.DictComp, frame: Frame) -> Value:
        """A dictionary."""
        rows = self._rows(node, frame)
        if rows is None:
            with self._machine.uncertain():
                inner = self._uncertain_row(node, frame)
                self._machine.evaluate(node.key, inner)
                self._machine.evaluate(node.value, inner)
            return Mapping(is_open=True)
        made = Mapping()
        for row in rows:
            key, value = self._machine.evaluate(node.key, row), self._machine.evaluate(node.value, row)
            if is_constant(key):
                made.items[key] = value
            else:
                made.is_open = True
        return made

    def _rows(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame
    ) -> list[Frame] | None:
        """A frame for each element of a comprehension; None where these are not known."""
        rows = [_row(frame, {})]
        for generator in node.generators:
            following: list[Frame] = []
            for row in rows:
                items = iterated(self._machine.evaluate(generator.iter, row))
                if items is None or generator.is_async:
                    return None
                for item in items:
                    inner = _row(frame, dict(row.names))
                    self._machine.step()
                    _assigned(generator.target, item, inner)
                    answers = [truth(self._machine.evaluate(test, inner)) for test in generator.ifs]
                    if None in answers:
                        return None
                    if False not in answers:
                        following.append(inner)
                if len(following) > LIMIT_ITEMS:
                    return None
            rows = following
        return rows

    def _uncertain_row(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame
    ) -> Frame:
        inner = _row(frame, {})
        for generator in node.generators:
            self._machine.evaluate(generator.iter, inner)
            _assigned(generator.target, UNKNOWN, inner)
            for test in generator.ifs:
                self._machine.evaluate(test, inner)
        return inner


def _row(frame: Frame, names: dict[str, Value]) -> Frame:
    return Frame(
        frame.module, names, frame, function=frame.function, owner=frame.owner, is_comprehension=True
    )


def _assigned(target: ast.expr, value: Value, frame: Frame) -> None:
    """Bind the names of a comprehension's target."""
    match target:
        case ast.Name():
            frame.names[target.id] = value
        case ast.Tuple() | ast.List():
            items = iterated(value)
            fits = items is not None and len(items) == len(target.elts)
            for index, inner in enumerate(target.elts):
                if isinstance(inner, ast.Starred):
                    fits = False
                    inner = inner.value
                _assigned(inner, items[index] if fits and items is not None else UNKNOWN, frame)
