"""Run by the Python of an environment: all names of the modules that importing packages gives, as JSON."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import pkgutil
import sys
import sysconfig
import warnings

HIDDEN = frozenset({"tests", "test", "testing", "conftest", "__main__"})


def imported(packages: list[str]) -> list[str]:
    """Import packages and all that lies in them; those that went well, in their order."""
    went_well: list[str] = []
    pending = packages[::-1]
    while pending:
        name = pending.pop()
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                module = importlib.import_module(name)
        except BaseException:
            continue
        went_well.append(name)
        below = [f"{name}.{each.name}" for each in pkgutil.iter_modules(vars(module).get("__path__", ()))]
        pending += [each for each in below[::-1] if each.rpartition(".")[2] not in HIDDEN]
    return went_well


def _is_for_python(name: object, value: object) -> bool:
    """Whether an import statement may ask for it; capsules are what compiled modules hand to each other."""
    return isinstance(name, str) and name.isidentifier() and type(value).__name__ != "PyCapsule"


def names() -> dict[str, list[str]]:
    """Names of each module that a file of the environment made."""
    place = sysconfig.get_path("purelib")
    found = {}
    for name, module in list(sys.modules.items()):  # some of them change it when asked
        spec = getattr(module, "__spec__", None)
        file = getattr(spec, "origin", None)
        if isinstance(file, str) and file.startswith(place) and getattr(spec, "name", None) == name:
            with contextlib.suppress(Exception):
                found[name] = sorted(
                    each for each in vars(module) if _is_for_python(each, vars(module)[each])
                )
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    order = imported(sys.argv[1:])
    json.dump({"imported": order, "names": names()}, sys.stdout)
