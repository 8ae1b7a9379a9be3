"""Whether a file binds an imported name to something else too, which only full scopes can tell apart."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator

from analyzers.source.module_facts import ModuleFacts
from analyzers.source.reading.nesting import is_too_deep

LIMIT_CHARACTERS = 2_000_000


def binds_imports_anew(facts: ModuleFacts, text: str) -> bool:
    """Whether a name that the file imports is bound a second time, in whatever scope.

    Args:
        facts: of the file.
        text: it is parsed, never compiled or run; where it cannot be, nothing is bound anew.
    """
    imported = {fact.asname or (fact.name or fact.module).partition(".")[0] for fact in facts.imports} - {"*"}
    if not imported or len(text) > LIMIT_CHARACTERS or "\0" in text or is_too_deep(text):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful escapes in what is analysed
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    bound = Counter(name for name in _bindings(tree) if name in imported)
    return any(count > 1 for count in bound.values())


def _bindings(tree: ast.AST) -> Iterator[str]:
    """Every name that is bound, once for each place."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                # Submodules of one package are bound to the same name, and to the same thing.
                yield from {alias.asname or alias.name.partition(".")[0] for alias in names}
            case ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case (
                ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                yield name
