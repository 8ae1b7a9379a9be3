"""Puts the parts of the interpreter together, and imports modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from itertools import chain

from analyzers.files import FileReaderError
from analyzers.importing.absent_attributes import AbsentAttributes
from analyzers.importing.absent_modules import AbsentModules
from analyzers.importing.attributes import Attributes
from analyzers.importing.calls import Calls
from analyzers.importing.expressions import Expressions
from analyzers.importing.extensions import ExtensionNames
from analyzers.importing.failures import BudgetSpentError, FailureKind, SimulatedError
from analyzers.importing.flows import Flow
from analyzers.importing.frames import Frame, bound_names, forget
from analyzers.importing.import_statements import one_by_one
from analyzers.importing.late_names import LateNames, is_set_in
from analyzers.importing.lazy_modules import LazyModules, is_lazy_module
from analyzers.importing.machine import Machine, Target
from analyzers.importing.native import NativeRules
from analyzers.importing.outlines import Outline
from analyzers.importing.stack import LIMIT_SOURCE_BYTES, ModuleFile, StackFiles
from analyzers.importing.standard_library import StandardLibrary
from analyzers.importing.statements import Statements
from analyzers.importing.values import UNKNOWN, External, Instance, Module, Sequence, State, Value
from analyzers.source.reading.decoding import NotTextError, decoded

_READ_PER_STEP, _PARSED_PER_STEP = 200, 10
"""Characters that take as long to read, and to parse, as a statement does to run."""
_OPENING_WORDS = ("meta_path", "__path__", "extend_path", "add_move", "path_hooks", "sys.modules")
_OPENING_BELOW = re.compile(
    r"\bmeta_path\b|\b__path__\b|\bextend_path\b|\badd_move\b|\bpath_hooks\b|\bdel\s+sys\.modules\b"
    r"|(?<!\bin )\bsys\.modules\b"
    r"(?!\.(?:get|keys|items|values|copy)\b|\[[^\[\]\n]*\](?!\s*=(?!=)))"  # what only reads it opens nothing
)

_CHANGES_PATH = re.compile(r"\bsys\.path\b|\baddsitedir\b")


class Interpreter(Machine):
    """Imports modules of a stack on paper.

    Attributes:
        source_bytes: of the modules that were executed.
        replaced: modules that code replaces by objects that are not known.
    """

    def __init__(self, files: StackFiles, target: Target, *, limit_steps: int = 20_000_000) -> None:
        super().__init__(files, target, limit_steps)
        self._library = StandardLibrary(self)
        self._extensions = ExtensionNames(files)
        self._native = NativeRules(self)
        statements, expressions = Statements(self), Expressions(self)
        attributes, calls = Attributes(self), Calls(self)
        self.evaluate, self.execute = expressions.evaluate, statements.execute
        self.call, self.attribute = calls.call, attributes.get
        self.has_attribute, self.assign_attribute = attributes.has, attributes.set
        self.import_module, self.import_name = self._import_module, self._import_name
        self.run_main = self._run_main
        self.external, self.external_module = self._library.value, self._external_module
        self.external_result = lambda name: self._library.results.get(name, UNKNOWN)
        self.extension_may_define = self._extensions.may_define
        self.may_come_late = self._may_come_late
        self._texts: dict[str, str] = {}
        self._late: dict[str, LateNames] = {}
        self._absent = AbsentModules(self, self._library)
        self._lazy = LazyModules(self, self._texts)
        self.lazy_module, self.lazy_attribute = self._lazy.find, self._lazy.attribute
        self.lacks_attribute = AbsentAttributes(self._texts).lacks
        self.source_bytes = 0

    # Modules.

    def _import_module(self, name: str) -> Value:
        """The module of a dotted name, its parents imported before; fails as Python would."""
        found: Value = UNKNOWN
        known = ""
        for part in name.split("."):
            parent, known = known, f"{known}.{part}" if known else part
            found = self._import_one(known, parent)
            if found is UNKNOWN:
                return UNKNOWN
        return found

    def _run_main(self, name: str) -> None:
        """What ``python -m name`` runs."""
        file = self.files.find(name)
        if file is not None and file.is_package:
            self._import_module(name)
            name = f"{name}.__main__"
            file = self.files.find(name)
        elif "." in name:
            self._import_module(name.rpartition(".")[0])
        if file is None or file.source is None:
            return
        module = Module(name, file)
        module.namespace["__name__"] = "__main__"
        self.sites.append((module, 0))
        self._executed(module)
        self.sites.pop()

    def _external_module(self, name: str) -> Value:
        return External(name) if self._library.has_module(name) and self.files.find(name) is None else UNKNOWN

    def _import_one(self, name: str, parent: str) -> Value:
        module = self.modules.get(name)
        if module is not None:
            self._pair(module)
            if module.state is State.FAILED and self.certain and module.failure is not None:
                raise module.failure
            return UNKNOWN if module.state is State.FAILED else module
        if self._library.has_module(name):
            self._imports(name)
            return External(name)
        lazy = self._lazy.find(name)
        if lazy is not None:
            return self._found_lazy(name, lazy)
        if name in self.replaced:
            return UNKNOWN
        file = self.files.find(name)
        if file is None:
            registering = self._lazy.lacks(name, parent)
            if registering is not None:
                self._absent.fail_below(name, parent, registering)
                return UNKNOWN
            return self._absent.asked(name, parent)
        return self._loaded(name, parent, file)

    def _imports(self, name: str) -> None:
        if self.certain:
            self.imported.add(name)

    def _found_lazy(self, name: str, found: Value) -> Value:
        self._imports(name)
        if isinstance(found, Instance):
            self._pair(found.of.module)
        return found

    def _pair(self, module: Module) -> None:
        """The distribution of the line that runs looks into that of a module."""
        consumer = self.sites[-1][0].file.distribution if self.sites else None
        provider = module.file.distribution
        if consumer is not None and provider is not None and consumer != provider:
            self.pairs.add((consumer, provider))

    def _loaded(self, name: str, parent: str, file: ModuleFile) -> Value:
        module = Module(name, file)
        self.modules[name] = module
        self._pair(module)
        self.sites.append((module, 0))
        depth = len(self.frames), len(self.running), self.depth, self.asking, len(self.handling)
        try:
            with self.certainly():
                self.depth, self.asking = 0, 0
                self._executed(module)
            module.state = State.DONE
        except SimulatedError as error:
            module.state, module.failure = State.FAILED, error
            if self.certain:
                raise
            return UNKNOWN
        except RecursionError:
            module.state = State.DONE
            module.is_broken_off = True
            module.open("it is nested too deep to be followed")
        except BudgetSpentError:
            module.state = State.DONE
            module.is_broken_off = True
            module.open("the simulation was broken off")
            if self.is_spent:
                raise
        except Exception as error:  # a defect of the simulation is none of what it imports
            module.state = State.DONE
            module.is_broken_off = True
            module.open("the simulation of it broke down")
            self.broke_down(name, error)
        finally:
            if name not in self.replaced:
                self.modules.setdefault(name, module)  # it may have taken itself out
            del self.frames[depth[0] :], self.running[depth[1] :], self.handling[depth[4] :]
            self.depth, self.asking = depth[2], depth[3]
            while self.sites and self.sites.pop()[0] is not module:
                pass
        above = self.modules.get(parent)
        if above is not None:
            above.namespace[name.rpartition(".")[2]] = module
        return module

    def _executed(self, module: Module) -> None:
        file = module.file
        if file.is_namespace:
            module.open("a namespace package may have parts elsewhere")
            module.open_below.append("a namespace package")
            return
        if file.is_extension:
            self._native.check_extension(module)
        if file.source is None:
            module.open("an extension without source")
            return
        tree = self._tree(module)
        if tree is None:
            module.open("its source cannot be read or parsed")
            return
        if file.is_extension and self._extensions.is_shim(file):
            module.open("its names are defined in another compiled module")
        if file.is_package:
            listed = Sequence("list", ["/".join(module.name.split("."))])
            module.namespace["__path__"] = listed
        frame = Frame(module, module.namespace)
        self.frames.append(frame)
        try:
            self.execute(tree.body, frame)
        except SimulatedError:
            if not file.is_extension:
                raise
            # What was compiled may be another module of that name than the source that lies beside it.
            module.open("what is compiled of it differs from its source")

    def _tree(self, module: Module) -> ast.Module | None:
        file = module.file
        assert file.source is not None
        try:
            text = decoded(self.files.read(file, file.source, LIMIT_SOURCE_BYTES)).text
        except (FileReaderError, NotTextError):
            return None
        self.source_bytes += len(text)
        self.step(len(text) // _READ_PER_STEP)
        if any(word in text for word in _OPENING_WORDS) and _OPENING_BELOW.search(text):
            for name in _packages(module):
                self._absent.opened_below.setdefault(name, f"{module.name} changes how modules are found")
        if _CHANGES_PATH.search(text):
            self._absent.change_path.add(module.name.partition(".")[0])
        self._native.check_source(module, text)
        self._texts[module.name] = text
        try:
            module.outline = self.files.outline(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        self.step(module.outline.parsed // _PARSED_PER_STEP)
        return module.outline.tree

    def _import_name(self, module: Value, name: str) -> Value:
        """``from module import name``."""
        if isinstance(module, External):
            return self._name_of_library(module, name)
        if is_lazy_module(module):
            return self._lazy.imported_name(module, name)
        if not isinstance(module, Module):
            return UNKNOWN
        if name in module.namespace:
            return module.namespace[name]
        submodule = f"{module.name}.{name}"
        if self.files.find(submodule) is not None or submodule in self.modules:
            return self._import_module(submodule)
        if module.state is State.RUNNING and re.search(
            rf"\b{re.escape(name)}\b", self._texts.get(module.name, "")
        ):
            return UNKNOWN
        try:
            return self.attribute(module, name)
        except SimulatedError as error:
            if error.bases[:1] != ("AttributeError",):
                raise
            cause = error.failure
        self.fail(
            FailureKind.NAME,
            "ImportError",
            f"cannot import name '{name}' from '{module.name}'",
            provider=module.file.distribution,
            where=cause.where,
        )
        return UNKNOWN

    def _name_of_library(self, module: External, name: str) -> Value:
        try:
            return self.attribute(module, name)
        except SimulatedError as error:
            self.fail(
                FailureKind.STANDARD_LIBRARY,
                "ImportError",
                f"cannot import name '{name}' from '{module.name}' in Python "
                + ".".join(map(str, self.target.python[:2])),
                where=error.failure.where,
            )
            return UNKNOWN

    def _may_come_late(self, module: Module, name: str) -> bool:
        """Whether code of a module that did not run may bind a name in it."""
        owner = module.file.distribution
        if (owner, name) in self.set_somewhere:
            return True
        if module.name not in self._late:
            self._late[module.name] = LateNames(self._texts.get(module.name, ""), module.name)
        if self._late[module.name].may_bind(module, name):
            return True
        beside = (each for each in self.modules.values() if each.file.distribution == owner)
        return any(is_set_in(self._texts.get(each.name, ""), name) for each in beside)

    def restart(self) -> None:
        """Begin with another root: what was imported stays, what was under way does not."""
        for stack in (self.sites, self.frames, self.running, self.handling):
            stack.clear()
        self.certain, self.depth, self.asking = True, 0, 0

    def close(self) -> None:
        """Take apart what refers to itself, so that its memory is free at once."""
        for module in self.modules.values():
            module.namespace.clear()
            module.failure = module.outline = None
        self.placed.clear()
        self.finders.clear()
        self.restart()

    def run(
        self, module: Module, text: str, lacking: Callable[[SimulatedError], object] | None = None
    ) -> None:
        """Run code that is in no file of the stack as a module.

        Args:
            lacking: is told of imports at module level that fail for certain; then what they bind is not
                known, and the code goes on, so that one failure does not hide the next.

        Raises:
            SimulatedError: it fails for certain.
        """
        self.modules[module.name] = module
        self._texts[module.name] = text
        self.sites.append((module, 0))
        frame = Frame(module, module.namespace)
        self.frames.append(frame)
        module.outline = Outline(text)
        body = module.outline.tree.body
        if lacking is None:
            self.execute(body, frame)
            return
        for statement in chain.from_iterable(map(one_by_one, body)):
            self.certain = not frame.is_cut
            try:
                if self.execute([statement], frame) is not Flow.NEXT:
                    break
            except SimulatedError as error:
                if not isinstance(statement, ast.Import | ast.ImportFrom):
                    raise
                lacking(error)
                self.restart()
                self.sites.append((module, 0))
                self.frames.append(frame)
                forget(bound_names([statement]), frame)


def _packages(module: Module) -> list[str]:
    """A module itself, which code can make a package of, and the packages above it."""
    name = module.name
    found = []
    while name:
        found.append(name)
        name = name.rpartition(".")[0]
    return found
