"""Which modules a line of source calls into, by the imports of its file; for traces that are only text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from knowledge.probing.installed import Installed
from knowledge.probing.raised import Frame

_LARGEST_FILE_BYTES = 2 << 20


def callees(frame: Frame, installed: Installed) -> tuple[str, ...]:
    """Dotted names of modules, the likeliest first; empty for a file that no release of the stack has.

    Args:
        frame: where an exception was raised.
        installed: the stack.
    """
    relative = installed.relative(frame.file)
    path = installed.site_packages / relative
    try:
        if not relative or path.is_symlink() or path.stat().st_size > _LARGEST_FILE_BYTES:
            return ()
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    bound = dict(_imports(tree))
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= frame.line <= (node.end_lineno or node.lineno):
            root: ast.expr = node.func
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in bound:
                found.append(bound[root.id])
    return tuple(dict.fromkeys(found))


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that imports bind anywhere in a module, and the modules that they stand for or come from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, node.module
