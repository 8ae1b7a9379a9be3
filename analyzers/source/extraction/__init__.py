"""From the text of one file to what it says by itself: the first tier, fast and tolerant, nothing is run."""

from __future__ import annotations

import gc
import itertools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from analyzers.source.extraction import import_statements
from analyzers.source.extraction.definitions import definitions, exports
from analyzers.source.extraction.guards import Guards, alternatives
from analyzers.source.extraction.masking import Source
from analyzers.source.extraction.named_modules import named_modules
from analyzers.source.extraction.scopes import ScopeKind
from analyzers.source.extraction.statements import structured
from analyzers.source.extraction.structure import Structure
from analyzers.source.extraction.uses import Uses
from analyzers.source.extraction.values import Evaluation
from analyzers.source.extraction.walking import Walk
from analyzers.source.module_facts import ImportFact, ModuleFacts, Site, UseFact
from analyzers.source.records import Guard, ImportKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_IMPORT_ERROR_GUARD = Guard.IMPORT_ERROR
_DYNAMIC = ImportKind.DYNAMIC
_COMPREHENSION_SCOPE = ScopeKind.COMPREHENSION
_FUNCTION_SCOPE = ScopeKind.FUNCTION

MAX_CHARACTERS = 2_000_000
"""Longer texts are data, not source: only their imports are read, their trees would fill the memory."""

