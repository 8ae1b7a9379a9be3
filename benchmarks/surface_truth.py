"""Run by the Python of an environment: the public names of a package's public modules, by `dir`, as JSON."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import pkgutil
import sys
import warnings

HIDDEN = frozenset({"tests", "test", "conftest"})


def names(package: str) -> dict[str, list[str]]:
    """Module to names; what cannot be imported here is left out. Names are taken once all is imported."""
    found: dict[str, object] = {}
    pending = [package]
    while pending:
        name = pending.pop()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                module = importlib.import_module(name)
        except BaseException:
            continue
        found[name] = module
        for below in pkgutil.iter_modules(getattr(module, "__path__", [])):
            if below.name[0] != "_" and below.name not in HIDDEN:
                pending += [f"{name}.{below.name}"]
    return {
        name: [each for each in dir(module) if not each.startswith("_")] for name, module in found.items()
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump(names(sys.argv[1]), sys.stdout)
