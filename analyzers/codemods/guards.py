"""Whether code stands where its author already chose between an old and a new name.

Importing this module imports libcst.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

_CAUGHT = {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"}
_TESTS = {
    *("hasattr", "version_info", "__version__", "VERSION", "version", "Version", "parse_version"),
    *("LooseVersion", "hexversion", "PY2", "PY3", "python_version", "python_version_tuple"),
}


def is_guarded(ancestors: Sequence[cst.CSTNode]) -> bool:
    """Whether a ``try`` with a handler for missing names, or a test of versions, surrounds a place.

    Args:
        ancestors: from the module down to the place, which is the last.
    """
    for position, node in enumerate(ancestors[:-1]):
        below = ancestors[position + 1]
        if isinstance(node, cst.Try):
            if any(map(_catches, node.handlers)) and (below is node.body or below in node.handlers):
                return True
        elif isinstance(node, cst.If | cst.IfExp):
            if below is not node.test and _tests_version(node.test):
                return True
        elif isinstance(node, cst.BooleanOperation) and below is node.right and _tests_version(node.left):
            return True
    return False


def _catches(handler: cst.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = _Names()
    handler.type.visit(names)
    return bool(names.found & _CAUGHT)


def _tests_version(test: cst.BaseExpression) -> bool:
    names = _Names()
    test.visit(names)
    return bool(names.found & _TESTS)


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802 - libcst's name
        self.found.add(node.value)
