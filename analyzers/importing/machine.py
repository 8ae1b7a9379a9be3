"""`Machine`: what the parts of the interpreter ask of each other, and the state that they share."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator

from analyzers.evidence import Confidence
from analyzers.importing.failures import (
    ROOT,
    BudgetSpentError,
    FailureKind,
    ImportFailure,
    SimulatedError,
    Site,
    builtin_bases,
)
from analyzers.importing.flows import Flow
from analyzers.importing.frames import Frame
from analyzers.importing.stack import ModuleFile, StackFiles
from analyzers.importing.values import UNKNOWN, Instance, Module, Value

Evaluate = Callable[[ast.expr, Frame], Value]
Keywords = list[tuple[str | None, Value]]
"""Keyword arguments in their order; None stands for ``**`` of what is not known."""

_CALL_STEPS = 4_000
_MODULE_STEPS = 300_000
_LIMIT_DEPTH = 14
_MOST_FAULTS = 20


class Target:
    """The Python that imports: version as in ``sys.version_info``, platform as in ``sys.platform``."""

    def __init__(self, python: tuple[int, int, int], platform: str = "linux", name: str = "cpython") -> None:
        self.python, self.platform, self.implementation = python, platform, name


class Machine:
    """The state of one simulation.

    Attributes:
        certain: whether what runs now is known to run: a failure is one, an effect has happened.
        modules: what ``sys.modules`` would hold.
        placed: other objects that code puts into ``sys.modules``.
        finders: objects that code adds to ``sys.meta_path``.
        imported: modules that are none of a file and were imported.
        sites: imports and calls under way, outermost first.
        asking: how many module ``__getattr__`` are being evaluated.
        probing: the frame in which a ``try`` finds out whether a name is there.
        pairs: distributions of which one imported a module of the other.
        started: modules that the user's code runs in a process of their own, and the line that does so.
        faults: where the simulation itself broke down.
    """

    def __init__(self, files: StackFiles, target: Target, limit_steps: int) -> None:
        self.files, self.target = files, target
        self.certain = True
        self.modules: dict[str, Module] = {}
        self.placed: dict[str, Value] = {}
        self.finders: list[Instance] = []
        self.imported: set[str] = set()
        self.sites: list[tuple[Module, int]] = []
        self.asking = 0
        self.probing: Frame | None = None
        self.depth = 0
        self.running: list[ast.AST] = []
        self.frames: list[Frame] = []
        self.handling: list[SimulatedError] = []
        self.replaced: set[str] = set()
        self.set_somewhere: set[tuple[str | None, str]] = set()
        self.pairs: set[tuple[str, str]] = set()
        self.started: list[tuple[str, tuple[Module, int]]] = []
        self.faults: list[str] = []
        self._limit_steps = self._left = limit_steps
        self._is_stopped = False
        self._call_left: int | None = None
        # Filled by `interpreter`, which puts the parts together.
        self.evaluate: Evaluate
        self.execute: Callable[[list[ast.stmt], Frame], Flow]
        self.perhaps: Callable[[list[ast.stmt], Frame], Flow]
        self.bind: Callable[[ast.expr, Value, Frame], None]
        self.call: Callable[[Value, list[Value], Keywords, bool], Value]
        self.attribute: Callable[[Value, str], Value]
        self.has_attribute: Callable[[Value, str], bool | None]
        self.assign_attribute: Callable[[Value, str, Value], None]
        self.import_module: Callable[[str], Value]
        self.import_name: Callable[[Module, str], Value]
        self.lazy_module: Callable[[str], Value | None]
        self.lazy_attribute: Callable[[Instance, str], Value]
        self.lacks_attribute: Callable[[Instance, str], bool]
        self.run_main: Callable[[str], None]
        self.external: Callable[[str], Value]
        self.external_module: Callable[[str], Value]
        self.external_result: Callable[[str], Value]
        self.extension_may_define: Callable[[ModuleFile, str], bool]
        self.may_come_late: Callable[[Module, str], bool]

    @contextlib.contextmanager
    def uncertain(self) -> Iterator[None]:
        """What runs within may not run at all."""
        was, self.certain = self.certain, False
        try:
            yield
        finally:
            self.certain = was

    @contextlib.contextmanager
    def certainly(self) -> Iterator[None]:
        """What runs within runs if it is reached: the body of a module that is imported."""
        was, self.certain = self.certain, True
        left, self._call_left = self._call_left, _MODULE_STEPS
        try:
            yield
        finally:
            self.certain, self._call_left = was, left

    @contextlib.contextmanager
    def budget_of_call(self) -> Iterator[None]:
        """A call from a module's body, with all that it calls, may cost so much and not more."""
        if self.depth > 1:
            yield
            return
        left = self._call_left
        allowed = _CALL_STEPS if left is None else min(_CALL_STEPS, left)
        self._call_left = allowed
        try:
            yield
        finally:
            used = allowed - (self._call_left or 0)
            self._call_left = None if left is None else left - used

    def step(self, cost: int = 1) -> None:
        """Count a statement, or work that takes as long as several.

        Raises:
            BudgetSpentError: there were too many.
        """
        self._left -= cost
        if self._call_left is not None:
            self._call_left -= cost
            if self._call_left <= 0:
                raise BudgetSpentError
        if self._left <= 0 or self._is_stopped:
            raise BudgetSpentError

    @property
    def is_spent(self) -> bool:
        """Whether the whole simulation has to end."""
        return self._left <= 0 or self._is_stopped

    @property
    def steps(self) -> int:
        """Steps that were taken."""
        return self._limit_steps - self._left

    def stop(self) -> None:
        """End the simulation; for another thread than that which runs it."""
        self._is_stopped = True

    def broke_down(self, where: str, error: Exception) -> None:
        """Note that the simulation itself has failed somewhere."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(f"the simulation of {where} broke down: {type(error).__name__}: {error}"[:300])

    def at(self, node: ast.AST) -> None:
        """What runs now stands on this line."""
        if self.sites:
            self.sites[-1] = (self.sites[-1][0], getattr(node, "lineno", 0))

    def site(self, index: int = -1) -> Site:
        """The line that runs now, or that of an import or call further out."""
        module, line = self.sites[index]
        file = module.file
        path = (file.source or file.path).decode("utf-8", "backslashreplace")
        return Site(module=module.name, path=path, line=line, distribution=file.distribution)

    def fail(
        self,
        kind: FailureKind,
        exception: str,
        message: str,
        *,
        provider: str | None = None,
        where: str | None = None,
        confidence: Confidence = Confidence.CERTAIN,
        bases: tuple[str, ...] = (),
        value: object = None,
    ) -> None:
        """Raise what the code would raise here; nothing where it is not certain to get here."""
        if not self.certain:
            return
        chain = tuple(self.site(index) for index in range(len(self.sites)))
        consumer = chain[-1]
        if kind is FailureKind.RAISE:
            # Who raises knows why; what matters is who came there.
            consumer = next((site for site in reversed(chain) if site.distribution != provider), consumer)
            if self._is_for_want_of_another(consumer):
                confidence = Confidence.POSSIBLE
        failure = ImportFailure(
            kind=kind,
            exception=exception,
            message=message,
            consumer=consumer,
            provider=provider,
            where=where,
            chain=chain[-30:],
            confidence=confidence,
        )
        raise SimulatedError(bases or builtin_bases(exception), failure, value)

    def _is_for_want_of_another(self, consumer: Site) -> bool:
        """Whether a root refuses to be imported because a distribution is missing: a matter of metadata."""
        is_missing = any(error.failure.kind is FailureKind.DISTRIBUTION for error in self.handling)
        return is_missing and consumer.module.startswith(ROOT)

    def start_main(self, name: str) -> None:
        """Note that the user's code runs a module with ``-m``; what a library starts is its own affair."""
        if self.certain and self.sites and self.sites[-1][0].name == "__main__":
            self.started.append((name, self.sites[-1]))

    def module_held(self, name: str) -> Value:
        """``sys.modules[name]``, as far as it is known."""
        if name in self.modules:
            return self.modules[name]
        if name in self.placed:
            return self.placed[name]
        if name in self.imported:
            found = self.lazy_module(name)
            return self.external_module(name) if found is None else found
        return UNKNOWN

    def open_callers(self, reason: str) -> None:
        """Any module whose code is under way may get names in a way that is not followed."""
        for frame in self.frames:
            frame.module.open(reason)
        for module, _ in self.sites:
            module.open(reason)

    def open_given(self, args: list[Value]) -> None:
        """What is not followed gets the module whose code runs, and may set its attributes."""
        for frame in self.frames[-1:]:
            if any(arg is frame.module for arg in args):
                frame.module.open("it hands itself to what is not followed")

    def set_on_unknown(self, name: str) -> None:
        """An object that is not known gets an attribute; it may be a module of the same distribution."""
        for module, _ in self.sites[-1:]:
            self.set_somewhere.add((module.file.distribution, name))

    def is_answering(self) -> bool:
        """Whether what runs now is, or is called by, a module's ``__getattr__``."""
        return self.asking > 0 or any(
            frame.function is not None and frame.function.name == "__getattr__" for frame in self.frames
        )

    @property
    def is_too_deep(self) -> bool:
        """Whether a further call is not followed."""
        return self.depth >= _LIMIT_DEPTH
