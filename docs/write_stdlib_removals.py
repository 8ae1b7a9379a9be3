"""Writes what modules of the standard library lost, for `python_versions`, where stubs tell nothing of it.

Usage: python docs/write_stdlib_removals.py PYTHON...

The arguments are interpreters, the oldest first, from 2.7 on. A name is gone from the first of them on whose
module can be imported and does not have it, if none that is newer has it either. Nothing but their standard
libraries is imported. What `stdlib_versions.txt` tells is left out.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SIGNALS = Path(__file__).parents[1] / "analyzers" / "source" / "signals"
OUTPUT, OTHER = SIGNALS / "stdlib_removals.txt", SIGNALS / "stdlib_versions.txt"
HEAD = """\
# Until which Python a name of a module of the standard library existed: "name: -last".
# What stdlib_versions.txt tells is left out. Facts from the interpreters {versions}.
# Written by docs/write_stdlib_removals.py.
"""
# Importing these does something, or they belong to a program.
SKIPPED = {
    "antigravity",
    "this",
    "idlelib",
    "lib2to3",
    "test",
    "turtledemo",
    "ensurepip",
    "tkinter",
    "__main__",
}
# Names with an underscore that code is known to use; all others are left out.
PRIVATE = "logging._levelNames re._pattern_type threading._Event threading._Semaphore threading._Timer"
# What went between 2.7 and 3.6, by "Removed" and "Porting" in What's New of 3.3 to 3.6, and a module that is
# an attribute; the rest of what 3.6 lacks went, as far as is known, with 2.7.
BETWEEN = {
    "html.parser.HTMLParseError": "3.4",
    "inspect.getmoduleinfo": "3.5",
    "logging._levelNames": "3.3",
    "os.errno": "3.6",
    "threading._Event": "3.2",
    "threading._Semaphore": "3.2",
    "threading._Timer": "3.2",
}
# Run by an interpreter with modules and names on its input: on its output those that it has.
ASKED = """
from __future__ import print_function
import importlib, sys, types, warnings
warnings.simplefilter("ignore")
modules, private, wanted = [line.split() for line in sys.stdin.read().split("\\n")[:3]]
wanted = set(wanted + private)
for name in modules:
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    print(name + ":")
    for part in dir(module):
        if not part.startswith("_") and not isinstance(getattr(module, part, None), types.ModuleType):
            print(name + "." + part)
    for each in wanted:
        if each.rpartition(".")[0] == name and hasattr(module, each.rpartition(".")[2]):
            print(each)
"""


def main(interpreters: list[str]) -> None:
    """Write the table."""
    versions = [
        _run(each, "import sys; print('%d.%d' % sys.version_info[:2])", "").strip() for each in interpreters
    ]
    told = {line.partition(":")[0] for line in OTHER.read_text(encoding="utf-8").splitlines()}
    modules = _modules()
    first = [_names(each, modules, set()) for each in interpreters]
    known = {name for found in first for name in found if not name.endswith(":")}
    found = [_names(each, modules, known) for each in interpreters]
    last: dict[str, str] = {}
    for name in sorted(known - told):
        module = name.rpartition(".")[0] + ":"
        having = [number for number, names in enumerate(found) if name in names]
        after = [names for names in found[having[-1] + 1 :] if module in names]
        if after:
            last[name] = versions[having[-1]]
    lines = [f"{name}: -{version}" for name, version in sorted((last | BETWEEN).items())]
    head = HEAD.format(versions=", ".join(versions))
    OUTPUT.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def _modules() -> list[str]:
    import importlib
    import pkgutil

    found = []
    for name in sorted(sys.stdlib_module_names - SKIPPED):
        if name.startswith("_"):
            continue
        found.append(name)
        try:
            places = getattr(importlib.import_module(name), "__path__", [])
        except ImportError:
            continue
        inner = (each.name for each in pkgutil.iter_modules(places))
        found += [
            f"{name}.{each}" for each in inner if not each.startswith("_") and each not in ("test", "tests")
        ]
    return found


def _names(interpreter: str, modules: list[str], known: set[str]) -> set[str]:
    asked = "\n".join([" ".join(modules), PRIVATE, " ".join(sorted(known))])
    return set(_run(interpreter, ASKED, asked).split())


def _run(interpreter: str, code: str, given: str) -> str:
    ran = subprocess.run([interpreter, "-c", code], input=given, capture_output=True, text=True, check=True)
    return ran.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
