"""What calls of builtins and of a few functions of the standard library give."""

from __future__ import annotations

import builtins
import functools
import itertools
from collections.abc import Callable, Iterable

from analyzers.importing.classes import exception_bases
from analyzers.importing.machine import Keywords, Machine
from analyzers.importing.values import (
    UNKNOWN,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Mapping,
    Module,
    ModuleNames,
    Sequence,
    Super,
    Value,
    escape,
    is_constant,
    truth,
)

LIMIT_ITEMS = 2_000
"""Rounds of a loop that are followed one by one."""
LIMIT_HELD = 20_000
"""Items of a container that are kept; one that gets more is open."""
_KEEPING = frozenset(
    {
        "functools.lru_cache", "functools.cache", "functools.total_ordering", "functools.wraps",
        "abc.abstractmethod", "typing.overload", "typing.final", "typing.runtime_checkable",
        "typing.no_type_check", "enum.unique", "atexit.register", "typing_extensions.deprecated",
        "warnings.deprecated", "typing.override", "dataclasses.dataclass", "dataclasses.dataclass_transform",
        "typing.dataclass_transform", "functools.update_wrapper",
    }
)  # fmt: skip
"""Decorators, and makers of decorators, that give back what they decorate."""
_FRAMES = frozenset({"sys._getframe", "inspect.currentframe", "inspect.stack", "sys._getframemodulename"})

_WRITING = frozenset({"update", "setdefault", "__setitem__", "pop", "popitem"})
_PROCESSES = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput")
)


