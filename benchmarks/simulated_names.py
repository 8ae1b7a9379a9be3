"""What the simulation of imports says of an environment beside what Python gives there, as JSON.

Told the modules that Python could import there and the names they have, it imports the same modules on paper
and asks each for each of its names. A module that fails, or a name that is refused, is a false alarm.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from analyzers.directories import HeldDirectoryReader
from analyzers.importing.failures import BudgetSpentError, SimulatedError
from analyzers.importing.interpreter import Interpreter
from analyzers.importing.machine import Target
from analyzers.importing.stack import ModuleFile, Part, StackFiles
from analyzers.importing.values import Module

_STACK_BYTES = 512 << 20
_RECURSION = 12_000


def differences(place: Path, truth: Mapping[str, Any], limit_steps: int) -> dict[str, Any]:
    """Modules that fail and names that are refused, on paper alone; and how much was compared."""
    owners: dict[bytes, str] = {}
    versions: dict[str, str] = {}
    for each in distributions(path=[str(place)]):
        name = each.metadata["Name"].lower().replace("_", "-")
        versions[name] = each.version
        owners.update((str(path).encode(), name) for path in each.files or ())
    with HeldDirectoryReader(place) as reader:
        files = StackFiles([Part(reader, b"", None, owners)], versions)
        machine = Interpreter(files, Target(sys.version_info[:3]), limit_steps=limit_steps)
        failures = dict(_failures(machine, truth["imported"]))
        lacking = {name: found for name, found in _lacking(machine, truth["names"]) if found}
        kinds = {"closed": 0, "open": 0, "names": 0}
        for name in truth["names"]:
            module = machine.modules.get(name)
            if module is not None:
                kinds["open" if module.open_because else "closed"] += 1
                kinds["names"] += len(truth["names"][name])
        machine.close()
    return {"failures": failures, "lacking": lacking, **kinds}


def _failures(machine: Interpreter, imported: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in imported:
        machine.restart()
        root = Module("<root>", ModuleFile("<root>", 0, b"<root>", None, False, False, None))
        try:
            machine.run(root, f"__import__({name!r})")
        except SimulatedError as error:
            failure = error.failure
            yield name, f"{failure.consumer}: {failure.exception}: {failure.message} ({failure.kind})"
        except RecursionError:
            continue
        except BudgetSpentError:
            yield name, "it is too long"
            return


def _lacking(machine: Interpreter, names: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, list[str]]]:
    for name, found in names.items():
        module = machine.modules.get(name)
        if module is None:
            continue
        lacking = []
        for each in found:
            machine.restart()
            machine.sites.append((module, 0))
            machine.asking = 0
            try:
                machine.import_name(module, each)
            except SimulatedError:
                lacking.append(each)
            except (RecursionError, BudgetSpentError):
                continue
        yield name, lacking


def main() -> None:
    """Arguments: the environment's folder of packages, and a file with what Python gives there."""
    truth = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    made: list[dict[str, Any]] = []
    threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(_RECURSION)
    thread = threading.Thread(target=lambda: made.append(differences(Path(sys.argv[1]), truth, 50_000_000)))
    thread.start()
    thread.join()
    json.dump(made[0], sys.stdout)


if __name__ == "__main__":
    main()
