"""Branches and loops: blocks of which it may not be known whether they run."""

from __future__ import annotations

import ast

from analyzers.importing.flows import Flow, Handlers
from analyzers.importing.frames import Frame, bound_names, forget
from analyzers.importing.iteration import iterated
from analyzers.importing.machine import Machine
from analyzers.importing.values import UNKNOWN, Value, is_constant, truth


class Branches:
    """Runs branches and loops on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.by_type: Handlers = {
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.Match: self._match,
        }

    def perhaps(self, body: list[ast.stmt], frame: Frame) -> Flow:
        """Run a block of which it is not known whether it runs."""
        with self._machine.uncertain():
            flow = self._machine.execute(body, frame)
        if flow in (Flow.RETURN, Flow.BREAK, Flow.CONTINUE):
            frame.is_cut = True
        return flow

    def _either(self, bodies: list[list[ast.stmt]], frame: Frame) -> Flow:
        """One of several blocks runs: names keep a value only where all blocks give it."""
        names = bound_names(statement for body in bodies for statement in body)
        before = {name: frame.names[name] for name in names if name in frame.names}
        was_cut = frame.is_cut
        outcomes: list[dict[str, Value]] = []
        flows: list[Flow] = []
        for body in bodies:
            for name in names:
                frame.names.pop(name, None)
            frame.names.update(before)
            flow = self._machine.perhaps(body, frame)
            flows.append(flow)
            if flow is not Flow.ENDED:
                outcomes.append({name: frame.names[name] for name in names if name in frame.names})
        for name in names:
            values = [outcome.get(name, UNKNOWN) for outcome in outcomes]
            if not values:
                continue
            first = values[0]
            same = all(value is first or (is_constant(value) and value == first) for value in values)
            if same and all(name in outcome for outcome in outcomes):
                frame.names[name] = first
            elif any(name in outcome for outcome in outcomes):
                frame.names[name] = UNKNOWN
            else:
                frame.names.pop(name, None)
        if all(flow is Flow.RETURN for flow in flows):
            frame.is_cut = was_cut or len({id(value) for value in frame.returned}) > 1
            return Flow.RETURN
        return Flow.ENDED if all(flow is Flow.ENDED for flow in flows) else Flow.NEXT

    def _if(self, node: ast.If, frame: Frame) -> Flow:
        found = truth(self._machine.evaluate(node.test, frame))
        if found is not None:
            return self._machine.execute(node.body if found else node.orelse, frame)
        return self._either([node.body, node.orelse], frame)

    def _match(self, node: ast.Match, frame: Frame) -> Flow:
        self._machine.evaluate(node.subject, frame)
        names = bound_names([node])
        flow = self._either([*(case.body for case in node.cases), []], frame)
        forget(names, frame)
        return flow

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> Flow:
        items = iterated(self._machine.evaluate(node.iter, frame))
        was_cut = frame.is_cut
        if items is None or isinstance(node, ast.AsyncFor) or (not self._machine.certain and len(items) > 20):
            self._machine.bind(node.target, UNKNOWN, frame)
            return self._maybe_loop(node, frame, was_cut)
        for item in items:
            self._machine.bind(node.target, item, frame)
            flow = self._machine.execute(node.body, frame)
            if flow in (Flow.RETURN, Flow.ENDED):
                return flow
            if flow is Flow.BREAK:
                return Flow.NEXT
            if frame.is_cut and not was_cut:
                # Which of the rounds still happen is not known.
                forget(bound_names(node.body), frame)
                if not frame.returned:
                    frame.is_cut = was_cut
                return self._maybe_loop(node, frame, frame.is_cut)
        return self._machine.execute(node.orelse, frame)

    def _while(self, node: ast.While, frame: Frame) -> Flow:
        if truth(self._machine.evaluate(node.test, frame)) is False:
            return self._machine.execute(node.orelse, frame)
        return self._maybe_loop(node, frame, frame.is_cut)

    def _maybe_loop(self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, was_cut: bool) -> Flow:
        names = bound_names([*node.body, *node.orelse])
        forget(names, frame)
        before = len(frame.returned)
        self._machine.perhaps(node.body, frame)
        if len(frame.returned) == before:
            frame.is_cut = was_cut
        forget(names, frame)
        self._machine.perhaps(node.orelse, frame)
        return Flow.NEXT
