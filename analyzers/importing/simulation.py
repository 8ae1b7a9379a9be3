"""`simulated`: the failures that importing roots, or running a project's code, meets in a stack."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzers.evidence import Confidence
from analyzers.importing.failures import BudgetSpentError, FailureKind, ImportFailure, SimulatedError
from analyzers.importing.interpreter import Interpreter
from analyzers.importing.machine import Target
from analyzers.importing.stack import ModuleFile, StackFiles
from analyzers.importing.values import Module

_RECURSION = 12_000
_HARD_RAISES = frozenset({"ImportError"})


class Code(NamedTuple):
    """Code of the user: a path for messages, and its text."""

    path: str
    text: str


class Simulated(NamedTuple):
    """What was found, and how much was looked at.

    Attributes:
        failures: that are certain, or likely, each as far as the first one of its root.
        doubtful: that end the import of a root, but of which the simulation is not sure.
    """

    failures: tuple[ImportFailure, ...]
    doubtful: tuple[ImportFailure, ...]
    modules: int
    source_bytes: int
    is_complete: bool


def simulated(
    files: StackFiles,
    target: Target,
    *,
    roots: Iterable[str] = (),
    code: Sequence[Code] = (),
    limit_steps: int = 20_000_000,
) -> Simulated:
    """Import modules and run code on paper, one after the other in one process of the target.

    Args:
        files: the stack.
        target: the Python that imports.
        roots: modules to import.
        code: to run after that.
        limit_steps: statements that are executed at most.
    """
    machine = Interpreter(files, target, limit_steps=limit_steps)
    failures: list[ImportFailure] = []
    doubtful: list[ImportFailure] = []
    is_complete = True
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    was_collecting = gc.isenabled()
    gc.disable()  # syntax trees are large, and nothing of them is garbage before the end
    try:
        for index, job in enumerate([*roots, *code]):
            machine.sites.clear()
            name = "__main__" if isinstance(job, Code) else f"<root {index}>"
            path = job.path if isinstance(job, Code) else str(job)
            module = Module(name, ModuleFile(name, 0, path.encode(), None, False, False, None))
            text = job.text if isinstance(job, Code) else f"import {job}"
            try:
                machine.certain = True
                machine.run(module, text)
            except SimulatedError as error:
                (failures if _is_hard(error) else doubtful).append(error.failure)
            except (SyntaxError, RecursionError, ValueError):
                is_complete = False
    except BudgetSpentError:
        is_complete = False
    finally:
        if was_collecting:
            gc.enable()
        sys.setrecursionlimit(before)
    return Simulated(
        tuple(failures), tuple(doubtful), len(machine.modules), machine.source_bytes, is_complete
    )


def _is_hard(error: SimulatedError) -> bool:
    failure = error.failure
    if failure.confidence is not Confidence.CERTAIN or failure.kind is FailureKind.DISTRIBUTION:
        return False
    if failure.kind is FailureKind.RAISE:
        return bool(_HARD_RAISES & set(error.bases))
    return True