class BuiltinCalls:
    """Answers calls of what is `External`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._builtins: dict[str, Callable[[list[Value], Keywords], Value]] = {
            "len": self._len, "isinstance": self._isinstance, "hasattr": self._hasattr,
            "getattr": self._getattr, "setattr": self._setattr, "globals": self._globals,
            "locals": self._locals, "vars": self._vars, "dir": self._dir, "dict": self._dict,
            "bool": self._bool, "range": self._range, "zip": self._zip, "enumerate": self._enumerate,
            "sorted": self._sorted, "reversed": self._reversed, "any": self._any, "all": self._all,
            "exec": self._exec, "eval": self._exec, "callable": self._callable, "super": self._super,
            "property": self._property, "staticmethod": self._static, "classmethod": self._class,
            "__import__": self._import, "print": self._nothing, "type": self._type,
            "object": self._nothing_known, "map": self._map,
        }  # fmt: skip
        for name in ("list", "tuple", "set", "frozenset"):
            self._builtins[name] = functools.partial(self._list, name)
        for name in ("str", "int", "float", "min", "max", "ord", "chr", "repr"):
            self._builtins[name] = functools.partial(self._constant, name)

    def call(self, function: External, args: list[Value], keywords: Keywords) -> Value:
        """What a call of a name of the standard library gives."""
        name = function.name
        if name.startswith("builtins."):
            made = self._builtins.get(name.removeprefix("builtins."))
            if made is not None:
                return made(args, keywords)
            if exception_bases(function):
                return External(name, is_made=True)
        if function.is_made:
            if name in _KEEPING and len(args) == 1:
                return self._kept(name, args[0])
            return self._unknown(args, keywords)
        if name.startswith("sys.modules.") and name.rpartition(".")[2] in _WRITING:
            self._machine.open_callers("it puts another object in the place of a module")
            return self._unknown(args, keywords)
        if name in _FRAMES:
            return self._frame()
        if name in _KEEPING:
            if len(args) == 1 and not keywords and isinstance(args[0], Function | Class | Bound):
                return (
                    self._kept(name, args[0]) if name != "functools.wraps" else External(name, is_made=True)
                )
            return External(name, is_made=True)
        match name:
            case "importlib.import_module":
                return self._import_module(args)
            case "importlib.metadata.version" | "importlib_metadata.version":
                return self._version(args)
            case "typing.cast":
                return args[1] if len(args) == 2 else UNKNOWN
            case "contextlib.contextmanager" | "contextlib.asynccontextmanager":
                return args[0] if args and isinstance(args[0], Function) else UNKNOWN
            case "collections.OrderedDict" | "collections.defaultdict":
                given = args[1:] if name.endswith("defaultdict") else args
                made_dict = self._dict(given, keywords)
                if name.endswith("defaultdict") and isinstance(made_dict, Mapping):
                    made_dict.is_open = True
                return made_dict
            case "runpy.run_module" if args and isinstance(args[0], str):
                self._machine.run_main(args[0])
                return UNKNOWN
            case _ if name in _PROCESSES:
                self._process(args)
            case "warnings.warn" | "warnings.filterwarnings" | "warnings.simplefilter":
                return None
            case "contextlib.suppress":
                return Suppressing(args)
        known = self._machine.external_result(name) if not args and not keywords else UNKNOWN
        return known if known is not UNKNOWN else self._unknown(args, keywords)

    def _process(self, args: list[Value]) -> None:
        """``[sys.executable, "-m", name]`` starts a Python of the same stack."""
        match args:
            case [Sequence(items=[External(name="sys.executable"), "-m", str() as module, *_])]:
                self._machine.start_main(module)

    def _kept(self, name: str, value: Value) -> Value:
        if name in ("functools.wraps", "functools.update_wrapper") and isinstance(value, Function):
            value.is_renamed = True
        if name == "dataclasses.dataclass" and isinstance(value, Class):
            value.is_open = True
        return value

    def _unknown(self, args: list[Value], keywords: Keywords) -> Value:
        for value in itertools.chain(args, (value for _, value in keywords)):
            escape(value)
        return UNKNOWN

    def _frame(self) -> Value:
        """Code that reaches into the frames of its callers may bind names in the modules they belong to."""
        for frame in reversed(self._machine.frames):
            frame.module.open("a function that it calls reaches into the frame of its caller")
            if frame.is_module:
                break
        return UNKNOWN

    def _len(self, args: list[Value], _: Keywords) -> Value:
        match args:
            case [str() | bytes() as text]:
                return len(text)
            case [Sequence() | Mapping() as items] if not items.is_open:
                return len(items.items)
        return UNKNOWN

    def _isinstance(self, args: list[Value], _: Keywords) -> Value:
        if len(args) != 2:
            return UNKNOWN
        value, classes = args
        options = classes.items if isinstance(classes, Sequence) and not classes.is_open else [classes]
        answers = [self._is_of(value, option) for option in options]
        if True in answers:
            return True
        return False if all(answer is False for answer in answers) else UNKNOWN

    def _is_of(self, value: Value, cls: Value) -> bool | None:
        if isinstance(cls, External) and cls.name.startswith("builtins."):
            name = cls.name.removeprefix("builtins.")
            if is_constant(value):
                return name in {each.__name__ for each in type(value).__mro__}
            if isinstance(value, Sequence):
                return name in (value.kind, "object")
            if isinstance(value, Mapping):
                return name in ("dict", "object")
            if isinstance(value, Function | Module | Class) and name in (
                "str",
                "int",
                "dict",
                "list",
                "tuple",
                "bytes",
            ):
                return False
            return None
        if isinstance(cls, Class):
            if isinstance(value, Instance):
                return True if cls in value.of.lineage else (None if value.of.is_open else False)
            if is_constant(value) or isinstance(value, Sequence | Mapping | Function | Module):
                return None if cls.is_open else False
        return None

    def _hasattr(self, args: list[Value], _: Keywords) -> Value:
        match args:
            case [value, str() as name]:
                found = self._machine.has_attribute(value, name)
                return UNKNOWN if found is None else found
        return UNKNOWN

    def _getattr(self, args: list[Value], _: Keywords) -> Value:
        match args:
            case [value, str() as name]:
                return self._machine.attribute(value, name)
            case [value, str() as name, default]:
                found = self._machine.has_attribute(value, name)
                if found is None:
                    return UNKNOWN
                return self._machine.attribute(value, name) if found else default
        return UNKNOWN

    def _setattr(self, args: list[Value], _: Keywords) -> Value:
        match args:
            case [value, str() as name, new]:
                self._machine.assign_attribute(value, name, new)
            case [Module() as module, *_]:
                module.open("setattr() with a name that is not known")
            case [Class() as cls, *_]:
                cls.is_open = True
            case [Instance() as instance, *_]:
                escape(instance)
        return None

    def _globals(self, _: list[Value], __: Keywords) -> Value:
        return ModuleNames(self._machine.frames[-1].module)

    def _locals(self, _: list[Value], __: Keywords) -> Value:
        frame = self._machine.frames[-1]
        return ModuleNames(frame.module) if frame.is_module else UNKNOWN

    def _vars(self, args: list[Value], keywords: Keywords) -> Value:
        match args:
            case []:
                return self._locals(args, keywords)
            case [Module() as module]:
                return ModuleNames(module)
            case [Class() as cls]:
                cls.is_open = True
        return UNKNOWN

    def _dir(self, _: list[Value], __: Keywords) -> Value:
        return UNKNOWN

    def _dict(self, args: list[Value], keywords: Keywords) -> Value:
        made = Mapping()
        match args:
            case []:
                pass
            case [Mapping() as given]:
                made.items.update(given.items)
                made.is_open = given.is_open
            case [Sequence() as pairs] if not pairs.is_open:
                for pair in pairs.items:
                    if isinstance(pair, Sequence) and len(pair.items) == 2 and is_constant(pair.items[0]):
                        made.items[pair.items[0]] = pair.items[1]
                    else:
                        made.is_open = True
            case _:
                made.is_open = True
        for key, value in keywords:
            if key is None:
                made.is_open = True
            else:
                made.items[key] = value
        return made

    def _list(self, kind: str, args: list[Value], _: Keywords) -> Value:
        if not args:
            return Sequence(kind)
        items = iterated(args[0])
        return Sequence(kind, is_open=True) if items is None else Sequence(kind, items)

    def _constant(self, name: str, args: list[Value], keywords: Keywords) -> Value:
        if args and not keywords and len(args) < 20 and all(is_constant(arg) for arg in args):
            if any(isinstance(arg, str | bytes) and len(arg) > 100_000 for arg in args):
                return UNKNOWN
            try:
                return getattr(builtins, name)(*args)
            except (TypeError, ValueError, OverflowError):
                return UNKNOWN
        return "" if name == "str" and not args else UNKNOWN

    def _bool(self, args: list[Value], _: Keywords) -> Value:
        if not args:
            return False
        found = truth(args[0])
        return UNKNOWN if found is None else found

    def _range(self, args: list[Value], _: Keywords) -> Value:
        if args and all(isinstance(arg, int) for arg in args) and len(args) <= 3 and 0 not in args[2:]:
            made = range(*args)
            if len(made) <= LIMIT_ITEMS:
                return Sequence("tuple", made)
        return UNKNOWN

    def _zip(self, args: list[Value], _: Keywords) -> Value:
        columns = [iterated(arg) for arg in args]
        if any(column is None for column in columns):
            return UNKNOWN
        rows = zip(*(column or [] for column in columns), strict=False)
        return Sequence("list", [Sequence("tuple", row) for row in rows])

    def _enumerate(self, args: list[Value], keywords: Keywords) -> Value:
        items = iterated(args[0]) if len(args) == 1 and not keywords else None
        if items is None:
            return UNKNOWN
        return Sequence("list", [Sequence("tuple", pair) for pair in enumerate(items)])

    def _sorted(self, args: list[Value], keywords: Keywords) -> Value:
        items = iterated(args[0]) if len(args) == 1 and not keywords else None
        if items is None or not all(isinstance(item, str) for item in items):
            return Sequence("list", items or [], is_open=items is None)
        return Sequence("list", sorted(items))

    def _reversed(self, args: list[Value], _: Keywords) -> Value:
        items = iterated(args[0]) if len(args) == 1 else None
        return UNKNOWN if items is None else Sequence("list", items[::-1])

    def _any(self, args: list[Value], _: Keywords) -> Value:
        items = iterated(args[0]) if len(args) == 1 else None
        answers = [truth(item) for item in items] if items is not None else [None]
        return True if True in answers else UNKNOWN if None in answers else False

    def _all(self, args: list[Value], _: Keywords) -> Value:
        items = iterated(args[0]) if len(args) == 1 else None
        answers = [truth(item) for item in items] if items is not None else [None]
        return False if False in answers else UNKNOWN if None in answers else True

    def _exec(self, args: list[Value], keywords: Keywords) -> Value:
        namespaces = [arg for arg in args[1:] if isinstance(arg, ModuleNames)]
        if not args[1:]:
            self._machine.frames[-1].module.open("it runs code that it makes")
        for namespace in namespaces:
            namespace.module.open("code that is made runs in its namespace")
        return self._unknown(args, keywords)

    def _callable(self, args: list[Value], _: Keywords) -> Value:
        if len(args) == 1 and isinstance(args[0], Function | Class | Bound):
            return True
        return False if len(args) == 1 and is_constant(args[0]) else UNKNOWN

    def _super(self, args: list[Value], _: Keywords) -> Value:
        match args:
            case [Class() as after, subject]:
                return Super(after, subject)
            case []:
                frame = self._machine.frames[-1]
                function = frame.function
                if function is None or not function.owner:
                    return UNKNOWN
                spec = function.node.args
                first = [*spec.posonlyargs, *spec.args][:1]
                if first and first[0].arg in frame.names:
                    return Super(function.owner[0], frame.names[first[0].arg])
        return UNKNOWN

    def _descriptor(self, args: list[Value], kind: str) -> Value:
        if args and isinstance(args[0], Function):
            given = args[0]
            made = Function(given.node, given.frame, given.defaults, given.keyword_defaults)
            made.owner, made.kind = given.owner, kind
            return made
        return UNKNOWN

    def _property(self, args: list[Value], _: Keywords) -> Value:
        return self._descriptor(args, "property")

    def _static(self, args: list[Value], _: Keywords) -> Value:
        return self._descriptor(args, "staticmethod")

    def _class(self, args: list[Value], _: Keywords) -> Value:
        return self._descriptor(args, "classmethod")

    def _import(self, args: list[Value], keywords: Keywords) -> Value:
        if len(args) == 1 and isinstance(args[0], str) and not keywords:
            self._machine.import_module(args[0])
            return self._machine.modules.get(args[0].partition(".")[0], UNKNOWN)
        if args and isinstance(args[0], str) and len(args) < 5:
            return self._machine.import_module(args[0]) if "." not in args[0] else UNKNOWN
        return UNKNOWN

    def _import_module(self, args: list[Value]) -> Value:
        match args:
            case [str() as name] if name and not name.startswith("."):
                return self._machine.import_module(name)
            case [str() as name, str() as package] if name.startswith("."):
                level = len(name) - len(name.lstrip("."))
                parts = package.split(".")
                base = parts[: len(parts) - level + 1]
                return self._machine.import_module(".".join([*base, name.lstrip(".")])) if base else UNKNOWN
        return UNKNOWN

    def _version(self, args: list[Value]) -> Value:
        from packaging.utils import canonicalize_name

        if len(args) == 1 and isinstance(args[0], str):
            return self._machine.files.versions.get(canonicalize_name(args[0]), UNKNOWN)
        return UNKNOWN

    def _nothing(self, _: list[Value], __: Keywords) -> Value:
        return None

    def _nothing_known(self, _: list[Value], __: Keywords) -> Value:
        return UNKNOWN

    def _type(self, args: list[Value], keywords: Keywords) -> Value:
        if len(args) == 1 and isinstance(args[0], Instance):
            return args[0].of
        return self._unknown(args, keywords) if len(args) != 1 else UNKNOWN

    def _map(self, args: list[Value], keywords: Keywords) -> Value:
        if len(args) == 2 and isinstance(args[0], External):
            items = iterated(args[1])
            if items is not None and all(is_constant(item) for item in items):
                results = [self.call(args[0], [item], []) for item in items]
                return Sequence("list", results)
        return self._unknown(args, keywords)


class Suppressing:
    """``contextlib.suppress(...)``: a context manager of which the exceptions are known."""

    __slots__ = ("exceptions",)

    def __init__(self, exceptions: list[Value]) -> None:
        self.exceptions = exceptions


def iterated(value: Value) -> list[Value] | None:
    """The items that a loop over a value sees; None where they are not all known."""
    match value:
        case Sequence() if not value.is_open and len(value.items) <= LIMIT_ITEMS:
            return list(value.items)
        case Mapping() if not value.is_open and len(value.items) <= LIMIT_ITEMS:
            return list(value.items)
        case Class() if any(
            isinstance(base, External) and base.name.startswith("enum.") for base in value.lineage
        ):
            return _members(value)
        case str() if len(value) <= LIMIT_ITEMS:
            return list(value)
        case bytes() if len(value) <= LIMIT_ITEMS:
            return list(value)
    return None


def _members(cls: Class) -> list[Value] | None:
    """The members of an enumeration."""
    members = []
    for name, value in cls.namespace.items():
        if name.startswith("_") or isinstance(value, Function):
            continue
        member = Instance(cls)
        member.attributes.update({"name": name, "value": value})
        members.append(member)
    return members


def grow(sequence: Sequence, items: Iterable[Value]) -> None:
    """Add items to a list or set, as far as they are kept."""
    if len(sequence.items) < LIMIT_HELD:
        sequence.items.extend(items)
    else:
        sequence.is_open = True
