"""`simulated`: the failures that importing roots, or running a project's code, meets in a stack."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from analyzers.evidence import Confidence
from analyzers.importing.failures import ROOT, BudgetSpentError, ImportFailure, SimulatedError
from analyzers.importing.interpreter import Interpreter
from analyzers.importing.machine import Target
from analyzers.importing.stack import ModuleFile, StackFiles
from analyzers.importing.values import Module
from analyzers.importing.verdicts import judged

_RECURSION = 12_000
_STACK_BYTES = 256 << 20
_LIMIT_PROCESSES = 20
_NOBODY = "nothing asks for the module"
LIMIT_STEPS = 5_000_000
"""Of one simulation: more than any stack that was seen takes."""
_LOOKS_UP_S = 0.2
_ENDS_WITHIN_S = 0.5
"""How long an interrupted simulation is waited for; it may be parsing, which nothing interrupts."""


class Code(NamedTuple):
    """Code of the user: a path for messages, and its text."""

    path: str
    text: str


class _Unasked(str):
    """A module that is imported although nothing asks for it."""


class Simulated(NamedTuple):
    """What was found, and how much was looked at.

    Attributes:
        failures: that are certain: the first one of each root, and of the user's code each import that fails.
        doubtful: that end the import of a root, but are likely or possible alone.
        reached: pairs (consumer, provider) of distributions of which one imported a module of the other.
        modules: that were imported.
        is_complete: everything was executed to its end.
        steps: that were taken.
        is_spent: it ended because there were too many of them.
        faults: where the simulation itself broke down; what follows from there is not known.
    """

    failures: tuple[ImportFailure, ...]
    doubtful: tuple[ImportFailure, ...]
    reached: tuple[tuple[str, str], ...]
    modules: int
    source_bytes: int
    is_complete: bool
    steps: int = 0
    is_spent: bool = False
    faults: tuple[str, ...] = ()


def script(name: str, entry_point: str) -> Code:
    """The code of a console script.

    Args:
        entry_point: what it calls, as in ``entry_points.txt``: ``package.module:function``.
    """
    module, _, attribute = entry_point.partition("[")[0].strip().partition(":")
    head = f"import sys\nfrom {module} import {attribute.partition('.')[0]}\n"
    return Code(name, head + f"sys.exit({attribute}())\n" if attribute else f"import {module}\n")


def simulated(
    files: StackFiles,
    target: Target,
    *,
    roots: Iterable[str] = (),
    unasked: Iterable[str] = (),
    code: Sequence[Code] = (),
    limit_steps: int = LIMIT_STEPS,
) -> Simulated:
    """Import modules and run code on paper, one after the other in one process of the target.

    Args:
        files: the stack.
        target: the Python that imports.
        roots: modules to import.
        unasked: modules to import that nothing asks for; what they meet is likely at most.
        code: to run after that.
        limit_steps: statements that are executed at most; reading source counts as well.

    Raises:
        KeyboardInterrupt: it was interrupted; the simulation ends.
    """
    asked = list(roots)
    jobs: list[str | Code | _Unasked] = [*asked, *map(_Unasked, unasked), *code]
    made: list[Simulated] = []
    machine = Interpreter(files, target, limit_steps=limit_steps)
    # Syntax trees nest as deep as their author likes: the simulation has a stack of its own.
    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=lambda: made.append(_simulated(machine, jobs)), daemon=True)
        thread.start()
    finally:
        threading.stack_size(before)
    try:
        while thread.is_alive():
            thread.join(_LOOKS_UP_S)  # a signal to another thread ends no wait without limit
    except BaseException:
        machine.stop()
        thread.join(_ENDS_WITHIN_S)
        raise
    return made[0]


def _simulated(machine: Interpreter, jobs: list[str | Code | _Unasked]) -> Simulated:
    found: list[ImportFailure] = []
    is_complete = True
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    was_collecting = gc.isenabled()
    gc.disable()  # syntax trees are large, and next to nothing of them is garbage that only this would find
    try:
        for index, job in enumerate(jobs):
            is_complete = _run(machine, job, index, found) and is_complete
        for name, site in machine.started[:_LIMIT_PROCESSES]:
            is_complete = _start(machine, name, site, found) and is_complete
    except BudgetSpentError:
        is_complete = False
    except Exception as error:
        machine.broke_down("what is imported", error)
    finally:
        modules = len(machine.modules)
        machine.close()
        if was_collecting:
            gc.enable()
        sys.setrecursionlimit(before)
    return Simulated(
        tuple(failure for failure in found if failure.confidence is Confidence.CERTAIN),
        tuple(failure for failure in found if failure.confidence is not Confidence.CERTAIN),
        tuple(sorted(machine.pairs)),
        modules,
        machine.source_bytes,
        is_complete and not machine.faults,
        machine.steps,
        machine.is_spent,
        tuple(machine.faults),
    )


def _run(machine: Interpreter, job: str | Code | _Unasked, index: int, found: list[ImportFailure]) -> bool:
    """Import a root, or run code, and say whether it came to an end."""
    machine.restart()
    name = "__main__" if isinstance(job, Code) else f"{ROOT}{index}>"
    path = job.path if isinstance(job, Code) else str(job)
    module = Module(name, ModuleFile(name, 0, path.encode(), None, False, False, None))

    def lacking(error: SimulatedError) -> None:
        failure = judged(error)
        if failure not in found:
            found.append(failure)

    try:
        if isinstance(job, Code):
            machine.run(module, job.text, lacking)
        else:
            machine.run(module, f"import {job}")
    except SimulatedError as error:
        failure = judged(error)
        if isinstance(job, _Unasked) and failure.confidence is Confidence.CERTAIN:
            failure = msgspec.structs.replace(failure, confidence=Confidence.LIKELY, rule=_NOBODY)
        if failure not in found:
            found.append(failure)
    except (SyntaxError, RecursionError, ValueError, MemoryError):
        return False
    return True


def _start(machine: Interpreter, name: str, site: tuple[Module, int], found: list[ImportFailure]) -> bool:
    machine.restart()
    machine.sites.append(site)
    try:
        machine.run_main(name)
    except SimulatedError as error:
        found.append(judged(error))
    except RecursionError:
        return False
    return True
