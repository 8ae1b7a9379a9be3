"""What expressions turn out to be: constants as they are, and abstract values for all else.

Constants are Python's own (str, bytes, int, float, complex, bool, None, Ellipsis). Everything that is not
understood is `UNKNOWN`.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from analyzers.importing.outlines import Outline
    from analyzers.importing.stack import ModuleFile


class Unknown(enum.Enum):
    """The one value of which nothing is known."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("the truth of what is unknown is not known")


UNKNOWN = Unknown.UNKNOWN

Value: TypeAlias = Any
"""A constant or an instance of a class of this module."""

CONSTANT_TYPES = (str, bytes, int, float, complex, bool, type(None), type(...))


class State(enum.Enum):
    """How far the import of a module is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Module:
    """A module of the stack, as far as it was executed.

    Attributes:
        namespace: names it binds.
        open_because: why it may have more names than those; empty for a closed one.
        open_below: why it may have more submodules than there are files.
        stars: extensions whose names it took all of.
        defers_annotations: it leaves annotations alone.
        called: lines of its functions that ran.
        is_broken_off: it did not run to its end.
        outline: of its source; None where it has none that could be parsed.
    """

    def __init__(self, name: str, file: ModuleFile) -> None:
        self.name, self.file = name, file
        self.namespace: dict[str, Value] = {"__name__": name}
        self.open_because: list[str] = []
        self.open_below: list[str] = []
        self.stars: list[ModuleFile] = []
        self.called: set[int] = set()
        self.state = State.RUNNING
        self.failure: Exception | None = None
        self.outline: Outline | None = None
        self.defers_annotations = self.is_broken_off = False

    def open(self, reason: str) -> None:
        """From here on the absence of a name proves nothing."""
        if len(self.open_because) < 5 and reason not in self.open_because:
            self.open_because.append(reason)


class Surroundings(Protocol):
    """The frame that a function is written in, as far as the function itself needs it."""

    module: Module
    owner: list[Class]


class Function:
    """A function or lambda, and the frame it was made in.

    Attributes:
        owner: the class whose body defines it, filled when that is made: what ``super()`` starts from.
        kind: how attribute access binds it.
        is_renamed: its ``__name__`` may be another one than that of its definition.
    """

    __slots__ = (
        "defaults",
        "frame",
        "is_renamed",
        "keyword_defaults",
        "kind",
        "module",
        "name",
        "node",
        "owner",
    )

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        frame: Surroundings,
        defaults: list[Value],
        keyword_defaults: dict[str, Value],
    ) -> None:
        self.node, self.frame, self.module = node, frame, frame.module
        self.name = getattr(node, "name", "<lambda>")
        self.defaults, self.keyword_defaults = defaults, keyword_defaults
        self.owner: list[Class] = frame.owner
        self.kind = "function"
        self.is_renamed = False


class Class:
    """A class of the stack.

    Attributes:
        lineage: itself and its bases in method resolution order.
        is_open: it has a base, metaclass or decorator that may give it more than is known here.
        is_called_otherwise: calling it may be something else than making an instance with ``__init__``.
    """

    __slots__ = ("bases", "is_called_otherwise", "is_open", "lineage", "module", "name", "namespace")

    def __init__(self, name: str, module: Module, bases: list[Value], namespace: dict[str, Value]) -> None:
        self.name, self.module, self.bases, self.namespace = name, module, bases, namespace
        self.is_open = self.is_called_otherwise = False
        self.lineage: list[Class | External] = [self]


class Instance:
    """An object of a class of the stack; attributes that are not here may still exist.

    Attributes:
        is_open: code that is not followed may have given it attributes.
    """

    __slots__ = ("attributes", "is_open", "of")

    def __init__(self, of: Class) -> None:
        self.of, self.is_open = of, False
        self.attributes: dict[str, Value] = {}


class Bound:
    """A function with its first argument."""

    __slots__ = ("function", "subject")

    def __init__(self, function: Value, subject: Value) -> None:
        self.function, self.subject = function, subject


class Super:
    """``super()`` within a method of `after`."""

    __slots__ = ("after", "subject")

    def __init__(self, after: Class, subject: Value) -> None:
        self.after, self.subject = after, subject


class External:
    """Something of the standard library, known by its dotted name alone, and never executed.

    Attributes:
        is_made: it is what a call of that name gives, not the thing itself.
    """

    __slots__ = ("is_made", "name")

    def __init__(self, name: str, *, is_made: bool = False) -> None:
        self.name, self.is_made = name, is_made


class Sequence:
    """A list, tuple, set or frozenset.

    Attributes:
        is_open: it may hold more or other items.
    """

    __slots__ = ("is_open", "items", "kind")

    def __init__(self, kind: str, items: Iterable[Value] = (), *, is_open: bool = False) -> None:
        self.kind, self.items, self.is_open = kind, list(items), is_open


class Mapping:
    """A dictionary; keys are constants.

    Attributes:
        is_open: it may hold more or other items.
    """

    __slots__ = ("is_open", "items")

    def __init__(self, items: dict[Value, Value] | None = None, *, is_open: bool = False) -> None:
        self.items, self.is_open = items if items is not None else {}, is_open


class ModuleNames:
    """The namespace of a module as a dictionary: what ``globals()`` and ``module.__dict__`` give."""

    __slots__ = ("module",)

    def __init__(self, module: Module) -> None:
        self.module = module


class Method:
    """A method of a constant, a container or a namespace, still to be called."""

    __slots__ = ("name", "subject")

    def __init__(self, subject: Value, name: str) -> None:
        self.subject, self.name = subject, name


def is_constant(value: Value) -> bool:
    """Whether it is a constant of Python's own."""
    return isinstance(value, CONSTANT_TYPES)


def truth(value: Value) -> bool | None:
    """What ``bool()`` would say; None where that is not known."""
    if value is UNKNOWN:
        return None
    if is_constant(value):
        return bool(value)
    if isinstance(value, Sequence | Mapping):
        if value.items:
            return True
        return None if value.is_open else False
    if isinstance(value, Module | Function | Class | Bound):
        return True
    return None


def escape(value: Value, depth: int = 0) -> None:
    """What code that is not understood gets its hands on may hold anything from then on."""
    if depth > 2:
        return
    if isinstance(value, Sequence):
        value.is_open = True
        for item in value.items[:50]:
            escape(item, depth + 1)
    elif isinstance(value, Mapping):
        value.is_open = True
        for item in list(value.items.values())[:50]:
            escape(item, depth + 1)
    elif isinstance(value, Instance):
        value.is_open = True
        for name, held in value.attributes.items():
            if isinstance(held, Instance):
                held.is_open = True
            value.attributes[name] = UNKNOWN
    elif isinstance(value, ModuleNames):
        value.module.open("its namespace is handed to code that is not followed")
    elif isinstance(value, Bound | Method):
        escape(value.subject, depth + 1)
