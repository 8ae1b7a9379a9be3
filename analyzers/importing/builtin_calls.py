"""What calls of builtins and of a few functions of the standard library give."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from analyzers.importing import container_calls
from analyzers.importing.classes import exception_bases
from analyzers.importing.iteration import iterated
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
)

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
_FUNCTION_TYPES = frozenset({"types.FunctionType", "types.LambdaType"})
_FRAMES = frozenset({"sys._getframe", "inspect.currentframe", "inspect.stack", "sys._getframemodulename"})

_FINDERS = frozenset({"sys.meta_path.append", "sys.meta_path.insert"})
_WRITING = frozenset({"update", "setdefault", "__setitem__", "pop", "popitem"})
_PROCESSES = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput")
)


class BuiltinCalls:
    """Answers calls of what is `External`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._builtins: dict[str, Callable[[list[Value], Keywords], Value]] = {
            **container_calls.CALLS,
            "isinstance": self._isinstance, "hasattr": self._hasattr, "getattr": self._getattr,
            "setattr": self._setattr, "globals": self._globals, "locals": self._locals, "vars": self._vars,
            "dir": self._dir, "exec": self._exec, "eval": self._exec, "callable": self._callable,
            "super": self._super, "property": self._property, "staticmethod": self._static,
            "classmethod": self._class, "__import__": self._import, "print": self._nothing,
            "type": self._type, "object": self._nothing_known, "map": self._map,
        }  # fmt: skip

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
        if name in _FINDERS and args and isinstance(args[-1], Instance) and self._machine.certain:
            self._finder(args[-1])
            return None
        if name in _FRAMES:
            return self._frame()
        if name in ("sys.modules.get", "inspect.getmodule"):
            return self._found_module(args)
        if name.endswith("._convert_") and args and isinstance(args[0], str):
            return self._converted(args[0], args[1:2])
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
                made_dict = container_calls.dictionary(given, keywords)
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
            case "enum.global_enum" if args and isinstance(args[0], Class):
                return self._members_become_global(args[0])
        known = self._machine.external_result(name) if not args and not keywords else UNKNOWN
        return known if known is not UNKNOWN else self._unknown(args, keywords)

    def _finder(self, finder: Instance) -> None:
        """What is asked for modules from now on may change itself, but for the tables that it has."""
        for name, value in finder.attributes.items():
            if not isinstance(value, Mapping | str):
                escape(value)
                finder.attributes[name] = UNKNOWN
        finder.is_open = True
        self._machine.finders.append(finder)

    def _found_module(self, args: list[Value]) -> Value:
        if args and isinstance(args[0], str):
            return self._machine.module_held(args[0])
        self._machine.open_callers("it reaches for a module that is not known")
        return UNKNOWN

    def _converted(self, name: str, modules: list[Value]) -> Value:
        """An enumeration made of constants of a module, which is told by its name."""
        named = self._machine.modules.get(modules[0]) if modules and isinstance(modules[0], str) else None
        if named is None:
            self._machine.open_callers("it makes an enumeration for a module that is not known")
        else:
            named.namespace[name] = UNKNOWN
        return UNKNOWN

    def _members_become_global(self, cls: Class) -> Value:
        for name, value in cls.namespace.items():
            if not name.startswith("_") and not isinstance(value, Function):
                cls.module.namespace.setdefault(name, UNKNOWN)
        if cls.is_open and not any(isinstance(base, External) for base in cls.lineage[1:]):
            cls.module.open("members of an enumeration become names of its module")
        return cls

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
            value.namespace.setdefault("__init__", UNKNOWN)
        return value

    def _unknown(self, args: list[Value], keywords: Keywords) -> Value:
        for value in itertools.chain(args, (value for _, value in keywords)):
            escape(value)
        self._machine.open_given(args)
        return UNKNOWN

    def _frame(self) -> Value:
        """Code that reaches into the frames of its callers may bind names in the modules they belong to."""
        for frame in reversed(self._machine.frames):
            frame.module.open("a function that it calls reaches into the frame of its caller")
            if frame.is_module:
                break
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
        if isinstance(cls, External) and cls.name in _FUNCTION_TYPES:
            if isinstance(value, Function):
                return True
            return False if is_constant(value) or isinstance(value, Class | Module | Sequence) else None
        if isinstance(cls, External) and cls.name.startswith("builtins."):
            name = cls.name.removeprefix("builtins.")
            if is_constant(value):
                return name in {each.__name__ for each in type(value).__mro__}
            if isinstance(value, Sequence):
                return name in (value.kind, "object")
            if isinstance(value, Mapping):
                return name in ("dict", "object")
            if isinstance(value, Class | Function) and name == "type":
                return isinstance(value, Class)
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
            case [value, str() as name, _] if value is UNKNOWN:
                self._machine.set_on_unknown(name)
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
            case [Instance() as instance]:
                instance.is_open = True
        return UNKNOWN

    def _dir(self, _: list[Value], __: Keywords) -> Value:
        return UNKNOWN

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
            root = args[0].partition(".")[0]
            return self._machine.modules.get(root) or self._machine.external_module(root)
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
