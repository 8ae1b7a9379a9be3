"""What names and expressions of one file may be, as expressions; found on demand and remembered."""

from __future__ import annotations

import bisect
import operator
import re

from analyzers.source.extraction import members, special_calls, steps, trailers, type_hints
from analyzers.source.extraction.evaluator import Chain, DynamicImport, Event, Values
from analyzers.source.extraction.masking import STRING, Source
from analyzers.source.extraction.patterns import ASSIGNED, NAME, sought, word
from analyzers.source.extraction.reaching import reaching
from analyzers.source.extraction.scopes import Binding, BindingKind, Range, Scope, ScopeKind
from analyzers.source.extraction.structure import Structure

_CLASS_BINDING = BindingKind.CLASS
_EXCEPTION_BINDING = BindingKind.EXCEPTION
_FUNCTION_BINDING = BindingKind.FUNCTION
_IMPORT_BINDING = BindingKind.IMPORT
_PARAMETER_BINDING = BindingKind.PARAMETER
_VALUE_BINDING = BindingKind.VALUE

_NAME = re.compile(NAME)
_TRAILER = re.compile(rf"\s*\.\s*({NAME})|[ \t]*([(\[])")
_BLANK = re.compile(r"[\s\\]*")
_OPERATORS = re.compile(
    sought(
        r"(\[{,",
        *map(word, ("if", "or", "and", "lambda", "for", "else", "in", "is", "not")),
        ASSIGNED,
        *(sign + "[-+*/%@&|^<>!=]*" for sign in "-+*/%@&|^<>!="),
    )
)
_FOR = re.compile(sought(r"(\[{", word("for"), word("async")))
_MAX_DEPTH = 40
_MAX_PARTS = 8


_COMPREHENSION = ScopeKind.COMPREHENSION
_NOTHING: Chain = ((), -1, [])


_START = operator.attrgetter("start")


