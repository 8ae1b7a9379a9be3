"""Every place of a file at which something is used that comes, or may come, from an import."""

from __future__ import annotations

import bisect
import re

from analyzers.evidence import Confidence
from analyzers.source.extraction import arguments, special_calls, steps
from analyzers.source.extraction.guards import Guards
from analyzers.source.extraction.scopes import BindingKind, Scope
from analyzers.source.extraction.values import Evaluation, Event
from analyzers.source.module_facts import UseFact
from analyzers.source.records import Guard, UseKind, Via

_READ = re.compile(r"(?<![\w.])([^\W\d]\w*)(?:\s*([.(\[=])(=?))?")
_GROUP_BEFORE = re.compile(r"(?:\A|[^\w\s)\]\x01])\s*\Z|\n\s*\Z|\b(?:return|await|in|is|not|and|or|if|else|elif|while|yield|lambda|assert|print|del|raise|from)\s*\Z")


class Uses:
    """Collects the uses of one file."""

    def __init__(self, evaluation: Evaluation, guards: Guards) -> None:
        self._evaluation = evaluation
        self._structure = evaluation.structure
        self._source = evaluation.source
        self._guards = guards
        self._scopes = sorted(self._structure.scopes, key=lambda scope: (scope.start, -scope.end))
        self._starts = [scope.start for scope in self._scopes]
        self._imported: set[str] = set()
        self._from: set[str] = set()
        self._bound: set[str] = set(special_calls.SPECIAL)
        for scope in self._scopes:
            self._bound.update(scope.names)
            for name, bindings in scope.names.items():
                for binding in bindings:
                    if binding.kind is BindingKind.IMPORT:
                        self._imported.add(name)
                        self._from.add(name)
        self._kinds = sorted(self._structure.kinds)
        self._kind_starts = [entry[0] for entry in self._kinds]
        self.found: list[UseFact] = []

    def collect(self) -> list[UseFact]:
        """Look at every name that is read."""
        code = self._source.code
        evaluation, stores = self._evaluation, self._structure.stores
        bound, imported, has_stars = self._bound, self._imported, bool(self._evaluation.stars)
        scope: Scope = self._structure.module
        until = 0
        for match in _READ.finditer(code):
            name, sign, equal = match.groups()
            if name not in bound and not has_stars:
                continue
            if sign is None or sign == "=":
                if (name not in imported and not has_stars) or (sign == "=" and not equal):
                    continue
            offset = match.start()
            if offset in stores:
                continue
            if offset >= until or offset < scope.start or offset >= scope.end:
                scope, until = self._scope_at(offset)
            here = scope
            while here.hole is not None and here.hole[0] <= offset < here.hole[1] and here.parent is not None:
                here = here.parent
            if sign is None or sign == "=":
                self._bare(name, offset, match.end(1), here)
                continue
            chain = evaluation.chain(offset, here)
            if chain.events:
                via = Via.DIRECT if name in imported else Via.ALIAS
                for event in chain.events:
                    self._add(event, offset, via)
            elif sign == "[" or (name in imported and sign != "(") :
                self._bare(name, offset, match.end(1), here)
        self._groups()
        return self.found

    def _bare(self, name: str, offset: int, end: int, scope: Scope) -> None:
        """A name that is read as it is: of interest where an import statement binds it to a member of a module."""
        values = self._evaluation.named(name, scope, offset)
        targets = tuple(
            value for value in self._evaluation.external(values) if "." in value.lstrip(".")
        )
        if targets and (self._is_member(name, scope) or special_calls.STAR in targets[0]):
            self._add(Event(UseKind.ATTRIBUTE, targets, offset, end, -1), offset, Via.DIRECT)

    def _is_member(self, name: str, scope: Scope) -> bool:
        found = scope.find(name)
        return found is not None and any(binding.kind is BindingKind.IMPORT for binding in found[1])

    def _groups(self) -> None:
        """Parenthesised expressions with trailers, such as ``(await f()).g()``."""
        code = self._source.code
        for opening in self._source.groups:
            if not _GROUP_BEFORE.search(code, max(0, opening - 12), opening):
                continue
            scope, _ = self._scope_at(opening)
            while scope.hole is not None and scope.hole[0] <= opening < scope.hole[1] and scope.parent is not None:
                scope = scope.parent
            for event in self._evaluation.group(opening, scope).events:
                self._add(event, opening, Via.CHAIN)

    def _scope_at(self, offset: int) -> tuple[Scope, int]:
        """The innermost scope at an offset, and where the next one starts."""
        index = bisect.bisect_right(self._starts, offset)
        scope = self._scopes[index - 1]
        while offset >= scope.end and scope.parent is not None:
            scope = scope.parent
        return scope, self._starts[index] if index < len(self._starts) else len(self._source.code) + 1

    def _add(self, event: Event, root: int, via: Via) -> None:
        kind = event.kind
        targets = event.targets
        index = bisect.bisect_right(self._kind_starts, root) - 1
        special: UseKind | None = kind
        if index >= 0 and root < self._kinds[index][1]:
            special = self._kinds[index][2]
            if special is None:
                kind = UseKind.ATTRIBUTE
            elif kind is UseKind.ATTRIBUTE:
                kind = special
        is_decorator = root in self._structure.decorators
        if is_decorator:
            kind = UseKind.DECORATOR
        positional, keywords, star, literals = 0, (), False, ()
        if event.opening >= 0 and special is not None:
            positional, keywords, star, literals = arguments.parsed(self._source, event.opening)
        confidence = Confidence.CERTAIN if len(targets) == 1 else Confidence.LIKELY
        if any(steps.INHERITED in target for target in targets):
            via = Via.INHERITED
            targets = tuple(target.replace(steps.INHERITED, "") for target in targets)
        elif any(")" in target or "]" in target for target in targets):
            via = Via.CHAIN
        if any(special_calls.STAR in target for target in targets):
            confidence = Confidence.POSSIBLE
        guard = self._guards.at(event.start)
        if event.is_probe and Guard.HASATTR not in guard:
            guard = (*guard, Guard.HASATTR)
        self.found.append(
            UseFact(
                self._source.site(event.start, event.end), targets, kind, positional, keywords, star, via, guard, literals, confidence
            )
        )
