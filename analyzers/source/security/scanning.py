"""One walk over a file, and what the rules say of each node."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from analyzers.source.module_facts import Indicator
from analyzers.source.security import text_rules
from analyzers.source.security.call_rules import Context, Verdict, may_matter, verdicts
from analyzers.source.security.calls import Imported, aliases, called, imports, line_of
from analyzers.source.security.rules import IMPORTS, RULES
from analyzers.source.security.triggers import IMPORT_KINDS, by_keyword, kinds
from analyzers.source.signals.shallow_nodes import shallow

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_ROOTS = frozenset(name.partition(".")[0] for name, _ in IMPORTS)
_NOSEC = re.compile(r"#\s*nosec\b[: ]?(.*)", re.IGNORECASE)


def indicators(root: SgNode, text: str) -> tuple[Indicator, ...]:
    """What the rules say of a file, by line; what a comment ``# nosec`` excuses is left out.

    Args:
        root: of the file's tree.
        text: of the same file.
    """
    wanted = list(kinds(text))
    if not wanted:
        return ()
    nodes = root.find_all({"rule": {"any": [{"kind": kind} for kind in wanted]}})
    by_kind: dict[str, list[SgNode]] = {}
    for node in nodes:
        by_kind.setdefault(node.kind(), []).append(node)
    return indicated(by_kind, text)


def indicated(by_kind: Mapping[str, Sequence[SgNode]], text: str) -> tuple[Indicator, ...]:
    """As `indicators`, from the nodes of the kinds that `triggers.kinds` names, in the order of the text."""
    return _excused(text, _told(by_kind, text))


def _told(by_kind: Mapping[str, Sequence[SgNode]], text: str) -> Iterator[tuple[SgNode, Verdict]]:
    imported: list[Imported] = []
    for kind in IMPORT_KINDS:
        for node in by_kind.get(kind, ()):
            named = list(imports(node))
            imported += named
            yield from ((node, verdict) for verdict in _import(named))
    context = Context(aliases(imported), frozenset(each.dotted for each in imported), by_keyword(text))
    for node in by_kind.get("call", ()):
        if may_matter(node, context):
            for verdict in verdicts(called(node, context.aliases), context):
                yield node, verdict
    for kind, rule in _BY_KIND.items():
        chosen = by_kind.get(kind, ())
        if kind == "string":
            chosen = text_rules.worth_a_look(chosen, text)
        for node in shallow(chosen):
            for verdict in rule(node):
                yield node, verdict


def _assert(node: SgNode) -> Iterator[Verdict]:
    yield Verdict("B101")


def _import(named: Sequence[Imported]) -> Iterator[Verdict]:
    """The first rule that an import statement breaks."""
    for each in named:
        if each.dotted.partition(".")[0] in _ROOTS:
            for prefix, identifier in IMPORTS:
                if each.dotted == prefix or each.dotted.startswith(f"{prefix}."):
                    yield Verdict(identifier)
                    return


def _swallows(node: SgNode) -> Iterator[Verdict]:
    """``except:`` or ``except Exception:`` of which the body does nothing."""
    children = [child for child in node.children() if child.kind() != "comment"]
    kinds = [child.kind() for child in children]
    if ":" not in kinds:
        return
    caught = children[1 : kinds.index(":")]
    if caught and caught[0].kind() == "as_pattern":
        caught = caught[0].children()[:1]
    statements = [child for child in children[-1].children() if child.kind() not in ("comment", ";")]
    if len(statements) == 1 and [each.text() for each in caught] in ([], ["Exception"]):
        does = statements[0].kind()
        if does in ("pass_statement", "continue_statement"):
            yield Verdict("B110" if does == "pass_statement" else "B112")


_BY_KIND: Mapping[str, Callable[[SgNode], Iterator[Verdict]]] = MappingProxyType(
    {
        "assert_statement": _assert,
        "except_clause": _swallows,
        "function_definition": text_rules.of_definition,
        "assignment": text_rules.of_assignment,
        "comparison_operator": text_rules.of_comparison,
        "keyword_argument": text_rules.of_keyword,
        "string": text_rules.of_string,
    }
)


def _excused(text: str, told: Iterable[tuple[SgNode, Verdict]]) -> tuple[Indicator, ...]:
    comments: Mapping[int, frozenset[str]] | None = None
    found: dict[tuple[int, str], Indicator] = {}
    for node, verdict in told:
        line = verdict.line or line_of(node)
        if comments is None:
            comments = _comments(text) if "nosec" in text.lower() else {}
        if comments and _is_excused(node, line, verdict.id, comments):
            continue
        rule = RULES[verdict.id]
        found.setdefault(
            (line, rule.id),
            Indicator(
                id=rule.id,
                severity=verdict.severity or rule.severity,
                confidence=verdict.confidence or rule.confidence,
                line=line,
                message=rule.message,
            ),
        )
    return tuple(found[key] for key in sorted(found))


def _comments(text: str) -> Mapping[int, frozenset[str]]:
    """Line to the ids that a comment excuses there; none is all."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _NOSEC.search(line)
        if match:
            found[number] = frozenset(re.findall(r"B\d{3}", match[1]))
    return found


def _is_excused(node: SgNode, line: int, identifier: str, comments: Mapping[int, frozenset[str]]) -> bool:
    place = node.range()
    lines = (
        {line, *range(place.start.line + 1, place.end.line + 2)}
        if node.kind() != "function_definition"
        else {line}
    )
    return any(each in comments and (not comments[each] or identifier in comments[each]) for each in lines)