class Evaluation:
    """Finds values in one file.

    Attributes:
        dynamic: modules that a call at an offset imports, with how sure that is.
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.source: Source = structure.source
        self.stars: Values = tuple(
            dict.fromkeys(fact.module for fact in structure.imports if fact.name == "*")
        )
        self.dynamic: dict[int, DynamicImport] = {}
        self._chains: dict[int, Chain] = {}
        self._attributes: dict[tuple[str, str], Values] = {}
        self._depth = 0
        self._scopes = sorted(structure.scopes, key=_START)
        self._starts = [scope.start for scope in self._scopes]
        self._comprehensions = {
            scope.start: scope for scope in structure.scopes if scope.kind is _COMPREHENSION
        }

    # Names

    def named(self, name: str, scope: Scope, offset: int) -> Values:
        """What a name that is read at an offset may be."""
        values = scope.known.get(name)
        if values is not None:
            return values
        found = scope.find(name)
        if found is None:
            values = scope.known[name] = special_calls.unbound(name, self.stars)
            return values
        home, bindings = found
        if len(bindings) == 1:
            binding = bindings[0]
            if 0 <= binding.end <= offset:
                return ()
            values = self.bound(binding)
            if self._depth == 0 and binding.end < 0:
                scope.known[name] = values
            return values
        flow = scope
        while flow.kind is _COMPREHENSION and flow is not home and flow.parent is not None:
            flow = flow.parent
        if flow is home:
            return steps.union(
                self.bound(binding) for binding in reaching(self.source, home, bindings, offset)
            )
        settled = home.settled.get(name)
        if settled is None:
            home.settled[name] = ()
            last = reaching(self.source, home, bindings, home.end)
            settled = home.settled[name] = steps.union(self.bound(binding) for binding in last)
        if self._depth == 0:
            scope.known[name] = settled
        return settled

    def bound(self, binding: Binding) -> Values:
        """What a binding binds."""
        values = binding.values
        if values is None:
            binding.values = ()
            if self._depth >= _MAX_DEPTH:
                return ()
            self._depth += 1
            values = binding.values = self._found(binding)
            self._depth -= 1
        return values

    def _found(self, binding: Binding) -> Values:
        kind = binding.kind
        if kind is _VALUE_BINDING:
            values: Values = ()
            if binding.value is not None:
                values = self.evaluate(*binding.value, binding.scope)
                for step in binding.steps:
                    values = self.items(values, step)
            if not values and binding.annotation is not None:
                values = type_hints.instances(self, *binding.annotation, binding.scope)
            return values
        if kind is _PARAMETER_BINDING:
            return members.parameter(self, binding)
        if kind is _IMPORT_BINDING:
            return (binding.expression,)
        if kind is _FUNCTION_BINDING:
            return (binding.function.key,) if binding.function else ()
        if kind is _CLASS_BINDING:
            return (binding.class_.key,) if binding.class_ else ()
        return self._caught(binding) if kind is _EXCEPTION_BINDING else ()

    def _caught(self, binding: Binding) -> Values:
        if binding.value is None:
            return ()
        start, end = binding.value
        if self.source.code[start] == "(" and self.source.closing.get(start) == end - 1:
            start, end = start + 1, end - 1
        classes = (self.evaluate(*part, binding.scope) for part in self.source.parts(start, end)[:_MAX_PARTS])
        return self.called(steps.union(classes))

    # Expressions

    def evaluate(self, start: int, end: int, scope: Scope) -> Values:
        """What the expression in a range may be."""
        if self._depth >= _MAX_DEPTH:
            return ()
        self._depth += 1
        try:
            return self._evaluated(start, end, scope)
        finally:
            self._depth -= 1

    def _evaluated(self, start: int, end: int, scope: Scope) -> Values:
        source = self.source
        code = source.code
        start, end = source.trimmed(start, end)
        if start >= end:
            return ()
        values: Values = ()
        position = start
        if match := _NAME.match(code, start, end):
            word = match[0]
            if word == "await":
                return self._evaluated(match.end(), end, scope)
            if word == "lambda":
                key = f":{scope.prefix}<lambda>@{start}"
                return (key,) if key in self.structure.functions else ()
            if word in ("not", "yield"):
                return ()
            values, position, _ = self.chain(start, scope, word)
            if position < 0:
                position = self._behind(match.end(), end)
        elif code[start] in "([" and start in source.closing:
            closing = source.closing[start]
            values = self._display(start, closing, scope)
            position = closing + 1
            if position < end and values and _TRAILER.match(code, position, end):
                behind = position
                values, position, _ = trailers.followed(self, values, position, scope, start, start)
                if position < 0:
                    position = self._behind(behind, end)
            elif position < end:
                position = self._behind(position, end)
        elif code[start] == "{":
            position = source.closing.get(start, end) + 1
            if position < end:
                position = self._behind(position, end)
        elif code[start] == STRING:
            pass
        blank = _BLANK.match(code, position, end)
        if blank is None or blank.end() >= end:
            return values
        return self._operation(values, start, position, end, scope)

    def _behind(self, position: int, end: int) -> int:
        """The offset behind trailers that are of no interest."""
        code, closing = self.source.code, self.source.closing
        while match := _TRAILER.match(code, position, end):
            position = match.end()
            if match[2]:
                position = closing.get(position - 1, position) + 1
        return position

    def _operation(self, first: Values, start: int, position: int, end: int, scope: Scope) -> Values:
        """What comes of several operands, the first of which ends at ``position``."""
        source = self.source
        code, closings = source.code, source.closing
        found: dict[str, re.Match[str]] = {}
        sign = ""
        while match := _OPERATORS.search(code, position, end):
            position = match.end()
            text = match[0]
            if text in "([{":
                position = closings.get(match.start(), match.start()) + 1
                continue
            if text == "lambda":
                position = source.colon(position, end)
                continue
            sign = sign or text
            if text == ",":
                return self._tuple(source.parts(start, end), scope)
            if text == "=":
                found[text] = match
            else:
                found.setdefault(text, match)
        if last := found.get("="):
            return self.evaluate(last.end(), end, scope)
        if (conditional := found.get("if")) and (otherwise := found.get("else")):
            chosen = self.evaluate(start, conditional.start(), scope)
            return steps.union((chosen, self.evaluate(otherwise.end(), end, scope)))
        if alternative := found.get("or"):
            left = self.evaluate(start, alternative.start(), scope)
            return steps.union((left, self.evaluate(alternative.end(), end, scope)))
        if both := found.get("and"):
            return self.evaluate(both.end(), end, scope)
        return first if not sign else ()

    def _tuple(self, parts: list[Range], scope: Scope) -> Values:
        return steps.union(
            (f"[{index}]={value}" for value in self.evaluate(*part, scope)[:2])
            for index, part in enumerate(parts[:_MAX_PARTS])
            if self.source.code[part[0]] != "*"
        )

    def _display(self, opening: int, closing: int, scope: Scope) -> Values:
        """What parentheses or a list display give."""
        source = self.source
        if clause := source.at_depth(_FOR, opening + 1, closing):
            inside = self._comprehensions.get(opening, scope)
            elements = self.evaluate(opening + 1, clause.start(), inside)
            return tuple(steps.ITEMS + value for value in elements)
        if source.code[opening] == "(":
            if source.at_depth(_COMMA_ONLY, opening + 1, closing):
                return self._tuple(source.parts(opening + 1, closing), scope)
            inner = source.trimmed(opening + 1, closing)
            if walrus := _WALRUS.match(source.code, *inner):
                return self.evaluate(walrus.end(), inner[1], scope)
            return self.evaluate(*inner, scope)
        parts = source.parts(opening + 1, closing)[:_MAX_PARTS]
        return tuple(
            steps.ITEMS + value for value in steps.union(self.evaluate(*part, scope) for part in parts)
        )

    def generated(self, opening: int, scope: Scope) -> Values | None:
        """What a generator expression gives that is the only argument of a call; None where there is none."""
        if opening not in self._comprehensions:
            return None
        return self._display(opening, self.source.closing[opening], scope)

    # Chains

    def imported(self, offset: int, end: int, expression: str) -> list[Event]:
        """The uses in the primary expression that starts with a name of one meaning throughout the file."""
        known = self._chains.get(offset)
        if known is None:
            known = self._chains[offset] = trailers.followed(self, (expression,), end, None, offset, end)
        return known[2]

    def scope_at(self, offset: int) -> tuple[Scope, int]:
        """The innermost scope at an offset, and where the next one starts."""
        index = bisect.bisect_right(self._starts, offset)
        scope = self._scopes[index - 1]
        while scope.parent is not None and (
            offset >= scope.end or (scope.hole is not None and scope.hole[0] <= offset < scope.hole[1])
        ):
            scope = scope.parent
        return scope, self._starts[index] if index < len(self._starts) else len(self.source.code) + 1

    def chain(self, offset: int, scope: Scope, name: str) -> Chain:
        """The primary expression that starts with the name at an offset."""
        known = self._chains.get(offset)
        if known is None:
            values = scope.known.get(name)
            if values is None:
                self._chains[offset] = _NOTHING
                values = self.named(name, scope, offset)
            if not values:
                return _NOTHING
            end = offset + len(name)
            # What is met again while this is followed leads to nothing.
            self._chains[offset] = _NOTHING
            known = self._chains[offset] = trailers.followed(self, values, end, scope, offset, end)
        return known

    def group(self, opening: int, scope: Scope) -> Chain:
        """The primary expression that starts with parentheses."""
        closing = self.source.closing[opening]
        values = self._display(opening, closing, scope)
        return (
            trailers.followed(self, values, closing + 1, scope, opening, opening + 1) if values else _NOTHING
        )

    # Steps

    def attributes(self, values: Values, name: str) -> Values:
        """What an attribute of the values may be."""
        if len(values) == 1:
            key = (values[0], name)
            known = self._attributes.get(key)
            if known is None:
                known = members.attribute(self, values[0], name)
                if self._depth == 0:
                    self._attributes[key] = known
            return known
        return steps.union(members.attribute(self, value, name) for value in values)

    def items(self, values: Values, index: int | None) -> Values:
        """What an item of the values may be."""
        if len(values) == 1:
            return members.item(self, values[0], index)
        return steps.union(members.item(self, value, index) for value in values)

    def called(
        self, values: Values, opening: int = -1, scope: Scope | None = None, events: list[Event] | None = None
    ) -> Values:
        """What calling the values may give."""
        if len(values) == 1:
            return special_calls.called(self, values[0], opening, scope, events)
        return steps.union(special_calls.called(self, value, opening, scope, events) for value in values)

    def call_targets(self, values: Values) -> Values:
        """What is used by calling the values."""
        targets: list[str] = []
        for value in values:
            if value[0] == ":":
                targets += members.constructors(self, value)
            elif value[0] not in "[(<" and not value.startswith("builtins."):
                targets.append(f"{value}.__call__" if value[-1] in ")]^" else value)
        return tuple(targets)

    def external(self, values: Values) -> Values:
        """Those that start at an import and end at a name."""
        if len(values) == 1:
            return values if _is_external(values[0]) else ()
        return tuple(value for value in values if _is_external(value))


def _is_external(value: str) -> bool:
    return value[0] not in ":[(<" and value[-1] not in ")]" and value[:9] != "builtins."


_COMMA_ONLY = re.compile(sought(r"(\[{,", word("lambda") + ".*?:"))
_WALRUS = re.compile(rf"{NAME}\s*:=")
