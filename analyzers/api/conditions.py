"""Tests that are decided before a program runs: the Python version, the platform, type checking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEPTH = 20


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """For which Python a module is read; what is None is left undecided.

    Attributes:
        python: such as ``(3, 11)``.
        platform: as in ``sys.platform``.
    """

    python: tuple[int, int] | None = None
    platform: str | None = None
    implementation: str | None = "cpython"


ANY_TARGET = Target()


class _Unknown:
    """A value that is not known."""


UNKNOWN: Final = _Unknown()


class Conditions:
    """Evaluates tests for one target.

    Attributes:
        constants: what module-level names are known to be, such as ``PY2``; kept by the caller.
    """

    def __init__(self, target: Target) -> None:
        self._names: dict[str, object] = {
            "TYPE_CHECKING": False,
            "MYPY": False,
            "six.PY2": False,
            "six.PY3": True,
            "__debug__": True,
            "__name__": "a module",
        }
        self.constants: dict[str, object] = {}
        if target.python:
            version = (*target.python, 0, "final", 0)
            self._names |= {"version_info": version, "hexversion": (version[0] << 24) + (version[1] << 16)}
            self._names |= {"version_info.major": version[0], "version_info.minor": version[1]}
        if target.platform:
            self._names |= {"platform": target.platform, "sys.platform": target.platform}
            self._names["os.name"] = "nt" if target.platform == "win32" else "posix"
            system = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}.get(target.platform)
            if system:
                self._names["platform.system()"] = system
        if target.implementation:
            named = {"cpython": "CPython", "pypy": "PyPy"}.get(target.implementation)
            self._names["implementation.name"] = target.implementation
            if named:
                self._names["platform.python_implementation()"] = named

    def truth(self, node: SgNode) -> bool | None:
        """Whether a test holds; None where that is not decided."""
        found = self.value(node)
        return None if found is UNKNOWN else bool(found)

    def value(self, node: SgNode, depth: int = 0) -> object:
        """The value of an expression, or `UNKNOWN`."""
        if depth > _DEPTH:
            return UNKNOWN
        match node.kind():
            case "identifier" | "attribute":
                return self._name(node.text())
            case "true":
                return True
            case "false":
                return False
            case "none":
                return None
            case "integer":
                return _integer(node.text())
            case "string":
                return _string(node)
            case "tuple" | "list" | "set":
                items = tuple(self.value(child, depth + 1) for child in node.named_children())
                return UNKNOWN if any(item is UNKNOWN for item in items) else items
            case "parenthesized_expression":
                inner = node.named_children()
                return self.value(inner[0], depth + 1) if len(inner) == 1 else UNKNOWN
            case "not_operator":
                argument = node.field("argument")
                found = self.value(argument, depth + 1) if argument else UNKNOWN
                return UNKNOWN if found is UNKNOWN else not found
            case "boolean_operator":
                return self._connected(node, depth)
            case "comparison_operator":
                return self._compared(node, depth)
            case "subscript":
                return self._item(node, depth)
            case "call":
                return self._called(node, depth)
            case _:
                return UNKNOWN

    def _name(self, text: str) -> object:
        if text in self.constants:
            return self.constants[text]
        if text in self._names:
            return self._names[text]
        # However the module was imported: ``sys.version_info``, ``t.TYPE_CHECKING``, ``_sys.implementation``.
        parts = text.split(".")
        for start in range(1, min(3, len(parts))):
            tail = ".".join(parts[start:])
            if tail in self._names and tail not in ("platform", "__name__"):
                return self._names[tail]
        return UNKNOWN

    def _connected(self, node: SgNode, depth: int) -> object:
        left, right, connective = node.field("left"), node.field("right"), node.field("operator")
        if left is None or right is None or connective is None:
            return UNKNOWN
        first, second = self.value(left, depth + 1), self.value(right, depth + 1)
        decisive = connective.text() == "or"
        if any(found is not UNKNOWN and bool(found) is decisive for found in (first, second)):
            return decisive
        return UNKNOWN if UNKNOWN in (first, second) else not decisive

    def _compared(self, node: SgNode, depth: int) -> object:
        parts = node.children()
        if len(parts) < 3:
            return UNKNOWN
        sign = " ".join(part.text() for part in parts[1:-1])
        left, right = self.value(parts[0], depth + 1), self.value(parts[-1], depth + 1)
        return UNKNOWN if left is UNKNOWN or right is UNKNOWN else _comparison(sign, left, right)

    def _item(self, node: SgNode, depth: int) -> object:
        value, index = node.field("value"), node.field("subscript")
        if value is None or index is None:
            return UNKNOWN
        container = self.value(value, depth + 1)
        if not isinstance(container, tuple):
            return UNKNOWN
        if index.kind() == "slice":
            text = index.text().replace(" ", "")
            stop = text[1:] if text.startswith(":") else ""
            return container[: int(stop)] if stop.isascii() and stop.isdigit() and len(stop) < 3 else UNKNOWN
        position = self.value(index, depth + 1)
        if isinstance(position, int) and 0 <= position < len(container):
            return container[position]
        return UNKNOWN

    def _called(self, node: SgNode, depth: int) -> object:
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            return UNKNOWN
        if arguments.text() == "()" and (found := self._name(function.text() + "()")) is not UNKNOWN:
            return found
        subject, method = function.field("object"), function.field("attribute")
        given = arguments.named_children()
        if subject is None or method is None or method.text() != "startswith" or len(given) != 1:
            return UNKNOWN
        text, prefix = self.value(subject, depth + 1), self.value(given[0], depth + 1)
        return text.startswith(prefix) if isinstance(text, str) and isinstance(prefix, str) else UNKNOWN


def _comparison(sign: str, left: object, right: object) -> object:
    match sign:
        case "==" | "is":
            return left == right
        case "!=" | "is not":
            return left != right
        case "in" | "not in":
            if isinstance(right, tuple) or (isinstance(right, str) and isinstance(left, str)):
                return (left in right) is (sign == "in")
            return UNKNOWN
    order = _order(left, right)
    if order is None or sign not in _ORDERINGS:
        return UNKNOWN
    return order in _ORDERINGS[sign]


_ORDERINGS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


def _order(left: object, right: object) -> int | None:
    """-1, 0 or 1 as `left` is before, equal to or after `right`; None where they have no order."""
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        for ours, theirs in zip(left, right, strict=False):
            if ours != theirs:
                return _order(ours, theirs)
        return (len(left) > len(right)) - (len(left) < len(right))
    return None


def _integer(text: str) -> object:
    try:
        return int(text, 0) if len(text) < 20 else UNKNOWN
    except ValueError:
        return UNKNOWN


def _string(node: SgNode) -> object:
    content = [child for child in node.children() if child.kind() not in ("string_start", "string_end")]
    if any(child.kind() != "string_content" or child.children() for child in content):
        return UNKNOWN
    return "".join(child.text() for child in content)
