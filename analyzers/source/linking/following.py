"""Follows expressions through the definitions of the project's own files until they leave it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from analyzers.source.extraction.steps import CONTAINER_METHODS
from analyzers.source.linking.project_files import SourceFile
from analyzers.source.module_facts import Definition, DefinitionKind, ModuleFacts
from analyzers.source.protocols import Surfaces

INHERITED = "^"
_STEP = re.compile(r"[.(\[]")
MAX_STATES = 8
_MAX_DEPTH = 60
_MAX_LENGTH = 300
_MAX_REMEMBERED = 20_000
_NO_MEMBERS = frozenset(
    {"abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "builtins.object"}
)


class State(NamedTuple):
    """Where an expression has come to.

    Attributes:
        kind: ``x`` outside the project, ``m`` a module, ``s`` what it exports, ``f`` a function, ``c`` a
            class, ``i`` an instance, ``w`` a container.
        path: of the file.
        text: the expression, or the qualified name.
    """

    kind: str
    path: str
    text: str


class Follower:
    """Follows expressions; remembers where each one led."""

    def __init__(
        self, files: Mapping[str, SourceFile], surfaces: Surfaces, facts: Callable[[str], ModuleFacts]
    ) -> None:
        self._files = files
        self._facts = facts
        self._surfaces = surfaces
        self._paths: dict[str, str] = {}
        self._roots: set[str] = set()
        self._packages: set[str] = set()
        for path, file in files.items():
            for name in file.names:
                self._paths.setdefault(name, path)
                self._roots.add(name.partition(".")[0])
                while (name := name.rpartition(".")[0]) and name not in self._packages:
                    self._packages.add(name)
        self._states: dict[tuple[str, str], tuple[State, ...]] = {}
        self._steps: dict[tuple[State, str], tuple[State, ...]] = {}

    def forget(self, most: int = _MAX_REMEMBERED) -> None:
        """Let go of where expressions led, if that is more than so much; not while any is followed."""
        if len(self._states) + len(self._steps) > most:
            self._states.clear()
            self._steps.clear()

    def is_own(self, module: str) -> bool:
        """Whether a dotted name lies in the project."""
        if module in self._paths or module in self._packages:
            return True
        root = module.partition(".")[0]
        if root not in self._roots:
            return False
        # A namespace that the project shares with others is its own as far as it has files in it.
        return root in self._paths or self._nearest(module) != root

    def reached(self, expression: str, *, is_called: bool) -> tuple[str, ...]:
        """The expressions outside the project to which the absolute target of a use leads."""
        if _root(expression) not in self._roots:
            return self._starred(expression) if ".*." in expression else (expression,)
        found: dict[str, None] = {}
        for state in self._follow(expression, "", 0):
            if state.kind == "x":
                if state.text[-1] not in ")]":
                    found[state.text] = None
                elif is_called:
                    found[f"{state.text}.__call__"] = None
            elif is_called and state.kind in "ci":
                # Calling a class of the project runs the constructor that it inherits.
                name = "__init__" if state.kind == "c" else "__call__"
                for member in self._member(State("i", state.path, state.text), name, 0, frozenset()):
                    if member.kind == "x":
                        found[member.text.replace("()^.__init__", INHERITED)] = None
        return tuple(found)

    def _starred(self, expression: str) -> tuple[str, ...]:
        module, _, rest = expression.partition(".*.")
        names = self._surfaces.star_names(module)
        if names is not None and _root(rest) not in names:
            return ()
        return (f"{module}.{rest}",)

    def _follow(self, expression: str, path: str, depth: int) -> tuple[State, ...]:
        """The states to which an absolute or local expression leads."""
        key = (path, expression) if expression[0] == ":" else ("", expression)
        known = self._states.get(key)
        if known is not None:
            return known
        self._states[key] = ()
        if depth > _MAX_DEPTH:
            return ()
        prefix, step = _cut(expression)
        if not prefix:
            found = self._start(expression, path)
        else:
            states = self._follow(prefix, path, depth + 1)
            if len(states) == 1:  # as nearly always; nothing is to be united
                found = self._step(states[0], step, depth + 1)
            else:
                found = self._union(self._step(state, step, depth + 1) for state in states)
        self._states[key] = found
        return found

    def _start(self, root: str, path: str) -> tuple[State, ...]:
        if root[0] == ":":
            return self._defined(path, root[1:], 0)
        if root in self._paths:
            return (State("m", self._paths[root], root),)
        if root in self._packages:
            return (State("m", "", root),)
        return (State("x", "", root),)

    def _step(self, state: State, step: str, depth: int) -> tuple[State, ...]:
        key = (state, step)
        known = self._steps.get(key)
        if known is None:
            self._steps[key] = ()
            known = self._steps[key] = () if depth > _MAX_DEPTH else self._taken(state, step, depth)
        return known

    def _taken(self, state: State, step: str, depth: int) -> tuple[State, ...]:
        kind, path, text = state
        is_name = step[0] not in "(["
        match kind:
            case "x":
                return (
                    (State("x", "", text + (f".{step}" if is_name else step)),)
                    if len(text) < _MAX_LENGTH
                    else ()
                )
            case "m":
                if step == "*":
                    return (State("s", path, text),)
                return self._member_of_module(path, text, step, depth) if is_name else ()
            case "s":
                return self._exported(path, step, depth, frozenset())
            case "f":
                if step != "()":
                    return ()
                return self._values(path, self._facts(path).definitions[text], depth)
            case "c":
                if step == "()":
                    return (State("i", path, text),)
                return self._member(state, step, depth, frozenset()) if is_name else (state,)
            case "i":
                if is_name:
                    return self._member(state, step, depth, frozenset())
                name = "__call__" if step == "()" else "__getitem__"
                members = self._member(state, name, depth, frozenset())
                return self._union(self._step(member, "()", depth + 1) for member in members)
            case _:
                return self._of_container(state, step, depth)

    def _of_container(self, state: State, step: str, depth: int) -> tuple[State, ...]:
        head, _, rest = state.text.partition("=")
        if step[0] not in "([":
            prefix = CONTAINER_METHODS.get(step)
            return (State("w", state.path, prefix + rest),) if prefix and head[0] == "[" else ()
        if (step == "()") != (head == "()"):
            return ()
        wanted, has = step[1:-1], head[1:-1]
        return self._value(state.path, rest, depth) if not wanted or not has or wanted == has else ()

    def _member_of_module(self, path: str, module: str, name: str, depth: int) -> tuple[State, ...]:
        if path:
            found = self._defined(path, name, depth)
            if found or name in self._facts(path).definitions:
                return found
        full = f"{module}.{name}"
        if full in self._paths:
            return (State("m", self._paths[full], full),)
        if full in self._packages:
            return (State("m", "", full),)
        if path:
            return self._starred_in(path, name, depth, frozenset({path}))
        # Part of a namespace package that others have.
        return (State("x", "", full),)

    def _exported(self, path: str, name: str, depth: int, seen: frozenset[str]) -> tuple[State, ...]:
        """What ``from module import *`` gives under a name."""
        if path in seen or not path:
            return ()
        facts = self._facts(path)
        if facts.exports is not None:
            if name not in facts.exports:
                return ()
        elif name.startswith("_"):
            return ()
        found = self._defined(path, name, depth)
        if found or name in facts.definitions:
            return found
        return self._starred_in(path, name, depth, seen | {path})

    def _starred_in(self, path: str, name: str, depth: int, seen: frozenset[str]) -> tuple[State, ...]:
        if depth > _MAX_DEPTH:
            return ()
        file = self._files[path]
        for fact in self._facts(path).imports:
            if fact.name != "*":
                continue
            module = absolute(fact.module, file)
            if module is None:
                continue
            if module in self._paths:
                if found := self._exported(self._paths[module], name, depth + 1, seen):
                    return found
            elif _root(module) not in self._roots:
                names = self._surfaces.star_names(module)
                if names is not None and name in names:
                    return (State("x", "", f"{module}.{name}"),)
        return ()

    def _defined(self, path: str, name: str, depth: int) -> tuple[State, ...]:
        definition = self._facts(path).definitions.get(name)
        if definition is None:
            return ()
        match definition.kind:
            case DefinitionKind.CLASS:
                return (State("c", path, name),)
            case DefinitionKind.FUNCTION:
                return (State("f", path, name),)
            case DefinitionKind.PROPERTY:
                return self._values(path, definition, depth)
            case DefinitionKind.VALUE:
                return self._values(path, definition, depth)

    def _values(self, path: str, definition: Definition, depth: int) -> tuple[State, ...]:
        values = definition.values
        if len(values) == 1:
            return self._value(path, values[0], depth + 1)
        return self._union(self._value(path, value, depth + 1) for value in values)

    def _value(self, path: str, value: str, depth: int) -> tuple[State, ...]:
        if value[0] in "[(":
            return (State("w", path, value),)
        if value[0] == ".":
            full = absolute(value, self._files[path])
            return self._follow(full, "", depth) if full is not None else ()
        if value[0] != ":" and _root(value) not in self._roots:
            if ".*." in value:
                return tuple(State("x", "", text) for text in self._starred(value))
            return (State("x", "", value),)
        return self._follow(value, path, depth)

    def _member(self, state: State, name: str, depth: int, seen: frozenset[State]) -> tuple[State, ...]:
        """A member of a class or instance, the bases' where it has none itself."""
        if state in seen or len(seen) > 16 or depth > _MAX_DEPTH:
            return ()
        kind, path, text = state
        definitions = self._facts(path).definitions
        member = definitions.get(f"{text}.{name}")
        if member is not None:
            if member.kind is DefinitionKind.FUNCTION or (
                member.kind is DefinitionKind.PROPERTY and kind == "c"
            ):
                return (State("f", path, f"{text}.{name}"),)
            if member.kind is DefinitionKind.CLASS:
                return (State("c", path, f"{text}.{name}"),)
            return self._values(path, member, depth)
        found: list[tuple[State, ...]] = []
        for base in self._values(path, definitions[text], depth):
            if base.kind == "c":
                inherited = self._member(State(kind, base.path, base.text), name, depth + 1, seen | {state})
                if inherited and any(each.kind != "x" or INHERITED not in each.text for each in inherited):
                    return self._union([*found, inherited])
                found.append(inherited)
                if self._has(base, name):
                    return self._union(found)
            elif base.kind == "x" and base.text not in _NO_MEMBERS:
                stem = base.text.removesuffix("[]") + ("()" if kind == "i" else "")
                found.append((State("x", "", f"{stem}{INHERITED}.{name}"),))
        return self._union(found)

    def _has(self, base: State, name: str) -> bool:
        return f"{base.text}.{name}" in self._facts(base.path).definitions

    def _nearest(self, module: str) -> str:
        while module and module not in self._paths and module not in self._packages:
            module = module.rpartition(".")[0]
        return module

    @staticmethod
    def _union(groups: Iterable[tuple[State, ...]]) -> tuple[State, ...]:
        found: dict[State, None] = {}
        for group in groups:
            for state in group:
                found[state] = None
                if len(found) >= MAX_STATES:
                    return tuple(found)
        return tuple(found)


def absolute(expression: str, file: SourceFile) -> str | None:
    """A relative expression from the root; None where the file has no name or too few packages."""
    if expression[0] != ".":
        return expression
    if not file.names:
        return None
    rest = expression.lstrip(".")
    package = file.names[0]
    for _ in range(len(expression) - len(rest) - file.is_package):
        package = package.rpartition(".")[0]
        if not package:
            return None
    return f"{package}.{rest}" if rest else package


def _root(expression: str) -> str:
    found = _STEP.search(expression)
    return expression if found is None else expression[: found.start()]


def _cut(expression: str) -> tuple[str, str]:
    """All but the last step, and that step; nothing before a root."""
    last = expression[-1]
    if last == ")":
        return expression[:-2], "()"
    if last == "]":
        index = expression.rindex("[")
        return expression[:index], expression[index:]
    if expression[0] == ":":
        # The qualified name of a definition has dots itself.
        index = max(expression.rfind(")."), expression.rfind("]."))
        return (expression[: index + 1], expression[index + 2 :]) if index >= 0 else ("", expression)
    prefix, _, name = expression.rpartition(".")
    return prefix, name
