"""Every place of a file at which something is used that comes, or may come, from an import."""

from __future__ import annotations

import bisect
import re

from analyzers.evidence import Confidence
from analyzers.source.extraction import arguments, special_calls, steps
from analyzers.source.extraction.evaluator import Event
from analyzers.source.extraction.guards import Guards
from analyzers.source.extraction.patterns import FIRST, REST, REST_OR_DOT
from analyzers.source.extraction.scopes import BindingKind, Scope
from analyzers.source.extraction.values import Evaluation
from analyzers.source.module_facts import UseFact
from analyzers.source.records import Guard, UseKind, Via

_IMPORT_BINDING = BindingKind.IMPORT
_HASATTR_GUARD = Guard.HASATTR

# The look behind comes second, so that the search is one for a set of characters.
_READ = re.compile(rf"({FIRST}(?<!{REST_OR_DOT}{FIRST}){REST}*)(?:\s*(?:([.(\[])|(=)(?!=)))?")
_GROUP_BEFORE = re.compile(
    r"(?:\A|[^\w\s)\]\x01])\s*\Z|\n\s*\Z|\b(?:return|await|in|is|not|and|or|if|else|elif|while|yield|lambda|assert|print|del|raise|from)\s*\Z"
)


MAX_USES = 50_000
_ATTRIBUTE = UseKind.ATTRIBUTE
_DECORATOR = UseKind.DECORATOR
_STORE = UseKind.STORE
# Members of an enumeration are slow to ask for, and what is here is asked for at each use.
_DIRECT, _ALIAS, _CHAIN, _BY_INHERITANCE = Via.DIRECT, Via.ALIAS, Via.CHAIN, Via.INHERITED
_CERTAIN, _LIKELY, _POSSIBLE = Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE
_INHERITED, _STAR = steps.INHERITED, special_calls.STAR
_NO_ARGUMENTS: arguments.Arguments = (0, (), False, ())


class Uses:
    """Collects the uses of one file."""

    def __init__(self, evaluation: Evaluation, guards: Guards) -> None:
        self._evaluation = evaluation
        self._structure = evaluation.structure
        self._source = evaluation.source
        self._guards = guards
        self._has_guards = guards.is_any
        self._decorators = self._structure.decorators
        self._set_members = self._structure.set_members
        self._kinds = sorted(self._structure.kinds, key=lambda entry: entry[0])
        self._kind_starts = [entry[0] for entry in self._kinds]
        self.found: list[UseFact] = []

    def collect(self) -> list[UseFact]:
        """Look at every name that is read."""
        if "import" not in self._source.text:
            return self.found
        code = self._source.code
        evaluation, structure = self._evaluation, self._structure
        imported, has_stars, stores = structure.imported, bool(evaluation.stars), structure.stores
        others = frozenset[str]().union(*[scope.names for scope in structure.scopes[1:] if scope.names])
        module = structure.module
        bound: frozenset[str] = special_calls.SPECIAL.union(module.names, others)
        # Most imported names mean the same throughout the file.
        plain = {
            name: bindings[0]
            for name, bindings in module.names.items()
            if len(bindings) == 1 and bindings[0].kind is _IMPORT_BINDING and name not in others
        }
        scope: Scope = module
        start, end, until = 0, -1, -1
        found, add, imported_uses = self.found, self._add, evaluation.imported
        for match in _READ.finditer(code):
            if len(found) > MAX_USES:
                self._structure.errors.append(
                    (self._source.line(match.start()), f"more than {MAX_USES} uses")
                )
                break
            group = match.lastindex
            if group == 3:
                continue
            name = match[1]
            if group == 1:
                if name not in imported and not has_stars:
                    continue
            elif name not in bound and not has_stars:
                continue
            offset = match.start()
            once = plain.get(name)
            if once is not None:
                if offset in stores:
                    continue
                if group == 2:
                    events = imported_uses(offset, offset + len(name), once.expression)
                    for event in events:
                        add(event, offset, _DIRECT)
                    if events or match[2] != "[":
                        continue
                if once.stars:
                    last = offset + len(name)
                    add((_ATTRIBUTE, (once.expression,), offset, last, -1, False), offset, _DIRECT)
                continue
            if offset in stores:
                continue
            if not start <= offset < end or offset >= until:
                scope, until = evaluation.scope_at(offset)
                start, end = scope.start, scope.end
            here = scope
            while here.hole is not None and here.hole[0] <= offset < here.hole[1] and here.parent is not None:
                here = here.parent
            if here.known.get(name) == ():
                continue
            if group == 1:
                self._bare(name, offset, offset + len(name), here)
                continue
            events = evaluation.chain(offset, here, name)[2]
            if events:
                via = _DIRECT if name in imported else _ALIAS
                for event in events:
                    add(event, offset, via)
            elif name in imported and match[2] == "[":
                self._bare(name, offset, offset + len(name), here)
        self._groups()
        return self.found

    def _bare(self, name: str, offset: int, end: int, scope: Scope) -> None:
        """A name that is read as it is: of interest where an import statement takes it from a module."""
        found = scope.find(name)
        if found is not None:
            bindings = found[1]
            if len(bindings) == 1:
                binding = bindings[0]
                if binding.kind is _IMPORT_BINDING and binding.stars:
                    event: Event = (_ATTRIBUTE, (binding.expression,), offset, end, -1, False)
                    self._add(event, offset, _DIRECT)
                return
            if not any(binding.kind is _IMPORT_BINDING and binding.stars for binding in bindings):
                return
        values = self._evaluation.named(name, scope, offset)
        targets = tuple(value for value in self._evaluation.external(values) if "." in value.lstrip("."))
        if targets:
            self._add((_ATTRIBUTE, targets, offset, end, -1, False), offset, _DIRECT)

    def _groups(self) -> None:
        """Parenthesised expressions with trailers, such as ``(await f()).g()``."""
        code = self._source.code
        for opening in self._source.groups:
            if not _GROUP_BEFORE.search(code, max(0, opening - 12), opening):
                continue
            scope, _ = self._evaluation.scope_at(opening)
            for event in self._evaluation.group(opening, scope)[2]:
                self._add(event, opening, _CHAIN)

    def _add(self, event: Event, root: int, via: Via) -> None:
        kind, targets, start, end, opening, is_probe = event
        index = bisect.bisect_right(self._kind_starts, root) - 1
        special: UseKind | None = kind
        if index >= 0 and root < self._kinds[index][1]:
            special = self._kinds[index][2]
            if special is None:
                kind = _ATTRIBUTE
            elif kind is _ATTRIBUTE:
                kind = special
        if root in self._decorators:
            kind = _DECORATOR
        elif kind is _ATTRIBUTE and end in self._set_members:
            kind = _STORE
        if opening >= 0 and special is not None:
            positional, keywords, star, literals = arguments.parsed(self._source, opening)
        else:
            positional, keywords, star, literals = _NO_ARGUMENTS
        confidence = _CERTAIN
        text = targets[0]
        if len(targets) > 1:
            confidence = _LIKELY
            text = " ".join(targets)
        if _INHERITED in text:
            via = _BY_INHERITANCE
            targets = tuple(target.replace(_INHERITED, "") for target in targets)
        elif ")" in text or "]" in text:
            via = _CHAIN
        if _STAR in text:
            confidence = _POSSIBLE
        guard = self._guards.at(start) if self._has_guards else ()
        if is_probe and _HASATTR_GUARD not in guard:
            guard = (*guard, _HASATTR_GUARD)
        site = self._source.site(start, end)
        self.found.append(
            UseFact(site, targets, kind, positional, keywords, star, via, guard, literals, confidence)
        )