_MAX_IMPORTS = 500
_MAX_JOINED = 1000
_LONG_LINE = 50_000
"""Characters of a line from which on it is looked at how much its names cost."""
_MOST_STEPS = 2_000_000_000
_LONG_LINES = re.compile(rf"[^\n]{{{_LONG_LINE},}}")
_NAMES = re.compile(r"[^\W\d]\w*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_JOINED = re.compile(rf"(?:[^\S\n]*+\\\n){{{_MAX_JOINED}}}")
_MAX_COMMENTS = 1_000
_COMMENTS = re.compile(rf"(?:^[^\S\n]*+(?:#[^\n]*+)?\n){{{_MAX_COMMENTS},}}+", re.MULTILINE)
_NOT_LINE_END = re.compile(r"[^\n]")
_IMPORT_LINE = re.compile(
    r"^(?:import[ \t][^\n;#]{1,400}"
    r"|from[ \t]+[\w.]{1,200}[ \t]+import[ \t]*(?:\([^()]{1,4000}\)|[^\n;#(]{1,400}))",
    re.MULTILINE,
)


def extracted(text: str) -> ModuleFacts:
    """What a file says by itself; what does not parse is among the errors, the rest is analysed.

    Args:
        text: Python of any version; a notebook's cells joined.
    """
    if len(text) > MAX_CHARACTERS:
        return _imports_alone(text, f"longer than {MAX_CHARACTERS} characters")
    # The parser's time grows with the square of the lines that a backslash joins.
    if text.count("\\\n") > _MAX_JOINED and _JOINED.search(text):
        return _imports_alone(text, f"a statement of more than {_MAX_JOINED} lines joined by backslashes")
    # The parser counts the characters of a line anew for every name in it.
    if len(text) > _LONG_LINE and any(_is_costly(line[0]) for line in _LONG_LINES.finditer(text)):
        return _imports_alone(text, "a line with too many names for its length")
    if not text.isascii():
        # What was decoded with surrogates cannot be encoded for the parser.
        text = _SURROGATE.sub("?", text)
    # What is made here is let go of at the end, with next to no cycles; looking for them at each file takes
    # a tenth of the time.
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        return _analysed(text)
    finally:
        if is_collecting:
            gc.enable()


def _is_costly(line: str) -> bool:
    most = _MOST_STEPS // len(line)
    return sum(1 for _ in itertools.islice(_NAMES.finditer(line), most + 1)) > most


def _analysed(text: str) -> ModuleFacts:
    walk = Walk(_parsed(text), text)
    source = Source(text)
    structure = structured(source, walk.nodes, walk.kinds)
    guards = Guards(structure)
    evaluation = Evaluation(structure)
    uses = Uses(evaluation, guards).collect()
    found = definitions(evaluation)
    imports = _imports(structure, evaluation, guards)
    facts = ModuleFacts(
        imports=imports,
        uses=tuple(sorted(_guarded(uses, imports), key=_site_of)),
        definitions=found,
        exports=exports(evaluation),
        features=walk.features(),
        indicators=walk.indicators(),
        devices=walk.devices(),
        errors=_errors(structure),
    )
    structure.release()
    return facts


def _imports_alone(text: str, reason: str) -> ModuleFacts:
    """What lines that start as imports say, of a text that is too much for the parser."""
    found: list[ImportFact] = []
    for match in itertools.islice(_IMPORT_LINE.finditer(text), _MAX_IMPORTS):
        source = Source(match[0])
        first = text.count("\n", 0, match.start())
        for fact, *_ in import_statements.parsed(source, 0, len(match[0]), is_top_level=True):
            site = fact.site
            moved = Site(site.line + first, site.column, site.end_line + first, site.end_column)
            found.append(msgspec.structs.replace(fact, site=moved))
    return ModuleFacts(imports=tuple(found), errors=((1, f"only imports are read: {reason}"),))


def _parsed(text: str) -> SgNode:
    from ast_grep_py import SgRoot

    # The parser's time grows with the square of the lines of comments that follow a statement.
    if text.count("#") > _MAX_COMMENTS:
        text = _COMMENTS.sub(lambda match: _NOT_LINE_END.sub(" ", match[0]), text)
    return SgRoot(text, "python").root()


def _errors(structure: Structure) -> tuple[tuple[int, str], ...]:
    """What was not understood; brackets that pair with none the parser passes over in silence."""
    source = structure.source
    if source.unpaired >= 0 and not structure.errors:
        return ((source.line(source.unpaired), f"unpaired {source.code[source.unpaired]}"),)
    return tuple(structure.errors)


def _site_of(use: UseFact) -> tuple[int, int]:
    return use.site.line, use.site.column


def _imports(structure: Structure, evaluation: Evaluation, guards: Guards) -> tuple[ImportFact, ...]:
    """Static and dynamic imports, with their guards and the groups of which one suffices."""
    source = structure.source
    entries = list(zip(structure.import_offsets, structure.imports, strict=True))
    for dynamic in evaluation.dynamic.values():
        scope = dynamic.scope
        while scope.kind is _COMPREHENSION_SCOPE and scope.parent is not None:
            scope = scope.parent
        entries += [
            (
                dynamic.start,
                ImportFact(
                    site=source.site(dynamic.start, dynamic.end),
                    module=module,
                    kind=_DYNAMIC,
                    guard=(_IMPORT_ERROR_GUARD,) if dynamic.is_probe else (),
                    is_top_level=scope.kind is not _FUNCTION_SCOPE,
                    confidence=dynamic.confidence,
                ),
            )
            for module in dynamic.modules
        ]
    entries += named_modules(structure)
    entries.sort(key=lambda entry: entry[0])
    numbers = alternatives(guards.groups, [offset for offset, _ in entries]) if guards.groups else {}
    found: list[ImportFact] = []
    for offset, fact in entries:
        guard = guards.at(offset)
        number = numbers.get(offset)
        if guard or number is not None:
            fact = msgspec.structs.replace(
                fact, guard=tuple(dict.fromkeys((*fact.guard, *guard))), alternative=number
            )
        found.append(fact)
    return tuple(found)


def _guarded(uses: Sequence[UseFact], imports: Sequence[ImportFact]) -> Sequence[UseFact]:
    """Uses of what is only imported under a guard are under that guard, wherever they stand."""
    guards: dict[str, tuple[Guard, ...]] = {}
    unguarded: set[str] = set()
    for fact in imports:
        joint = "" if fact.module.endswith(".") else "."
        bound = fact.module if fact.name is None else f"{fact.module}{joint}{fact.name}"
        if fact.name is None and fact.asname is None and fact.kind is not _DYNAMIC:
            bound = fact.module.partition(".")[0]
        if fact.guard:
            guards.setdefault(bound, fact.guard)
        else:
            unguarded.add(bound)
    for bound in unguarded:
        guards.pop(bound, None)
    if not guards:
        return uses
    found: list[UseFact] = []
    known: dict[str, tuple[Guard, ...]] = {}
    for use in uses:
        for target in use.targets:
            guard = known.get(target)
            if guard is None:
                guard = known[target] = _guard_of(target, guards)
            if guard:
                use = msgspec.structs.replace(use, guard=tuple(dict.fromkeys((*use.guard, *guard))))
        found.append(use)
    return found


def _guard_of(target: str, guards: dict[str, tuple[Guard, ...]]) -> tuple[Guard, ...]:
    for bound, guard in guards.items():
        if target.startswith(bound) and target[len(bound) : len(bound) + 1] in ("", ".", "(", "["):
            return guard
    return ()
